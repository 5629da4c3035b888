"""No HTTP, no engine and no sleep is awaited while a database connection is held.

A peer that does not answer would keep locks and a connection of everybody's; the engine would wait for a connection of the pool
that its caller holds.
"""

import ast
import re
from collections.abc import Iterator

from tools.checks.source import Module, Violation, dotted

_HOLDS = frozenset({"tenant", "transaction", "begin", "acquire", "anyone", "act"})
_HTTP_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "request", "send", "stream", "fetch_url"})
_PEER = re.compile(r"(client|http|httpx|aiohttp|connector|operator|studio|wallet_of|breaker|webhook)s?$", re.IGNORECASE)
_OUTBOUND = ("pitboss.operators", "pitboss.providers", "pitboss.feed", "httpx", "aiohttp")
_ADVICE = "{} is awaited while a connection is held: end the block first, then call, then open another"


def check(module: Module) -> Iterator[Violation]:
    """Awaits of the outside within `async with …tenant(…)`, `.transaction(…)`, `.begin(…)` and the like."""
    if not module.is_shipped():
        return
    outbound = _outbound_names(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncWith) and any(_holds(item.context_expr) for item in node.items):
            for call in _awaited(node.body):
                name = dotted(call.func)
                if _reaches_out(name, outbound):
                    yield module.violation(call, "waiting-in-transaction", _ADVICE.format(f"{name}()"))


def _holds(context: ast.expr) -> bool:
    return isinstance(context, ast.Call) and dotted(context.func).rpartition(".")[2] in _HOLDS


def _awaited(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Calls that are awaited, entered or iterated in these statements; what a function defined here does is another time."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        awaited: list[ast.expr] = []
        if isinstance(node, ast.Await):
            awaited = [node.value]
        elif isinstance(node, ast.AsyncWith):
            awaited = [item.context_expr for item in node.items]
        elif isinstance(node, ast.AsyncFor | ast.comprehension):
            awaited = [node.iter]
        for expression in awaited:
            yield from (inner for inner in ast.walk(expression) if isinstance(inner, ast.Call))
        waiting.extend(ast.iter_child_nodes(node))


def _reaches_out(name: str, outbound: frozenset[str]) -> bool:
    receiver, _, method = name.rpartition(".")
    if name == "asyncio.sleep" or name.partition(".")[0] in outbound:
        return True
    owner = receiver.rpartition(".")[2].lstrip("_")
    if method == "submit" and owner.endswith("engine"):
        return True
    return method in _HTTP_METHODS and _PEER.search(owner) is not None


def _outbound_names(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_OUTBOUND):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(
                alias.asname or alias.name.partition(".")[0] for alias in node.names if alias.name.startswith(_OUTBOUND)
            )
    return frozenset(names)
