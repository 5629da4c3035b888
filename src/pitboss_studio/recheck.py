"""Draws a past round again from its revealed seeds, for whoever does not want to trust the page."""

import hmac
import json
from dataclasses import dataclass
from decimal import Decimal

from pitboss_studio.fairness import NumberStream, commitment
from pitboss_studio.games.game import BadStake, Game, Json, untouched
from pitboss_studio.money import add, plain


@dataclass(frozen=True)
class Redrawn:
    """A round drawn again. `commitment_matches` is None where no commitment was given."""

    game: str
    commitment: str
    commitment_matches: bool | None
    stake: str
    steps: list[Json]
    log: Json

    @property
    def won(self) -> str:
        """What all steps won together, currency units."""
        total = Decimal(0)
        for step in self.steps:
            total = add(total, Decimal(str(step["win"])))
        return plain(total)

    def as_text(self) -> str:
        """Some lines for a person."""
        verdict = {True: "matches", False: "DOES NOT MATCH", None: "compare it with the one shown before the round"}
        rows = self.log.get("rows", [])
        assert isinstance(rows, list)
        lines = [
            ("game", self.game),
            ("commitment", f"{self.commitment}  {verdict[self.commitment_matches]}"),
            ("stake", self.stake),
            *((name, json.dumps(value)) for name, value in self.log.items() if name not in ("log_type", "rows")),
            *((row["key"], row["value"]) for row in rows),
            ("won", self.won),
        ]
        return "\n".join(f"{name:<12} {value}" for name, value in lines)

    def as_json(self) -> Json:
        """The same for programs."""
        return {
            "game": self.game,
            "commitment": self.commitment,
            "commitment_matches": self.commitment_matches,
            "stake": self.stake,
            "win": self.won,
            "steps": self.steps,
            "log": self.log,
        }


def redraw(
    game: Game, server_seed: str, client_seed: str, nonce: int, stake_json: str, currency: str, shown: str
) -> Redrawn:
    """The round of these seeds. `stake_json`: the request's members, empty for the game's example; `shown`: the
    commitment the player saw, empty where none is to be compared. Raises BadStake.
    """
    request: object = game.example(currency)
    if stake_json:
        try:
            request = json.loads(stake_json)
        except (ValueError, RecursionError):
            raise BadStake("stake", "not JSON") from None
    if not isinstance(request, dict):
        raise BadStake("stake", "not a JSON object")
    stake = game.read_stake(currency, request)
    outcome = untouched(game, stake, game.draw(stake, NumberStream(server_seed, client_seed, nonce).below))
    steps: list[Json] = [{"view": step.view, "win": plain(step.win)} for step in outcome.steps]
    committed = commitment(server_seed)
    matches = hmac.compare_digest(committed.encode(), shown.strip().lower().encode()) if shown else None
    return Redrawn(game.slug, committed, matches, f"{plain(stake.amount)} {currency}", steps, game.round_log(steps))
