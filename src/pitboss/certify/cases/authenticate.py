"""authenticate and balance: who plays, and with what."""

from decimal import Decimal
from typing import Final

from pitboss.certify.answer import Answer
from pitboss.certify.case import Chapter
from pitboss.certify.stage import Stage
from pitboss.certify.transaction import Player
from pitboss.certify.verdict import Failed

CHAPTER: Final = Chapter("authenticate", "authenticate")
BALANCE: Final = Chapter("balance", "balance")

_LONGEST: Final = {
    "user_id": 70, "user_name": 255, "user_country": 100, "display_name": 100, "group": 100, "currency_code": 4,
}  # fmt: skip
_OPTIONAL: Final = frozenset({"display_name", "group"})
_NOBODY: Final = "NoSuchTokenAnywhere0000"
_PERSON: Final = ("user_id", "user_name", "user_country", "display_name", "group", "currency_code")


async def _authenticate(stage: Stage, token: str | None = None) -> Answer:
    return await stage.call("authenticate", {"token": token or stage.player.token})


async def _identity(stage: Stage) -> Answer:
    return stage.expect_ok(await _authenticate(stage), "authenticate with a live token")


@CHAPTER.case(
    "members",
    "What authenticate tells",
    "An OK tells user_id, user_name, user_country, currency_code and balance, each a string of bounded length but the balance.",
)
async def members(stage: Stage) -> None:
    data = (await _identity(stage)).data
    for name, longest in _LONGEST.items():
        value = data.get(name)
        if value is None and name in _OPTIONAL:
            continue
        if not isinstance(value, str) or not value:
            raise Failed(f"{name} must be a string, and is {value!r}")
        if len(value) > longest:
            stage.note(f"{name} has {len(value)} characters; the document says {longest}")
            # A currency's code of the operator's own may be longer than ISO 4217's: both sides agreed on it.
            if name != "currency_code":
                raise Failed(f"{name} has {len(value)} characters, at most {longest} are allowed")
        if "|" in value:
            raise Failed(f"{name} holds a |, which no string may")


@CHAPTER.case(
    "user-is-the-expected",
    "The user_id of the token",
    "A token is tied to one player, and authenticate tells who that is.",
)
async def user_is_the_expected(stage: Stage) -> None:
    stage.expect_member(await _identity(stage), "user_id", stage.player.user_id)


@CHAPTER.case(
    "currency-is-the-expected", "The currency_code of the token's player", "authenticate tells the player's currency."
)
async def currency_is_the_expected(stage: Stage) -> None:
    stage.expect_member(await _identity(stage), "currency_code", stage.currency.code)


@CHAPTER.case(
    "same-identity-again",
    "authenticate twice with one token",
    "Every command is idempotent: the same token is the same player again.",
)
async def same_identity_again(stage: Stage) -> None:
    first, second = (await _identity(stage)).data, (await _identity(stage)).data
    for name in _PERSON:
        if first.get(name) != second.get(name):
            raise Failed(f"{name} was {first.get(name)!r} the first time and {second.get(name)!r} the second")


@CHAPTER.case(
    "balance-is-the-current",
    "authenticate after a bet",
    "authenticate tells the player's balance, and that is the one balance tells.",
)
async def balance_is_the_current(stage: Stage) -> None:
    await stage.posted(stage.bet())
    stage.expect_told(await _identity(stage), await stage.balance(), "authenticate")


@CHAPTER.case(
    "unknown-token-is-OP_21", "A token the wallet never gave out", "A token that is unknown is answered with OP_21."
)
async def unknown_token(stage: Stage) -> None:
    stage.expect_code(await _authenticate(stage, _NOBODY), "authenticate with an unknown token", "OP_21")


@CHAPTER.case(
    "expired-token-is-OP_21",
    "A token whose session is over",
    "A token that has expired is answered with OP_21.",
    "--expired-token",
)
async def expired_token(stage: Stage) -> None:
    answer = await _authenticate(stage, stage.setting.expired_token)
    stage.expect_code(answer, "authenticate with an expired token", "OP_21")


