"""What is shown instead of a page that cannot be shown: one sentence and a way back."""

from html import escape

from starlette.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Pitboss</title><style>:root {{ color-scheme: light dark }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif }}
main {{ max-width: 30rem; padding: 2rem }}</style></head>
<body><main><h1>{title}</h1><p>{text}</p><p><a href="/">Back to the start</a></p></main></body></html>
"""


def refusal_page(title: str, text: str, status: int) -> HTMLResponse:
    """The response; `title` and `text` are escaped here."""
    return HTMLResponse(_PAGE.format(title=escape(title), text=escape(text)), status)
