"""Meridian roulette as the studio sees it: chips on places, one drawn number, one step."""

from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.bet_values import read_amount
from pitboss_studio.games.comparison import percent
from pitboss_studio.games.game import BadStake, Json, Numbers, Outcome, Stake, Step
from pitboss_studio.games.roulette import rules
from pitboss_studio.games.roulette.theory import rtp
from pitboss_studio.limits import highest_stake

# Every chip is a multiple of the smallest one, so that any sum of chips is one of smallest chips. All pays are whole
# multiples of the stake: no win is ever rounded.
_CHIPS: dict[str, str] = {
    "EUR": "0.2 1 5 20 100 500",
    "USD": "0.2 1 5 20 100 500",
    "GBP": "0.2 1 5 20 100 500",
    "THB": "5 20 100 500 2000 10000",
    "KIDR": "2 10 50 200 1000 5000",
}
_OTHER_CHIPS = "10 50 200 1000 5000"


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
        return tuple(Decimal(value) for value in _CHIPS.get(currency, _OTHER_CHIPS).split())

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """The member `bets`: a list of `{"place": …, "amount": …}`, each place once, amounts in whole smallest chips."""
        bets = request.get("bets")
        if not isinstance(bets, list) or not bets:
            raise BadStake("bets", "bets must be a list with at least one bet")
        if len(bets) > len(rules.PLACES):
            raise BadStake("bets", "bets has more bets than the table has places")
        placed: dict[str, Decimal] = {}
        for index, bet in enumerate(bets):
            place, amount = self._read_bet(currency, bet, f"bets[{index}]")
            if place in placed:
                raise BadStake(f"bets[{index}].place", f"bets[{index}].place was given already")
            placed[place] = amount
        total = sum(placed.values(), Decimal(0))
        if total > highest_stake(currency):
            raise BadStake("bets", f"bets together are more than {money.plain(highest_stake(currency))} {currency}")
        chosen = [{"place": place, "amount": money.plain(amount)} for place, amount in placed.items()]
        return Stake(Decimal(money.plain(total)), {"bets": chosen})

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

    def _read_bet(self, currency: str, bet: object, field: str) -> tuple[str, Decimal]:
        if not isinstance(bet, dict):
            raise BadStake(field, f"{field} must be an object with place and amount")
        place = bet.get("place")
        if not isinstance(place, str) or place not in rules.PLACES:
            raise BadStake(f"{field}.place", f"{field}.place is no place on this table")
        amount = read_amount(bet.get("amount"), f"{field}.amount")
        chip = self.bet_values(currency)[0]
        if amount > highest_stake(currency):
            highest = money.plain(highest_stake(currency))
            raise BadStake(f"{field}.amount", f"{field}.amount is more than {highest} {currency}")
        if not amount or amount % chip:
            raise BadStake(f"{field}.amount", f"{field}.amount is not a number of {money.plain(chip)} {currency} chips")
        return place, amount
