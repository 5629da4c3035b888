"""HTML the studio writes itself: the game's page, the lobby, the error page. Everything from outside is escaped."""

import html
import secrets
from pathlib import Path

import structlog
from litestar import Response

from pitboss_studio.games.game import Game

log = structlog.get_logger(__name__)

PAGES = Path(__file__).parent.parent / "pages"

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""On every answer. Framing is allowed: casinos show games in frames."""


def page(text: str, status: int = 200) -> Response[str]:
    """An HTML answer that no cache keeps."""
    return Response(text, status_code=status, media_type="text/html", headers={"Cache-Control": "no-store"})


def game_page(slug: str, language: str) -> Response[str]:
    """The game's own page. It finds its session in its address."""
    text = (PAGES / slug / "index.html").read_text(encoding="utf-8")
    return page(text.replace('<html lang="en">', f'<html lang="{html.escape(language)}">', 1))


def lobby_page(session_id: str, games: list[Game], home_url: str | None) -> Response[str]:
    """Every game as a card that opens it with the lobby's session."""
    cards = "".join(
        f'<li><a href="/lobby/{html.escape(session_id)}/{game.game_id}" data-testid="game-{html.escape(game.slug)}">'
        f'<img src="/assets/{html.escape(game.slug)}/logo.svg" alt="" width="400" height="400">'
        f"<strong>{html.escape(game.name)}</strong>"
        f"<span>{html.escape(game.category.capitalize())}</span><span>RTP {html.escape(game.rtp)} %</span></a></li>"
        for game in games
    )
    home = f'<p><a href="{html.escape(home_url)}" rel="noreferrer">Leave</a></p>' if home_url else ""
    return page(_frame("Games", f'<h1>Games</h1><ul class="games">{cards}</ul>{home}', "lobby"))


def error_page(message: str, status: int, **details: object) -> Response[str]:
    """A short page with a reference number; the log has the same number and the details."""
    reference = f"{secrets.randbelow(10**10):010d}"
    log.warning("page refused", reference=reference, message=message, status=status, **details)
    shown = f'<p>{html.escape(message)}</p><p class="reference">Reference {reference}</p>'
    return page(_frame("Error", f"<h1>The game could not be opened</h1>{shown}"), status)


def _frame(title: str, body: str, kind: str = "words") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/assets/plain.css"></head><body><main class="{kind}">{body}</main></body></html>'
    )
