"""What must not be read in a report: the secret, the tokens, and every signature made with the secret."""

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

_SIGNATURE = re.compile(r"\b[0-9a-fA-F]{40}\b")


class Mask:
    """Covers secrets in any text that leaves the battery, however a wallet may have written them back."""

    def __init__(self, secrets: Iterable[tuple[str, str]]) -> None:
        """`secrets`: each with the name that is shown in its place."""
        covers = [(form, name) for secret, name in secrets if secret for form in _forms(secret)]
        # The longest first: one secret may be the beginning of another.
        covers.sort(key=lambda cover: -len(cover[0]))
        self._names = {form.lower(): name for form, name in covers}
        self._pattern = re.compile("|".join(re.escape(form) for form, _ in covers) or r"(?!)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """`text` without what it must not show."""
        # A signature is good for replays and for guessing the secret, so none is shown, whoever made it.
        return _SIGNATURE.sub("‹signature›", self._pattern.sub(self._name, text))

    def _name(self, found: re.Match[str]) -> str:
        return f"‹{self._names.get(found.group().lower(), 'secret')}›"


def _forms(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        quote(secret, safe=""),
        html.escape(secret),
        repr(secret)[1:-1],
    }


def without_password(url: str) -> str:
    """The address without the user and password it may carry."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the address"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
