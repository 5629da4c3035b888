"""The rules of play as stories: opening state, messages with what they are answered, closing state. Amounts in cents.

ana 100                          ana opens with 100
BET 1 30 ana -> 70               transaction 1, 30 cents, in round r (another one: round=s)
CANCEL 1 ana -> canceled         answers are the balance told, a state, or why not
= ana 100                        what is in the wallet at the end
= round r ana 30 30 0 open       staked, returned, won
"""

from typing import Any

import pytest

from pitboss.domain.money import Currency
from play_in_memory import GAME, Memory

STORIES = {
    "a bet and what it wins": """
        ana 100
        BET 1 30 ana -> 70
        WIN 2 55 ana -> 125
        = ana 125
        = round r ana 30 0 55 open
    """,
    "a bet may take the last cent, and not one more": """
        ana 100
        BET 1 101 ana -> insufficient_funds
        BET 2 100 ana -> 0
        BET 3 1 ana -> insufficient_funds
        BET 4 0 ana -> 0
        = ana 0
    """,
    "the same again is answered the same, other data is not": """
        ana 100
        ben 100
        BET 1 30 ana -> 70
        WIN 2 5 ana -> 75
        BET 1 30 ana -> 70
        BET 1 31 ana -> other_data
        BET 1 30 ana round=s -> other_data
        BET 1 30 ana game=none -> other_data
        BET 1 30 ana currency=USD -> other_data
        WIN 1 30 ana -> other_data
        REFUND 1 30 ana -> other_data
        BET 1 30 ben -> other_data
        BET 1 30 nobody -> other_data
        WIN 2 5 ana finished=true -> 75
        = ana 75
        = round r ana 30 0 5 open
    """,
    "a refused bet stays refused": """
        ana 10
        BET 1 30 ana -> insufficient_funds
        deposit ana 100
        BET 1 30 ana -> insufficient_funds
        BET 1 10 ana -> other_data
        STATUS 1 ana -> refused
        CANCEL 1 ana -> canceled
        BET 1 30 ana -> insufficient_funds
        = ana 110
    """,
    "who may not bet": """
        ana 100
        ben 100
        BET 1 1 ana token=none -> session_invalid
        BET 1 1 ana token=xyz -> session_invalid
        BET 1 1 ana token=ben -> session_invalid
        BET 1 1 nobody token=xyz -> session_invalid
        BET 1 1 nobody token=ana -> player_unknown
        block ana
        BET 1 1 ana token=xyz -> session_invalid
        BET 1 1 ana currency=USD game=none -> player_blocked
        unblock ana
        BET 1 1 ana currency=USD game=none -> player_blocked
        BET 2 1 ana agent=closed currency=USD -> agent_inactive
        BET 3 1 ana currency=USD game=none -> currency_mismatch
        BET 4 1 ana currency=none game=none -> currency_mismatch
        BET 5 20000 ana game=none -> game_unavailable
        BET 6 20000 ana -> stake_outside_limits
        BET 7 10000 ana -> insufficient_funds
        BET 8 1 ana -> 99
        = ana 99
        = ben 100
    """,
    "a known id is judged before the session": """
        ana 100
        BET 1 30 ana -> 70
        end ana
        block ana
        BET 1 30 ana token=none -> 70
        BET 2 30 ana -> session_invalid
        BET 1 31 ana -> other_data
    """,
    "wins are never refused for what the player or the round is": """
        ana 0
        end ana
        block ana
        WIN 1 5 ana -> 5
        WIN 2 5 ana game=none -> 10
        FINISH ana -> finished
        WIN 3 5 ana -> 15
        WIN 4 5 ana currency=USD -> currency_mismatch
        WIN 4 5 nobody -> player_unknown
        WIN 4 0 ana -> 15
        = ana 15
        = round r ana 0 0 15 finished
        = review 1 no_bet_before,player_blocked
        = review 2 no_bet_before,player_blocked,game_unknown
        = review 3 no_bet_before,round_finished,player_blocked
    """,
    "a bet that nobody finds odd is not reviewed": """
        ana 100
        BET 1 30 ana -> 70
        WIN 2 5 ana -> 75
        REFUND 3 5 ana -> 80
        = review 1 none
        = review 2 none
        = review 3 none
    """,
    "a zero win closes a round unless told otherwise": """
        ana 100
        BET 1 1 ana -> 99
        WIN 2 0 ana finished=false -> 99
        BET 3 1 ana -> 98
        WIN 4 0 ana -> 98
        BET 5 1 ana -> round_finished
        BET 6 1 ana round=s finished=true -> 97
        BET 7 1 ana round=s -> round_finished
        = round r ana 2 0 0 finished
        = round s ana 1 0 0 finished
    """,
    "finishing is idempotent, and a player's own": """
        ana 100
        ben 100
        FINISH ana -> round_unknown
        BET 1 1 ana -> 99
        BET 2 1 ben -> 99
        FINISH ana -> finished
        FINISH ana -> finished
        FINISH nobody -> player_unknown
        BET 3 1 ana -> round_finished
        BET 4 1 ben -> 98
        = round r ana 1 0 0 finished
        = round r ben 2 0 0 open
    """,
    "a cancel undoes once": """
        ana 100
        BET 1 30 ana -> 70
        CANCEL 1 ana -> canceled
        CANCEL 1 ana -> canceled
        STATUS 1 ana -> canceled
        BET 1 30 ana -> canceled_since
        BET 1 31 ana -> other_data
        = ana 100
        = round r ana 30 30 0 open
    """,
    "a cancel that overtakes its bet": """
        ana 100
        ben 100
        CANCEL 1 ana -> transaction_unknown
        CANCEL 1 ana -> transaction_unknown
        CANCEL 1 ben -> transaction_unknown
        BET 1 30 ana -> canceled_since
        WIN 1 30 ana -> canceled_since
        REFUND 1 30 ana -> canceled_since
        BET 1 30 ben -> other_data
        STATUS 1 ana -> transaction_unknown
        CANCEL 2 nobody -> player_unknown
        BET 2 30 ana -> 70
        = ana 70
    """,
    "another player's transaction is unknown, and asking leaves nothing": """
        ana 100
        ben 100
        BET 1 30 ana -> 70
        CANCEL 1 ben -> transaction_unknown
        STATUS 1 ben -> transaction_unknown
        STATUS 1 nobody -> player_unknown
        STATUS 1 ana -> ok
        BET 1 30 ana -> 70
        STATUS 2 ana -> transaction_unknown
        = ana 70
    """,
    "a win that is spent is not taken back": """
        ana 0
        WIN 1 30 ana -> 30
        BET 2 10 ana -> 20
        CANCEL 1 ana -> money_already_spent
        STATUS 1 ana -> ok
        CANCEL 1 ana negative=allowed -> canceled
        BET 3 1 ana -> insufficient_funds
        CANCEL 2 ana -> canceled
        = ana 0
        = round r ana 10 10 0 open
    """,
    "refunds and cancels together return no more than was staked": """
        ana 100
        REFUND 1 10 ana -> returns_more_than_staked
        BET 2 10 ana -> 90
        REFUND 1 10 ana -> 100
        REFUND 3 1 ana -> returns_more_than_staked
        CANCEL 2 ana -> returns_more_than_staked
        CANCEL 1 ana -> canceled
        REFUND 1 10 ana -> canceled_since
        CANCEL 2 ana -> canceled
        REFUND 4 1 ana -> returns_more_than_staked
        REFUND 5 0 ana -> 100
        REFUND 6 1 ana round=s -> returns_more_than_staked
        = ana 100
        = round r ana 10 10 0 open
    """,
    "a cancel may close the round": """
        ana 100
        BET 1 10 ana -> 90
        BET 2 10 ana -> 80
        CANCEL 1 ana finished=true -> canceled
        BET 3 10 ana -> round_finished
        CANCEL 2 ana -> canceled
        = ana 100
        = round r ana 20 20 0 finished
    """,
    "a cancel again may close the round too": """
        ana 100
        BET 1 10 ana -> 90
        CANCEL 1 ana -> canceled
        CANCEL 1 ana finished=true -> canceled
        BET 2 10 ana -> round_finished
        CANCEL 2 ana finished=true -> canceled
        = ana 100
        = round r ana 10 10 0 finished
    """,
    "a promotional stake needs its campaign": """
        ana 100
        BET 1 10 ana reason=PROMO-FREESPIN -> campaign_unknown
        = ana 100
    """,
    "what nobody could hold is not credited": """
        ana 3999999999999999999
        WIN 1 1 ana -> 4000000000000000000
        WIN 2 1 ana -> balance_out_of_bounds
        BET 3 10 ana -> 3999999999999999990
        WIN 2 1 ana -> 3999999999999999991
        WIN 4 9 ana -> 4000000000000000000
        REFUND 5 10 ana -> balance_out_of_bounds
        CANCEL 3 ana -> balance_out_of_bounds
    """,
}


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    hub = Memory()
    for line in STORIES[name].strip().splitlines():
        asked, _, expected = line.strip().partition(" -> ")
        words = [word for word in asked.split() if "=" not in word or word == "="]
        options = dict(word.split("=", 1) for word in asked.split() if "=" in word and word != "=")
        answer = play(hub, words, options)
        assert answer == (expected or None), line


