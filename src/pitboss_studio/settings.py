"""How a studio process is set up. Read once, passed on, never changed."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Timeouts, pauses and ages in seconds. The secret is never in the repr."""

    data_dir: Path
    wallet_url: str
    operator_id: str
    secret: str = field(repr=False)
    public_url: str = ""
    connect_timeout: float = 2.0
    # Longer than an operator's own time-out for what it asks in turn (10 s), so that its OP_47 arrives as an answer.
    wallet_timeout: float = 15.0
    # How long after its time-out a call counts as nobody's, so that recovery takes it over.
    overdue_margin: float = 5.0
    retry_first: float = 1.0
    retry_longest: float = 15.0
    retry_longest_late: float = 300.0
    retry_late_after: float = 600.0
    recovery_pause: float = 0.25
    feature_timeout: float = 24 * 3600.0
    heartbeat: float = 10.0
