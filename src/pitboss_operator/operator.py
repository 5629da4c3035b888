"""One operator: its books, its rules, its switchboard, and how a command becomes an answer."""

import sqlite3
from dataclasses import dataclass, field

import structlog

# Importing it is what makes the command known.
import pitboss_operator.wallet.changebalance  # noqa: F401
from pitboss_operator.clock import now_ms
from pitboss_operator.faults import Switchboard
from pitboss_operator.protocol import requests, signatures
from pitboss_operator.protocol.answer import Verdict, refused
from pitboss_operator.protocol.refusal import Code, Refusal
from pitboss_operator.settings import Settings
from pitboss_operator.storage.database import Database
from pitboss_operator.wallet import commands
from pitboss_operator.wallet.defects import rules_with
from pitboss_operator.wallet.rules import Rules

log = structlog.get_logger(__name__)


@dataclass
class Operator:
    """Opens its books on construction; raises UnknownDefect, AlreadyInUse, OSError or sqlite3.Error."""

    settings: Settings
    rules: Rules = field(init=False)
    switchboard: Switchboard = field(init=False)
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        """Open what it needs."""
        self.rules = rules_with(self.settings.defects)
        self.switchboard = Switchboard(self.settings.faults_file)
        self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = Database(self.settings.data_dir)

    def admits(self, command: str, signature: str, operator_id: str) -> bool:
        """Whether the headers hold; both are compared in constant time."""
        expected = signatures.header_signature(command, self.settings.secret)
        signed = self.rules.header_holds(signature, expected)
        return self.rules.header_holds(operator_id, self.settings.operator_id) and signed

    async def carry_out(self, command: str, raw: bytes) -> Verdict:
        """Read, check and perform one command. Returns after what it changed is on disk; never raises."""
        try:
            envelope = requests.read_envelope(raw, command, self.rules)
            self._check_signature(command, envelope)
            verdict = await self._perform(envelope.request)
        except Refusal as refusal:
            verdict = refused(refusal)
        except sqlite3.Error as error:
            log.error("books_failed", command=command, error=type(error).__name__, words=str(error))
            verdict = refused(Refusal(Code.INTERNAL))
        if verdict.code is not None:
            log.info("refused", command=command, code=verdict.code, why=verdict.data["error_message"])
        return verdict

    def _check_signature(self, command: str, envelope: requests.Envelope) -> None:
        expected = signatures.request_signature(command, envelope.stamp, self.settings.secret)
        if not self.rules.hash_holds(envelope.signature, expected):
            raise Refusal(Code.INVALID_HASH)
        request = envelope.request
        # Wins, refunds and cancels are sent again, as they were, for days.
        fresh = isinstance(request, requests.Authenticate | requests.Balance) or (
            isinstance(request, requests.ChangeBalance) and request.type == "BET"
        )
        window_ms = self.settings.replay_window_seconds * 1000
        if fresh and window_ms and abs(now_ms() - envelope.sent_ms) > window_ms:
            raise Refusal(Code.INVALID_HASH, "The request is too old, or from the future")

    async def _perform(self, request: requests.Request) -> Verdict:
        def step(db: sqlite3.Connection, rules: Rules) -> Verdict:
            return commands.perform(request, commands.Books(db, rules, now_ms()))

        changed = request.transaction_id if isinstance(request, requests.ChangeBalance) else None
        return await self.rules.perform(self.database, step, changed)