def play(hub: Memory, words: list[str], options: dict[str, str]) -> str | None:
    """Do what a line says."""
    verb, *rest = words
    match verb:
        case "BET" | "WIN" | "REFUND":
            return change(hub, verb, *rest, options)
        case "CANCEL":
            finished = flag(options.get("finished"))
            return hub.cancel(rest[1], rest[0], finished=finished, allow_negative="negative" in options)
        case "STATUS":
            return hub.status(rest[1], rest[0])
        case "FINISH":
            return hub.finish(rest[0], options.get("round", "r"))
        case "=":
            return check(hub, rest)
        case "deposit":
            hub.deposit(rest[0], int(rest[1]))
        case "block" | "unblock":
            hub.block(rest[0], verb == "block")
        case "end":
            hub.end_session(rest[0])
        case name:
            hub.open(name, int(rest[0]))
    return None


def change(hub: Memory, verb: str, tx: str, amount: str, name: str, options: dict[str, str]) -> str:
    more: dict[str, Any] = {"finished": flag(options.get("finished"))}
    if "currency" in options:
        more["currency"] = None if options["currency"] == "none" else Currency(options["currency"], 2)
    if "game" in options:
        more["game"] = None
    if verb == "BET":
        token = options.get("token", name)
        more |= {
            "token": None if token == "none" else token,
            "active": "agent" not in options,
            "reason": options.get("reason"),
        }
    act = {"BET": hub.bet, "WIN": hub.win, "REFUND": hub.refund}[verb]
    return act(name, tx, int(amount), options.get("round", "r"), **more)


def flag(text: str | None) -> bool | None:
    return None if text is None else text == "true"


def check(hub: Memory, words: list[str]) -> None:
    """A closing line must be true."""
    if words[0] == "round":
        _, round_id, name, *sums, state = words
        found = hub.rounds[hub.wallets[name].id, round_id]
        assert [found.staked, found.returned, found.won] == [int(part) for part in sums], words
        assert found.finished == (state == "finished"), words
    elif words[0] == "review":
        assert (hub.transactions[words[1]].review or "none") == words[2], words
    else:
        assert hub.wallets[words[0]].balance == int(words[1]), words


def test_sessions_end_at_their_time() -> None:
    hub = Memory()
    hub.open("ana", 10)
    session = hub.sessions["ana"]
    from play_in_memory import NOW

    hub.sessions["ana"] = session._replace(expires_at=NOW)
    assert hub.bet("ana", "1", 1, "r", token="ana", game=GAME) == "session_invalid"
