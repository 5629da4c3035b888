"""Lumen Baccarat as the studio sees it: chips on bets, one coup, one step."""

from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.baccarat import rules
from pitboss_studio.games.baccarat.theory import theory
from pitboss_studio.games.bet_values import BetValues
from pitboss_studio.games.comparison import percent
from pitboss_studio.games.game import Json, Numbers, Outcome, Stake, Step
from pitboss_studio.games.placed_bets import read_placed_bets

# Every chip is a multiple of the smallest one, and that is even in twentieths within its currency's scale, because of
# the banker's commission. The values for currencies not listed hold in a currency without decimals too.
_CHIPS = BetValues(
    {
        "EUR": "0.2 1 5 20 100 500",
        "USD": "0.2 1 5 20 100 500",
        "GBP": "0.2 1 5 20 100 500",
        "THB": "5 20 100 500 2000 10000",
        "KIDR": "2 10 50 200 1000 5000",
    },
    "20 100 500 2000 10000",
)


class Baccarat:
    """Punto banco with eight decks."""

    game_id = 3
    slug = "baccarat"
    name = "Lumen Baccarat"
    category = "table"
    has_free_round = False

    @property
    def rtp(self) -> str:
        """Theoretical return of the best bet, the banker, in percent."""
        return percent(theory().rtp)

    def bet_values(self, currency: str) -> tuple[Decimal, ...]:
        """The chips, ascending, in the currency's units."""
        return _CHIPS.of(currency)

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """The member `bets`: a list of `{"place": …, "amount": …}`, each place once, amounts in whole smallest chips."""
        unknown = f"is not one of {', '.join(rules.BETS)}"
        return read_placed_bets(currency, request, rules.BETS, self.bet_values(currency)[0], unknown)

    def example(self, currency: str) -> Json:
        """A smallest chip on the banker."""
        return {"bets": [{"place": rules.BANKER, "amount": money.plain(self.bet_values(currency)[0])}]}

    def draw(self, stake: Stake, numbers: Numbers) -> Outcome:
        """One coup, and what each bet gets back."""
        coup = rules.deal(numbers)
        bets = stake.selection["bets"]
        assert isinstance(bets, list)
        settled: list[Json] = []
        total = Decimal(0)
        for bet in bets:
            part = money.split(Decimal(bet["amount"]), rules.PARTS)
            win = money.times(part, rules.pay(bet["place"], coup))
            settled.append({"place": bet["place"], "amount": bet["amount"], "win": money.plain(win)})
            total = money.add(total, win)
        view: Json = {
            "player": {"cards": list(coup.player), "points": rules.points(coup.player)},
            "banker": {"cards": list(coup.banker), "points": rules.points(coup.banker)},
            "winner": coup.winner,
            "won": [bet for bet in rules.BETS if bet in coup.won],
            "bets": settled,
        }
        return Outcome((Step(view, total),))

    def rules(self) -> Json:
        """Pays, the shoe as it lies before the shuffle, exact returns."""
        exact = theory()
        return {
            "ranks": rules.RANKS,
            "suits": rules.SUITS,
            "decks": rules.DECKS,
            "parts": rules.PARTS,
            "pays": dict(rules.PAYS),
            "rtp": self.rtp,
            "rtp_by_bet": {bet: percent(share, 4) for bet, share in exact.returns.items()},
            "chances": {
                rules.PLAYER: percent(exact.player),
                rules.BANKER: percent(exact.banker),
                rules.TIE: percent(exact.tie),
            },
        }

    def round_log(self, steps: list[Json]) -> Json:
        """Both hands, and a row for every bet."""
        view = steps[0]["view"]
        assert isinstance(view, dict)
        hands = [_hand("Player", view["player"]), _hand("Banker", view["banker"])]
        rows = [{"key": "Winner", "value": view["winner"]}]
        rows += [
            {"key": f"Bet on {bet['place'].replace('_', ' ')}", "value": f"{bet['amount']}, won {bet['win']}"}
            for bet in view["bets"]
        ]
        return {"log_type": "hand", "hands": hands, "rows": rows}


def _hand(title: str, hand: Json) -> Json:
    return {"title": title, "cards": hand["cards"], "result": str(hand["points"])}
