"""Who may call: the header, the body's hash, and the wallet's own signature."""

from decimal import Decimal
from typing import Final

from pitboss.certify.answer import Answer
from pitboss.certify.case import Chapter
from pitboss.certify.signature import digest
from pitboss.certify.stage import Stage
from pitboss.certify.verdict import Failed
from pitboss.certify.wallet import Manner

CHAPTER: Final = Chapter("signature", "Signatures")
case = CHAPTER.case

_WRONG: Final = digest("nobody's secret")
_HEADER: Final = "A request whose X-Authorization is missing or is not sha1(command + secret) gets HTTP 403."
_HASH: Final = "A body whose hash is not sha1(command + request_timestamp + secret) is answered with OP_20."
_RESPONSE: Final = "Each answer carries hash = sha1(status + response_timestamp + secret)."


def _expect_403(answer: Answer, what: str) -> None:
    if answer.http_status != 403:
        raise Failed(f"{what} must be answered with HTTP 403, and was with {answer.words()}")


@case("header-missing-is-403", "A call without X-Authorization", _HEADER)
async def header_missing(stage: Stage) -> None:
    _expect_403(await stage.ask_balance(manner=Manner(header=None)), "a call without X-Authorization")


@case("header-wrong-is-403", "A call with a wrong X-Authorization", _HEADER)
async def header_wrong(stage: Stage) -> None:
    _expect_403(await stage.ask_balance(manner=Manner(header=_WRONG)), "a call with a wrong X-Authorization")


@case("header-of-another-command-is-403", "A header that was made for another command", _HEADER)
async def header_of_another_command(stage: Stage) -> None:
    sent = stage.wallet.request("status", {})
    answer = await stage.ask_balance(manner=Manner(header=sent.headers["X-Authorization"]))
    _expect_403(answer, "a balance call with the X-Authorization of status")


@case("header-wrong-takes-nothing", "A bet with a wrong X-Authorization", "What is refused with 403 is not processed.")
async def header_wrong_takes_nothing(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet with a wrong X-Authorization"):
        await stage.post(bet, Manner(header=_WRONG))
    stage.expect_code(await stage.status(bet), "the status of a bet that was turned away with 403", "OP_41")


@case(
    "header-wrong-leaves-the-id",
    "The same bet, signed rightly afterwards",
    "What is refused with 403 is not remembered.",
)
async def header_wrong_leaves_the_id(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(-bet.amount, "a bet that is signed rightly the second time"):
        await stage.post(bet, Manner(header=_WRONG))
        await stage.posted(bet)


@case(
    "hash-wrong-is-OP_20",
    "A wrong hash in the body of each command",
    _HASH,
)
async def hash_wrong(stage: Stage) -> None:
    bet = stage.bet()
    wrong = Manner(hash=_WRONG)
    player, money = stage.player, stage.currency
    of_bet = {"user_id": player.user_id, "transaction_id": bet.id, "round_id": bet.round_id}
    for command, data in {
        "authenticate": {"token": player.token},
        "balance": {"token": player.token, "user_id": player.user_id, "currency_code": money.code},
        "changebalance": bet.data(),
        "status": of_bet | {"transaction_type": "BET", "transaction_date": bet.made_at[:10], "transaction_ts": "1"},
        "cancel": of_bet | {"round_finished": None, "game_id": bet.game_id},
    }.items():
        stage.expect_code(await stage.call(command, data, wrong), f"{command} with a wrong hash", "OP_20")


@case("hash-wrong-takes-nothing", "A bet with a wrong hash", "What is refused with OP_20 is not processed.")
async def hash_wrong_takes_nothing(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet with a wrong hash"):
        await stage.post(bet, Manner(hash=_WRONG))
    stage.expect_code(await stage.status(bet), "the status of a bet whose hash was wrong", "OP_41")


@case("hash-of-another-time-is-OP_20", "A hash that was made for another request_timestamp", _HASH)
async def hash_of_another_time(stage: Stage) -> None:
    other = stage.wallet.request("balance", {}, Manner(timestamp="2020-12-01 13:44:54"))
    answer = await stage.ask_balance(manner=Manner(hash=other.envelope["hash"]))
    stage.expect_code(answer, "a hash over another timestamp", "OP_20")


@case(
    "hash-missing-is-an-error",
    "A body without a hash",
    "Every request is validated by its hash; one without any has none that matches.",
)
async def hash_missing(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet without a hash"):
        answer = await stage.post(bet, Manner(hash=None))
    stage.expect_refused(answer, "a bet without a hash")


def _expect_hash(stage: Stage, answer: Answer, what: str) -> None:
    told = answer.response.get("hash")
    right = stage.wallet.response_hash(answer)
    if told == right:
        return
    if not isinstance(told, str) or not told:
        raise Failed(f"{what} carries no hash: {answer.words()}")
    if told.lower() == right:
        raise Failed(f"the hash of {what} is right but for its case: lower-case hex digits are expected")
    if told == answer.sent.envelope["hash"]:
        raise Failed(f"{what} carries the request's hash instead of one of its own")
    raise Failed(f"the hash of {what} is not sha1(status + response_timestamp + secret)")


@case("response-hash", "The hash of an OK", _RESPONSE)
async def response_hash(stage: Stage) -> None:
    _expect_hash(stage, await stage.ask_balance(), "the answer to balance")
    _expect_hash(stage, await stage.call("authenticate", {"token": stage.player.token}), "the answer to authenticate")


@case("response-hash-of-errors", "The hash of an ERROR", _RESPONSE)
async def response_hash_of_errors(stage: Stage) -> None:
    answer = await stage.status(stage.bet())
    if answer.response.get("status") != "ERROR":
        raise Failed(f"the status of an unknown transaction must be an ERROR, and was {answer.words()}")
    _expect_hash(stage, answer, "an ERROR")


@case(
    "operator-id-of-nobody",
    "A call with somebody else's X-Operator-Id",
    "Each request names the operator it is for; what happens with another name is left open (403 is wise).",
    informational=True,
)
async def operator_id_of_nobody(stage: Stage) -> None:
    answer = await stage.ask_balance(manner=Manner(operator_id="nobody-knows-me"))
    stage.note(f"answered with {answer.words()}")


@case(
    "older-header-name",
    "The operator's id under the older header name X-TT-Operator-Id",
    "Since 2.31 the header is X-Operator-Id; the older name may still be understood.",
    informational=True,
)
async def older_header_name(stage: Stage) -> None:
    answer = await stage.ask_balance(manner=Manner(operator_header="X-TT-Operator-Id"))
    stage.note(f"answered with {answer.words()}")
