"""Grants that end without a bet or win: removed by their agent, over by their time, used up when their round is finished."""

from pitboss.domain.play.bonus_play import grant_of
from pitboss.domain.play.bonus_posting import Posted, settle_grants
from pitboss.domain.play.commands import EndBonus
from pitboss.domain.play.decision import Accepted, Decision, refuse
from pitboss.domain.play.state import Bonuses, PlayState, Wallet
from pitboss.domain.refusals import Refusal


def end_bonus(state: PlayState, command: EndBonus) -> Decision:
    """Takes the grant's money away and its free stakes; a round in flight still settles. Ended before: CANCELED_SINCE; a grant
    whose time is not over stays as it is."""
    wallet, bonuses = state.wallet, state.bonuses
    if wallet is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    grant = grant_of(bonuses, command.code)
    if grant is None or bonuses is None:
        return refuse(Refusal.CAMPAIGN_UNKNOWN)
    if grant.state != "active":
        return refuse(Refusal.CANCELED_SINCE)
    grants = {known.id: known for known in bonuses.grants}
    if command.remove:
        grants[grant.id] = grant._replace(state="removed", closed_at=state.now)
    elif state.now < grant.use_by:
        return Decision(Accepted(wallet.told))
    posted = settle_grants(state, wallet, grants, [grant.id], over=True)
    assert posted is not None
    return _decision(Decision(Accepted(posted.wallet.told)), wallet, posted)


def with_settled_grants(state: PlayState, wallet: Wallet, bonuses: Bonuses, decision: Decision) -> Decision:
    """A decision that moves no money, with what follows for the grants that are in its round."""
    grants = {grant.id: grant for grant in bonuses.grants}
    touched = [recorded.move.grant_id for recorded in bonuses.moves]
    posted = settle_grants(state, wallet, grants, touched, over=True)
    assert posted is not None
    return _decision(decision, wallet, posted)


def _decision(decision: Decision, wallet: Wallet, posted: Posted) -> Decision:
    changed = None if posted.wallet == wallet else posted.wallet
    return decision._replace(wallet=changed, bonus=posted.change)