@CHAPTER.case(
    "blocked-player-is-refused",
    "The launch of a blocked player",
    "A launch that may not be is answered with OP_22, or with OP_21 where blocking ended the session.",
    "--blocked-token",
)
async def blocked_player(stage: Stage) -> None:
    blocked = stage.setting.blocked
    answer = await _authenticate(stage, blocked.token if blocked else None)
    stage.expect_code(answer, "authenticate of a blocked player", "OP_22", "OP_21")


@CHAPTER.case(
    "second-player-is-another",
    "The user_id of the second token",
    "A token is tied to one player: two players' tokens tell two user_ids.",
    "--second-user",
    "--second-token",
)
async def second_player(stage: Stage) -> None:
    second = stage.setting.second
    assert second is not None
    answer = stage.expect_ok(await _authenticate(stage, second.token), "authenticate with the second token")
    stage.expect_member(answer, "user_id", second.user_id)


@BALANCE.case("is-told", "What balance tells", "An OK tells balance and currency_code.")
async def is_told(stage: Stage) -> None:
    answer = stage.expect_ok(await stage.ask_balance(), "balance")
    stage.told_balance(answer)
    stage.expect_member(answer, "currency_code", stage.currency.code)


@BALANCE.case(
    "has-the-currencys-decimals",
    "The decimals of a balance",
    "A balance is a decimal of the player's currency: not a fraction of its smallest unit.",
)
async def decimals(stage: Stage) -> None:
    told = await stage.balance()
    if not stage.currency.holds(told):
        raise Failed(f"{told:f} has more decimals than {stage.currency.code} has ({stage.currency.scale})")


@BALANCE.case(
    "is-a-number",
    "Whether the balance is a JSON number",
    "The examples write a balance as a number; a string is understood by many platforms, not by all.",
    informational=True,
)
async def is_a_number(stage: Stage) -> None:
    value = (await stage.ask_balance()).data.get("balance")
    stage.note("a number" if isinstance(value, int | Decimal) else f"it is {type(value).__name__}: {value!r}")


@BALANCE.case(
    "other-currency-is-OP_30",
    "balance in a currency that is not the player's",
    "Another currency than the player's is answered with OP_30.",
)
async def other_currency(stage: Stage) -> None:
    other = "USD" if stage.currency.code != "USD" else "EUR"
    answer = await stage.ask_balance(currency_code=other)
    stage.expect_code(answer, f"balance in {other} of a player with {stage.currency.code}", "OP_30")


@BALANCE.case(
    "unknown-user-is-OP_34", "balance of a user_id nobody has", "A user_id that is not found is answered with OP_34."
)
async def unknown_user(stage: Stage) -> None:
    answer = await stage.ask_balance(user_id=f"nobody{stage.fresh()}")
    stage.expect_code(answer, "balance of an unknown user_id", "OP_34")


@BALANCE.case(
    "unknown-token-is-OP_21",
    "balance with a token the wallet never gave out",
    "A token that is unknown is answered with OP_21.",
)
async def balance_unknown_token(stage: Stage) -> None:
    stage.expect_code(await stage.ask_balance(token=_NOBODY), "balance with an unknown token", "OP_21")


@BALANCE.case(
    "expired-token-is-OP_21",
    "balance with a token whose session is over",
    "A token that has expired is answered with OP_21.",
    "--expired-token",
)
async def balance_expired_token(stage: Stage) -> None:
    answer = await stage.ask_balance(token=stage.setting.expired_token)
    stage.expect_code(answer, "balance with an expired token", "OP_21")


@BALANCE.case(
    "blocked-player-is-OP_33",
    "balance of a blocked player",
    "A blocked player is answered with OP_33, or with OP_21 where blocking ended the session.",
    "--blocked-user",
    "--blocked-token",
)
async def balance_blocked(stage: Stage) -> None:
    stage.expect_code(await stage.ask_balance(stage.setting.blocked), "balance of a blocked player", "OP_33", "OP_21")


@BALANCE.case(
    "token-of-another-player-is-refused",
    "One player's token with the other's user_id",
    "A token is tied to one player: it does not open another's balance.",
    "--second-user",
    "--second-token",
)
async def token_of_another(stage: Stage) -> None:
    second = stage.setting.second
    assert second is not None
    answer = await stage.ask_balance(Player(second.user_id, stage.player.token))
    stage.expect_code(answer, "balance of one player with the token of another", "OP_21", "OP_34")
