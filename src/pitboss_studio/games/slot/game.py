"""Aurora Facets as the studio sees it: stakes, a drawn round as steps, and what the page is told."""

from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.bet_values import IN_TENTHS
from pitboss_studio.games.comparison import percent
from pitboss_studio.games.game import Json, Numbers, Outcome, Stake, Step
from pitboss_studio.games.slot import rules
from pitboss_studio.games.slot.theory import theory


class Slot:
    """The five-reel slot."""

    game_id = 1
    slug = "slot"
    name = "Aurora Facets"
    category = "slot"
    has_free_round = True

    @property
    def rtp(self) -> str:
        """Theoretical return in percent, from the exact fraction."""
        return percent(theory().rtp)

    def bet_values(self, currency: str) -> tuple[Decimal, ...]:
        """Total stakes on offer, ascending, in the currency's units; a line bet is a tenth of one."""
        return IN_TENTHS.of(currency)

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """The member `bet`: one of the bet values, as a decimal string."""
        return Stake(IN_TENTHS.read_bet(currency, request), {})

    def example(self, currency: str) -> Json:
        """The smallest bet."""
        return {"bet": money.plain(self.bet_values(currency)[0])}

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

    def round_log(self, steps: list[Json]) -> Json:
        """A table with one row per spin: the window row by row, and what it won."""
        rows = []
        for number, step in enumerate(steps):
            view = step["view"]
            assert isinstance(view, dict)
            shown = " / ".join(" ".join(column[row] for column in view["window"]) for row in range(rules.ROWS))
            label = f"Free spin {number}" if number else "Spin"
            rows.append({"key": label, "value": f"{shown}, won {step['win']}"})
        return {"log_type": "table", "rows": rows}


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
