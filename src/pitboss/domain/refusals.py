"""Why the hub says no: a closed list. Each dialect has one table from these to its own codes (tests prove none is missing)."""

from enum import StrEnum


class Refusal(StrEnum):
    """A verdict or a lack. The value is what the database remembers; renaming one needs a migration."""

    # Remembered for a BET: the same id gets the same refusal for ever (wallet protocol, "refused transactions").
    PLAYER_BLOCKED = "player_blocked"
    AGENT_INACTIVE = "agent_inactive"
    CURRENCY_MISMATCH = "currency_mismatch"
    GAME_UNAVAILABLE = "game_unavailable"
    ROUND_FINISHED = "round_finished"
    CAMPAIGN_UNKNOWN = "campaign_unknown"
    STAKE_OUTSIDE_LIMITS = "stake_outside_limits"
    CREDIT_EXHAUSTED = "credit_exhausted"
    PLAYER_LIMIT_REACHED = "player_limit_reached"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    AGENT_INSUFFICIENT_FUNDS = "agent_insufficient_funds"
    # What a seamless operator said; its own code and words are stored beside it.
    OPERATOR_REFUSED = "operator_refused"
    # Not verdicts on the transaction: never remembered.
    SESSION_INVALID = "session_invalid"
    PLAYER_UNKNOWN = "player_unknown"
    TRANSACTION_UNKNOWN = "transaction_unknown"
    ROUND_UNKNOWN = "round_unknown"
    OTHER_DATA = "other_data"
    CANCELED_SINCE = "canceled_since"
    RETURNS_MORE_THAN_STAKED = "returns_more_than_staked"
    MONEY_ALREADY_SPENT = "money_already_spent"
    BALANCE_OUT_OF_BOUNDS = "balance_out_of_bounds"
    # The hub itself cannot do it now, or does not know what became of it.
    OUTCOME_UNKNOWN = "outcome_unknown"
    OVERLOADED = "overloaded"
    # Of seamless agents: its operator was not asked; it is still being asked.
    OPERATOR_UNREACHABLE = "operator_unreachable"
    STILL_UNDER_WAY = "still_under_way"
