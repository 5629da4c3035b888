"""What the player is told."""

REFUSALS: dict[str, str] = {
    "OP_21": "You have been logged out. Please open the game again.",
    "OP_22": "You are not allowed to play this game.",
    "OP_30": "This currency cannot be used for this game.",
    "OP_31": "Not enough funds for this bet.",
    "OP_32": "A limit on your play has been reached.",
    "OP_33": "Your account is blocked. Please contact support.",
    "OP_34": "Your account was not found. Please open the game again.",
    "OP_35": "This game is not available at the moment.",
}
OTHER_REFUSAL = "The bet was not accepted."

PROMOTION_OVER = "This promotion is over. You can go on with your own money."

STATES: dict[str, str] = {
    "canceling": "The connection to your casino failed. The bet is being cancelled; your stake is safe.",
    "canceled": "The bet could not be confirmed and was cancelled. Your stake was not taken.",
    "win_sent": "Your win is being credited.",
    "win_refused": "The casino did not accept this win. Please contact support.",
    "cancel_refused": "The casino did not confirm the cancellation of this bet. Please contact support.",
}


def message_for(state: str, code: str | None, promotional: bool = False) -> str | None:
    """Words for a round's state; None when there is nothing to say."""
    if state == "bet_refused":
        if promotional and code == "OP_49":
            return PROMOTION_OVER
        return REFUSALS.get(code or "", OTHER_REFUSAL)
    return STATES.get(state)


def ending(code: str) -> str:
    """Words for a session that has ended with this code or reason."""
    return REFUSALS.get(code, REFUSALS["OP_21"])
