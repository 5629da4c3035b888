"""What a search and a timeline say of rounds whose money is an operator's, while it answers and while it does not."""

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from seamless_world import SeamlessWorld

from back_office import running_back_office
from pitboss.storage.rounds.rows import RoundState
from pitboss.storage.rounds.search import RoundFilter, RoundPage, WantedState, search
from pitboss.storage.rounds.timeline import Signature, Timeline, signature_of, timeline
from scripted_operator import balance, broken, error, state, wrong_hash
from wallet_world import Player

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def find(world: SeamlessWorld, **wanted: Any) -> RoundPage:
    async with world.hub.database.tenant(world.agent_id) as conn:
        return await search(conn, world.agent_id, RoundFilter(**wanted))


async def found(world: SeamlessWorld, **wanted: Any) -> list[str | None]:
    return [row.round_id for row in (await find(world, **wanted)).rows]


async def seen(world: SeamlessWorld, player: Player, round_id: int) -> Timeline:
    await world.hub.errors.turn()
    async with world.hub.database.tenant(world.agent_id) as conn:
        line = await timeline(conn, world.agent_id, world.provider_id, player.wallet_id, str(round_id))
    assert line is not None
    return line


async def pages_of(world: SeamlessWorld, folder: Path, *paths: str) -> list[str]:
    """Pages of the agent, as a back office shows them."""

    def look() -> list[str]:
        with (
            running_back_office(world.hub.settings.database_url, folder) as office,
            closing(office.signed_in(office.person("vera", "viewer"))) as browser,
        ):
            return [browser.get(f"/agents/{world.agent_id}/{path}").text for path in paths]

    return await asyncio.to_thread(look)


async def test_a_round_at_an_operator_has_its_balances_and_its_entries(world: SeamlessWorld) -> None:
    player, bet, win, round_id = await world.guest(), world.tx(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("97.5"), balance("101"))
    await world.change("BET", player, bet, "2.50", round_id=round_id)
    await world.change("WIN", player, win, "3.50", round_id=round_id, round_finished=True)
    line = await seen(world, player, round_id)
    assert [(step.kind, step.state, step.balance_before, step.balance_after) for step in line.steps] == [
        ("bet", "ok", 10_000, 9_750), ("win", "ok", 9_750, 10_100),
    ]  # fmt: skip
    sides = [[(each.source.kind, each.target.kind, each.amount) for each in step.postings] for step in line.steps]
    assert sides == [[("operator", "house", 250)], [("house", "operator", 350)]]
    assert line.calls == [] and line.errors == [] and line.round.state is RoundState.FINISHED
    sent = [asked.data for asked in world.operator.calls("changebalance")]
    for known_as in (str(sent[0]["round_id"]), str(round_id)):
        assert await found(world, round=known_as) == [str(round_id)]
    for known_as in (str(sent[0]["transaction_id"]), str(sent[1]["transaction_id"]), str(bet), str(win)):
        assert await found(world, transaction=known_as) == [str(round_id)]
    assert await found(world, player=str(sent[0]["user_id"])) == [str(round_id)]


