"""The battery in files: JUnit XML for a build, JSON for whoever counts."""

import json
import re
from typing import Any, Final
from xml.etree import ElementTree

from pitboss.certify.case import Result
from pitboss.certify.report_console import cost_line
from pitboss.certify.run import Report
from pitboss.certify.verdict import Verdict

# What XML 1.0 does not allow, escaped or not.
_NO_XML: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def as_junit(report: Report) -> str:
    """A suite a chapter; what was not run is skipped, what is for information passes and says so in its output."""
    root = ElementTree.Element("testsuites", name="wallet certification")
    by_chapter: dict[str, list[Result]] = {}
    for result in report.results:
        by_chapter.setdefault(result.case.chapter, []).append(result)
    for name, results in by_chapter.items():
        counts = {verdict: sum(one.verdict is verdict for one in results) for verdict in Verdict}
        suite = ElementTree.SubElement(
            root, "testsuite", name=name, tests=str(len(results)), failures=str(counts[Verdict.FAILED]), errors="0",
            skipped=str(counts[Verdict.NOT_RUN]), time=_seconds(sum(one.elapsed_ms for one in results)),
            timestamp=report.began.strftime("%Y-%m-%dT%H:%M:%S"),
        )  # fmt: skip
        for result in results:
            _case(suite, result)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, result: Result) -> None:
    case = result.case
    node = ElementTree.SubElement(
        suite, "testcase", name=case.id.partition(".")[2], classname=case.chapter, time=_seconds(result.elapsed_ms)
    )
    if result.verdict is Verdict.FAILED:
        failure = ElementTree.SubElement(node, "failure", message=_clean(result.reason))
        parts = [f"The document asks: {case.asks}"]
        parts += [
            f"--- sent\n{one.sent}\n--- came back after {one.elapsed_ms} ms\n{one.received}" for one in result.exchanges
        ]
        failure.text = _clean("\n\n".join(parts))
    elif result.verdict is Verdict.NOT_RUN:
        ElementTree.SubElement(node, "skipped", message=_clean(f"not run: {result.reason}"))
    elif result.reason:
        ElementTree.SubElement(node, "system-out").text = _clean(result.reason)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"


def as_json(report: Report) -> str:
    """Everything, amounts as decimal text."""
    account = report.account
    told: dict[str, Any] = {
        "url": report.url,
        "operator_id": report.operator_id,
        "user_id": report.user_id,
        "currency": report.currency.code,
        "stake": f"{report.stake:f}",
        "began": report.began.isoformat(timespec="seconds"),
        "ended": report.ended.isoformat(timespec="seconds"),
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "balance_before": None if account.start is None else f"{account.start:f}",
        "balance_after": None if account.end is None else f"{account.end:f}",
        "cost": None if account.cost is None else f"{account.cost:f}",
        "cost_in_words": cost_line(report),
        "cases": [_result(result) for result in report.results],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _result(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "title": case.title,
        "asks": case.asks,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "notes": list(result.notes),
        "calls": result.calls,
        "elapsed_ms": result.elapsed_ms,
        "exchanges": [
            {"sent": one.sent, "received": one.received, "elapsed_ms": one.elapsed_ms} for one in result.exchanges
        ],
    }
