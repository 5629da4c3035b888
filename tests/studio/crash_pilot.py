"""A player of crash."""

import secrets
from typing import Any

import httpx
from studio_process import Player, StudioProcess, eventually

from pitboss_studio.fairness import NumberStream
from pitboss_studio.games.crash import rules


class Pilot(Player):
    """A player of crash who knows the next server seed and so chooses where the round will crash."""

    def __init__(self, studio: StudioProcess, mode: str = "real", token: str | None = None) -> None:
        super().__init__(studio, token=token, mode=mode, game_id=5)

    def arrange(self, least: int, most: int = 100_000) -> int:
        """A client seed under which the next round crashes between these, hundredths; computed here."""
        seeds = self.studio.query("SELECT server_seed FROM seeds WHERE session_id = ? AND state = 'next'", self.session)
        for attempt in range(100_000):
            word = NumberStream(seeds[0]["server_seed"], f"try{attempt}", 0).below(1 << 32)
            crash = max(100, min(100_000, (99 << 32) // (word + 1)))
            if least <= crash <= most:
                answer = self.post("seed", {"client_seed": f"try{attempt}"})
                assert answer.status_code == 200, answer.text
                return crash
        raise AssertionError("no client seed found")

    def launch_round(self, bet: str = "10", auto: str | None = None) -> dict[str, Any]:
        answer = self.post("spin", {"spin_id": secrets.token_hex(8), "bet": bet, "auto": auto})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def cash_out(self, round_id: str) -> dict[str, Any]:
        """As soon as it is possible at all, from 1.01 on."""

        def answered() -> httpx.Response | None:
            answer = self.post("act", {"round_id": round_id, "action": "cash_out"})
            return answer if answer.status_code != 409 else None

        answer = eventually(answered, "the cash-out is answered")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def until(self, hundredths: int) -> dict[str, Any]:
        """Wait until the studio says that the round has been running so long; the state then."""

        def there() -> dict[str, Any] | None:
            state = self.get("state")
            return state if state["live"] and state["live"]["elapsed_ms"] >= rules.reaches_after(hundredths) else None

        found: dict[str, Any] = eventually(there, f"the round gets to {hundredths}")
        return found


def view_of(answer: dict[str, Any]) -> dict[str, Any]:
    (step,) = answer["round"]["steps"]
    view: dict[str, Any] = step["view"]
    return view
