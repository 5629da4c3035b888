"""Chips on the places of a table, as a page's request names them: several bets in one round."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.bet_values import read_amount
from pitboss_studio.games.game import BadStake, Stake
from pitboss_studio.limits import highest_stake


def read_placed_bets(
    currency: str, request: Mapping[str, object], places: Collection[str], chip: Decimal, unknown: str
) -> Stake:
    """The member `bets`: a list of `{"place": …, "amount": …}`, each place once, amounts in whole smallest chips.

    `chip`: the smallest one; `unknown`: what is wrong with a place that is none. Raises BadStake.
    """
    bets = request.get("bets")
    if not isinstance(bets, list) or not bets:
        raise BadStake("bets", "bets must be a list with at least one bet")
    if len(bets) > len(places):
        raise BadStake("bets", "bets has more bets than the table has places")
    placed: dict[str, Decimal] = {}
    total = Decimal(0)
    for index, bet in enumerate(bets):
        field = f"bets[{index}]"
        if not isinstance(bet, dict):
            raise BadStake(field, f"{field} must be an object with place and amount")
        place = bet.get("place")
        if not isinstance(place, str) or place not in places:
            raise BadStake(f"{field}.place", f"{field}.place {unknown}")
        amount = _read_chips(currency, bet.get("amount"), f"{field}.amount", chip)
        if place in placed:
            raise BadStake(f"{field}.place", f"{field}.place was given already")
        placed[place] = amount
        total = money.add(total, amount)
    if total > highest_stake(currency):
        raise BadStake("bets", f"bets together are more than {money.plain(highest_stake(currency))} {currency}")
    chosen = [{"place": place, "amount": money.plain(amount)} for place, amount in placed.items()]
    return Stake(Decimal(money.plain(total)), {"bets": chosen})


def _read_chips(currency: str, value: object, field: str, chip: Decimal) -> Decimal:
    amount = read_amount(value, field)
    highest = highest_stake(currency)
    if amount > highest:
        raise BadStake(field, f"{field} is more than {money.plain(highest)} {currency}")
    if not amount or amount % chip:
        raise BadStake(field, f"{field} is not a number of {money.plain(chip)} {currency} chips")
    return amount
