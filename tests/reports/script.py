"""Play at given instants: a line says when, who, what and how much, in the player's own currency."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from agent_stage import Stage
from pitboss.domain.bonus.gift import Gift
from pitboss.domain.bonus.template import BonusType
from pitboss.domain.play.commands import CancelTransaction, PlaceBet, RefundBet, SettleWin
from pitboss.domain.play.decision import Accepted, Canceled
from pitboss.storage.bonuses.given import Receiver, give_grant


class Script:
    """Players of agent one, each in a game."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.codes: dict[str, str] = {}
        """Campaigns by the word a line names them with."""
        self.seats: dict[str, tuple[str, str, str]] = {}
        self.now = datetime.fromisoformat("2026-03-01T12:00Z")
        stage.hub.engine._clock = lambda: self.now

    async def seat(self, name: str, currency: str, game: str, deposit: str) -> None:
        await self.stage.player(name)
        body = {"username": name, "amount": deposit, "currency": currency}
        assert (await self.stage.call("v1.6/deposit", body))["ok"]
        launch = {"username": name, "isMobile": False, "gameId": game, "playerIp": "203.0.113.9", "currency": currency}
        answer = await self.stage.call("v1.6/launchGame", launch)
        token = answer["result"]["url"].partition("token=")[2].partition("&")[0]
        user = await self.stage.owner.fetchval(
            "SELECT w.user_in_game FROM session s JOIN wallet w ON w.agent_id = s.agent_id AND w.id = s.wallet_id"
            " WHERE s.token = $1",
            token,
        )
        self.seats[name] = token, user, game

    async def give(self, name: str, word: str, stakes: int, value: str) -> None:
        """Free stakes whose winnings are real money at once; lines name them by `word`."""
        hub = self.stage.hub
        user, code = self.seats[name][1:]
        game = hub.live.current.games_by_code[code]
        player_id, currency = user.split("-")
        wallet_id = await self.stage.owner.fetchval("SELECT id FROM wallet WHERE user_in_game = $1", user)
        begin, end = datetime.fromisoformat("2020-01-01T00:00Z"), datetime.fromisoformat("2090-01-01T00:00Z")
        gift = Gift(
            reference=f"test:{word}", said="", template="FS", name="Free spins", kind=BonusType.FREE_SPINS,
            provider_id=game.provider_id, games=(game.id,), wager_games=(), currency=currency, value=int(Decimal(value) * 100),
            stakes=stakes, multiplier=Decimal(0), max_conversion=None, valid_from=begin, use_by=end, expires_at=end,
        )  # fmt: skip
        receivers = [Receiver(player_id, wallet_id, hub.arrivals.id())]
        async with hub.database.tenant(1) as conn:
            given = await give_grant(conn, 1, hub.arrivals.id(), f"code-{word}", gift, receivers, begin)
        self.codes[word] = given.code

    async def play(
        self, when: str, name: str, kind: str, amount: str, tx: str, round_: str, reason: str | None = None
    ) -> None:
        self.now = datetime.fromisoformat(f"{when}Z")
        token, user, code = self.seats[name]
        catalogue, arrivals = self.stage.hub.live.current, self.stage.hub.arrivals
        game, currency = catalogue.games_by_code[code], catalogue.currencies[user[-3:]]
        rate = catalogue.rate(currency.code, "EUR", self.now)
        common: dict[str, Any] = {
            "id": arrivals.id(), "wallet_tx_id": arrivals.id(), "number": arrivals.number(), "agent_id": 1,
            "provider_id": game.provider_id, "user_in_game": user, "provider_tx_id": tx, "round_finished": None,
            "round_id": round_,
        }  # fmt: skip
        if kind == "cancel":
            outcome = await self.stage.hub.engine.submit(CancelTransaction(**common, allow_negative=False))
            assert isinstance(outcome, Canceled), outcome
            return
        common |= {
            "currency": currency, "amount": int(Decimal(amount) * 100), "game": game, "history_id": None,
            "campaign_code": self.codes.get(reason or ""),
            "said": tx,
            "reason": "PROMO-FREESPIN" if reason in self.codes else reason, "settle_rate": str(rate),
        }  # fmt: skip
        if kind == "bet":
            common |= {"token": token, "playable": True, "agent_active": True}
        if kind != "refund":
            common["round_number"] = arrivals.number()
        kinds: dict[str, Any] = {"bet": PlaceBet, "win": SettleWin, "refund": RefundBet}
        outcome = await self.stage.hub.engine.submit(kinds[kind](**common))
        assert isinstance(outcome, Accepted), outcome

    async def run(self, lines: str) -> None:
        """A table of `play`'s words, one line each."""
        for line in lines.strip().splitlines():
            await self.play(*line.split())
