"""The reports' figures worked out anew from the table of transactions, round by round: written from docs/reports.md, sharing no
code with the hub."""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

COUNTS = ("rounds", "bets", "wins", "jackpots", "refunds", "promo_bets")
AMOUNTS = ("turnover", "winnings", "jackpot_winnings", "promo_winnings", "refunded")

Key = tuple[str, datetime, int, int, str]
Line = dict[str, Any]

ALL = (
    "SELECT t.*, w.user_in_game, w.currency, w.player_id FROM transaction t"
    " JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id"
    " WHERE t.agent_id = $1 AND t.wallet_version IS NOT NULL AND t.provider_id <> 0 ORDER BY t.wallet_version"
)


def line() -> Line:
    return dict.fromkeys((*COUNTS, *AMOUNTS), 0) | {
        "base": Fraction(0),
        "base_promo": Fraction(0),
        "base_turnover": Fraction(0),
    }


def figures(rows: list[Any], scales: dict[str, int]) -> dict[Key, Line]:
    """By player, quarter, provider, game, currency."""
    rounds = defaultdict(list)
    for row in rows:
        rounds[row["user_in_game"], row["provider_id"], row["round_id"]].append(row)
    lines: dict[Key, Line] = defaultdict(line)
    for round_ in rounds.values():
        _round(round_, lines, scales)
    return {key: found for key, found in lines.items() if any(found.values())}


def _round(rows: list[Any], lines: dict[Key, Line], scales: dict[str, int]) -> None:
    gone = {row["provider_tx_id"] for row in rows if row["is_cancel"]}
    alive = [row for row in rows if not row["is_cancel"] and row["provider_tx_id"] not in gone]
    bets = [row for row in alive if row["kind"] == "bet"]
    held = {row["provider_tx_id"]: -moved(row) for row in bets}
    for refund in (row for row in alive if row["kind"] == "refund"):
        take_from(held, bets, refund)
        add(lines, refund, scales, refunds=1, refunded=moved(refund))
    standing = [row for row in bets if held[row["provider_tx_id"]] > 0 or moved(row) == 0]
    for place, bet in enumerate(standing):
        if promotional(bet):
            add(lines, bet, scales, rounds=int(place == 0), promo_bets=1)
        else:
            add(lines, bet, scales, rounds=int(place == 0), bets=1, turnover=held[bet["provider_tx_id"]])
    for win in (row for row in alive if row["kind"] == "win"):
        won = moved(win)
        if "JACKPOT" in (win["reason"] or "").upper():
            add(lines, win, scales, jackpots=int(won > 0), jackpot_winnings=won)
        elif promotional(win):
            add(lines, win, scales, promo_winnings=won)
        else:
            add(lines, win, scales, wins=int(won > 0), winnings=won)


def take_from(held: dict[str, int], bets: list[Any], refund: Any) -> None:
    left = moved(refund)
    before = [bet["provider_tx_id"] for bet in bets if bet["wallet_version"] < refund["wallet_version"]][::-1]
    for name in before:
        if held[name] == left:
            held[name] = 0
            return
    for name in before + [bet["provider_tx_id"] for bet in bets if bet["provider_tx_id"] not in before]:
        part = min(left, held[name])
        held[name] -= part
        left -= part


def moved(row: Any) -> int:
    total: int = row["real_amount"] + row["bonus_amount"]
    return total


def promotional(row: Any) -> bool:
    return row["campaign_code"] is not None or (row["reason"] or "").upper().startswith("PROMO-")


def add(lines: dict[Key, Line], row: Any, scales: dict[str, int], **more: int) -> None:
    at = row["at"]
    quarter = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    found = lines[row["player_id"], quarter, row["provider_id"], row["game_id"] or 0, row["currency"]]
    for name, value in more.items():
        found[name] += value
    rate = Fraction(row["settle_rate"] or 0) / 10 ** scales[row["currency"]]
    won = more.get("winnings", 0) + more.get("jackpot_winnings", 0)
    found["base_turnover"] += more.get("turnover", 0) * rate
    found["base"] += (more.get("turnover", 0) - won) * rate
    found["base_promo"] += more.get("promo_winnings", 0) * rate
