"""The running studio: its parts, put together once."""

import asyncio
import contextlib
from collections.abc import Mapping

from pitboss_studio.games.game import Game
from pitboss_studio.games.registry import all_games
from pitboss_studio.rounds.delivery import Delivery
from pitboss_studio.rounds.play import Play
from pitboss_studio.rounds.push import Broadcaster
from pitboss_studio.rounds.recovery import Recovery
from pitboss_studio.settings import Settings
from pitboss_studio.storage.database import Database
from pitboss_studio.wallet.client import WalletClient

DRAIN_SECONDS = 5.0


class Studio:
    """Start with `start`, end with `stop`; between them the parts are at work."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.games: Mapping[int, Game] = all_games()
        self.push = Broadcaster()
        self._database: Database | None = None
        self._recovery: asyncio.Task[None] | None = None

    @property
    def database(self) -> Database:
        """The open database."""
        if self._database is None:
            raise RuntimeError("the studio is not open")
        return self._database

    def open(self) -> None:
        """Open the data directory, once; raises AlreadyInUse, or another OSError or sqlite3.Error."""
        if self._database is None:
            self.settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = Database(self.settings.data_dir / "studio.sqlite3")

    async def start(self) -> None:
        """Open the database and the wallet's connections, and begin finishing what an earlier process left."""
        self.open()
        settings = self.settings
        self.wallet = WalletClient(
            settings.wallet_url,
            settings.operator_id,
            settings.secret,
            settings.connect_timeout,
            settings.wallet_timeout,
        )
        self.delivery = Delivery(self.database, self.wallet, self.push, settings)
        self.play = Play(self.database, self.delivery, self.push, self.games)
        recovery = Recovery(self.database, self.delivery, self.play, settings)
        await recovery.adopt()
        self._recovery = asyncio.create_task(recovery.run())

    async def stop(self) -> None:
        """Let calls under way end, within reason, then close. What is left is found by the next start."""
        self.push.close()
        if self._recovery is not None:
            self._recovery.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._recovery
        self.play.live.stop()
        await self.delivery.drain(DRAIN_SECONDS)
        await self.wallet.close()
        self.database.close()
        self._database = None
