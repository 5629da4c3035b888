"""status, finishround and ping."""

from decimal import Decimal
from typing import Final

from pitboss.certify.answer import Answer
from pitboss.certify.case import Chapter
from pitboss.certify.stage import Stage
from pitboss.certify.transaction import Player
from pitboss.certify.verdict import Failed, NotRun

STATUS: Final = Chapter("status", "status")
FINISH: Final = Chapter("finishround", "finishround")
PING: Final = Chapter("ping", "ping")

_TOLD: Final = "status tells what became of a transaction: OK, ERROR or CANCELED."


def _expect_status(stage: Stage, answer: Answer, status: str, what: str) -> None:
    stage.expect_ok(answer, f"the status of {what}")
    stage.expect_member(answer, "transaction_status", status)


@STATUS.case("of-a-bet-is-OK", "The status of a bet", _TOLD)
async def of_a_bet(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    _expect_status(stage, await stage.status(bet), "OK", "a bet")


@STATUS.case("of-a-win-is-OK", "The status of a win", _TOLD)
async def of_a_win(stage: Stage) -> None:
    bet = stage.bet()
    win = stage.win(None, bet.round_id)
    await stage.posted(bet)
    await stage.posted(win)
    _expect_status(stage, await stage.status(win), "OK", "a win")


@STATUS.case("of-a-canceled-bet", "The status of a canceled bet", _TOLD)
async def of_a_canceled_bet(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    await stage.canceled(bet)
    _expect_status(stage, await stage.status(bet), "CANCELED", "a canceled bet")


@STATUS.case(
    "of-a-refused-bet",
    "The status of a bet that was refused",
    "A refused transaction has the status ERROR, or none at all (OP_41); never OK.",
)
async def of_a_refused_bet(stage: Stage) -> None:
    bet, _ = await stage.refused_bet()
    answer = await stage.status(bet)
    if answer.code != "OP_41":
        _expect_status(stage, answer, "ERROR", "a refused bet")


@STATUS.case(
    "unknown-is-OP_41",
    "The status of what never came",
    "A transaction the wallet does not have is answered with OP_41.",
)
async def unknown(stage: Stage) -> None:
    stage.expect_code(await stage.status(stage.bet()), "the status of an unknown transaction", "OP_41")


@STATUS.case("tells-which", "The answer to status", "An OK tells user_id and transaction_id as they were asked after.")
async def tells_which(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    answer = stage.expect_ok(await stage.status(bet), "the status of a bet")
    for name, value in (("user_id", bet.user_id), ("transaction_id", bet.id)):
        if str(answer.data.get(name)) != str(value):
            raise Failed(f"{name} must be {value!r}, and is {answer.data.get(name)!r}")


@STATUS.case(
    "moves-nothing", "status of a bet that never came, then the bet", "Asking changes nothing: the bet may still come."
)
async def moves_nothing(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(-bet.amount, "a status, a bet, and its status three times"):
        await stage.status(bet)
        await stage.posted(bet)
        for _ in range(3):
            await stage.status(bet)


@STATUS.case(
    "of-another-player-is-OP_41",
    "The status of one player's bet with the other's user_id",
    "A transaction belongs to its player: for another there is none.",
    "--second-user",
    "--second-token",
)
async def of_another_player(stage: Stage) -> None:
    second = stage.setting.second or Player("", None)
    bet = stage.bet()
    await stage.posted(bet)
    answer = await stage.status(bet, user_id=second.user_id)
    stage.expect_code(answer, "the status of another player's bet", "OP_41", "OP_34")


@FINISH.case("of-a-round", "finishround of a round with a bet", "A known round is finished, and its ids are told back.")
async def of_a_round(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    answer = stage.expect_ok(await stage.finish(bet.round_id), "finishround")
    for name, value in (("round_id", bet.round_id), ("user_id", bet.user_id), ("game_id", bet.game_id)):
        if str(answer.data.get(name)) != str(value):
            raise Failed(f"{name} must be {value!r}, and is {answer.data.get(name)!r}")


@FINISH.case(
    "again", "finishround of a finished round", "A command sent again is processed only once, and that is no error."
)
async def again(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    for _ in range(3):
        stage.expect_ok(await stage.finish(bet.round_id), "finishround, also again")


@FINISH.case(
    "moves-nothing", "finishround and the balance", "finishround tells that a round is over; it moves no money."
)
async def finish_moves_nothing(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(-bet.amount, "a bet and the end of its round"):
        await stage.posted(bet)
        await stage.finish(bet.round_id)


@FINISH.case(
    "unknown-is-OP_41",
    "finishround of a round the wallet never heard of",
    "A round the wallet does not have is answered with OP_41.",
)
async def finish_unknown(stage: Stage) -> None:
    stage.expect_code(await stage.finish(stage.fresh()), "finishround of an unknown round", "OP_41")


@FINISH.case("win-afterwards", "A win after finishround", "A win that comes late is paid all the same.")
async def win_afterwards(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    stage.expect_ok(await stage.finish(bet.round_id), "finishround")
    async with stage.moves(stage.stake, "a win after finishround"):
        await stage.posted(stage.win(None, bet.round_id))


@FINISH.case(
    "cancel-afterwards", "The cancel of a bet after finishround", "A transaction of a finished round can be canceled."
)
async def cancel_afterwards(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet that is canceled after finishround"):
        await stage.posted(bet)
        stage.expect_ok(await stage.finish(bet.round_id), "finishround")
        await stage.canceled(bet)


@PING.case(
    "is-200",
    "GET ping, without any header",
    "ping is optional; where it is offered, GET has HTTP status 200 and a body that is empty or PONG.",
)
async def ping_is_200(stage: Stage) -> None:
    answer = await stage.send(stage.wallet.ping())
    if answer.http_status == 404:
        raise NotRun("not offered: ping is optional, and the wallet answers it with HTTP 404")
    if answer.http_status != 200:
        raise Failed(f"ping must be answered with HTTP 200, and was with {answer.words()}")
    if answer.body.strip() not in (b"", b"PONG", b'"PONG"'):
        stage.note("the body is neither empty nor PONG")
