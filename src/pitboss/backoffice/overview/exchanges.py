"""How often exchanges with studios and operators fail, beside how much is played with them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, NamedTuple

from pitboss.backoffice.grid import Cell, Column, Tone, at
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Catalogue
from pitboss.storage.overview import Failures

COLUMNS: Final = (
    Column("who", "With"), Column("bets", "Bets", right=True), Column("failed", "Failed", right=True),
    Column("rate", "Failed per 1,000 bets", right=True), Column("last", "Last failure"),
)  # fmt: skip
_INTERFACES: Final = {"agent_api": "agent API", "partner_api": "partner API", "platform": "platform endpoints"}


class Party(NamedTuple):
    """One other that the hub speaks with. `bets`: those that were staked through it in the same time, None where that says nothing
    about it."""

    name: str
    bets: int | None
    failed: int
    last: datetime | None

    @property
    def rate(self) -> Decimal | None:
        """Failures per thousand bets, to one decimal; None without bets."""
        if not self.bets:
            return None
        return (Decimal(self.failed) * 1000 / Decimal(self.bets)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def studios(catalogue: Catalogue, bets: Mapping[int, int], failures: Iterable[Failures]) -> list[Party]:
    """Those that played or failed, the worst first."""
    names = {provider.code: provider.name for provider in catalogue.providers.values()}
    counted = {catalogue.providers[id_].code: count for id_, count in bets.items()}
    found = {code: Party(names[code], count, 0, None) for code, count in counted.items()}
    for one in failures:
        if one.direction != "in" or one.dialect != "wallet":
            continue
        party = found.get(one.studio, Party(names.get(one.studio, one.studio), 0, 0, None))
        last = one.last if party.last is None else max(one.last, party.last)
        found[one.studio] = party._replace(failed=party.failed + one.failed, last=last)
    return sorted(found.values(), key=lambda party: (-party.failed, party.name.lower()))


def wallet(name: str, bets: int, failures: Iterable[Failures]) -> Party:
    """A seamless agent's: every bet asks it."""
    out = [one for one in failures if one.direction == "out"]
    last = max((one.last for one in out), default=None)
    return Party(name, bets, sum(one.failed for one in out), last)


def interfaces(failures: Iterable[Failures]) -> list[Party]:
    """Of the agent's own calls, those interfaces of which some failed."""
    return [
        Party(f"The agent, at the {_INTERFACES.get(one.dialect, one.dialect)}", None, one.failed, one.last)
        for one in failures
        if one.direction == "in" and one.dialect != "wallet"
    ]


def row(visit: Visit, party: Party) -> dict[str, Cell]:
    """A line of the table."""
    bad: Tone = "warn" if party.failed else ""
    return {
        "who": Cell(party.name),
        "bets": Cell("–" if party.bets is None else f"{party.bets:,}", tone="quiet" if party.bets is None else ""),
        "failed": Cell(f"{party.failed:,}", tone=bad),
        "rate": Cell("–", tone="quiet") if party.rate is None else Cell(f"{party.rate:,}", tone=bad),
        "last": at(visit, party.last),
    }
