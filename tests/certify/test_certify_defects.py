"""Each defect the reference operator can be given fails the cases about it, and no others."""

import asyncio
from pathlib import Path

import pytest
from casino import OPERATOR_ID, SECRET, casino

from pitboss.certify.battery import select
from pitboss.certify.run import Order, Report, certify
from pitboss.certify.transaction import Player
from pitboss.certify.verdict import Verdict
from pitboss.certify.wallet import Credentials

_OTHER_DATA = "replay.other-{amount,round,game,type,user}-is-OP_40"

# defect -> the cases that must fail; after a bar those that fail when chance has it.
TABLE = {
    "no-replay-memory": f"{_OTHER_DATA} replay.{{bet,win}}-ten-times-is-once replay.same-answer{{,-later}} "
    "replay.signed-anew-is-the-same replay.first-answer-after-OP_40 refund.ten-times-is-once race.identical-{bets,wins}-are-one "
    "race.one-id-many-amounts bigint.replayed books.add-up | play.random-walk",
    "replay-wrong-balance": "replay.same-answer-later",
    "changed-replay-accepted": f"{_OTHER_DATA} replay.other-currency-is-OP_40 race.one-id-many-amounts",
    "concurrent-double-debit": "race.identical-{bets,wins}-are-one race.one-id-many-amounts",
    "win-needs-token": "win.null-token win.expired-token refund.null-token refund.expired-token",
    "cancel-not-remembered": "cancel.before-the-bet | race.bet-and-its-cancel",
    "cancel-twice-pays-twice": "cancel.of-a-{bet,win}-twice-is-once cancel.at-once-is-once",
    "cancel-of-win-ignored": "cancel.of-a-win cancel.of-a-win-twice-is-once books.add-up | play.random-walk",
    "refused-bet-later-accepted": "bet.refused-stays-refused",
    "negative-balance-allowed": "bet.insufficient-funds-is-OP_31 race.funds-for-one",
    "float-money": "bet.awkward-amounts-are-exact win.awkward-amounts-are-exact | play.random-walk",
    "64-bit-ids": "bigint.is-told-back bigint.same-in-64-bits bigint.rounds-same-in-64-bits",
    "no-header-check": "signature.header-{missing-is-403,wrong-is-403,of-another-command-is-403,wrong-takes-nothing}",
    "no-hash-check": "signature.hash-{wrong-is-OP_20,wrong-takes-nothing,of-another-time-is-OP_20}",
    "wrong-response-hash": "signature.response-hash{,-of-errors}",
    "refund-adds-nothing": "refund.{returns-the-bet,of-a-part,null-token,expired-token,ten-times-is-once}",
    "zero-win-refused": "win.zero",
    "pipe-accepted": "malformed.bar-in-a-token-of-a-win",
    "late-win-refused": "win.after-the-round-finished finishround.win-afterwards",
    "status-always-ok": "status.of-a-{canceled,refused}-bet",
    "ping-500": "ping.is-200",
    "balance-ignores-currency": "balance.other-currency-is-OP_30",
    "bet-ignores-currency": "bet.other-currency-is-OP_30",
    "free-spin-debited": "promo.free-spin-with-a-stake",
    "refusals-as-http-400": "envelope.http-status-is-200",
    # What a refund may be of is left open by the document: told, not judged.
    "refund-unbounded": "",
}


def _expand(words: str) -> set[str]:
    found = set()
    for word in words.split():
        head, brace, rest = word.partition("{")
        choices, _, tail = rest.partition("}")
        found |= {head + choice + tail for choice in choices.split(",")} if brace else {word}
    return found


def certified(folder: Path, defect: str) -> Report:
    with casino(folder, defect) as there:
        anna, ben, bob = (Player(name, token) for name, token in there.tokens.items())
        order = Order(
            Credentials(there.url, OPERATOR_ID, SECRET), anna, select([], ["connection"]), expired_token=there.expired, blocked=bob,
            second=ben,
        )  # fmt: skip
        return asyncio.run(certify(order, lambda _: None, lambda _: None))


@pytest.mark.parametrize("defect", TABLE)
def test_defect_fails_its_cases(tmp_path: Path, defect: str) -> None:
    must, _, may = TABLE[defect].partition("|")
    report = certified(tmp_path, defect)
    failed = {result.case.id for result in report.results if result.verdict is Verdict.FAILED}
    assert _expand(must) <= failed
    assert failed <= _expand(must) | _expand(may)
    assert report.failed == bool(failed)
    if defect == "refund-unbounded":
        told = next(result for result in report.results if result.case.id == "refund.over-the-bet")
        assert told.verdict is Verdict.INFORMATION and told.reason == "answered with OK"
