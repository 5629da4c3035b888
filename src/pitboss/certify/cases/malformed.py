"""Requests that are none: an error, and nothing taken."""

from decimal import Decimal
from typing import Any, Final

from pitboss.certify.answer import Answer
from pitboss.certify.case import Chapter
from pitboss.certify.notation import Literal, write
from pitboss.certify.stage import Stage
from pitboss.certify.verdict import Failed
from pitboss.certify.wallet import Manner

CHAPTER: Final = Chapter("malformed", "Malformed requests")
case = CHAPTER.case

_ERROR: Final = "What cannot be processed gets an error answer (OP_50 where no other fits), and nothing moves."


def _judge(stage: Stage, answer: Answer, what: str) -> None:
    stage.expect_refused(answer, what)
    if (answer.http_status or 0) >= 500:
        stage.note(
            f"{what}: {answer.words()} counts as OP_50, which will be sent again; an ERROR would say what is wrong"
        )


async def _body(stage: Stage, body: bytes, what: str) -> None:
    async with stage.moves(Decimal(0), what):
        answer = await stage.call("changebalance", {}, Manner(body=body))
    _judge(stage, answer, what)


@case("not-json", "A body that is not JSON", _ERROR)
async def not_json(stage: Stage) -> None:
    await _body(stage, b"transaction_type=BET&amount=1", "a body that is not JSON")


@case("empty-body", "A body without a byte", _ERROR)
async def empty_body(stage: Stage) -> None:
    await _body(stage, b"", "an empty body")


@case("not-an-object", "JSON that is no object", _ERROR)
async def not_an_object(stage: Stage) -> None:
    for body in (b"[]", b"null", b'"BET"', b"17.25"):
        await _body(stage, body, f"the body {body.decode()}")


@case("cut-off", "A bet whose body ends in the middle", _ERROR)
async def cut_off(stage: Stage) -> None:
    whole = stage.wallet.request("changebalance", stage.bet().data()).body
    await _body(stage, whole[: len(whole) // 2], "half a body")


@case("nested-deep", "A body nested a hundred thousand deep", _ERROR)
async def nested_deep(stage: Stage) -> None:
    await _body(stage, b'{"data": ' + b"[" * 100_000, "a body nested very deep")


@case("not-utf-8", "A body that is not UTF-8", _ERROR)
async def not_utf_8(stage: Stage) -> None:
    await _body(stage, b'{"command": "changebalance\xff\xfe"}', "a body that is not UTF-8")


async def _refused(stage: Stage, change: dict[str, Any], what: str) -> None:
    bet = stage.bet()
    sent = stage.wallet.request("changebalance", bet.data() | change)
    async with stage.moves(Decimal(0), what):
        answer = await stage.post_bytes(bet, sent)
    _judge(stage, answer, what)


@case("data-missing", "A body without data", _ERROR)
async def data_missing(stage: Stage) -> None:
    async with stage.moves(Decimal(0), "a body without data"):
        answer = await stage.call("changebalance", {}, Manner(leave_out="data"))
    _judge(stage, answer, "a body without data")


def _missing(name: str) -> None:
    @case(f"{name.replace('_', '-')}-missing", f"A bet without {name}", _ERROR)
    async def missing(stage: Stage) -> None:
        bet = stage.bet()
        data = bet.data()
        del data[name]
        async with stage.moves(Decimal(0), f"a bet without {name}"):
            answer = await stage.post_bytes(bet, stage.wallet.request("changebalance", data))
        _judge(stage, answer, f"a bet without {name}")


for _name in ("amount", "transaction_id", "user_id", "transaction_type", "currency_code", "round_id"):
    _missing(_name)


@case("amount-of-a-wrong-type", "Amounts that are no number", _ERROR)
async def amount_of_a_wrong_type(stage: Stage) -> None:
    stake = f"{stage.stake:f}"
    for amount in ("a lot", "", None, True, [stake], {"amount": stake}, "NaN", "Infinity"):
        await _refused(stage, {"amount": amount}, f"a bet of the amount {write(amount)}")


@case("amount-beyond-json", "Amounts of NaN and Infinity", _ERROR)
async def amount_beyond_json(stage: Stage) -> None:
    for amount in ("NaN", "Infinity", "-Infinity", "1e400000"):
        await _refused(stage, {"amount": Literal(amount)}, f"a bet of the amount {amount}")


@case("id-of-a-wrong-type", "Transaction ids that are no whole number", _ERROR)
async def id_of_a_wrong_type(stage: Stage) -> None:
    wrong: tuple[object, ...] = (None, True, "first", Decimal("1.5"), [1], {})
    for number in wrong:
        await _refused(stage, {"transaction_id": number}, f"a bet of the transaction_id {write(number)}")


@case("type-of-a-wrong-type", "A transaction_type that is no string", _ERROR)
async def type_of_a_wrong_type(stage: Stage) -> None:
    for kind in (None, 1, ["BET"]):
        await _refused(stage, {"transaction_type": kind}, f"a transaction of the type {write(kind)}")


@case("bar-in-a-string", "Strings with a |", "No string holds a |.")
async def bar_in_a_string(stage: Stage) -> None:
    await _refused(stage, {"user_id": f"{stage.player.user_id}|"}, "a bet with a | in its user_id")
    await _refused(stage, {"token": f"{stage.player.token}|"}, "a bet with a | in its token")


@case(
    "bar-in-a-token-of-a-win",
    "A win whose token holds a |",
    "No string holds a |, also where the string is not looked at.",
)
async def bar_in_a_token_of_a_win(stage: Stage) -> None:
    await stage.moves_nothing(stage.win(token="No|SuchTokenAnywhere"), "a win with a | in its token")  # noqa: S106 - made up


@case("user-of-a-wrong-type", "A user_id that is no string", _ERROR)
async def user_of_a_wrong_type(stage: Stage) -> None:
    for user in (None, [stage.player.user_id], {"user_id": stage.player.user_id}):
        await _refused(stage, {"user_id": user}, "a bet of a user_id that is no string")


@case("command-of-another-path", "A bet whose body names another command", "The body's command is the path's.")
async def command_of_another_path(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet whose body says balance"):
        answer = await stage.post(bet, Manner(command="balance"))
    _judge(stage, answer, "a bet whose body says balance")


@case("unknown-command", "A path that is no command", "There are seven commands; another path is an error.")
async def unknown_command(stage: Stage) -> None:
    answer = await stage.call("giveaway", stage.bet().data())
    _judge(stage, answer, "an unknown command")


@case("get-instead-of-post", "A command by GET", "All requests but ping are POST requests.")
async def get_instead_of_post(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet by GET"):
        answer = await stage.post(bet, Manner(method="GET"))
    if answer.ok:
        raise Failed("a bet by GET was answered with OK")


@case(
    "quotes-and-letters",
    "Strings that are somebody's mischief",
    "Strings are data, whatever they hold: no player is found by them, and nothing moves.",
)
async def quotes_and_letters(stage: Stage) -> None:
    for user in (
        "' OR '1'='1",
        '"; DROP TABLE players; --',
        "../../etc/passwd",
        "\u0000",
        "𝟙" * 20,
        "<script>alert(1)</script>",
    ):
        await _refused(stage, {"user_id": user}, f"a bet of the user_id {write(user)}")
