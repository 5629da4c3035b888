"""No float near money: amounts are integers of minor units, or Decimal and exact text at the edge.

In the core and the protocols' words there is no float at all. Elsewhere on money's way one may only hold a time or a share,
and says so in its name: `_seconds`, `timeout`, `pause`, `ratio`… Decoders are told what to make of a number with a point.
"""

import ast
import re
from collections.abc import Iterator

from tools.checks.source import Module, Violation, dotted

STRICT = (
    "pitboss.domain",
    "pitboss.wire",
    "pitboss_operator.money",
    "pitboss_operator.protocol",
    "pitboss_studio.money",
)
ON_THE_WAY = (
    "pitboss.edges",
    "pitboss.engine",
    "pitboss.storage",
    "pitboss.operators",
    "pitboss.providers",
    "pitboss.feed",
    "pitboss.backoffice",
    "pitboss_operator.storage",
    "pitboss_operator.wallet",
    "pitboss_operator.web",
    "pitboss_studio.rounds",
    "pitboss_studio.storage",
    "pitboss_studio.wallet",
    "pitboss_studio.web",
)
NOT_MONEY = {
    "pitboss_operator.wallet.defects": "one of the mistakes it plants is float money",
    "pitboss.edges.rate_limit": "counts calls a second",
    "pitboss.edges.event_api.rate": "counts events a second",
    "pitboss.storage.embedded": "runs a server; sees no amount",
}
# Reads back what was written from exact text.
OWN_JSON = ("pitboss.storage", "pitboss_studio.storage")
_TIME = re.compile(
    r"(seconds?|every|_ms|_s|timeout|deadline|pause|patience|heartbeat|monotonic|interval|delay|sleep|wait|wait_for|uniform|ratio"
    r"|elapsed|age|clock|began|started|until|backoff|jitter)$",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(amount|balance|stake|win|won|price|rate|credit|turnover|ggr|minor|money|sum|total)s?$", re.IGNORECASE
)
_ADVICE = (
    "count in integer minor units, or Decimal at the edge (domain/money.py); a time is called …_seconds or …timeout"
)


def check(module: Module) -> Iterator[Violation]:
    """Floats where money passes."""
    if module.within(*NOT_MONEY):
        return
    strict = module.within(*STRICT)
    if strict or module.within(*ON_THE_WAY):
        yield from _Visitor(module, strict).found()


class _Visitor:
    """Walks a tree and knows the names of what surrounds a node."""

    def __init__(self, module: Module, strict: bool) -> None:
        self._module = module
        self._strict = strict

    def found(self) -> Iterator[Violation]:
        yield from self._visit(self._module.tree, (), "")

    def _visit(self, node: ast.AST, names: tuple[str, ...], function: str) -> Iterator[Violation]:
        around = _names_around(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.name
        if isinstance(node, ast.Return):
            around = (function,)
        # A statement, an argument: another thing than what surrounds it. An expression is part of what it stands in.
        names = around if isinstance(node, ast.stmt | ast.arg | ast.keyword) else names + around
        advice = self._wrong(node, names)
        if advice:
            yield self._module.violation(node, "float-near-money", advice)
        for child in ast.iter_child_nodes(node):
            yield from self._visit(child, names, function)

    def _wrong(self, node: ast.AST, names: tuple[str, ...]) -> str | None:
        if isinstance(node, ast.Call) and not self._module.within(*OWN_JSON) and _decodes_floats(node):
            return "this decoder makes floats: give it parse_float=, float_hook= or a type without float"
        is_float = (isinstance(node, ast.Constant) and isinstance(node.value, float)) or (
            isinstance(node, ast.Name) and node.id == "float"
        )
        if is_float and (self._strict or not any(_TIME.search(name) for name in names)):
            return _ADVICE
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and self._divides(node):
            return "true division makes a float: use //, divmod, or Decimal with its rounding named"
        return None

    def _divides(self, node: ast.BinOp | ast.AugAssign) -> bool:
        sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
        if any(isinstance(side, ast.JoinedStr) or _is_text(side) for side in sides):
            return False
        return self._strict or any(_MONEY.search(dotted(side).rpartition(".")[2]) for side in sides)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _names_around(node: ast.AST) -> tuple[str, ...]:
    """The names that say what a value inside `node` is: of what is assigned, passed, compared, called or annotated."""
    if isinstance(node, ast.Assign):
        return tuple(name for target in node.targets for name in _targets(target))
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return tuple(_targets(node.target))
    if isinstance(node, ast.arg | ast.keyword):
        return (node.arg or "",)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        # Its defaults stand apart from the arguments' names; they are as much times as the arguments are.
        return (node.name, *(arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)))
    if isinstance(node, ast.Call):
        return (dotted(node.func).rpartition(".")[2],)
    if isinstance(node, ast.Compare | ast.BinOp):
        return tuple(
            dotted(inner).rpartition(".")[2] for inner in ast.walk(node) if isinstance(inner, ast.Name | ast.Attribute)
        )
    return ()


def _targets(target: ast.AST) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _decodes_floats(call: ast.Call) -> bool:
    name = dotted(call.func)
    given = {keyword.arg for keyword in call.keywords}
    if name in ("json.loads", "json.load"):
        return "parse_float" not in given
    if name == "json.JSONDecoder":
        return "parse_float" not in given
    if name == "msgspec.json.decode":
        return not given & {"type", "float_hook"}
    if name == "msgspec.json.Decoder":
        return not call.args and not given & {"type", "float_hook"}
    return False
