"""What a wallet and its rounds must do, said once more and differently: no state but the list of what happened.

Balances and rounds are added up from the list at every question, where the hub carries them along. Written from the protocol's
rules, not from the hub's code.
"""

from dataclasses import dataclass, field


@dataclass
class Happening:
    """A transaction that was told a verdict. `verdict` is None when it stood; `said` is all that a repeat must match."""

    kind: str
    name: str
    round_: str
    amount: int
    said: tuple[str, str, int, str, str, str | None]
    verdict: str | None
    told: int = 0
    canceled: bool = False

    @property
    def stands(self) -> bool:
        return self.verdict is None and not self.canceled

    @property
    def effect(self) -> int:
        return {"BET": -self.amount, "WIN": self.amount, "REFUND": self.amount}[self.kind]


@dataclass
class Oracle:
    """One agent's players at one studio."""

    deposits: dict[str, int] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    happened: dict[str, Happening] = field(default_factory=dict)
    never: dict[str, str] = field(default_factory=dict)
    """Transaction ids whose cancel came first, and whose they were."""
    finished: set[tuple[str, str]] = field(default_factory=set)

    def balance(self, name: str) -> int:
        return self.deposits[name] + sum(h.effect for h in self.happened.values() if h.name == name and h.stands)

    def staked(self, name: str, round_: str) -> int:
        return sum(h.amount for h in self._stood(name, round_, "BET"))

    def returned(self, name: str, round_: str) -> int:
        undone = sum(h.amount for h in self._stood(name, round_, "BET") if h.canceled)
        return undone + sum(h.amount for h in self._stood(name, round_, "REFUND") if h.stands)

    def won(self, name: str, round_: str) -> int:
        return sum(h.amount for h in self._stood(name, round_, "WIN") if h.stands)

    def _stood(self, name: str, round_: str, kind: str) -> list[Happening]:
        mine = (h for h in self.happened.values() if (h.name, h.round_, h.kind) == (name, round_, kind))
        return [h for h in mine if h.verdict is None]

    def exists(self, name: str, round_: str) -> bool:
        return any(self._stood(name, round_, kind) for kind in ("BET", "WIN"))

    def change(
        self, kind: str, name: str, tx: str, amount: int, round_: str, finished: bool | None, token: str | None, currency: str,
        game: str | None, active: bool,
    ) -> str:  # fmt: skip
        said = (kind, name, amount, round_, currency, game)
        if tx in self.never:
            return "canceled_since" if self.never[tx] == name else "other_data"
        if tx in self.happened:
            first = self.happened[tx]
            if first.said != said:
                return "other_data"
            return "canceled_since" if first.canceled else first.verdict or str(first.told)
        if kind == "BET" and (token not in self.deposits or token in self.ended or token != name != "nobody"):
            return "session_invalid"
        if name not in self.deposits:
            return "player_unknown"
        verdict = self._verdict(kind, name, amount, round_, currency, game, active)
        if verdict is not None and kind != "BET":
            return verdict
        happening = self.happened[tx] = Happening(kind, name, round_, amount, said, verdict)
        if verdict is not None:
            return verdict
        if finished or (kind == "WIN" and amount == 0 and finished is None):
            self.finished.add((name, round_))
        happening.told = self.balance(name)
        return str(happening.told)

    def _verdict(
        self, kind: str, name: str, amount: int, round_: str, currency: str, game: str | None, active: bool
    ) -> str | None:
        if kind == "REFUND":
            room = self.staked(name, round_) - self.returned(name, round_)
            impossible = not self.exists(name, round_) or amount > room
            return "currency_mismatch" if currency != "EUR" else "returns_more_than_staked" if impossible else None
        faults = {
            "player_blocked": name in self.blocked,
            "agent_inactive": not active,
            "currency_mismatch": currency != "EUR",
            "game_unavailable": game is None,
            "round_finished": (name, round_) in self.finished,
            "stake_outside_limits": amount > 10_000,
            "insufficient_funds": amount > max(self.balance(name), 0),
        }
        if kind == "WIN":
            faults = {"currency_mismatch": currency != "EUR"}
        return next((fault for fault, is_so in faults.items() if is_so), None)

    def cancel(self, name: str, tx: str, finished: bool | None, allow_negative: bool) -> str:
        if name not in self.deposits:
            return "player_unknown"
        if tx not in self.happened:
            self.never.setdefault(tx, name)
            return "transaction_unknown"
        found = self.happened[tx]
        if found.name != name:
            return "transaction_unknown"
        if not found.stands:
            if finished and self.exists(name, found.round_):
                self.finished.add((name, found.round_))
            return "canceled"
        if self.balance(name) - found.effect < 0 and found.effect > 0 and not allow_negative:
            return "money_already_spent"
        found.canceled = True
        if self.returned(name, found.round_) > self.staked(name, found.round_):
            found.canceled = False
            return "returns_more_than_staked"
        if finished:
            self.finished.add((name, found.round_))
        return "canceled"

    def finish(self, name: str, round_: str) -> str:
        if name not in self.deposits:
            return "player_unknown"
        if not self.exists(name, round_):
            return "round_unknown"
        self.finished.add((name, round_))
        return "finished"

    def status(self, name: str, tx: str) -> str:
        if name not in self.deposits:
            return "player_unknown"
        found = self.happened.get(tx)
        if found is None or found.name != name:
            return "transaction_unknown"
        return "canceled" if found.canceled else "refused" if found.verdict else "ok"
