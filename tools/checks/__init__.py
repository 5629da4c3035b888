"""The project's own rules, read from the syntax tree. `python -m tools.checks` runs them all.

What ruff, mypy and import-linter can say is said there (pyproject.toml); here is what only this project asks for.
A rule is a function of one module that yields what is wrong, each with what to do instead.
"""

from collections.abc import Callable, Iterator

from tools.checks import (
    exact_money,
    forbidden_names,
    literal_sql,
    migration_numbers,
    pure_core,
    size,
    sql_in_storage,
    waiting_in_transaction,
)
from tools.checks.source import Module, Violation

RULES: tuple[Callable[[Module], Iterator[Violation]], ...] = (
    exact_money.check,
    forbidden_names.check,
    literal_sql.check,
    migration_numbers.check,
    pure_core.check,
    size.check,
    sql_in_storage.check,
    waiting_in_transaction.check,
)


def violations(module: Module) -> list[Violation]:
    """All that is wrong with one module, in the order of its lines."""
    return sorted(found for rule in RULES for found in rule(module))
