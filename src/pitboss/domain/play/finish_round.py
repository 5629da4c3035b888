"""finishround: no more transactions are expected (wallet protocol, "finishround")."""

from pitboss.domain.play.bonus_end import with_settled_grants
from pitboss.domain.play.commands import FinishRound
from pitboss.domain.play.decision import Decision, RoundFinished, refuse
from pitboss.domain.play.state import PlayState
from pitboss.domain.refusals import Refusal


def finish_round(state: PlayState, command: FinishRound) -> Decision:
    """Closes the player's part of the round; again is the same; an unknown round is refused."""
    if state.wallet is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    if state.round is None:
        return refuse(Refusal.ROUND_UNKNOWN)
    if state.round.finished:
        return Decision(RoundFinished())
    finished = Decision(RoundFinished(), round=state.round._replace(finished=True))
    return finished if state.bonuses is None else with_settled_grants(state, state.wallet, state.bonuses, finished)
