"""What a studio told of a round, as the hub's own dialects write it."""

from pitboss.wire.studio import RoundLog


def log_details(log: RoundLog) -> dict[str, object]:
    """hands, pockets, dices or rows: what the log type is about; rows may stand beside any of them."""
    details: dict[str, object] = {}
    if log.log_type == "hand":
        details["hands"] = [{"title": hand.title, "cards": hand.cards, "result": hand.result} for hand in log.hands]
    if log.log_type == "roulette":
        details["pockets"] = [
            {"number": pocket.number, "color": pocket.color, "evenOdd": pocket.even_odd} for pocket in log.pockets
        ]
    if log.log_type == "dice":
        details["dices"] = log.dices
    if log.rows or log.log_type == "table":
        details["rows"] = [{"key": row.key, "value": row.value} for row in log.rows]
    return details
