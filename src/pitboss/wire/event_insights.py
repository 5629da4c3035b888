"""What one gets out of the event API, as JSON (the contract, "The event API")."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw


def encode(tree: object) -> bytes:
    """Any answer's JSON."""
    return msgspec.json.encode(tree)


def told_time(at: datetime | None) -> str | None:
    """UTC, as short as it is exact."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def told_figure(currency: str, sums: Mapping[str, int | Decimal]) -> dict[str, object]:
    """Counts as numbers, money as decimal strings."""
    return {"currency": currency} | {
        name: value if isinstance(value, int) else told_money(value) for name, value in sums.items()
    }


def told_money(value: Decimal) -> str:
    """A plain decimal without exponent and trailing zeros."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def told_item(
    kind: str,
    unique_id: str,
    at: datetime,
    player_id: str | None,
    game_id: str | None,
    round_id: str | None,
    currency: str | None,
    amount: str | None,
    amount_eur: str | None,
    is_win: bool | None,
    is_bonus: bool | None,
    method: str | None,
    corrects: str | None,
    changes: Mapping[str, object] | None,
) -> dict[str, object]:
    """An event as its producer would send it: what this API takes, so that it can be sent on. What has no value is left out."""
    members: dict[str, Any] = {
        "unique_id": unique_id, "timestamp": told_time(at), "player_id": player_id, "game_id": game_id, "round_id": round_id,
        "amount": None if amount is None else Raw(amount.encode()), "currency": currency, "is_win": is_win, "is_bonus": is_bonus,
        "amount_eur": None if amount_eur is None else Raw(amount_eur.encode()), "method": method, "corrects": corrects,
    }  # fmt: skip
    data = {name: value for name, value in members.items() if value is not None}
    return {"event": kind, "data": data | dict(changes or {})}


def told_favourites(played: Sequence[tuple[str, str, int, Decimal]], currencies: int) -> list[dict[str, object]]:
    """A player's games, most played first; the currency is told where the player has several."""
    return [
        {"game_id": game_id, "bets": bets, "turnover": told_money(turnover)}
        | ({"currency": currency} if currencies > 1 else {})
        for game_id, currency, bets, turnover in played
    ]
