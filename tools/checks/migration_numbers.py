"""Two migrations that were written side by side may have taken the same number."""

from collections.abc import Iterator
from pathlib import Path

from tools.checks.source import Module, Violation


def check(module: Module) -> Iterator[Violation]:
    """A migration beside which there is another one of its number."""
    if not module.within("pitboss.storage.migrations.versions"):
        return
    path = Path(module.path)
    number = path.name.partition("_")[0]
    others = sorted(other.name for other in path.parent.glob(f"{number}_*.py") if other.name != path.name)
    if others:
        advice = f"{others[0]} has the same number: give the later one the next, and its down_revision"
        yield module.violation(module.tree, "migration-number", advice)
