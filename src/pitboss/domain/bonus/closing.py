"""What follows from a move: bonus money becomes real, is taken away, or the grant is over; and how each of that is undone.

A grant that is over holds no money. What still reaches it goes where its money went: on to real money when it was converted,
away when it was removed; one that was only used up is open again. When the wagering it was converted for is given back, so is
the conversion, as far as the money is still there.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from pitboss.domain.bonus.grant import Grant, GrantState, Move, moved

FollowUpKind = Literal["convert", "forfeit"]
_STEPS = 4
"""No grant changes its state more often at once."""


class FollowUp(NamedTuple):
    """A posting of its own: the wallet gains `real` and `bonus` (signed); what does not go from one to the other is the agent's
    bonus cost."""

    grant_id: str
    code: str
    kind: FollowUpKind
    real: int
    bonus: int


class Closing(NamedTuple):
    """The grant as it ends up, and what is posted for it, in order."""

    grant: Grant
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def real(self) -> int:
        """Real money gained."""
        return sum(follow_up.real for follow_up in self.follow_ups)

    def moves(self) -> list[Move]:
        """One for each posting."""
        return [_move(follow_up) for follow_up in self.follow_ups]


def settle(
    grant: Grant, real: int, now: datetime, *, over: bool, undone: bool = False, may_go_negative: bool = False
) -> Closing | None:
    """What follows for a grant that was moved, `real` being the wallet's real money. `over`: a round may be over, so that a
    grant that has nothing left is used up. `undone`: something was given or taken back. None when money for it is spent, so
    that the move cannot be."""
    made: list[FollowUp] = []
    back = _taken_back(grant, real, undone)
    if back > max(real, 0) and not may_go_negative:
        return None
    if back:
        made.append(FollowUp(grant.id, grant.code, "convert", -back, back))
        grant, real = moved(grant, _move(made[0])), real - back
    for _ in range(_STEPS):
        step = _step(grant, real, now, over)
        if step is None:
            break
        state, follow_up = step
        if state != grant.state:
            grant = grant._replace(state=state, closed_at=None if state == "active" else now)
        if follow_up is not None:
            made.append(follow_up)
            grant = moved(grant, _move(follow_up))
            real += follow_up.real
    return Closing(grant, tuple(made)) if grant.balance >= 0 else None


def _taken_back(grant: Grant, real: int, undone: bool) -> int:
    """Real money that must be bonus money again: what a conversion gave before its wagering was given back, as far as it is
    there, and what the grant itself is short of."""
    if not grant.multiplier or not grant.converted:
        return 0
    short = min(max(-grant.balance, 0), grant.converted)
    unearned = min(grant.converted, max(real, 0)) if undone and not grant.met else 0
    return max(short, unearned)


def _move(follow_up: FollowUp) -> Move:
    return Move(follow_up.grant_id, 0, None, money=follow_up.bonus, converted=follow_up.real)


def _step(grant: Grant, real: int, now: datetime, over: bool) -> tuple[GrantState, FollowUp | None] | None:
    if grant.state == "active":
        return _step_of_active(grant, now, over)
    if grant.state == "converted":
        return _step_of_converted(grant, real)
    if grant.state in ("removed", "forfeited"):
        return (grant.state, _forfeit(grant)) if grant.balance else None
    if grant.balance > 0 or (grant.state == "completed" and grant.used < grant.stakes and now < grant.use_by):
        return "active", None
    return None


def _step_of_active(grant: Grant, now: datetime, over: bool) -> tuple[GrantState, FollowUp | None] | None:
    if grant.playable(now) or grant.balance < 0:
        return None
    if grant.balance and grant.met:
        return "converted", _convert(grant)
    if now >= grant.expires_at and grant.balance:
        return "forfeited", None
    if (over or now >= grant.expires_at) and not grant.balance:
        return _nothing_left(grant), None
    return None


def _nothing_left(grant: Grant) -> GrantState:
    if grant.used < grant.stakes:
        return "expired"
    return "converted" if grant.converted and grant.multiplier and grant.met else "completed"


def _step_of_converted(grant: Grant, real: int) -> tuple[GrantState, FollowUp | None] | None:
    if not grant.met:
        back = min(grant.converted, max(real, 0))
        return "active", FollowUp(grant.id, grant.code, "convert", -back, back) if back else None
    if grant.balance > 0:
        return "converted", _convert(grant)
    # What the maximum had cut off was never real money; nothing else may be short.
    return ("converted", _forfeit(grant)) if grant.balance < 0 and grant.max_conversion is not None else None


def _convert(grant: Grant) -> FollowUp:
    amount = grant.balance
    if grant.max_conversion is not None:
        amount = min(amount, max(grant.max_conversion - grant.converted, 0))
    return FollowUp(grant.id, grant.code, "convert", amount, -grant.balance)


def _forfeit(grant: Grant) -> FollowUp:
    return FollowUp(grant.id, grant.code, "forfeit", 0, -grant.balance)
