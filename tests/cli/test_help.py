"""Each command's help has an example (the contract, "Commands")."""

import importlib

import pytest

from pitboss import cli


def _commands() -> list[tuple[str, str]]:
    """(command line, its docstring) of every command, those in groups too."""
    found = []
    for name, (module_name, _) in cli._COMMANDS.items():
        module = importlib.import_module(f"pitboss.cli.{module_name}")
        if not hasattr(module, "app"):
            found.append((name, getattr(module, name).__doc__ or ""))
            continue
        groups = [(name, module.app)]
        while groups:
            words, group = groups.pop()
            groups += [(f"{words} {inner.name}", inner.typer_instance) for inner in group.registered_groups]
            for command in group.registered_commands:
                called = command.name or command.callback.__name__
                found.append((f"{words} {called}", command.callback.__doc__ or ""))
    return found


def test_every_command_has_an_example_in_its_docstring() -> None:
    commands = _commands()
    assert len(commands) > 40
    assert [line for line, text in commands if "Example: " not in text] == []


@pytest.mark.parametrize("line", ["verify", "serve", "sandbox", "certify", "agent create", "provider games import"])
def test_help_shows_it(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*line.split(), "--help"]) == 0
    assert "Example:" in capsys.readouterr().out
