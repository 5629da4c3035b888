"""SQL only in `storage/`: who wants data calls a function there that says in its name what it does."""

from collections.abc import Iterator

from tools.checks.source import Module, Violation, strings, text_of
from tools.checks.sql import looks_like_sql

HOMES = (
    "pitboss.storage",
    "pitboss_operator.storage",
    "pitboss_studio.storage",
    # Measures the database itself, with statements of its own.
    "pitboss.bench",
)


def check(module: Module) -> Iterator[Violation]:
    """Strings that look like SQL outside its homes."""
    if not module.is_shipped() or module.within(*HOMES):
        return
    for node in strings(module.tree):
        if looks_like_sql(text_of(node) or ""):
            advice = "move the statement into storage/ (a .sql file or a function there) and call that"
            yield module.violation(node, "sql-outside-storage", advice)
