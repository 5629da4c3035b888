"""From a studio's words to the domain's commands: the tenant, exact money in the player's currency, canonical ids.

All of it is judged before the body's hash is, since a malformed request is told so first (wallet protocol, "Order of
judgement"). Nothing here does I/O. Raises Malformed naming the field; a Refusal instead of a command is told as it is.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET, Raw

from pitboss.domain.catalogue import Agent, AgentType, Catalogue, Game, Provider
from pitboss.domain.money import AmountError, Unit, format_decimal, format_minor, parse_minor
from pitboss.domain.play.commands import (
    CancelTransaction,
    FinishRound,
    PlaceBet,
    ReadStatus,
    RefundBet,
    SettleWin,
)
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.words import NO_REASON
from pitboss.engine.arrivals import Arrivals
from pitboss.wire import wallet as wire
from pitboss.wire.strict_json import Malformed

TRANSACTION_DIGITS, GAME_DIGITS = 20, 6
_PLAYER_ID_LENGTH = 16
_PLAIN = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,30})?")
_EXACT = Context(prec=80)
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


class SettleRates:
    """The settle rate of now as plain text, remembered until the next one comes into force or the catalogue changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[tuple[str, str], tuple[str | None, datetime]] = {}

    def of(self, currency: str, base: str, now: datetime) -> str | None:
        """`base` units per unit of `currency`; None when there is no rate yet."""
        known = self._known.get((currency, base))
        if known is not None and now < known[1]:
            return known[0]
        rate = self._catalogue.rate(currency, base, now)
        text = None if rate is None else format_decimal(rate)
        later = (valid_from for valid_from, _ in self._catalogue.rates.get((currency, base), ()) if valid_from > now)
        self._known[currency, base] = text, min(later, default=_FOR_EVER)
        return text


class Caller(NamedTuple):
    """What stands behind a call: the studio, the configuration it meets, the hub's names for what arrives, the time."""

    provider: Provider
    catalogue: Catalogue
    rates: SettleRates
    arrivals: Arrivals
    now: datetime


class Stake(NamedTuple):
    """`amount` in the currency's minor units; both None when the studio's unit is unknown. `said`: canonical, for repeats."""

    unit: Unit | None
    amount: int | None
    said: str


class Change(NamedTuple):
    """A changebalance, ready to be decided, and the unit its answer counts in. A seamless agent's is for its operator to decide."""

    command: PlaceBet | SettleWin | RefundBet
    unit: Unit | None


def looks_like_player(user_id: str) -> bool:
    """Whether a user id has the form of a userInGame, so that no other wallet's name can be meant by it."""
    return user_id[_PLAYER_ID_LENGTH : _PLAYER_ID_LENGTH + 1] == "-"


def player_of(raw: Raw) -> str:
    """The user id; empty, which nobody has, when it cannot be a player's."""
    user_id = wire.text_or_number(raw, "user_id", wire.MAX_USER_ID)
    return user_id if looks_like_player(user_id) else ""


def serving_agent(catalogue: Catalogue, user_id: str, token: str | None) -> Agent | None:
    """Whose player it is: by the user id, else (an unknown player in a known session) by the token."""
    agent = catalogue.agent_of(user_id)
    if agent is None and token is not None:
        agent = catalogue.agent_of(token)
    return agent


def prohibited(caller: Caller, game_id: int | None, country: str) -> bool:
    """Whether players of this country may not play the session's game, or anything of its provider."""
    if caller.provider.prohibits(country):
        return True
    game = caller.catalogue.games.get(game_id) if game_id is not None else None
    return game is not None and country in game.prohibited_countries


