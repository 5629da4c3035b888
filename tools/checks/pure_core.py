"""The domain decides from what it is handed: standard library only, no clock, no chance, no I/O. The protocols' words likewise."""

import ast
import sys
from collections.abc import Iterator

from tools.checks.source import Module, Violation, dotted

# What a core may have beside the standard library and itself.
LIBRARIES = {"pitboss.domain": frozenset[str](), "pitboss.wire": frozenset({"msgspec"})}
IMPURE = frozenset(
    "asyncio concurrent ctypes getpass glob http io locale logging mmap multiprocessing os pathlib platform queue random resource"
    " secrets select selectors shutil signal smtplib socket socketserver sqlite3 ssl subprocess sys tempfile threading time"
    " uuid".split()
)
_URLLIB_PURE = frozenset({"urllib.parse"})
_CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
_DOORS = frozenset({"open", "print", "input", "exec", "eval", "__import__", "breakpoint"})


def check(module: Module) -> Iterator[Violation]:
    """Imports and calls that reach out of the core."""
    core = next((package for package in LIBRARIES if module.within(package)), None)
    if core is None:
        return
    for node in ast.walk(module.tree):
        for name in _imported(node):
            advice = _wrong_import(name, LIBRARIES[core])
            if advice:
                yield module.violation(node, "impure-core", advice)
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            if called.endswith(_CLOCKS):
                yield module.violation(node, "impure-core", f"{called}() reads a clock: take `now` as an argument")
            elif called in _DOORS:
                yield module.violation(node, "impure-core", f"{called}() reaches out: let the caller hand the value in")


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _wrong_import(name: str, libraries: frozenset[str]) -> str | None:
    top = name.partition(".")[0]
    if top in IMPURE or (top == "urllib" and not name.startswith(tuple(_URLLIB_PURE))):
        return f"{top} reaches out or is chance: let the engine or the edge do it and hand the value in"
    if top != "pitboss" and top not in sys.stdlib_module_names and top not in libraries:
        return f"{top} is a library: the core has none; do it at the edge or in storage/"
    return None
