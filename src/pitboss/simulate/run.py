"""Lets the players play: each by its habits, all of them together at the given rate, until time is over."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from secrets import token_hex

import httpx

from pitboss.simulate.browser import Browser
from pitboss.simulate.casino import Casino
from pitboss.simulate.errors import Failure, Refusal
from pitboss.simulate.habits import Habits
from pitboss.simulate.stakes import stake_makers
from pitboss.simulate.tally import Tally

_FIRST_DEPOSIT = {"EUR": "50", "USD": "50", "GBP": "50", "THB": "2000", "IDR": "800000", "JPY": "8000"}
_OTHER_DEPOSIT = "100"
_AFTER_FAILURE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. `rate`: rounds a second of all players together; `seconds` None: until it is stopped. `studio_url`: only games
    whose launch URL begins with it."""

    casinos: tuple[Casino, ...]
    players: int
    rate: float
    seconds: float | None
    seed: int
    studio_url: str | None


class Pace:
    """Gives out moments at random, so many a second on average; what was missed is not caught up with."""

    def __init__(self, rate: float, seed: int) -> None:
        self._rate = rate
        self._chance = Random(f"{seed}/pace")  # noqa: S311 - a simulation, to be repeated
        self._next: float = 0.0

    async def turn(self) -> None:
        """Wait for the next moment."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now) + self._chance.expovariate(self._rate)
        await asyncio.sleep(self._next - now)


async def simulate(plan: Plan, tally: Tally, notice: Callable[[str], None], stop: asyncio.Event) -> None:
    """Play until `stop` is set or the plan's time is over; what came of it is in `tally`."""
    pace = Pace(plan.rate, plan.seed)
    players = [Player(plan, number, pace, tally, notice) for number in range(plan.players)]
    tasks = [asyncio.create_task(player.live()) for player in players]
    ended = asyncio.create_task(stop.wait())
    await asyncio.wait([ended, *tasks], timeout=plan.seconds, return_when=asyncio.FIRST_COMPLETED)
    for player in players:
        player.leave()
    # Rounds under way end; who only thinks is sent home.
    await asyncio.wait(tasks, timeout=10.0)
    for task in (ended, *tasks):
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


class Player:
    """One person, of one casino, in one currency."""

    def __init__(self, plan: Plan, number: int, pace: Pace, tally: Tally, notice: Callable[[str], None]) -> None:
        self._casino = plan.casinos[number % len(plan.casinos)]
        currencies = self._casino.currencies
        self._currency = currencies[number // len(plan.casinos) % len(currencies)]
        self._username = f"sim{number + 1:05d}"
        self._habits = Habits(plan.seed, number)
        self._studio_url = plan.studio_url
        self._pace = pace
        self._tally = tally
        self._notice = notice
        self._leaving = asyncio.Event()
        self._games: list[str] = []
        self._run = token_hex(6)
        self._rounds = 0

    def leave(self) -> None:
        """Play no further round."""
        self._leaving.set()

    async def live(self) -> None:
        """Session after session."""
        limits = httpx.Limits(max_connections=4)
        async with httpx.AsyncClient(timeout=30.0, trust_env=False, limits=limits) as http:
            while not self._leaving.is_set():
                try:
                    await self._session(http)
                except Refusal as refusal:
                    self._tally.refusals[refusal.kind] += 1
                except Failure as failure:
                    self._tally.failures[failure.kind] += 1
                    await self._pause(_AFTER_FAILURE_SECONDS)
                except (LookupError, ValueError, TypeError, ArithmeticError) as error:
                    self._tally.failures[f"answer not understood: {type(error).__name__}"] += 1
                    await self._pause(_AFTER_FAILURE_SECONDS)
                await self._pause(self._habits.rest_seconds())

    async def _session(self, http: httpx.AsyncClient) -> None:
        if not self._games:
            await self._casino.make_player(self._username, self._currency)
            games = self._casino.all_games if self._studio_url else self._casino.house_games
            self._games = [game for game in await games() if game not in self._tally.skipped]
        if not self._games:
            raise Refusal("no game to play")
        game = self._habits.chance.choice(self._games)
        mobile = self._habits.chance.random() < 0.5
        url = await self._casino.launch(self._username, self._currency, game, mobile)
        if self._studio_url and not url.startswith(self._studio_url):
            self._games.remove(game)
            return
        browser = await Browser.open(http, url)
        maker = stake_makers().get(int(browser.game["id"]))
        if maker is None:
            self._games.remove(game)
            self._skip(game)
            return
        self._tally.sessions += 1
        await browser.finish()
        values = sorted(Decimal(value) for value in browser.game["bet_values"])
        for _ in range(self._habits.session_rounds()):
            if browser.balance < values[0]:
                await self._pay_in()
                # Another launch tells the new balance; a person would press reload.
                return
            stake = maker.make(self._habits.chance, self._habits.budget(browser.balance), values)
            await self._pause(self._habits.think_seconds())
            await self._pace.turn()
            if self._leaving.is_set():
                return
            await self._round(browser, game, stake)

    def _skip(self, game: str) -> None:
        if game not in self._tally.skipped:
            self._tally.skipped.add(game)
            self._notice(f"{game} is skipped: nobody here knows how it is played")

    async def _round(self, browser: Browser, game: str, stake: dict[str, object]) -> None:
        self._rounds += 1
        round_ = await browser.play(f"sim-{self._run}-{self._rounds}", stake)
        staked, won = Decimal(round_["stake"]), Decimal(round_["win"])
        self._tally.add(game, str(browser.game["rtp"]), browser.currency, staked, won)

    async def _pay_in(self) -> None:
        amount = _FIRST_DEPOSIT.get(self._currency, _OTHER_DEPOSIT)
        await self._casino.pay_in(self._username, self._currency, amount)
        self._tally.deposits += 1

    async def _pause(self, wait_seconds: float) -> None:
        try:
            await asyncio.wait_for(self._leaving.wait(), wait_seconds)
        except TimeoutError:
            return
