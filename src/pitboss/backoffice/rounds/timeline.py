"""One player's part of a round: all that happened in it, as far as the hub knows, and the game as the player saw it."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui

from pitboss.backoffice.facts import fact, side_by_side, words
from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell
from pitboss.backoffice.office import Missing, Office
from pitboss.backoffice.page import page
from pitboss.backoffice.paths import rounds_path
from pitboss.backoffice.rounds.game_log import game_log
from pitboss.backoffice.rounds.search import game_cell, state_cell
from pitboss.backoffice.visit import Visit, money, utc
from pitboss.domain.money import Currency
from pitboss.domain.seamless.call import Call
from pitboss.storage.api_errors import ApiErrorRow
from pitboss.storage.rounds.postings import Posting
from pitboss.storage.rounds.rows import RoundRow
from pitboss.storage.rounds.timeline import (
    MOST_STEPS,
    BonusMove,
    Signature,
    Step,
    Timeline,
    signature_of,
    timeline,
    wallet_called,
)

_KINDS: Final = {
    "bet": "Bet", "win": "Win", "refund": "Refund", "cancel": "Cancel", "unknown": "Cancel of what never came",
    "convert": "Bonus money becomes real", "forfeit": "Bonus money is taken away",
}  # fmt: skip
_STATES: Final = {
    "ok": Cell("stood", tone="good"),
    "refused": Cell("refused", tone="bad"),
    "canceled": Cell("cancelled", tone="quiet"),
    "tombstone": Cell("can never happen any more", tone="quiet"),
    "pending": Cell("outcome unknown: the operator is being asked", tone="warn"),
    "voiding": Cell("void here, the operator is being told", tone="warn"),
    "parked": Cell("outcome unknown: waits for a person", tone="bad"),
}
_SIGNATURES: Final = {
    Signature.GOOD: Cell("signature good", tone="good"),
    Signature.REFUSED: Cell("signature or time refused", tone="bad"),
    Signature.NONE: Cell("no signature to check", tone="quiet"),
    Signature.UNTOLD: Cell("signature not told", tone="quiet"),
}
_NOT_KEPT: Final = (
    "A message is stored only after its signature was found good. Repetitions of an answered message, and tries of a call that"
    " was settled since, leave no trace but failures, and those are kept for a week."
)


def pages(office: Office) -> None:
    """`/agents/{agent_id}/rounds/{studio}/{user}/{round_id}`."""

    @page(office, "/agents/{agent_id:int}/rounds/{studio}/{user}/{round_id}")
    async def round_(visit: Visit, agent_id: int, studio: str, user: str, round_id: str) -> None:
        agent = office.agent(visit.who, agent_id)
        line = await _read(visit, agent_id, studio, user, round_id)
        currency = office.hub.live.current.currencies[line.round.currency]
        with frame(visit, f"Round {line.round.round_id}", agent):
            _head(visit, agent_id, studio, line.round, currency)
            for happening in line.happenings():
                if isinstance(happening, Step):
                    _step(visit, happening, currency)
                else:
                    _failure(visit, happening)
            for call in line.calls:
                if all(step.call is not call for step in line.steps):
                    _card_of_call(visit, call, currency)
            _limits(visit, line)
            game_log(visit, line.game_log)


async def _read(visit: Visit, agent_id: int, studio: str, user: str, round_id: str) -> Timeline:
    provider = visit.office.hub.live.current.providers_by_code.get(studio)
    line = None
    if provider is not None and "\0" not in user + round_id:
        async with visit.office.reading(visit.who, agent_id) as conn:
            wallet_id = await wallet_called(conn, agent_id, user)
            if wallet_id is not None:
                line = await timeline(conn, agent_id, provider.id, wallet_id, round_id)
    if line is None:
        raise Missing(f"{user} has no round {round_id} at {studio}.")
    return line


def _head(visit: Visit, agent_id: int, studio: str, row: RoundRow, currency: Currency) -> None:
    with side_by_side():
        fact("Player", Cell(row.username, row.user_in_game, rounds_path(agent_id, player=row.username)))
        fact("Game", game_cell(visit, row.game_id))
        fact("Studio", Cell(studio))
        fact("State", state_cell(row))
        fact("Staked", Cell(money(row.staked, currency)))
        fact("Given back", Cell(money(row.returned, currency)))
        fact("Won", Cell(money(row.won, currency)))
        fact("Opened", Cell(visit.moment(row.opened_at), utc(row.opened_at)))
        fact("Last change", Cell(visit.moment(row.changed_at), utc(row.changed_at)))
        fact("Hub's number", Cell("never opened" if row.number is None else str(row.number), tone="mono"))


def _step(visit: Visit, step: Step, currency: Currency) -> None:
    with ui.card().classes("card step").props("role=group") as card:
        card.props["aria-label"] = f"{_KINDS[step.kind]} {step.provider_tx_id}"
        with ui.row().classes("step-head"):
            ui.label(_KINDS[step.kind]).classes("font-semibold")
            words(_STATES[step.state])
            words(_SIGNATURES[step.signature])
            if step.review:
                words(Cell(f"look: {step.review.replace('_', ' ')}", tone="warn"))
            ui.space()
            words(Cell(visit.moment(step.at), utc(step.at), tone="time"))
        with side_by_side():
            _money_of(step, currency)
            fact("Answer", _answer(step, currency))
            if step.campaign_code:
                fact("Campaign", Cell(step.campaign_code, tone="mono"))
        with side_by_side(quiet=True):
            _ids_of(step)
        _postings(step.postings, currency)
        for move in step.bonus_moves:
            _bonus(move, currency)
        if step.call is not None:
            _call(visit, step.call, currency)


def _money_of(step: Step, currency: Currency) -> None:
    if step.wallet_version is not None or step.state == "refused":
        fact("Real money", _signed(step.real_amount, currency))
        if step.bonus_amount:
            fact("Bonus money", _signed(step.bonus_amount, currency))
    if step.state not in ("pending", "voiding", "parked"):
        fact("Balance before", Cell(money(step.balance_before, currency)))
        fact("Balance after", Cell(money(step.balance_after, currency)))


def _signed(minor: int, currency: Currency) -> Cell:
    text = money(minor, currency)
    return Cell(text, tone="bad") if minor < 0 else Cell(f"+{text}" if minor else text)


def _answer(step: Step, currency: Currency) -> Cell:
    if step.signature is Signature.NONE:
        return Cell("none: the hub's own", tone="quiet")
    if step.refusal is not None:
        words = step.refusal.replace("_", " ")
        return Cell(f"{words}: {step.answer}" if step.answer else words, tone="bad")
    if step.state == "tombstone":
        return Cell("transaction unknown", tone="bad")
    if step.state in ("pending", "voiding", "parked") or step.wallet_version is None:
        return Cell("outcome unknown", tone="warn")
    return Cell("cancelled" if step.is_cancel else f"balance {money(step.told, currency)}")


def _ids_of(step: Step) -> None:
    if step.provider_id:
        fact("Studio's id", Cell(step.provider_tx_id, tone="mono"))
    fact("Hub's number", Cell(str(step.number), tone="mono"))
    fact("History item", Cell(step.id.hex, tone="mono"))
    fact("Wallet transaction", Cell(step.wallet_tx_id.hex, tone="mono"))
    if step.history_id:
        fact("Studio's history id", Cell(step.history_id, tone="mono"))
    if step.canceled_by is not None:
        fact("Undone by", Cell(str(step.canceled_by), tone="mono"))


def _postings(postings: Sequence[Posting], currency: Currency) -> None:
    for posting in postings:
        with ui.row().classes("posting"):
            ui.icon("swap_horiz")
            ui.label(f"{posting.source.name} → {posting.target.name}")
            ui.label(money(posting.amount, currency)).classes("font-semibold")


def _bonus(move: BonusMove, currency: Currency) -> None:
    parts = [f"free stakes used {move.uses}"] if move.uses else []
    for name, minor in (
        ("bonus money at stake", move.staked), ("bonus money", move.money), ("to be wagered", move.required),
        ("wagered", move.counted), ("became real", move.converted),
    ):  # fmt: skip
        if minor:
            parts.append(f"{name} {money(minor, currency)}")
    with ui.row().classes("posting"):
        ui.icon("redeem")
        ui.label(f"Bonus {move.code}: {', '.join(parts)}")


def _card_of_call(visit: Visit, call: Call, currency: Currency) -> None:
    with ui.card().classes("card step"):
        _call(visit, call, currency)


def _call(visit: Visit, call: Call, currency: Currency) -> None:
    """A call to the operator's wallet that is not settled: what is asked, how often it failed, when it goes out again."""
    with ui.row().classes("posting warn"):
        ui.icon("sync_problem")
        command, _ = call.message()
        waits = "waits for a person" if call.phase == "parked" else f"next try {visit.moment(call.due)}"
        text = f"{command} ({call.phase}) to the operator, {money(call.amount, currency)}: {call.tries} failed, {waits}"
        label = ui.label(f"{text}. {call.last_error or ''}")
        label.props["title"] = utc(call.due)


