"""`python -m tools.checks [FILE…]`: exit code 0 when nothing is wrong, 1 with one line for each thing that is."""

import sys
from pathlib import Path

from tools.checks import RULES, violations
from tools.checks.source import modules_of, read_module


def main(arguments: list[str]) -> int:
    """Check these files, or all of the project's."""
    modules = [read_module(Path(name)) for name in arguments] or list(modules_of(Path.cwd()))
    found = [violation for module in modules for violation in violations(module)]
    for violation in found:
        print(violation)
    print(f"{len(RULES)} rules, {len(modules)} files, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