async def test_an_unknown_outcome_is_found_and_its_tries_are_told(world: SeamlessWorld, tmp_path: Path) -> None:
    player, bet, round_id = await world.guest(), world.tx(), world.tx()
    world.operator.says("changebalance", broken)
    world.operator.says("cancel", broken)
    assert (await world.change("BET", player, bet, "2", round_id=round_id)).code == "OP_47"
    await world.recover()
    page = await find(world, player=player.player_id)
    # Nothing stands: it is in no list of what did, but it must not be overlooked.
    assert page.rows == [] and [row.round_id for row in page.waiting] == [str(round_id)] and page.waiting[0].unknown
    assert await found(world, state=WantedState.UNKNOWN) == [str(round_id)]
    assert await found(world, state=WantedState.UNKNOWN, player=player.player_id) == [str(round_id)]
    assert await found(world, state=WantedState.UNKNOWN, player=(await world.guest()).player_id) == []
    line = await seen(world, player, round_id)
    [step] = line.steps
    assert (step.state, step.real_amount, step.wallet_version, step.postings) == ("voiding", 0, None, ())
    assert step.call is not None and (step.call.kind, step.call.phase, step.call.amount) == ("bet", "void", 200)
    assert step.call.tries >= 1 and step.call.last_error
    # What the operator was asked, and what its studio was told of it.
    asked = [failed for failed in line.errors if failed.direction == "out"]
    assert [(failed.command, failed.reference) for failed in asked] == [
        ("changebalance", step.id.hex), ("cancel", step.id.hex),
    ]  # fmt: skip
    assert {signature_of(failed) for failed in asked} == {Signature.NONE}
    [told] = [failed for failed in line.errors if failed.direction == "in"]
    assert (told.error, signature_of(told)) == ("OP_47", Signature.GOOD)
    shown, listed = await pages_of(
        world, tmp_path, f"rounds/acme/{player.user_id}/{round_id}", f"rounds?player={player.user_id}"
    )
    for words in (
        "void here, the operator is being told",
        "cancel (void) to the operator, 2.00 EUR",
        "no signature to check",
    ):
        assert words in shown
    assert "answer is not known" in listed and str(round_id) in listed
    # Not another round's, whose exchanges fail as well.
    other, elsewhere = await world.guest(), world.tx()
    assert (await world.change("BET", other, world.tx(), "2", round_id=elsewhere)).code == "OP_47"
    assert len((await seen(world, player, round_id)).errors) == len(line.errors)
    assert await found(world, state=WantedState.UNKNOWN) == [str(elsewhere), str(round_id)]
    world.operator.says("cancel", state("CANCELED"))
    await world.recover(timedelta(minutes=10))
    await world.recover(timedelta(minutes=10))
    assert await world.unsettled() == []
    line = await seen(world, player, round_id)
    assert [(step.state, step.call, step.canceled_by) for step in line.steps] == [("canceled", None, None)]
    assert (
        await found(world, state=WantedState.UNKNOWN) == []
        and (await find(world, player=player.player_id)).waiting == []
    )


async def test_a_forged_answer_is_told_as_such(world: SeamlessWorld) -> None:
    player, bet, round_id = await world.guest(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("50"), wrong_hash)
    world.operator.says("status", broken)
    await world.change("BET", player, bet, "2", round_id=round_id)
    assert (await world.change("WIN", player, world.tx(), "2", round_id=round_id)).code != "OK"
    line = await seen(world, player, round_id)
    assert line.errors[0].direction == "out" and signature_of(line.errors[0]) is Signature.REFUSED
    assert [step.state for step in line.steps] == ["ok", "pending"] and line.round.unknown
    assert line.steps[1].call is not None and line.steps[1].call.amount == 200
    # It stands in the usual list, since its stake did, and says that something is unknown.
    [row] = (await find(world, player=player.player_id)).rows
    assert row.unknown and row.state is RoundState.OPEN
    world.operator.says("changebalance", balance("52"))
    world.operator.says("status", state("OK"))
    world.operator.says("balance", balance("52"))
    await world.recover(timedelta(minutes=10))
    assert await world.unsettled() == []
    assert [step.state for step in (await seen(world, player, round_id)).steps] == ["ok", "ok"]


async def test_a_refusal_is_told_in_the_operators_words_and_does_not_hide_what_stood(world: SeamlessWorld) -> None:
    player, round_id = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_31", "no money, sorry"), balance("10"), balance("8"), balance("9"))
    assert (await world.change("BET", player, world.tx(), "5", round_id=round_id)).code == "OP_31"
    assert await found(world, player=player.player_id) == []
    assert await found(world, player=player.player_id, state=WantedState.REFUSED) == [str(round_id)]
    # The round's first message never stood: its lead is the next one that did, and no other.
    for kind in ("BET", "BET", "WIN"):
        await world.change(kind, player, world.tx(), "1", round_id=round_id)
    assert await found(world, player=player.player_id) == [str(round_id)]
    assert (await found(world))[:1] == [str(round_id)] and (await found(world)).count(str(round_id)) == 1
    line = await seen(world, player, round_id)
    assert [(step.state, step.refusal) for step in line.steps] == [("refused", "operator_refused")] + [("ok", None)] * 3
    assert line.steps[0].answer is not None and "no money, sorry" in line.steps[0].answer
