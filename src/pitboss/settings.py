"""The only reader of the environment. Everything else is handed a frozen Settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_network


class SettingsError(ValueError):
    """A setting that cannot be meant; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one process of the hub runs. Times in seconds unless the name says otherwise."""

    database_url: str = field(repr=False)
    public_url: str = "http://127.0.0.1:8080"
    """Where browsers and studios reach this hub; no trailing slash."""
    master_key_file: str | None = None
    allow_unsafe_database: bool = False
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """From these peers, and only these, X-Forwarded-For names the caller."""
    replay_window: int = 86_400
    """How far a BET's, balance's or authenticate's request_timestamp may be from now."""
    session_lifetime: int = 86_400
    max_queued: int = 4_096
    """Commands waiting in one process, and (a quarter of it) of one agent in one pipeline, before new ones are refused."""
    max_batch: int = 128
    command_timeout: float = 10.0
    """After this an outcome that could not be learned is told as unknown."""
    agent_rate_per_second: int = 2_000
    """Agent API calls per agent and process."""
    event_rate_per_second: int = 100_000
    """Events per agent and process."""
    partner_request_days: int = 90
    """After so many days the worker forgets a requestId of the partner API and its answer."""
    allow_private_urls: bool = False
    """Whether wallets, callbacks and logos may be on private addresses (a sandbox: yes). Link-local never."""

    def with_(self, **changes: object) -> "Settings":
        """A copy with some members changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


_NUMBERS = {
    "PITBOSS_REPLAY_WINDOW": "replay_window",
    "PITBOSS_SESSION_LIFETIME": "session_lifetime",
    "PITBOSS_MAX_QUEUED": "max_queued",
    "PITBOSS_MAX_BATCH": "max_batch",
    "PITBOSS_AGENT_RATE_PER_SECOND": "agent_rate_per_second",
    "PITBOSS_EVENT_RATE_PER_SECOND": "event_rate_per_second",
    "PITBOSS_PARTNER_REQUEST_DAYS": "partner_request_days",
}


_LONGEST_NUMBER = 9
_MOST_DAYS = 36_500


def read_settings(environment: Mapping[str, str] | None = None, database_url: str | None = None) -> Settings:
    """Settings from PITBOSS_* variables; an explicit `database_url` wins. Raises SettingsError."""
    env = os.environ if environment is None else environment
    url = database_url or env.get("PITBOSS_DATABASE_URL")
    if not url:
        raise SettingsError("PITBOSS_DATABASE_URL is not set (or give --database-url)")
    changes: dict[str, object] = {}
    for variable, name in _NUMBERS.items():
        if variable in env:
            changes[name] = _number(variable, env[variable])
    if "PITBOSS_PUBLIC_URL" in env:
        changes["public_url"] = env["PITBOSS_PUBLIC_URL"].rstrip("/")
    try:
        changes["trusted_proxies"] = tuple(
            ip_network(item.strip()) for item in env.get("PITBOSS_TRUSTED_PROXIES", "").split(",") if item.strip()
        )
    except ValueError as error:
        raise SettingsError(
            "PITBOSS_TRUSTED_PROXIES must be a comma-separated list of addresses or networks"
        ) from error
    return Settings(
        database_url=url,
        master_key_file=env.get("PITBOSS_MASTER_KEY_FILE"),
        allow_unsafe_database=env.get("PITBOSS_ALLOW_UNSAFE_DATABASE") == "1",
        allow_private_urls=env.get("PITBOSS_ALLOW_PRIVATE_URLS") == "1",
    ).with_(**changes)


def _number(variable: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER or int(text) < 1:
        raise SettingsError(f"{variable} must be a positive whole number")
    if variable.endswith("_DAYS") and int(text) > _MOST_DAYS:
        raise SettingsError(f"{variable} must be at most {_MOST_DAYS}")
    return int(text)
