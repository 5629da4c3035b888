"""How an operator process is set up. Read once, passed on, never changed."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`replay_window_seconds` is how far a BET's, balance's or authenticate's time may be from now; 0 takes any."""

    data_dir: Path
    operator_id: str
    secret: str = field(repr=False)
    base_path: str = "/wallet"
    defects: tuple[str, ...] = ()
    faults_file: Path | None = None
    replay_window_seconds: int = 24 * 3600
    demo: bool = False
