"""The PostgreSQL server of a test session."""

import os
import secrets
import subprocess

from pitboss.storage.address import for_database, without_password
from pitboss.storage.embedded import binary


class Server:
    """A PostgreSQL server of the test session, by its owner's address."""

    def __init__(self, owner_url: str) -> None:
        self.owner_url = owner_url

    def url_of(self, database: str) -> str:
        return for_database(self.owner_url, database)

    def run_sql(self, statement: str) -> str:
        address = without_password(self.url_of("postgres"))
        done = subprocess.run(
            [binary("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", address.url, "-c", statement],
            env={**os.environ, **address.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{statement}: {done.stderr.strip()}")
        return done.stdout

    def create_database(self, template: str | None = None) -> str:
        """A new database's address; the name is random, so that test runs may share an external server."""
        name = f"pitboss_test_{secrets.token_hex(6)}"
        self.run_sql(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        self.run_sql(f'DROP DATABASE IF EXISTS "{name_in(url)}" WITH (FORCE)')


def name_in(url: str) -> str:
    """The name of the database an address points to."""
    return without_password(url).url.partition("?")[0].rpartition("/")[2]
