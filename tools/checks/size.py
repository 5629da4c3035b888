"""A function fits on a screen, a file in a head."""

import ast
from collections.abc import Iterator

from tools.checks.source import Module, Violation

MAX_FUNCTION = 60
MAX_FILE = 400


def check(module: Module) -> Iterator[Violation]:
    """Functions and files of the product, and of these checks, that are too long."""
    if module.within("tests"):
        return
    lines = module.text.count("\n")
    if lines > MAX_FILE:
        advice = f"{lines} lines, at most {MAX_FILE}: split it by the nouns it is about"
        yield module.violation(module.tree, "long-file", advice)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                advice = f"{node.name} has {length} lines, at most {MAX_FUNCTION}: branch here, move the leaves out"
                yield module.violation(node, "long-function", advice)
