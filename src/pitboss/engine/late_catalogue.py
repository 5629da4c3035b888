"""The catalogue for processes that have other work to do while it cannot be read yet: no master key so far, or none here."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from pitboss.domain.catalogue import Catalogue
from pitboss.storage.catalogue.snapshot import config_version, load_catalogue
from pitboss.storage.database import Database
from pitboss.storage.secrets import MasterKeyError, SecretBox, open_box

log = structlog.get_logger()

_LOOK_AGAIN: Final = timedelta(seconds=0.4)


class LateCatalogue:
    """`of_now` is at most half a second behind the database."""

    def __init__(self, database: Database, master_key_file: str | None) -> None:
        self._database = database
        self._master_key_file = master_key_file
        self._box: SecretBox | None = None
        self._current: Catalogue | None = None
        self._looked: datetime | None = None
        self._told = False

    async def of_now(self, now: datetime) -> Catalogue | None:
        """The catalogue, or None while the secrets cannot be opened. Raises what the database raises."""
        if self._looked is not None and timedelta() <= now - self._looked < _LOOK_AGAIN:
            return self._current
        async with self._database.anyone() as connection:
            if self._box is None:
                try:
                    self._box = await open_box(connection, self._master_key_file)
                except MasterKeyError as error:
                    if not self._told:
                        log.warning("without_master_key", reason=str(error))
                    self._told = True
            if self._box is not None:
                version = await config_version(connection)
                if self._current is None or self._current.version != version:
                    self._current = await load_catalogue(connection, self._box)
        self._looked = now
        return self._current
