"""Meridian roulette as the studio sees it: chips on places, one drawn number, one step."""

from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.bet_values import BetValues
from pitboss_studio.games.comparison import percent
from pitboss_studio.games.game import Json, Numbers, Outcome, Stake, Step
from pitboss_studio.games.placed_bets import read_placed_bets
from pitboss_studio.games.roulette import rules
from pitboss_studio.games.roulette.theory import rtp

# Every chip is a multiple of the smallest one, so that any sum of chips is one of smallest chips. All pays are whole
# multiples of the stake: no win is ever rounded.
_CHIPS = BetValues(
    {
        "EUR": "0.2 1 5 20 100 500",
        "USD": "0.2 1 5 20 100 500",
        "GBP": "0.2 1 5 20 100 500",
        "THB": "5 20 100 500 2000 10000",
        "KIDR": "2 10 50 200 1000 5000",
    },
    "10 50 200 1000 5000",
)


class Roulette:
    """European roulette with a single zero."""

    game_id = 2
    slug = "roulette"
    name = "Meridian Roulette"
    category = "table"
    has_free_round = False

    @property
    def rtp(self) -> str:
        """Theoretical return in percent, the same for every bet."""
        return percent(rtp())

    def bet_values(self, currency: str) -> tuple[Decimal, ...]:
        """The chips, ascending, in the currency's units."""
        return _CHIPS.of(currency)

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """The member `bets`: a list of `{"place": …, "amount": …}`, each place once, amounts in whole smallest chips."""
        unknown = "is no place on this table"
        return read_placed_bets(currency, request, rules.PLACES, self.bet_values(currency)[0], unknown)

    def example(self, currency: str) -> Json:
        """A smallest chip on red."""
        return {"bets": [{"place": "red", "amount": money.plain(self.bet_values(currency)[0])}]}

    def draw(self, stake: Stake, numbers: Numbers) -> Outcome:
        """One pocket, and what each bet gets back."""
        pocket = numbers(rules.POCKETS)
        bets = stake.selection["bets"]
        assert isinstance(bets, list)
        settled: list[Json] = []
        total = Decimal(0)
        for bet in bets:
            win = money.times(Decimal(bet["amount"]), rules.returned(rules.PLACES[bet["place"]], pocket))
            settled.append({"place": bet["place"], "amount": bet["amount"], "win": money.plain(win)})
            total = money.add(total, win)
        view: Json = {
            "pocket": pocket,
            "color": rules.color(pocket),
            "even_odd": rules.even_odd(pocket),
            "bets": settled,
        }
        return Outcome((Step(view, total),))

    def rules(self) -> Json:
        """Wheel, places with their numbers and pays, figures."""
        return {
            "wheel": list(rules.WHEEL),
            "red": sorted(rules.RED),
            "pays": dict(rules.PAYS),
            "places": {place.name: {"kind": place.kind, "numbers": place.numbers} for place in rules.PLACES.values()},
            "rtp": self.rtp,
            "rtp_exact": str(rtp()),
        }

    def round_log(self, steps: list[Json]) -> Json:
        """The pocket, and a row for every bet."""
        view = steps[0]["view"]
        assert isinstance(view, dict)
        pocket = {"number": str(view["pocket"]), "color": view["color"], "evenOdd": view["even_odd"]}
        rows = [{"key": bet["place"], "value": f"{bet['amount']}, won {bet['win']}"} for bet in view["bets"]]
        return {"log_type": "roulette", "pockets": [pocket], "rows": rows}