def change_balance(caller: Caller, data: wire.ChangeBalanceData) -> Change | Refusal:
    """A BET, WIN or REFUND as the domain's command."""
    kind = data.transaction_type
    if kind not in wire.TRANSACTION_TYPES:
        raise Malformed("transaction_type", "must be BET, WIN or REFUND")
    token = wire.bounded(data.token, "token", wire.MAX_TOKEN)
    user_id = player_of(data.user_id)
    transaction_id = wire.whole_number(data.transaction_id, "transaction_id", TRANSACTION_DIGITS)
    round_id = wire.whole_number(data.round_id, "round_id", TRANSACTION_DIGITS)
    game_id = wire.whole_number(data.game_id, "game_id", GAME_DIGITS)
    stake = _stake(caller, data)
    context = _context(data)
    agent = serving_agent(caller.catalogue, user_id, token)
    if agent is None:
        return Refusal.SESSION_INVALID if kind == "BET" else Refusal.PLAYER_UNKNOWN
    finished = data.round_finished if data.round_finished is not UNSET else None
    game = caller.catalogue.games_by_provider.get((caller.provider.id, int(game_id)))
    said = f"{kind} {stake.said} game {game_id} round {round_id}"
    # Whose operator is asked is told what the studio sent along.
    words = context_words(data.context, stake.unit) if agent.type is AgentType.SEAMLESS else ""
    common = _Common(user_id, transaction_id, round_id, finished, stake, game, context, said, words)
    return Change(_BUILD[kind](caller, agent, token, common), stake.unit)


class _Common(NamedTuple):
    user_id: str
    transaction_id: str
    round_id: str
    finished: bool | None
    stake: Stake
    game: Game | None
    context: tuple[str | None, str | None, str | None]
    said: str
    words: str


# A round's number is the one behind that of the message that opens it: whoever lists rounds knows it by that.


def _bet(caller: Caller, agent: Agent, token: str | None, said: _Common) -> PlaceBet:
    arrivals, stake = caller.arrivals, said.stake
    return PlaceBet(
        arrivals.id(), arrivals.id(), arrivals.number(), arrivals.number(), agent.id, caller.provider.id, said.user_id, token,
        said.transaction_id, said.round_id, said.finished, stake.unit and stake.unit.currency, stake.amount, said.game,
        caller.catalogue.plays(agent, said.game), agent.active, _settle_rate(caller, agent, stake), *said.context, said.said,
        context=said.words,
        credit_left=agent.id not in caller.catalogue.exhausted,
    )  # fmt: skip


def _win(caller: Caller, agent: Agent, token: str | None, said: _Common) -> SettleWin:
    arrivals, stake = caller.arrivals, said.stake
    return SettleWin(
        arrivals.id(), arrivals.id(), arrivals.number(), arrivals.number(), agent.id, caller.provider.id, said.user_id,
        said.transaction_id, said.round_id, said.finished, stake.unit and stake.unit.currency, stake.amount, said.game,
        _settle_rate(caller, agent, stake), *said.context, said.said, token if said.words else None, said.words,
    )  # fmt: skip


def _refund(caller: Caller, agent: Agent, token: str | None, said: _Common) -> RefundBet:
    arrivals, stake = caller.arrivals, said.stake
    return RefundBet(
        arrivals.id(), arrivals.id(), arrivals.number(), agent.id, caller.provider.id, said.user_id, said.transaction_id,
        said.round_id, said.finished, stake.unit and stake.unit.currency, stake.amount, said.game,
        _settle_rate(caller, agent, stake), *said.context, said.said, token if said.words else None, said.words,
    )  # fmt: skip


_BUILD: Final[dict[str, Callable[[Caller, Agent, str | None, _Common], PlaceBet | SettleWin | RefundBet]]] = {
    "BET": _bet,
    "WIN": _win,
    "REFUND": _refund,
}


def _settle_rate(caller: Caller, agent: Agent, stake: Stake) -> str | None:
    if stake.unit is None:
        return None
    return caller.rates.of(stake.unit.currency.code, agent.base_currency.code, caller.now)


def _context(data: wire.ChangeBalanceData) -> tuple[str | None, str | None, str | None]:
    """Reason, campaign code, history id."""
    context = data.context
    if not isinstance(context, wire.Context):
        return None, None, None
    return (
        wire.bounded(context.reason, "context.reason", wire.MAX_WORDS),
        wire.bounded(context.campaign_code, "context.campaign_code", wire.MAX_WORDS),
        wire.bounded(context.history_id, "context.history_id", wire.MAX_WORDS),
    )


