"""Tenfold Dice as the studio sees it: a bet, a side and a target; one roll, one step."""

from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.bet_values import IN_TENTHS
from pitboss_studio.games.comparison import percent
from pitboss_studio.games.dice import rules
from pitboss_studio.games.dice.theory import rtp
from pitboss_studio.games.game import BadStake, Json, Numbers, Outcome, Stake, Step


class Dice:
    """Under or over, on four ten-sided dice."""

    game_id = 4
    slug = "dice"
    name = "Tenfold Dice"
    category = "dice"
    has_free_round = False

    @property
    def rtp(self) -> str:
        """Theoretical return in percent, the same for every target."""
        return percent(rtp())

    def bet_values(self, currency: str) -> tuple[Decimal, ...]:
        """Stakes on offer, ascending, in the currency's units; a tenth of each is an exact amount."""
        return IN_TENTHS.of(currency)

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """The members `bet` (one of the bet values), `side` (`under`, `over`) and `target` (`"49.50"`), all strings."""
        amount = IN_TENTHS.read_bet(currency, request)
        side, text = request.get("side"), request.get("target")
        if side not in rules.SIDES:
            raise BadStake("side", "side must be under or over")
        wanted = rules.hundredths(text) if isinstance(text, str) else None
        if wanted is None:
            raise BadStake("target", "target must be a number from 0.00 to 99.99 as a decimal string")
        if rules.chance_of(str(side), wanted) is None:
            raise BadStake("target", f"target is not one of those on offer for {side}")
        return Stake(amount, {"side": str(side), "target": rules.shown(wanted)})

    def example(self, currency: str) -> Json:
        """The smallest bet on double or nothing."""
        return {"bet": money.plain(self.bet_values(currency)[0]), "side": "under", "target": "49.50"}

    def draw(self, stake: Stake, numbers: Numbers) -> Outcome:
        """One roll."""
        side, target = str(stake.selection["side"]), str(stake.selection["target"])
        chance = rules.chance_of(side, rules.hundredths(target) or 0)
        assert chance is not None
        roll = numbers(rules.ROLLS)
        pay = rules.pay_in_tenths(chance)
        won = roll in rules.winning_rolls(side, chance)
        view: Json = {
            "roll": rules.shown(roll),
            "dices": rules.digits(roll),
            "side": side,
            "target": target,
            "multiplier": _multiplier(pay),
            "won": won,
        }
        return Outcome((Step(view, money.times(money.split(stake.amount, 10), pay) if won else Decimal(0)),))

    def rules(self) -> Json:
        """Every offer: chance in hundredths of a percent, multiplier, and the target for each side."""
        offers = [
            {
                "chance": chance,
                "multiplier": _multiplier(rules.pay_in_tenths(chance)),
                **{side: rules.shown(rules.target(side, chance)) for side in rules.SIDES},
            }
            for chance in rules.CHANCES
        ]
        return {"offers": offers, "rolls": rules.ROLLS, "rtp": self.rtp, "rtp_exact": str(rtp())}

    def round_log(self, steps: list[Json]) -> Json:
        """What the four dice showed, and the bet in words."""
        view = steps[0]["view"]
        assert isinstance(view, dict)
        rows = {
            "Roll": view["roll"],
            "Chosen": f"{view['side']} {view['target']}",
            "Pays": f"{view['multiplier']} times the bet",
        }
        return {
            "log_type": "dice",
            "dices": view["dices"],
            "rows": [{"key": key, "value": value} for key, value in rows.items()],
        }


def _multiplier(tenths: int) -> str:
    return money.plain(money.split(Decimal(tenths), 10))
