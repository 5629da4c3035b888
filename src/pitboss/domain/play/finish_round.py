"""finishround: no more transactions are expected (wallet protocol, "finishround")."""

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
    return Decision(RoundFinished(), round=state.round._replace(finished=True))
