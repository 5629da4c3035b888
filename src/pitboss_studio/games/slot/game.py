"""Aurora Facets as the studio sees it: stakes, a drawn round as steps, and what the page is told."""

from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.game import BadStake, Json, Numbers, Outcome, Stake, Step
from pitboss_studio.games.slot import rules
from pitboss_studio.games.slot.theory import percent, theory

# Every value is even in tenths within its currency's scale: a line bet is a tenth of the stake. The values for
# currencies not listed are multiples of ten, which hold in a currency without decimals too.
_BETS: dict[str, str] = {
    "EUR": "0.2 0.4 1 2 5 10 20 50 100",
    "USD": "0.2 0.4 1 2 5 10 20 50 100",
    "GBP": "0.2 0.4 1 2 5 10 20 50 100",
    "THB": "5 10 20 50 100 200 500 1000 2000",
    "KIDR": "2 4 10 20 50 100 200 500 1000",
}
_OTHER_BETS = "10 20 50 100 200 500 1000 2000 5000"


class Slot:
    """The five-reel slot."""

    game_id = 1
    slug = "slot"
    name = "Aurora Facets"
    category = "slot"

    @property
    def rtp(self) -> str:
        """Theoretical return in percent, from the exact fraction."""
        return percent(theory().rtp)

    def bet_values(self, currency: str) -> tuple[Decimal, ...]:
        """Total stakes on offer, ascending, in the currency's units."""
        return tuple(Decimal(value) for value in _BETS.get(currency, _OTHER_BETS).split())

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """The member `bet`: one of the bet values, as a decimal string."""
        text = request.get("bet")
        if not isinstance(text, str):
            raise BadStake("bet", "bet must be a decimal string")
        try:
            amount = money.parse_amount(text)
        except money.BadAmount as error:
            raise BadStake("bet", f"bet: {error}") from None
        if amount not in self.bet_values(currency):
            raise BadStake("bet", f"bet is not one of the bet values for {currency}")
        return Stake(Decimal(money.plain(amount)), {})

    def draw(self, stake: Stake, numbers: Numbers) -> Outcome:
        """The base spin and every free spin it leads to."""
        line_bet = money.split(stake.amount, rules.LINE_COUNT)
        step, won = _spin(line_bet, 1, numbers, awarded=0)
        steps = [step]
        awarded, left = won, won
        while left:
            step, won = _spin(line_bet, rules.FREE_SPIN_MULTIPLIER, numbers, awarded)
            steps.append(step)
            awarded += won
            left += won - 1
        return Outcome(tuple(steps))

    def rules(self) -> Json:
        """Paytable, lines, strips and figures."""
        exact = theory()
        return {
            "symbols": {symbol: list(pays) for symbol, pays in rules.LINE_PAYS.items()},
            "scatter_pays": {str(count): pay for count, pay in rules.SCATTER_PAYS.items()},
            "free_spins": {str(count): spins for count, spins in rules.FREE_SPINS.items()},
            "free_spin_multiplier": rules.FREE_SPIN_MULTIPLIER,
            "free_spin_cap": rules.FREE_SPIN_CAP,
            "lines": [list(rows) for rows in rules.LINES],
            "reels": list(rules.REELS),
            "rtp": self.rtp,
            "rtp_parts": {
                "lines": percent(exact.lines),
                "scatters": percent(exact.scatters),
                "free_spins": percent(exact.feature),
            },
            "feature_one_in": str(round(1 / exact.trigger_chance)),
        }

    def log_rows(self, steps: list[Json]) -> list[tuple[str, str]]:
        """One row per spin: the window row by row, and what it won."""
        rows = []
        for number, step in enumerate(steps):
            view = step["view"]
            assert isinstance(view, dict)
            shown = " / ".join(" ".join(column[row] for column in view["window"]) for row in range(rules.ROWS))
            label = f"Free spin {number}" if number else "Spin"
            rows.append((label, f"{shown}, won {step['win']}"))
        return rows


def _spin(line_bet: Decimal, multiplier: int, numbers: Numbers, awarded: int) -> tuple[Step, int]:
    stops = tuple(numbers(len(strip)) for strip in rules.REELS)
    window = rules.window_at(stops)
    pay = rules.evaluate(window)
    won = rules.free_spins_won(pay.scatters, awarded)
    view: Json = {
        "stops": list(stops),
        "window": list(window),
        "lines": [
            {
                "line": win.line,
                "symbol": win.symbol,
                "count": win.count,
                "win": money.plain(money.times(line_bet, win.pay * multiplier)),
            }
            for win in pay.lines
        ],
        "scatters": pay.scatters,
        "scatter_win": money.plain(money.times(line_bet, pay.scatter_pay * multiplier)),
        "multiplier": multiplier,
        "free_spins_won": won,
    }
    return Step(view, money.times(line_bet, pay.total * multiplier)), won
