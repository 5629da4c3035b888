"""The documents do not lie about what can be looked up: links, settings, dependencies."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def broken_links(page: Path, text: str) -> list[str]:
    """Relative links of a page that lead nowhere, and anchors no heading of the target makes."""
    broken = []
    for link in (first or second for first, second in _LINK.findall(text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8") if path else text)):
            broken.append(link)
    return broken


def anchors(text: str) -> set[str]:
    """The anchors a page's headings make on the usual hosts."""
    titles = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def settings_read() -> set[str]:
    """The variables the programs read."""
    sources = [path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")]
    return {name for text in sources for name in re.findall(r'"(PITBOSS_[A-Z_]*[A-Z])"', text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text("utf-8")) == []


def test_a_broken_link_is_seen() -> None:
    text = (
        '# Title here\n[a](nowhere.md) [b](LICENSE) [c](#title-here) [d](#other) <img src="gone.svg"> [e](https://x.y)'
    )
    assert broken_links(ROOT / "README.md", text) == ["nowhere.md", "#other", "gone.svg"]


def test_every_setting_is_documented() -> None:
    told = set(re.findall(r"PITBOSS_[A-Z_]*[A-Z]", (ROOT / "docs/operations.md").read_text("utf-8")))
    assert settings_read() - told == set(), "add them to the table in docs/operations.md"
    assert "PITBOSS_DATABASE_URL" in settings_read()


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[^\w.-]", line)[0] for line in wanted}
    told = set(
        re.findall(r"^\| ([\w.-]+) \|", (ROOT / "docs/adr/0001-dependencies.md").read_text("utf-8"), re.MULTILINE)
    )
    assert names - told == set(), "say in docs/adr/0001-dependencies.md what else was looked at"
    assert told - names - {"dependency", "uv"} == set(), "these are no dependencies any more"


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text("utf-8")
    missing = [page.name for page in (ROOT / "docs/adr").glob("*.md") if f"(adr/{page.name})" not in index]
    assert missing == [], "add them to docs/README.md"
