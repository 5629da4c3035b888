"""The hub's connector and the house studio, which share no code, understand each other about stakes that are given away."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from operator_peer import OPERATOR_ID, SECRET, Operator
from studio_process import Player, StudioProcess
from test_studio_grants import left, play

from pitboss.domain.catalogue import Game, Provider
from pitboss.domain.money import Currency
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.providers import Done, Failed, Grant, NotOffered
from pitboss.providers.remote import RemoteConnector, StudioClient

EUR = Currency("EUR", 2)
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def connector() -> AsyncIterator[RemoteConnector]:
    client = StudioClient(EVERYWHERE_INSIDE)
    yield RemoteConnector(client)
    await client.close()


def provider_at(studio: StudioProcess) -> Provider:
    return Provider(
        id=1, code="house", name="House", operator_id=OPERATOR_ID, secret=SECRET, launch_url=None,
        callback_url=f"{studio.url}/studio", logo_url="", active=True, allowed_ips=(), restricted_countries=(),
        prohibited_countries=(), units={}, units_by_currency={}, bet_limit_sets={},
    )  # fmt: skip


def game(number: int) -> Game:
    return Game(
        id=number, provider_id=1, provider_game_id=number, code=f"house_{number:05d}", name="", category="slot",
        rtp=Decimal(96), has_free_round=True, has_free_chip=True, fun_mode=True, devices=(), logo_url="", bet_values={},
        restricted_countries=(), prohibited_countries=(), active=True, created_at=NOW, default_limits={},
    )  # fmt: skip


async def test_a_campaign_from_its_grant_to_its_end(
    studio: StudioProcess, operator: Operator, connector: RemoteConnector
) -> None:
    provider, player = provider_at(studio), Player(studio)
    code = f"hub-{player.token[-8:]}"
    given = Grant(
        campaign_code=code, kind="free_spins", user_ids=(player.user,), games=(game(1),), count=3, bet_value=40,
        currency=EUR, valid_from=NOW - timedelta(minutes=1), valid_to=NOW + timedelta(days=7),
    )  # fmt: skip
    operator.campaigns[player.user, code] = 3
    first = await connector.grant(provider, given)
    assert isinstance(first, Done)
    assert first.answer
    assert await connector.grant(provider, given) == first
    changed = await connector.grant(provider, replace(given, count=4))
    assert isinstance(changed, Failed)
    assert changed.refusal == "OP_40"
    play(player, code)
    status = await connector.grant_status(provider, code)
    assert isinstance(status, Done)
    assert (status.answer.played, status.answer.remaining, status.answer.state) == (1, 2, "live")
    assert f'"{player.user}"' in status.answer.info
    ended = await connector.cancel_grant(provider, code)
    assert isinstance(ended, Done)
    assert (ended.answer.played, ended.answer.remaining, ended.answer.state) == (1, 0, "canceled")
    assert await connector.cancel_grant(provider, code) == ended
    assert left(player) == 0


@pytest.mark.parametrize(("kind", "number"), [("free_chips", 1), ("golden_chips", 4), ("free_spins", 2)])
async def test_what_a_game_does_not_take_is_not_offered(
    studio: StudioProcess, connector: RemoteConnector, kind: str, number: int
) -> None:
    given = Grant(
        campaign_code=f"none-{kind}", kind=kind, user_ids=("someone",), games=(game(number),), count=1, bet_value=100,
        currency=EUR, valid_from=NOW, valid_to=NOW + timedelta(days=1),
    )  # fmt: skip
    assert await connector.grant(provider_at(studio), given) == NotOffered()
    unknown = await connector.grant_status(provider_at(studio), f"none-{kind}")
    assert isinstance(unknown, Failed)
    assert unknown.refusal == "OP_41"
