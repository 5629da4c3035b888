"""What the OpenAPI document says of each report."""

from collections.abc import Mapping
from types import MappingProxyType

from litestar.openapi.spec import OpenAPIType, Schema

from pitboss.edges.partner_api.documented import Documented, array, maybe, obj, text, whole

_AMOUNT, _TIME = text("plain decimal"), text("RFC 3339, UTC")
_PAGE = {
    "page": whole(minimum=1, default=1), "perPage": whole(minimum=1, maximum=1000, default=100),
    "format": text(enum=["json", "csv"], default="json"),
}  # fmt: skip
_ZONE = {"timezone": text("IANA name of the zone that local times are of", default="UTC")}
_STRETCH = {
    "startDate": text("RFC 3339, or YYYY-MM-DD HH:MM:SS of the time zone; 31 days before endDate without it"),
    "endDate": text("the same; what happened at this moment is not in it; now without it"),
    **_ZONE, **_PAGE,
}  # fmt: skip


def _table(row: Mapping[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    return obj({
        "items": array(obj(row, required)),
        "pagination": obj({
            "page": whole(), "perPage": whole(), "total": whole(),
            "next": Schema(type=[OpenAPIType.INTEGER, OpenAPIType.NULL], description="the next page's number"),
        }),
    })  # fmt: skip


_LINE = {
    "transactionCode": text(), "roundCode": text(), "username": text(), "gameCode": text(),
    "type": text(enum=["BET", "WIN", "REFUND", "CANCEL", "BONUS", "JACKPOT"]), "fundType": text(enum=["REAL", "BONUS"]),
    "amount": text("what the player gained; a stake is less than nothing"), "currency": text(), "balanceAfter": _AMOUNT,
    "date": _TIME,
}  # fmt: skip
_TRANSACTION = {
    "transactionCode": text(), "providerTransactionCode": text(), "roundCode": text(), "gameCode": text(), "type": text(),
    "state": text("ok, canceled, refused, …"), "realAmount": _AMOUNT, "bonusAmount": _AMOUNT, "currency": text(),
    "balanceBefore": _AMOUNT, "balanceAfter": _AMOUNT, "date": _TIME,
}  # fmt: skip
_ROUND = {
    "roundCode": text("the studio's"), "gameCode": text(), "provider": text(), "username": text(), "currency": text(),
    "staked": _AMOUNT, "won": _AMOUNT, "openedAt": _TIME, "lastActivity": _TIME,
}  # fmt: skip
_STATS = {
    "currency": text("of the money"), "rounds": whole(), "bets": whole(), "turnover": _AMOUNT, "wins": whole(),
    "winnings": text("jackpots included"), "refunds": whole(), "bonusBets": whole(), "bonusWinnings": _AMOUNT,
    "jackpots": whole(), "ggr": text("turnover - winnings"), "rtp": maybe("winnings / turnover"), "uniquePlayers": whole(),
}  # fmt: skip
_GROUPS = {
    "day": text(), "hour": text(), "username": text(), "gameCode": text(), "provider": text(), "entity": text(),
}  # fmt: skip
REPORTS: Mapping[str, Documented] = MappingProxyType({
    "reports/entityBalances": Documented(
        "What the agent and those under it have in their wallets, and what their players have.",
        {"asOf": text("now without it"), **_ZONE, **_PAGE}, (),
        _table({
            "entity": text(), "agentId": whole(), "currency": text(), "balance": text("the agent's own wallet"),
            "playersBalance": _AMOUNT, "bonusBalance": _AMOUNT, "asOf": _TIME,
        }), csv=True,
    ),
    "reports/gameRound/{gameCode:str}": Documented(
        "A single round of a player: every transaction, bonus changes, what the studio tells of it.",
        {"roundId": text("the studio's, as history tells it"), "username": text("needed where several players were in it")},
        ("roundId",),
        obj({
            **_ROUND, "state": text(enum=["open", "finished"]), "playerId": text(), "bets": whole(), "returned": _AMOUNT,
            "transactions": array(obj(_TRANSACTION)), "lines": array(obj({**_LINE, "state": text()})),
            "bonusChanges": array(obj({**_LINE, "state": text()})),
            "gameLog": obj({
                "logType": text(), "gameName": text(), "gameResult": text(), "rows": array(obj({"key": text(), "value": text()})),
                "hands": array(obj({"title": text(), "cards": array(text()), "result": text()})),
                "pockets": array(obj({"number": text(), "color": text(), "evenOdd": text()})), "dices": array(text()),
            }, ("logType", "gameName", "gameResult", "rows")),
            "historyUrl": maybe("a page of the studio's"),
        }),
    ),
    "reports/gameTransactionLineItems": Documented(
        "Every ledger line of every game transaction.",
        {**_STRETCH, "username": text("one player's"), "gameCode": text("one game's")}, (), _table(_LINE), csv=True,
    ),
    "reports/stats": Documented(
        "What was played, grouped.",
        {**_STRETCH, "groupBy": text("of day, hour, player, game, provider, currency, entity; apart by commas")}, (),
        _table({**_GROUPS, **_STATS}, tuple(_STATS)), csv=True,
    ),
    "reports/playerGameTransactions": Documented(
        "One row for each of a player's transactions.",
        {**_STRETCH, "username": text("the player"), "gameCode": text("one game's")}, ("username",), _table(_TRANSACTION), csv=True,
    ),
    "reports/openGameRounds": Documented(
        "Rounds that are not finished, the longest untouched first.",
        {"olderThan": text("a moment, or so many minutes ago: no activity since"), **_STRETCH}, (),
        _table({**_ROUND, "reason": maybe("why it is open, where the hub knows")}), csv=True,
    ),
})  # fmt: skip
