"""The two pages a browser may see instead of a game: plain HTML without scripts, and nothing of the request in it."""

import base64
import hashlib
from html import escape

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1d2330;background:#fff}"
    "@media(prefers-color-scheme:dark){body{color:#e8eaf0;background:#14171f}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    # The address of this page holds a token.
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def error_page(text: str, reference: str) -> str:
    """What went wrong in words for a player, and the number support finds it by."""
    return _page(
        "The game could not be opened",
        f"<p>{escape(text)}</p><p>Reference number: <code>{escape(reference)}</code></p>",
    )


def front_page() -> str:
    """What stands at `/` when nothing was asked for."""
    return _page(
        "Pitboss",
        "<p>A hub between casinos and game studios. Games open here through links of the casinos that offer them.</p>",
    )
