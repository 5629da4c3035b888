"""The command line: one module a command, loaded only when it is asked for, since a start should cost nothing it does not use."""

import sys
from importlib import import_module

import typer
from typer.exceptions import TyperException

# name -> (module, help); a module has `app`, a group of commands, or `run`, the command itself.
_COMMANDS = {
    "serve": ("serve", "Serve the hub's HTTP."),
    "worker": ("worker", "Do what happens behind the requests: move events, tell studios, watch games."),
    "backoffice": ("backoffice", "Serve the pages for those who look after the hub."),
    "sandbox": ("sandbox", "Run everything on this machine, with demo data, on a PostgreSQL of its own."),
    "studio": ("studio", "Run the house studio, or look at its games' mathematics."),
    "operator": ("operator", "Run the reference operator: a casino's wallet, faults and defects on request."),
    "db": ("db", "Create and upgrade the database's schema."),
    "staff": ("staff", "Who may sign in at the back office, and what for."),
    "agent": ("agent", "Create, list, show, fund and change agents."),
    "key": ("key", "Create, rotate and revoke API keys."),
    "provider": ("provider", "Attach game studios and import their games."),
    "player": ("player", "Block, unblock and show players."),
    "session": ("session", "End players' sessions."),
    "bonus": ("bonus", "Bonus templates, and what players have of them."),
    "game": ("game", "Enable and disable games, and look at what they return."),
    "errors": ("errors", "List exchanges with operators and studios that failed."),
    "events": ("events", "Send recorded play as casino events, export events, say how long to keep them."),
    "feed": ("feed", "Deliver agents' events to consumers outside."),
    "rate": ("rate", "Set and list exchange rates."),
    "reports": ("reports", "Make what reports are made of anew."),
    "reconcile": ("reconcile", "Compare the hub with a seamless agent's wallet, and repair what is safe."),
    "parked": ("parked", "Calls to seamless agents' wallets that wait for a person."),
    "verify": ("verify", "Audit the ledger of a running hub."),
    "backup": ("backup", "Write a backup of the database to a file."),
    "restore": ("restore", "Read a backup into an empty database."),
    "certify": ("certify", "Test somebody's operator wallet against the wallet protocol."),
    "simulate": ("simulate", "Let simulated players play."),
    "bench": ("bench", "Measure the hub against its bars."),
}


def main() -> None:
    """Entry point of `pitboss`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line; its exit code. A mistake in it is told in one line on stderr."""
    if not arguments:
        arguments = ["--help"]
    try:
        code = _build(arguments[0])(arguments, prog_name="pitboss", standalone_mode=False)
    except TyperException as error:
        # A group without a command has printed its help already, and says nothing more.
        message = " ".join(error.format_message().split()) or "Missing command."
        print(f"pitboss: {message}", file=sys.stderr)
        return error.exit_code
    except typer.Abort:
        return 130
    return code if isinstance(code, int) else 0


def _build(wanted: str | None) -> typer.Typer:
    root = typer.Typer(
        name="pitboss",
        help="The hub between casino operators and game studios.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @root.callback()
    def _root() -> None:
        """The hub between casino operators and game studios."""

    for name, (module_name, text) in _COMMANDS.items():
        if wanted in _COMMANDS and name != wanted:
            continue
        module = import_module(f"pitboss.cli.{module_name}")
        if hasattr(module, "app"):
            root.add_typer(module.app, name=name, help=text)
        else:
            root.command(name, short_help=text, no_args_is_help=False)(getattr(module, name))
    return root
