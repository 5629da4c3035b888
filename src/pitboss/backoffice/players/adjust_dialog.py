"""The dialog that puts a player's balance right: amount and reason, then once more with the person's name, then the engine."""

from nicegui import ui

from pitboss.backoffice.acts import do, sure
from pitboss.backoffice.form import buttons, choice, form, text_field
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit, money
from pitboss.domain.catalogue import Agent
from pitboss.domain.invalid import Invalid
from pitboss.domain.ledger.adjustment import LONGEST_REASON, Adjustment, read_adjustment
from pitboss.domain.staff.rights import Right
from pitboss.engine.adjusting import MaybeAdjusted, adjust_balance
from pitboss.storage.players.support import PlayerSeen

_CREDIT, _DEBIT = "credit", "debit"


class AdjustDialog:
    """One adjustment. Its reference stays until it is known to be refused: pressing again cannot move money twice."""

    def __init__(self, visit: Visit, agent: Agent, player: PlayerSeen) -> None:
        self._visit = visit
        self._agent = agent
        self._player = player
        self._reference = ""

    def open(self) -> None:
        """Show it."""
        self._reference = self._visit.office.hub.arrivals.id()
        currencies = {code: code for code in sorted(self._agent.currencies)}
        first = self._player.wallets[0].currency if self._player.wallets else self._agent.base_currency.code
        with form(f"Adjust the balance of {self._player.username}") as dialog:
            self._kind = ui.radio({_CREDIT: "Credit: to the player", _DEBIT: "Debit: from the player"}, value=_CREDIT)
            self._amount = text_field("Amount", longest=32).props("inputmode=decimal")
            self._currency = choice("Currency", currencies, first if first in currencies else next(iter(currencies)))
            self._reason = text_field("Reason, for the audit", longest=LONGEST_REASON)
            ui.label("The other side is the agent's own wallet. The player's limits do not count it.").classes(
                "quiet text-sm"
            )
            buttons(dialog, "Continue", self._ask)

    async def _ask(self) -> bool:
        wish = self._entered()
        told = money(wish.amount, wish.currency)
        question = f"Credit {told} to {wish.username}?" if wish.credit else f"Debit {told} from {wish.username}?"
        done = f"{told} credited to {wish.username}." if wish.credit else f"{told} debited from {wish.username}."
        if not await sure(question, f"Reason: {wish.reason}", "Credit" if wish.credit else "Debit"):
            return False
        return await do(self._visit, Right.MONEY, lambda desk: self._adjust(desk, wish), done, self._agent.id)

    def _entered(self) -> Adjustment:
        return read_adjustment(
            self._agent, self._player.username, self._currency.value, self._amount.value, self._kind.value == _CREDIT,
            self._reason.value, self._reference,
        )  # fmt: skip

    async def _adjust(self, desk: Desk, wish: Adjustment) -> None:
        hub = self._visit.office.hub
        try:
            await adjust_balance(hub, desk.conn, self._agent.id, wish, actor=desk.actor)
        except MaybeAdjusted:
            raise
        except Invalid:
            # What was refused stays refused under its reference; the next try is another.
            self._reference = hub.arrivals.id()
            raise
