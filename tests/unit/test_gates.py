"""Requests of one edge never keep the engine, or another edge, from a connection."""

import importlib
import pkgutil

from pitboss import edges
from pitboss.engine.engine import PIPELINES
from pitboss.engine.open import CONNECTIONS


def test_there_is_a_connection_for_whoever_a_gate_lets_in() -> None:
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(edges.__path__, f"{edges.__name__}.")
    ]
    let_in = {module.__name__: module._AT_ONCE for module in modules if hasattr(module, "_AT_ONCE")}
    assert len(let_in) >= 7
    assert sum(let_in.values()) + PIPELINES < CONNECTIONS
