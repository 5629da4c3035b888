"""What the pages of rounds say of what is rare: bonuses, cancels of what never came, rounds that never opened."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import httpx
import pytest
import pytest_asyncio
from round_casino import RoundCasino, fresh, two_casinos

from back_office import BackOffice

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def casino(office_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RoundCasino]:
    """One that the back office of the module looks after."""
    async with two_casinos(office_database, tmp_path_factory.mktemp("hub")) as (one, _):
        yield one


@pytest.fixture(scope="module")
def client(casino: RoundCasino, office: BackOffice) -> Iterator[httpx.Client]:
    with closing(office.signed_in(office.person("rita", "viewer"))) as browser:
        yield browser


async def page(client: httpx.Client, casino: RoundCasino, path: str) -> httpx.Response:
    """Under the agent's address."""
    return await asyncio.to_thread(client.get, f"/agents/{casino.world.agent_id}/{path}")


async def test_bonus_rounds_tell_what_became_of_the_bonus(client: httpx.Client, casino: RoundCasino) -> None:
    guest, free, last = await casino.player(0), fresh(), fresh()
    code = await casino.give(guest, 1)
    context = {"reason": "PROMO-FREESPIN", "campaign_code": code}
    await casino.say("BET", guest, "1", free, context=context)
    await casino.say("WIN", guest, "3", free, context=context, round_finished=True)
    await casino.say("BET", guest, "1", fresh(), context=context, round_finished=True)
    await casino.say("BET", guest, "3", last)
    await casino.say("WIN", guest, "4", last, round_finished=True)
    first = (await page(client, casino, f"rounds/acme/{guest.user_id}/{free}")).text
    assert f"Bonus {code}: free stakes used 1" in first
    assert f"Bonus {code}: bonus money 3.00 EUR, to be wagered 3.00 EUR" in first
    second = (await page(client, casino, f"rounds/acme/{guest.user_id}/{last}")).text
    for words in ("Bonus money becomes real", "none: the hub", "became real 4.00 EUR", "bonus money → the player"):
        assert words in second
    listed = (await page(client, casino, f"rounds?player={guest.user_id}&money=bonus")).text
    assert "finished, bonus" in listed and str(free) in listed and str(last) in listed


async def test_what_never_opened_is_shown_as_that(client: httpx.Client, casino: RoundCasino) -> None:
    guest, round_id, never = await casino.player(100), fresh(), fresh()
    assert (await casino.world.change("BET", guest, fresh(), 5, round_id=round_id)).code == "OP_31"
    assert (await casino.cancel(guest, never, round_id)).code == "OP_41"
    shown = (await page(client, casino, f"rounds/acme/{guest.user_id}/{round_id}")).text
    for words in ("never opened", "insufficient funds", "Cancel of what never came", "can never happen any more"):
        assert words in shown
    assert "nothing stood" in (await page(client, casino, f"rounds?player={guest.user_id}&state=refused")).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("rounds/acme/{user}/1", 404), ("rounds/nobody/{user}/1", 404), ("rounds/acme/2sjccnobody00000-EUR/1", 404),
        ("rounds/acme/{user}/%00", 404), ("rounds/acme/{user}/%ff", 404), ("rounds/acme/agent-EUR/1", 404),
        ("rounds?player=%00&round=%ff&transaction=%F0%9F%8E%B2", 200),
        ("rounds?since=0001-01-01T00:00&until=9999-12-31T23:59", 200),
        ("rounds?since=2026-01-01T00:00%2B99:00", 200), ("rounds?page=n" + "f" * 32, 200), ("rounds?page=o" + "0" * 32, 200),
        ("rounds?game=999999999999&state=open&money=real", 200), ("rounds?transaction=" + "9" * 400, 200),
    ],
)  # fmt: skip
async def test_no_address_is_a_mistake_of_ours(
    client: httpx.Client, casino: RoundCasino, path: str, status: int
) -> None:
    guest = await casino.player()
    answer = await page(client, casino, path.format(user=guest.user_id))
    assert answer.status_code == status and "Our mistake" not in answer.text
