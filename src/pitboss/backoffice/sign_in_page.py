"""The one page that is there for everybody: plain HTML, no script, works before anything else does."""

from html import escape
from urllib.parse import quote

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Pitboss</title>
<style>
body {{ color-scheme: light dark }}
:root {{ --paper: #f3f4f1; --sheet: #fff; --ink: #1c2420;
  --quiet: #66706a; --line: #d5d9d4; --felt: #14563d; --bad: #a3261b }}
@media (prefers-color-scheme: dark) {{ :root {{ --paper: #111614; --sheet: #1a211e; --ink: #e8ece9;
  --quiet: #9aa59f; --line: #333d38; --felt: #2f8f68; --bad: #f08a80 }} }}
* {{ box-sizing: border-box }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }}
main {{ width: min(22rem, 92vw); background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 2rem }}
h1 {{ margin: 0 0 .25rem; font-size: 1.4rem }} p {{ margin: 0 0 1.25rem; color: var(--quiet) }}
label {{ display: block; margin-top: 1rem; font-size: .875rem }}
input {{ width: 100%; margin-top: .25rem; padding: .6rem .7rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 6px }}
input:focus, button:focus-visible {{ outline: 2px solid var(--felt); outline-offset: 1px }}
button {{ width: 100%; margin-top: 1.5rem; padding: .65rem; font: inherit; font-weight: 600; color: #fff; background: var(--felt);
  border: 0; border-radius: 6px; cursor: pointer }}
.wrong {{ margin: 1rem 0 0; color: var(--bad) }}
</style></head><body><main>
<h1>Pitboss</h1><p>Back office</p>
<form method="post" action="/sign-in{query}">
<label>Name<input name="username" autocomplete="username" autocapitalize="none" maxlength="64" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" maxlength="256" required></label>
{wrong}<button>Sign in</button></form></main></body></html>
"""
_WRONG = (
    '<p class="wrong" role="alert">That name and password do not belong together, or there were too many tries:'
    " then wait up to 15 minutes.</p>"
)


def sign_in_page(onward: str, wrong: bool) -> str:
    """HTML. `onward`: the path to go to afterwards; `wrong`: after a try that failed (it does not tell which part was wrong)."""
    query = "" if onward == "/" else escape(f"?next={quote(onward)}")
    return _PAGE.format(query=query, wrong=_WRONG if wrong else "")
