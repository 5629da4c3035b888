"""Statements are fixed text and values are parameters, but for a few places that are named here with their reason."""

import ast
from collections.abc import Iterator

from tools.checks.source import Module, Violation, strings, text_of
from tools.checks.sql import looks_like_sql

DOCUMENTED = {
    "pitboss.storage.agents._set_columns": "the columns are named by the module, values are parameters",
    "pitboss.storage.database.begin_as": "SET takes no parameters; the number is made by int()",
    "pitboss.storage.embedded.server.EmbeddedPostgres.create_database": "an identifier, quoted by _identifier",
    "pitboss.storage.embedded.server.EmbeddedPostgres.drop_database": "an identifier, quoted by _identifier",
    "pitboss.storage.events.segments.count_segment": "the pieces are the module's own, values are parameters",
    "pitboss.storage.events.segments.read_segment": "the pieces are the module's own, values are parameters",
    "pitboss.storage.catalogue.games._insert": "the columns are a constant of the module",
    "pitboss.storage.catalogue.games._upsert": "the columns are a constant of the module",
    "pitboss.storage.migrations.env._run": "a constant of the module",
    "pitboss.storage.migrations.sql_file.place": "the table's name comes from a migration",
    "pitboss.storage.play.batch.BatchTransaction.lock": "SET takes no parameters; a constant of the module",
    "pitboss.storage.catalogue.providers.change_provider": "the columns are named by the module, values are parameters",
    "pitboss.storage.reports.sums._Question._name": "a place in the statement; values are parameters",
    "pitboss.storage.reports.sums._Question._outer": "what to add up and by what: constants of the module, values are parameters",
    "pitboss.storage.reports.sums._Question._source": "the columns are constants of the module, values are parameters",
    "pitboss.storage.reports.sums._Question.sql": "what to add up and by what: constants of the module, values are parameters",
    "pitboss.storage.statements.together": "puts our own files together by their numbers",
    "pitboss_studio.storage.rounds.move": "the columns are checked against a list in the function",
}
_ADVICE = (
    "give the value as a parameter ($1); where SQL allows none, add {} with the reason to tools/checks/literal_sql.py"
)


def check(module: Module) -> Iterator[Violation]:
    """f-strings, `%`, `+` and `.format` that make SQL inside storage/."""
    if module.within("pitboss.storage", "pitboss_operator.storage", "pitboss_studio.storage"):
        sql = {id(node) for node in strings(module.tree) if looks_like_sql(text_of(node) or "")}
        yield from _visit(module, module.tree, module.name, sql)


def _visit(module: Module, node: ast.AST, place: str, sql: set[int]) -> Iterator[Violation]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        place = f"{place}.{node.name}"
    if place in DOCUMENTED:
        return
    if _is_made(node, sql):
        yield module.violation(node, "sql-made-of-values", _ADVICE.format(place))
        return
    for child in ast.iter_child_nodes(node):
        yield from _visit(module, child, place, sql)


def _is_made(node: ast.AST, sql: set[int]) -> bool:
    if isinstance(node, ast.JoinedStr):
        return id(node) in sql and any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return _leftmost(node) in sql
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "replace"):
        return id(node.func.value) in sql
    return False


def _leftmost(node: ast.AST) -> int:
    while isinstance(node, ast.BinOp):
        node = node.left
    return id(node)
