"""What every edge is handed: the running parts of one hub process."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from pitboss.domain.catalogue import AgentType
from pitboss.domain.play.commands import PlayCommand
from pitboss.domain.play.decision import Outcome
from pitboss.domain.seamless.operator_call import OperatorWallets
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.engine import Engine
from pitboss.engine.error_log import ErrorLog
from pitboss.engine.live_catalogue import LiveCatalogue
from pitboss.engine.seamless import SeamlessPlay
from pitboss.settings import Settings
from pitboss.storage.database import Database
from pitboss.storage.secrets import SecretBox


@dataclass(frozen=True, slots=True)
class Hub:
    """`clock` gives the time in UTC."""

    settings: Settings
    database: Database
    box: SecretBox
    live: LiveCatalogue
    engine: Engine
    arrivals: Arrivals
    clock: Callable[[], datetime]
    operator_wallets: OperatorWallets
    errors: ErrorLog
    seamless: SeamlessPlay

    def submit(self, command: PlayCommand) -> Awaitable[Outcome]:
        """Decide a studio's command where its player's money is: here, or with a seamless agent's operator."""
        agent = self.live.current.agents[command.agent_id]
        return (self.engine if agent.type is AgentType.TRANSFER else self.seamless).submit(command)
