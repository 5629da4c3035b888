"""Comet Crash as the studio sees it: one bet, perhaps an automatic cash-out, and a round that runs until it is over."""

import re
from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.bet_values import BetValues
from pitboss_studio.games.comparison import percent
from pitboss_studio.games.crash import rules
from pitboss_studio.games.crash.theory import rtp
from pitboss_studio.games.game import BadStake, Json, Numbers, Outcome, Stake, Step

CASH_OUT = "cash_out"

# A hundredth of every value is exact within its currency's scale, so every win is. The values for currencies not
# listed are whole hundreds, which hold in a currency without decimals too.
_BETS = BetValues(
    {
        "EUR": "1 2 5 10 20 50 100",
        "USD": "1 2 5 10 20 50 100",
        "GBP": "1 2 5 10 20 50 100",
        "THB": "5 10 20 50 100 200 500 1000 2000",
        "KIDR": "2 4 10 20 50 100 200 500 1000",
    },
    "100 200 500 1000 2000 5000 10000",
)
_MULTIPLIER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")


class Crash:
    """A multiplier that rises until it crashes. A live game: see LiveRules."""

    game_id = 5
    slug = "crash"
    name = "Comet Crash"
    category = "crash"
    has_free_round = False

    @property
    def rtp(self) -> str:
        """Theoretical return in percent, the same for every cash-out."""
        return percent(rtp())

    def bet_values(self, currency: str) -> tuple[Decimal, ...]:
        """The stakes on offer, ascending, in the currency's units."""
        return _BETS.of(currency)

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """`bet`, one of the bet values, and `auto`, the multiplier to cash out at (`"2.5"`), null or left out for none."""
        amount = _BETS.read_bet(currency, request)
        return Stake(amount, {"auto": _read_multiplier(request.get("auto"))})

    def example(self, currency: str) -> Json:
        """The smallest bet, cashed out at 2.00."""
        return {"bet": money.plain(self.bet_values(currency)[0]), "auto": "2"}

    def draw(self, stake: Stake, numbers: Numbers) -> Outcome:
        """The crash point, kept secret until the round is over. All that is shown is that it runs."""
        opening: Json = {"auto": stake.selection["auto"]}
        return Outcome((Step(opening, Decimal(0)),), {"crash": rules.crash_point(numbers)})

    def lasts(self, stake: Stake, secret: Json) -> int:
        """Milliseconds until the round is over when nobody touches it."""
        return rules.ends_after(_crash(secret), _target(stake))

    def decide(self, stake: Stake, secret: Json, elapsed_ms: int, action: str | None) -> Step | None:
        """The round as it ended, or None while it runs. The one action is CASH_OUT."""
        if action not in (None, CASH_OUT):
            raise BadStake("action", f"action is not {CASH_OUT}")
        crash, target = _crash(secret), _target(stake)
        over = elapsed_ms >= rules.ends_after(crash, target)
        if action is None and not over:
            return None
        paid = rules.cash_out_at(crash, target, elapsed_ms)
        if paid is None:
            return None
        view: Json = {
            "auto": stake.selection["auto"],
            "crash": crash,
            "cashed_at": paid or None,
            "by_player": not over,
            "elapsed_ms": min(elapsed_ms, rules.ends_after(crash, target)),
        }
        return Step(view, money.times(money.split(stake.amount, rules.UNIT), paid))

    def rules(self) -> Json:
        """Everything the page needs to draw the curve and to explain the game."""
        return {
            "unit": rules.UNIT,
            "return_parts": rules.RETURN_PARTS,
            "lowest": rules.LOWEST,
            "ceiling": rules.CEILING,
            "doubling_ms": rules.DOUBLING_MS,
            "rtp": self.rtp,
        }

    def round_log(self, steps: list[Json]) -> Json:
        """A page that shows the round as it was, and its figures for those who only read."""
        view = steps[0]["view"]
        assert isinstance(view, dict)
        rows = [{"key": "Automatic cash-out", "value": _shown(view["auto"])}]
        if "crash" in view:
            rows += [
                {"key": "Cashed out at", "value": _shown(view["cashed_at"])},
                {"key": "Crashed at", "value": _shown(view["crash"])},
            ]
        return {"log_type": "iframe", "rows": rows}


def _read_multiplier(value: object) -> int | None:
    """`"2.5"` as hundredths, on the grid and payable; raises BadStake naming `auto`."""
    if value is None:
        return None
    if not isinstance(value, str) or not _MULTIPLIER.fullmatch(value):
        raise BadStake("auto", "auto must be a multiplier with at most two decimals, as a string")
    whole, _, fraction = value.partition(".")
    hundredths = int(whole) * rules.UNIT + int(fraction.ljust(2, "0"))
    if not rules.LOWEST <= hundredths <= rules.CEILING:
        raise BadStake("auto", f"auto must be between {_shown(rules.LOWEST)} and {_shown(rules.CEILING)}")
    return hundredths


def _target(stake: Stake) -> int:
    """Where the round pays by itself: the automatic cash-out, else the ceiling."""
    auto = stake.selection["auto"]
    return auto if isinstance(auto, int) else rules.CEILING


def _crash(secret: Json) -> int:
    point = secret["crash"]
    assert isinstance(point, int)
    return point


def _shown(hundredths: object) -> str:
    """`250` as `2.50×`."""
    return f"{hundredths // rules.UNIT}.{hundredths % rules.UNIT:02d}×" if isinstance(hundredths, int) else "none"
