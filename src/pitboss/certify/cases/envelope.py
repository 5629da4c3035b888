"""The form of every answer."""

from datetime import UTC, datetime, timedelta
from typing import Final

from pitboss.certify.answer import Answer
from pitboss.certify.case import Chapter
from pitboss.certify.notation import same_text
from pitboss.certify.signature import moment_of
from pitboss.certify.stage import Stage
from pitboss.certify.verdict import Failed

CHAPTER: Final = Chapter("envelope", "Form of the answers")
case = CHAPTER.case

CODES: Final = frozenset("OP_20 OP_21 OP_22 OP_30 OP_31 OP_32 OP_33 OP_34 OP_35 OP_40 OP_41 OP_47 OP_49 OP_50".split())
_MAY_BE_OFF: Final = timedelta(minutes=5)
_ECHO: Final = "Every answer hands the request back under `request`: command, request_timestamp, hash and data."


async def _some_answers(stage: Stage) -> dict[str, Answer]:
    """An OK of each command and some errors, by what they are."""
    bet = stage.bet()
    return {
        "authenticate": await stage.call("authenticate", {"token": stage.player.token}),
        "balance": await stage.ask_balance(),
        "a bet": await stage.post(bet),
        "a status": await stage.status(bet),
        "a cancel": await stage.cancel(bet),
        "an ERROR": await stage.status(stage.bet()),
    }


@case(
    "http-status-is-200",
    "The HTTP status of OK and ERROR",
    "Answers have HTTP status 200, errors too; any other status counts as OP_50.",
)
async def http_status(stage: Stage) -> None:
    for what, answer in (await _some_answers(stage)).items():
        if answer.http_status != 200:
            raise Failed(f"{what} was answered with {answer.words()} instead of HTTP 200")


@case("content-type", "Content-Type of the answers", "Answers are application/json in UTF-8.")
async def content_type(stage: Stage) -> None:
    for what, answer in (await _some_answers(stage)).items():
        told = answer.header("content-type").lower().replace(" ", "").replace('"', "")
        kind, _, parameters = told.partition(";")
        if kind != "application/json" or (parameters and parameters != "charset=utf-8"):
            raise Failed(f"{what} has the Content-Type {answer.header('content-type')!r}")


@case(
    "members",
    "The members of every answer",
    "An answer holds `request` and `response`; the latter status, response_timestamp, hash and data.",
)
async def members(stage: Stage) -> None:
    for what, answer in (await _some_answers(stage)).items():
        if not isinstance(answer.document, dict):
            raise Failed(f"{what} was answered with {answer.words()}: not a JSON object")
        missing = [name for name in ("request", "response") if not isinstance(answer.document.get(name), dict)]
        missing += [
            f"response.{name}"
            for name in ("status", "response_timestamp", "hash", "data")
            if name not in answer.response
        ]
        if missing:
            raise Failed(f"{what} lacks {', '.join(missing)}")
        if answer.response["status"] not in ("OK", "ERROR"):
            raise Failed(f"{what} has the status {answer.response['status']!r}: OK and ERROR are all there are")


def _expect_echo(answer: Answer, what: str) -> None:
    echoed, sent = answer.member("request"), answer.sent.envelope
    for name in ("command", "request_timestamp", "hash"):
        if echoed.get(name) != sent[name]:
            raise Failed(f"{what} does not hand back {name} as it was sent")
    data = echoed.get("data")
    if not isinstance(data, dict):
        raise Failed(f"{what} does not hand back data")
    for name, value in sent["data"].items():
        if name not in data or not same_text(data[name], value):
            raise Failed(f"{what} does not hand back data.{name} as it was sent: {data.get(name, 'it is missing')!r}")


@case("request-is-echoed", "The echo of each command", _ECHO)
async def request_is_echoed(stage: Stage) -> None:
    answers = await _some_answers(stage)
    del answers["an ERROR"]
    for what, answer in answers.items():
        _expect_echo(answer, what)


@case("errors-echo-too", "The echo in an ERROR", _ECHO)
async def errors_echo_too(stage: Stage) -> None:
    _expect_echo(await stage.status(stage.bet()), "an ERROR")


@case("timestamp-format", "The form of response_timestamp", "response_timestamp has the form YYYY-MM-DD hh:mm:ss.")
async def timestamp_format(stage: Stage) -> None:
    for what, answer in (await _some_answers(stage)).items():
        if moment_of(answer.response.get("response_timestamp")) is None:
            raise Failed(f"{what} has the response_timestamp {answer.response.get('response_timestamp')!r}")


@case("timestamp-is-utc", "The time of response_timestamp", "response_timestamp is the moment of sending, in UTC.")
async def timestamp_is_utc(stage: Stage) -> None:
    answer = await stage.ask_balance()
    told = answer.response.get("response_timestamp")
    moment = moment_of(told if not isinstance(told, str) else told[:19].replace("T", " "))
    if moment is None:
        raise Failed(f"response_timestamp is no time: {told!r}")
    off = moment - datetime.now(UTC)
    if abs(off) > _MAY_BE_OFF:
        hours = round(off / timedelta(hours=1), 2)
        raise Failed(f"response_timestamp is {hours:+g} hours away from UTC: is it a local time?")


@case(
    "error-members",
    "What an ERROR tells",
    "An ERROR's data has an error_code of the document's list, exactly as written there, and an error_message.",
)
async def error_members(stage: Stage) -> None:
    unknown = stage.bet(token="NoSuchTokenAnywhere0000")  # noqa: S106 - made up
    for what, answer in {
        "the status of an unknown transaction": await stage.status(stage.bet()),
        "a bet with an unknown token": await stage.post(unknown),
    }.items():
        code = answer.data.get("error_code")
        if answer.response.get("status") == "ERROR" and code not in CODES:
            raise Failed(f"{what} has the error_code {code!r}, which is not on the list")
        if answer.response.get("status") == "ERROR" and not isinstance(answer.data.get("error_message"), str):
            raise Failed(f"{what} has no error_message")
        stage.expect_refused(answer, what)


@case(
    "unknown-members-are-ignored",
    "A request with members the document does not have",
    "Requests may hold more than is documented (the document's own examples do): `reason` in data, `debug` beside it.",
)
async def unknown_members(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(-bet.amount, "a bet with a member more"):
        sent = stage.wallet.request(
            "changebalance", bet.data() | {"reason": "not_provided", "novelty": {"a": [1, None]}}
        )
        stage.expect_ok(await stage.post_bytes(bet, sent), "a bet with a member more")
