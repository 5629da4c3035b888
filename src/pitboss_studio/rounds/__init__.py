"""The life of a round, from the draw to the last answer of the operator's wallet.

    drawn and stored ──▶ bet_sent ──OK──▶ bet_ok ──last step shown──▶ win_sent ──OK──▶ settled
                            │  │            (one step: at once)            └──OP_49──▶ win_refused
                            │  └─refused──▶ bet_refused
                            └──unknown──▶ canceling ──CANCELED, OP_41──▶ canceled
                                              └────────OP_49───────────▶ cancel_refused

A live round (its row in `live_rounds` has its clock and what was drawn) stays in bet_ok until the player has acted or
its time is up; then its one step and its win are written, and it goes on as above.

Every arrow is a commit that happens before the next message is sent, so a process that dies anywhere leaves a state
from which the next one goes on.
"""