def _failure(visit: Visit, failed: ApiErrorRow) -> None:
    way = "studio → hub" if failed.direction == "in" else "hub → operator"
    with ui.card().classes("card step failed").props("role=group") as card:
        card.props["aria-label"] = f"Failed {failed.command}"
        with ui.row().classes("step-head"):
            ui.label(f"{failed.command} failed").classes("font-semibold bad")
            ui.label(way).classes("quiet")
            words(Cell(failed.error, tone="bad"))
            words(_SIGNATURES[signature_of(failed)])
            status = "no answer" if failed.http_status is None else f"HTTP {failed.http_status}"
            ui.label(f"{status}, {failed.duration_ms} ms").classes("quiet")
            ui.space()
            words(Cell(visit.moment(failed.at), utc(failed.at), tone="time"))
        for name, text in (("Request", failed.request), ("Answer", failed.answer)):
            if text:
                with ui.expansion(name).classes("w-full").props("dense"):
                    ui.label(text).classes("mono words")


def _limits(visit: Visit, line: Timeline) -> None:
    if line.cut:
        ui.label(f"There is more in this round: the first {MOST_STEPS} messages are shown.").classes("warn")
    if line.errors_looked_to is not None:
        text = f"Much has failed since: failures were looked through as far as {visit.moment(line.errors_looked_to)}."
        ui.label(text).classes("warn")
    ui.label(_NOT_KEPT).classes("quiet text-sm")
