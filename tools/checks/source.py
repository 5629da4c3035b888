"""What a rule is given, and what it gives back."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOTS = ("src", "tests", "tools")


class Violation(NamedTuple):
    """One thing that is wrong; `advice` says what to do instead."""

    path: str
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


@dataclass(frozen=True)
class Module:
    """A file of Python. `name` is the dotted one it is imported by; tests and tools keep their folder in it."""

    path: str
    name: str
    text: str
    tree: ast.Module

    def within(self, *packages: str) -> bool:
        """Whether it is one of these packages or modules, or inside one."""
        return any(self.name == package or self.name.startswith(f"{package}.") for package in packages)

    def is_shipped(self) -> bool:
        """Whether it is part of the product."""
        return self.within("pitboss", "pitboss_operator", "pitboss_studio")

    def violation(self, node: ast.AST, rule: str, advice: str) -> Violation:
        """What is wrong at a node."""
        return Violation(self.path, getattr(node, "lineno", 1), rule, advice)


def read_module(path: Path) -> Module:
    """Read one file. Raises SyntaxError."""
    text = path.read_text("utf-8")
    return make_module(path.as_posix(), text)


def make_module(path: str, text: str) -> Module:
    """A module from its text, as if it were at `path`, which begins at the project's root."""
    parts = list(Path(path).with_suffix("").parts)
    if "src" in parts:
        parts = parts[parts.index("src") + 1 :]
    if parts[-1] == "__init__":
        parts.pop()
    return Module(path, ".".join(parts), text, ast.parse(text, path))


def modules_of(root: Path) -> Iterator[Module]:
    """All of the project's modules, in order of their paths."""
    for folder in ROOTS:
        for path in sorted((root / folder).rglob("*.py")):
            yield make_module(path.relative_to(root).as_posix(), path.read_text("utf-8"))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or a chain of attributes, whatever it hangs on: `f(x).get` is `.get`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return ""


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings, and of other bare strings that serve as such."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def text_of(node: ast.AST) -> str | None:
    """The fixed text of a string, with `{}` for what an f-string fills in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"
            for part in node.values
        )
    return None


def strings(tree: ast.Module) -> Iterator[ast.Constant | ast.JoinedStr]:
    """All strings that are not docstrings; of an f-string the whole, not its pieces."""
    skip = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skip.update(id(part) for part in node.values)
    for node in ast.walk(tree):
        if id(node) not in skip and isinstance(node, ast.Constant | ast.JoinedStr) and text_of(node) is not None:
            yield node
