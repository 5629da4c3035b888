"""Play: what studios tell the hub of bets, wins, refunds and their undoing, and what the hub decides.

Each module is one decision, `decide(state, command) -> Decision`; `state` holds what the batch loaded. The order of judgement
of the wallet protocol stands in each: a known transaction first, then session, player, currency, game, round, limits, funds.
"""
