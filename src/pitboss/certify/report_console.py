"""The battery on a terminal: a line a case as it ends, a bar while it runs, a summary."""

from collections import Counter
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pitboss.certify.battery import ALL, CHAPTERS
from pitboss.certify.case import Case, Result
from pitboss.certify.run import Report
from pitboss.certify.verdict import Verdict

STYLES: Final = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.INFORMATION: "cyan",
    Verdict.NOT_RUN: "yellow",
}


class ConsoleReport:
    """A context: the bar is there while it lasts, where the output is a terminal."""

    def __init__(self, console: Console, number: int) -> None:
        self._console = console
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("", total=number)
        self._width = max(len(case.id) for case in ALL)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def began(self, case: Case) -> None:
        """A case is being played."""
        self._progress.update(self._task, description=case.id)

    def told(self, result: Result) -> None:
        """A case has ended."""
        self._progress.advance(self._task)
        line = Text.assemble(
            (f"{result.verdict.value:<11} ", STYLES[result.verdict]),
            (f"{result.case.id:<{self._width}} ", "bold" if result.verdict is Verdict.FAILED else ""),
            (f"{result.elapsed_ms:>6} ms  ", "dim"),
            _one_line(result.reason or result.case.title),
        )
        self._console.print(line, soft_wrap=True, highlight=False)

    def summary(self, report: Report) -> None:
        """A table of the chapters, what it cost, and the last word."""
        titles = {chapter.name: chapter.title for chapter in CHAPTERS} | {"books": "The balance at the end"}
        counts = {name: Counter(one.verdict for one in report.results if one.case.chapter == name) for name in titles}
        table = Table("chapter", *(verdict.value for verdict in Verdict), box=None, header_style="dim")
        for name, count in counts.items():
            if count:
                cells = (Text(str(count[one] or ""), style=STYLES[one], justify="right") for one in Verdict)
                table.add_row(titles[name], *cells)
        self._console.print()
        self._console.print(table)
        self._console.print()
        self._console.print(Text(cost_line(report)), soft_wrap=True)
        self._console.print(
            Text(last_word(report), style="bold red" if report.failed else "bold green"), soft_wrap=True
        )


def cost_line(report: Report) -> str:
    """What became of the player's money."""
    account, text = report.account, report.currency.text
    if account.start is None or account.end is None or account.cost is None:
        return "What it cost is not known: the wallet did not tell the balance."
    moved = f"the balance was {text(account.start)} before and is {text(account.end)} now"
    if account.cost == 0:
        return f"It cost nothing: {moved}."
    if account.cost < 0:
        return f"The player has {text(-account.cost)} more than before: {moved}."
    return f"It cost {text(account.cost)}: {moved}."


def last_word(report: Report) -> str:
    """One sentence that says how it went."""
    ran = report.count(Verdict.PASSED) + report.count(Verdict.FAILED)
    others = f"{report.count(Verdict.INFORMATION)} for information, {report.count(Verdict.NOT_RUN)} not run"
    if report.failed:
        return f"{report.count(Verdict.FAILED)} of {ran} cases failed; {others}."
    return f"All {ran} cases passed; {others}."


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
