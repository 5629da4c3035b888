"""A file is called by the noun it is about, not by the fact that it is of use."""

from collections.abc import Iterator

from tools.checks.source import Module, Violation

FORBIDDEN = frozenset(
    stem + ending for stem in ("util", "helper", "manager", "common", "misc") for ending in ("", "s")
) | {"utilities"}


def check(module: Module) -> Iterator[Violation]:
    """Files and folders with names that say nothing."""
    for part in module.name.split("."):
        if part.lower() in FORBIDDEN:
            advice = f"{part} says nothing: name it after what it is about (wagering.py)"
            yield module.violation(module.tree, "forbidden-name", advice)
