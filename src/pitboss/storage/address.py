"""A database's address, taken apart so that its password stays out of process arguments and messages."""

from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit


class Address(NamedTuple):
    """An address without its password, and the password for the environment (PGPASSWORD) of a PostgreSQL program."""

    url: str
    password: str | None

    def environment(self) -> dict[str, str]:
        """What to add to the environment of a PostgreSQL program that is given `url`."""
        return {} if self.password is None else {"PGPASSWORD": self.password}


def without_password(url: str) -> Address:
    """Split a postgresql:// address; ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("a database address begins with postgresql://")
    account, at, host = parts.netloc.rpartition("@")
    user, colon, password = account.partition(":")
    query = parse_qsl(parts.query, keep_blank_values=True)
    in_query = next((value for key, value in query if key == "password"), None)
    rest = urlencode([(key, value) for key, value in query if key != "password"], safe="/")
    # Not urlunsplit: it drops the slashes of an address without a host.
    bare = f"{parts.scheme}://{user}{at}{host}{parts.path}" + (f"?{rest}" if rest else "")
    return Address(bare, unquote(password) if colon else in_query)


def for_database(url: str, database: str) -> str:
    """The same server and account, another database."""
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(scheme="", netloc="", path=f"/{database}"))
    return f"{parts.scheme}://{parts.netloc}{bare}"