def _stake(caller: Caller, data: wire.ChangeBalanceData) -> Stake:
    code = data.currency_code
    if len(code) > wire.MAX_CODE:
        raise Malformed("currency_code", f"is longer than {wire.MAX_CODE} characters")
    text = wire.text_or_number(data.amount, "amount", 1_000)
    unit = caller.catalogue.unit(caller.provider, code)
    try:
        if unit is None:
            # Judged as an amount all the same; that the currency is unknown is said in its place.
            if _PLAIN.fullmatch(text) is None:
                raise Malformed("amount", "must be a plain decimal number")
            return Stake(None, None, f"{format_decimal(Decimal(text))} {code}")
        amount = parse_minor(text, unit.scale)
    except AmountError as error:
        raise Malformed("amount", str(error)) from None
    if amount < 0:
        raise Malformed("amount", "must not be negative")
    return Stake(unit, amount, f"{format_minor(amount, unit.scale)} {code}")


def context_words(context: Any, unit: Unit | None) -> str:
    """`context` as an operator gets it, as JSON text: what the studio sent, a rake in the player's currency; a reason always."""
    if not isinstance(context, wire.Context):
        return f'{{"reason":"{NO_REASON}"}}'
    members = {name: value for name, value in msgspec.structs.asdict(context).items() if value not in (UNSET, None)}
    rake = members.get("rake")
    if isinstance(rake, Raw) and unit is not None:
        text = wire.text_or_number(rake, "context.rake", wire.MAX_USER_ID)
        if _PLAIN.fullmatch(text) is None:
            raise Malformed("context.rake", "must be a plain decimal number")
        members["rake"] = Raw(format_decimal(_EXACT.scaleb(Decimal(text), unit.exponent)).encode())
    return msgspec.json.encode({"reason": NO_REASON} | members).decode()


def status(caller: Caller, data: wire.StatusData) -> ReadStatus | Refusal:
    """What became of a transaction, asked."""
    if data.transaction_type not in wire.TRANSACTION_TYPES:
        raise Malformed("transaction_type", "must be BET, WIN or REFUND")
    user_id = player_of(data.user_id)
    transaction_id = wire.whole_number(data.transaction_id, "transaction_id", TRANSACTION_DIGITS)
    wire.whole_number(data.round_id, "round_id", TRANSACTION_DIGITS)
    agent = _agent_of_player(caller.catalogue, user_id)
    if isinstance(agent, Refusal):
        return agent
    return ReadStatus(caller.arrivals.id(), agent.id, caller.provider.id, user_id, transaction_id)


def cancel(caller: Caller, data: wire.CancelData) -> CancelTransaction | Refusal:
    """The undoing of a transaction, asked."""
    user_id = player_of(data.user_id)
    transaction_id = wire.whole_number(data.transaction_id, "transaction_id", TRANSACTION_DIGITS)
    round_id = wire.whole_number(data.round_id, "round_id", TRANSACTION_DIGITS)
    game_id = wire.whole_number(data.game_id, "game_id", GAME_DIGITS)
    agent = _agent_of_player(caller.catalogue, user_id)
    if isinstance(agent, Refusal):
        return agent
    arrivals = caller.arrivals
    game = caller.catalogue.games_by_provider.get((caller.provider.id, int(game_id)))
    finished = data.round_finished if data.round_finished is not UNSET else None
    return CancelTransaction(
        arrivals.id(), arrivals.id(), arrivals.number(), agent.id, caller.provider.id, user_id, transaction_id, finished,
        agent.allow_negative, round_id, None if game is None else game.id,
    )  # fmt: skip


def finish_round(caller: Caller, data: wire.FinishRoundData) -> FinishRound | Refusal:
    """The end of a round, told."""
    user_id = player_of(data.user_id)
    round_id = wire.whole_number(data.round_id, "round_id", TRANSACTION_DIGITS)
    wire.whole_number(data.game_id, "game_id", GAME_DIGITS)
    agent = _agent_of_player(caller.catalogue, user_id)
    if isinstance(agent, Refusal):
        return agent
    return FinishRound(caller.arrivals.id(), agent.id, caller.provider.id, user_id, round_id)


def _agent_of_player(catalogue: Catalogue, user_id: str) -> Agent | Refusal:
    agent = catalogue.agent_of(user_id)
    if agent is None:
        return Refusal.PLAYER_UNKNOWN
    return agent
