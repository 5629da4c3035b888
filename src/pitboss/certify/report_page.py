"""The battery as one HTML file that can be mailed: no script, nothing fetched, light and dark."""

from html import escape
from typing import Final

from pitboss.certify.battery import CHAPTERS
from pitboss.certify.case import Exchange, Result
from pitboss.certify.report_console import cost_line, last_word
from pitboss.certify.run import Report
from pitboss.certify.verdict import Verdict

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2129; --dim: #5d6675; --page: #fff; --box: #f4f6f9; --line: #d9dee6;
  --passed: #17693a; --failed: #b3261e; --information: #0b5c9e; --notrun: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ec; --dim: #9aa4b2; --page: #14171c; --box: #1d222a; --line: #343b47;
  --passed: #5cc98a; --failed: #ff8a80; --information: #7fc0f5; --notrun: #e3b35a; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 66rem; margin: 0 auto;
  padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 0; }
p { margin: .4rem 0; } .dim { color: var(--dim); }
.last { font-size: 1.2rem; font-weight: 600; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; color: var(--dim); }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.passed { color: var(--passed); } .failed { color: var(--failed); } .information { color: var(--information); }
.not-run { color: var(--notrun); } td.verdict { font-weight: 600; white-space: nowrap; }
code, pre { font: 13px/1.45 ui-monospace, monospace; } code { overflow-wrap: anywhere; }
pre { background: var(--box); padding: .7rem; margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
article { border-left: 4px solid var(--failed); padding: .2rem 0 .2rem 1rem; margin: 1rem 0; }
details { margin: .5rem 0; } summary { cursor: pointer; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 1rem; }
"""
_ORDER: Final = tuple(Verdict)


def as_page(report: Report) -> str:
    """The whole page; everything that came from outside is escaped."""
    failed = [one for one in report.results if one.verdict is Verdict.FAILED]
    body = [
        _head(report),
        _chapters(report),
        "<h2>What failed</h2>" + "".join(map(_failure, failed)) if failed else "",
        _all(report),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Wallet certification: {escape(report.url)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{''.join(body)}\n</body></html>\n"
    )


def _head(report: Report) -> str:
    state = "failed" if report.failed else "passed"
    facts = {
        "Wallet": report.url,
        "Operator": report.operator_id,
        "Player": report.user_id,
        "Stake": report.currency.text(report.stake),
        "From": f"{report.began:%Y-%m-%d %H:%M:%S} UTC",
        "To": f"{report.ended:%Y-%m-%d %H:%M:%S} UTC",
    }
    rows = "".join(f"<tr><th>{name}</th><td><code>{escape(value)}</code></td></tr>" for name, value in facts.items())
    return (
        f'<h1>Wallet certification</h1><p class="last {state}">{escape(last_word(report))}</p>'
        f'<p>{escape(cost_line(report))}</p><div class="wide"><table>{rows}</table></div>'
    )


def _chapters(report: Report) -> str:
    titles = {chapter.name: chapter.title for chapter in CHAPTERS} | {"books": "The balance at the end"}
    head = "".join(f'<th class="n">{verdict.value}</th>' for verdict in _ORDER)
    rows = []
    for name, title in titles.items():
        results = [one for one in report.results if one.case.chapter == name]
        if results:
            cells = "".join(_count(verdict, results) for verdict in _ORDER)
            calls = sum(one.calls for one in results)
            took = sum(one.elapsed_ms for one in results)
            rows.append(
                f'<tr><td>{escape(title)}</td>{cells}<td class="n">{calls}</td><td class="n">{took} ms</td></tr>'
            )
    return (
        f'<h2>Figures</h2><div class="wide"><table><tr><th>Chapter</th>{head}<th class="n">calls</th><th class="n">took</th></tr>'
        f"{''.join(rows)}</table></div>"
    )


def _count(verdict: Verdict, results: list[Result]) -> str:
    number = sum(one.verdict is verdict for one in results)
    return f'<td class="n {_class(verdict)}">{number or ""}</td>'


def _class(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")


def _failure(result: Result) -> str:
    case = result.case
    shown = result.exchanges
    left_out = result.calls - len(shown)
    note = f'<p class="dim">The last {len(shown)} of {result.calls} calls.</p>' if left_out > 0 else ""
    return (
        f'<article id="{escape(case.id)}"><h3><code>{escape(case.id)}</code> {escape(case.title)}</h3>'
        f"<p><b>The document asks:</b> {escape(case.asks)}</p>"
        f'<p class="failed"><b>What happened:</b> {escape(result.reason)}</p>'
        f"<details open><summary>Sent and received</summary>{note}{''.join(map(_exchange, shown))}</details></article>"
    )


def _exchange(exchange: Exchange) -> str:
    return (
        f'<div class="pair"><pre>{escape(exchange.sent)}</pre>'
        f'<pre>{escape(exchange.received)}\n\n<span class="dim">after {exchange.elapsed_ms} ms</span></pre></div>'
    )


def _all(report: Report) -> str:
    rows = "".join(
        f'<tr><td class="verdict {_class(one.verdict)}">{one.verdict.value}</td><td><code>{escape(one.case.id)}</code><br>'
        f"{escape(one.case.title)}</td><td>{escape(one.case.asks)}</td><td>{escape(one.reason)}</td>"
        f'<td class="n">{one.elapsed_ms} ms</td></tr>'
        for one in report.results
    )
    return (
        '<h2>All cases</h2><div class="wide"><table><tr><th>Verdict</th><th>Case</th><th>The document asks</th>'
        f'<th>What happened</th><th class="n">took</th></tr>{rows}</table></div>'
    )
