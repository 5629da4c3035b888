"""A whole certification: a look whether there is a wallet at all, the battery, and what a report is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from pitboss.certify.answer import Answer
from pitboss.certify.battery import Account, Battery
from pitboss.certify.case import Case, Result
from pitboss.certify.currency import Currency, currency_of
from pitboss.certify.mask import Mask, without_password
from pitboss.certify.stage import Setting, Stage
from pitboss.certify.transaction import Ids, Player
from pitboss.certify.verdict import Verdict
from pitboss.certify.wallet import Credentials, Wallet

DEFAULT_STAKE_MINOR: Final = 100
"""Smallest units: 1.00 EUR, 100 JPY, 0.100 KWD."""


_MOST_STAKES_ELSE: Final = 20


class Unusable(Exception):
    """There is nothing to certify: a mistake in the options, or nobody answers. One sentence, without secrets."""


@dataclass(frozen=True)
class Order:
    """What the person asked for. Amounts are in the player's currency, `timeout` in seconds."""

    credentials: Credentials
    player: Player
    cases: list[Case]
    currency: str | None = None
    scale: int | None = None
    game_id: int = 1
    stake: Decimal | None = None
    max_spend: Decimal | None = None
    timeout: float = 10
    concurrency: int = 20
    expired_token: str | None = None
    blocked: Player | None = None
    second: Player | None = None

    def mask(self) -> Mask:
        """Covers what this order must not show."""
        hidden = [
            (self.credentials.secret, "secret"),
            (self.player.token, "token"),
            (self.expired_token, "expired token"),
            (self.blocked and self.blocked.token, "blocked token"),
            (self.second and self.second.token, "second token"),
        ]
        return Mask((text, name) for text, name in hidden if text)


@dataclass(frozen=True)
class Report:
    """What there is to tell. `began` and `ended` in UTC."""

    url: str
    operator_id: str
    user_id: str
    currency: Currency
    stake: Decimal
    began: datetime
    ended: datetime
    results: list[Result]
    account: Account

    def count(self, verdict: Verdict) -> int:
        """How many cases ended so."""
        return sum(result.verdict is verdict for result in self.results)

    @property
    def failed(self) -> bool:
        """Whether any case did."""
        return self.count(Verdict.FAILED) > 0


async def certify(order: Order, told: Callable[[Result], None], began: Callable[[Case], None]) -> Report:
    """Play the cases of an order. Raises Unusable before the first when the wallet cannot be reached or refuses the credentials."""
    moment = datetime.now(UTC)
    wallet = Wallet(order.credentials, order.timeout, order.concurrency + 5)
    mask = order.mask()
    try:
        setting = _setting(order, await _look(wallet, order))
        await _enough(wallet, setting)
        battery = Battery(wallet, setting, mask, told, began)
        results = await battery.play(order.cases)
    finally:
        await wallet.close()
    return Report(
        mask(without_password(order.credentials.url)), mask(order.credentials.operator_id), mask(order.player.user_id),
        setting.currency, setting.stake, moment, datetime.now(UTC), results, battery.account,
    )  # fmt: skip


async def _look(wallet: Wallet, order: Order) -> Answer:
    """authenticate, once. What cannot be the wallet's fault ends here, before it fails every case."""
    answer = await wallet.send(wallet.request("authenticate", {"token": order.player.token}))
    url = without_password(order.credentials.url)
    if answer.failure == "no connection":
        raise Unusable(f"nobody answers at {url}")
    if answer.http_status == 403:
        raise Unusable(
            "the wallet denies access (403): are --secret and --operator-id right, and is this address allowed?"
        )
    if answer.http_status in (404, 405) or (answer.http_status or 0) // 100 == 3:
        raise Unusable(f"no wallet at {url}: authenticate is answered with HTTP {answer.http_status}")
    if answer.code == "OP_20":
        raise Unusable("the wallet says the hash is wrong (OP_20): is --secret right?")
    if answer.code in ("OP_21", "OP_22"):
        raise Unusable(f"the wallet refuses --token ({answer.code}): it must be of a live session")
    return answer


async def _enough(wallet: Wallet, setting: Setting) -> None:
    """Too little money would fail cases that have nothing to do with it."""
    answer = await Stage(wallet, setting, Ids(), Decimal(0)).ask_balance()
    need = setting.stake * (setting.concurrency + _MOST_STAKES_ELSE)
    if answer.ok and answer.balance is not None and answer.balance < need:
        text = setting.currency.text
        raise Unusable(
            f"the player has {text(answer.balance)}: give {text(need)}, or say a smaller --stake than {setting.stake:f}"
        )


def _setting(order: Order, identity: Answer) -> Setting:
    told = identity.data.get("currency_code")
    code = order.currency or (told if isinstance(told, str) and told else "EUR")
    currency = currency_of(code, order.scale)
    stake = currency.of_minor(DEFAULT_STAKE_MINOR) if order.stake is None else order.stake
    for name, amount in (("--stake", stake), ("--max-spend", order.max_spend)):
        if amount is not None and not currency.holds(amount):
            raise Unusable(f"{name}: {amount:f} has more decimals than {code} ({currency.scale})")
    # Written with all its decimals, as most platforms do; one case leaves the zeros out.
    stake = stake.quantize(currency.smallest)
    return Setting(
        order.player, currency, order.game_id, stake, order.max_spend, order.concurrency, order.expired_token, order.blocked,
        order.second,
    )  # fmt: skip
