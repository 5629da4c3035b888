"""What a player can do: start a round, see its next step, choose a seed. One thing at a time per player and game."""

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakValueDictionary

from pitboss_studio import fairness
from pitboss_studio.clock import steady_ms
from pitboss_studio.games.game import Game, Stake
from pitboss_studio.ids import new_id
from pitboss_studio.money import add, plain
from pitboss_studio.rounds.delivery import Delivery
from pitboss_studio.rounds.live import LiveRounds, TooEarly
from pitboss_studio.rounds.promotion import PromotionOver, claim
from pitboss_studio.rounds.push import Broadcaster
from pitboss_studio.rounds.words import PROMOTION_OVER
from pitboss_studio.storage import calls, live, rounds, seeds, sessions
from pitboss_studio.storage.database import Database
from pitboss_studio.storage.rounds import Round
from pitboss_studio.storage.seeds import Seed
from pitboss_studio.storage.sessions import Session


@dataclass(eq=False)  # not frozen: a `with` block hangs its traceback on the exception that passes
class NotNow(Exception):
    """The wish is well formed but cannot be granted in this state; `code` is for the page, the message for people."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


class Play:
    """The players' side of the rounds, for every game in the catalogue."""

    def __init__(self, database: Database, delivery: Delivery, push: Broadcaster, games: Mapping[int, Game]) -> None:
        self._database = database
        self._delivery = delivery
        self.live = LiveRounds(database, push, games, self._close)
        self._games = games
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    async def start(self, session: Session, spin_id: str, stake: Stake, campaign_code: str | None = None) -> Round:
        """Draw a round, bet, and when it has but one step pay it. The same spin id again gives the same round.

        With a campaign's code the operator pays the stake. Raises NotNow: `ended`, `round_open`, `promotion_over`, `funds` (play
        money only; a real wallet's refusal is in the round); BadStake for a stake that the campaign does not pay.
        """
        async with self._one_at_a_time(session):
            round_, is_new = await self._database.run(lambda db: self._draw(db, session, spin_id, stake, campaign_code))
            if is_new and session.player.mode == "real":
                await self._delivery.attempt(round_.id, "BET")
                await self._follow_up(round_.id)
            if is_new:
                await self.live.watch(round_.id, self.expire)
            return await self._reload(round_.id)

    async def show(self, session: Session, round_id: int, step: int) -> Round:
        """Show step `step` (from 0) of an open round; asking again for one already shown changes nothing.

        The last step makes the win due. Raises NotNow: `no_round`, `wrong_step`, `ended`.
        """
        async with self._one_at_a_time(session):
            await self._database.run(lambda db: self._show(db, session, round_id, step))
            await self._follow_up(round_id)
            return await self._reload(round_id)

    async def act(self, session: Session, round_id: int, action: str, at: int) -> None:
        """The player's action in a live round, which arrived at this time (`steady_ms`). A round that is over stays so.

        It is followed even when the session has ended meanwhile: the stake has been paid. Raises NotNow `no_round`,
        `no_action`, `too_early`, and BadStake naming `action`.
        """

        def work(db: sqlite3.Connection) -> None:
            round_ = rounds.find_round(db, round_id)
            if round_ is None or (round_.player_id, round_.game_id) != (session.player.id, session.game_id):
                raise NotNow("no_round", "no such round")
            if live.find(db, round_id) is None:
                raise NotNow("no_action", "nothing can be done in this round")
            self.live.decide(db, round_id, at, action)

        try:
            await self._database.run(work)
        except TooEarly:
            raise NotNow("too_early", "It is too early for that.") from None

    async def expire(self, round_id: int) -> None:
        """A live round's time is up, or may be: end it and pay it."""
        if await self.live.expire(round_id):
            await self.settle(round_id)

    async def settle(self, round_id: int) -> Round:
        """Let pages know that a live round is over, and send what is owed."""
        self.live.tell(await self._reload(round_id))
        await self._follow_up(round_id)
        return await self._reload(round_id)

    async def choose_seed(self, session: Session, client_seed: str) -> Seed:
        """Retire the active server seed and go on with the next one and this client seed; returns the retired one.

        Raises NotNow `round_open`: the seed of an unfinished round cannot be revealed.
        """
        async with self._one_at_a_time(session):
            return await self._database.run(lambda db: _rotate(db, session, client_seed))

    async def finish(self, round_id: int) -> None:
        """Show all that is left of an abandoned round and pay it."""

        def work(db: sqlite3.Connection) -> None:
            round_ = rounds.load_round(db, round_id)
            if round_.state == "bet_ok":
                self._close(db, round_)

        await self._database.run(work)
        await self._delivery.attempt(round_id, "WIN")

    async def refill(self, session: Session) -> None:
        """Fresh play money, for fun mode only."""
        if session.player.mode != "fun":
            raise NotNow("real_money", "only play money can be refilled")
        start = play_money(self._games[session.game_id], session.player.currency)
        await self._database.run(lambda db: sessions.set_balance(db, session.player.id, start.amount))

    def _draw(
        self, db: sqlite3.Connection, session: Session, spin_id: str, stake: Stake, campaign_code: str | None
    ) -> tuple[Round, bool]:
        known = rounds.find_spin(db, session.id, spin_id)
        if known is not None:
            return known, False
        current = sessions.find_session(db, session.id)
        if current is None or current.ended:
            raise NotNow("ended", "this game session has ended")
        if rounds.open_round(db, session.player.id, session.game_id) is not None:
            raise NotNow("round_open", "an earlier round is not finished yet")
        if session.player.mode == "fun" and current.player.balance < stake.amount:
            raise NotNow("funds", "Not enough play money for this bet.")
        try:
            paid_by = claim(db, current, campaign_code, stake) if campaign_code is not None else None
        except PromotionOver:
            raise NotNow("promotion_over", PROMOTION_OVER) from None
        seed = seeds.take_nonce(db, session.id)
        stream = fairness.NumberStream(seed.server_seed, seed.client_seed, seed.next_nonce)
        outcome = self._games[session.game_id].draw(stake, stream.below)
        ids = (new_id(), new_id(), new_id())
        round_ = rounds.insert_round(db, session, spin_id, stake, seed, outcome, ids, paid_by)
        if outcome.secret is not None:
            self.live.prepare(db, round_, stake, outcome.secret)
        if session.player.mode == "real":
            body = self._delivery.bet_body(session, round_)
            calls.journal(db, round_.id, "BET", body, self._delivery.due_after_request)
        else:
            self._take_play_money(db, current, round_)
        return round_, True

    def _take_play_money(self, db: sqlite3.Connection, session: Session, round_: Round) -> None:
        balance = add(session.player.balance, -round_.stake)
        sessions.set_balance(db, session.player.id, balance)
        rounds.move(db, round_.id, "bet_sent", "bet_ok", shown=1, balance_after_bet=plain(balance))
        if len(round_.steps) == 1 and not live.start(db, round_.id, steady_ms()):
            self._close(db, rounds.load_round(db, round_.id))

    def _show(self, db: sqlite3.Connection, session: Session, round_id: int, step: int) -> None:
        round_ = rounds.find_round(db, round_id)
        if round_ is None or (round_.player_id, round_.game_id) != (session.player.id, session.game_id):
            raise NotNow("no_round", "no such round")
        if step < round_.shown:
            return
        current = sessions.find_session(db, session.id)
        if current is None or current.ended:
            raise NotNow("ended", "this game session has ended")
        if round_.state != "bet_ok" or step != round_.shown or step >= len(round_.steps):
            raise NotNow("wrong_step", "this is not the round's next step")
        rounds.move(db, round_id, "bet_ok", "bet_ok", shown=step + 1)
        if step + 1 == len(round_.steps):
            self._close(db, round_)

    def _close(self, db: sqlite3.Connection, round_: Round) -> None:
        """Every step is shown: a real win is owed to the operator's player, a fun one is paid at once."""
        if sessions.plays_for_real(db, round_.player_id):
            self._delivery.close_round(db, round_.id)
            return
        balance = add(sessions.read_balance(db, round_.player_id), round_.win)
        sessions.set_balance(db, round_.player_id, balance)
        rounds.move(db, round_.id, "bet_ok", "settled", shown=len(round_.steps), balance_after=plain(balance))

    async def _follow_up(self, round_id: int) -> None:
        await self._delivery.attempt(round_id, "WIN")
        await self._delivery.attempt(round_id, "CANCEL")

    async def _reload(self, round_id: int) -> Round:
        return await self._database.run(lambda db: rounds.load_round(db, round_id))

    def _one_at_a_time(self, session: Session) -> asyncio.Lock:
        return self._locks.setdefault((session.player.id, session.game_id), asyncio.Lock())


def play_money(game: Game, currency: str) -> Stake:
    """What a fun session starts with: a thousand of the fourth smallest bet."""
    values = game.bet_values(currency)
    return Stake(values[min(3, len(values) - 1)] * 500, {})


def _rotate(db: sqlite3.Connection, session: Session, client_seed: str) -> Seed:
    if seeds.in_use(db, seeds.live_seed(db, session.id).id):
        raise NotNow("round_open", "the seed can be changed when the round is finished")
    return seeds.rotate(db, session.id, client_seed)
