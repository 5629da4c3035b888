"""A sound wallet passes everything, in any currency, and nothing secret is in any output."""

import ast
import json
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from casino import SECRET, casino, run_certify, verdicts

import pitboss.certify


def test_reference_operator_passes_and_is_left_as_it_was(tmp_path: Path) -> None:
    files = tmp_path / "r.json", tmp_path / "r.xml", tmp_path / "r.html"
    with casino(tmp_path / "casino") as there:
        done = run_certify(*there.options(), "--json", str(files[0]), "--junit", str(files[1]), "--html", str(files[2]))
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert there.balance() == "100"
        assert there.admin("GET", "audit")["wrong"] == []
        secrets = [SECRET, there.expired, *there.tokens.values()]
    report = json.loads(files[0].read_text("utf-8"))
    assert verdicts(report, "failed") == set() and verdicts(report, "not run") == set()
    assert len(verdicts(report, "passed")) >= 150
    assert {Decimal(report[name]) for name in ("balance_before", "balance_after")} == {Decimal(100)}
    assert Decimal(report["cost"]) == 0
    for text in (done.stdout, *(file.read_text("utf-8") for file in files)):
        for secret in secrets:
            for form in (secret, json.dumps(secret)[1:-1], quote(secret, safe="")):
                assert form not in text
    _expect_junit(files[1], report)
    _expect_page(files[2].read_text("utf-8"))


def _expect_junit(file: Path, report: dict[str, list[dict[str, str]]]) -> None:
    root = ElementTree.parse(file).getroot()
    assert root.tag == "testsuites"
    cases = root.findall("testsuite/testcase")
    assert [f"{case.get('classname')}.{case.get('name')}" for case in cases] == [case["id"] for case in report["cases"]]
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))


class _Page(HTMLParser):
    """What a browser would fetch or run, and whether elements are closed as they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag in ("script", "link", "img", "iframe") or any(name in ("src", "href", "onclick") for name, _ in attrs):
            self.fetched.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _expect_page(text: str) -> None:
    page = _Page()
    page.feed(text)
    assert page.open == [] and page.fetched == []
    assert "@import" not in text and "url(" not in text


@pytest.mark.parametrize(("currency", "stake"), [("JPY", "3"), ("KWD", "0.117"), ("BTC", "0.00000123")])
def test_currencies_of_other_scales(tmp_path: Path, currency: str, stake: str) -> None:
    with casino(tmp_path / "casino", currency=currency, balance="1000") as there:
        arguments = ("--stake", stake, "--scale", "8") if currency == "BTC" else ("--stake", stake)
        done = run_certify(*there.options(), *arguments, "--skip", "malformed", "--skip", "connection")
        assert done.returncode == 0, done.stdout + done.stderr
        assert there.balance() == "1000"


def test_max_spend_is_kept(tmp_path: Path) -> None:
    """Three stakes may be held: what needs more is not run, and the operator's own list shows that no more ever was."""
    with casino(tmp_path / "casino") as there:
        file = tmp_path / "r.json"
        done = run_certify(
            *there.options(), "--stake", "1", "--max-spend", "3.5", "--json", str(file), "--skip", "connection"
        )
        assert done.returncode == 0, done.stdout
        report = json.loads(file.read_text())
        assert {"bet.whole-balance", "race.funds-for-one", "bet.insufficient-funds-is-OP_31"} <= verdicts(
            report, "not run"
        )
        assert "bet.several-in-a-round" in verdicts(report, "passed")
        held = lowest = 0
        for movement in there.admin("GET", "movements?user_id=anna"):
            if movement["transaction_id"] is not None:
                held += int(movement["minor"])
                lowest = min(lowest, held)
        assert -350 <= lowest <= -300


def test_cases_without_their_options_are_not_run(tmp_path: Path) -> None:
    with casino(tmp_path / "casino") as there:
        file = tmp_path / "r.json"
        done = run_certify(
            there.url, "--operator-id", "hub-under-test", "--user", "anna", "--token", there.tokens["anna"],
            "--only", "authenticate", "--json", str(file),
        )  # fmt: skip
    assert done.returncode == 0
    report = json.loads(file.read_text())
    reasons = {case["id"]: case["reason"] for case in report["cases"] if case["verdict"] == "not run"}
    assert reasons == {
        "authenticate.expired-token-is-OP_21": "needs --expired-token",
        "authenticate.blocked-player-is-refused": "needs --blocked-token",
        "authenticate.second-player-is-another": "needs --second-user, --second-token",
    }


def test_it_imports_nothing_of_the_hub() -> None:
    root = Path(pitboss.certify.__file__).parent
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("pitboss") or name.startswith("pitboss.certify"), f"{file}: {name}"
                assert name.partition(".")[0] != "msgspec"
