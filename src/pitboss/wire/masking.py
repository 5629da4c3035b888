"""What may be kept of an exchange: its text, bounded, without anything that signs or lets in.

Three nets, since a peer's bytes need not be JSON: the secrets that are known, what stands in a member or parameter of a telling
name, and whatever looks like a signature.
"""

import json
import re
from collections.abc import Iterable
from typing import Final

MOST_KEPT: Final = 16 * 1024
"""Characters kept of one body."""
MASK: Final = "***"

_NAMES = (
    "hash", "token", "secret", "password", "authorization", "x-authorization", "signature", "api_?key", "secret_?key", "bearer",
    r"\w*_token", r"\w*api_?key", r"\w*_secret",
)  # fmt: skip
# A string may be cut off; then the text ends within it.
_MEMBER = re.compile(
    rf'(?P<head>"(?:{"|".join(_NAMES)})"\s*:\s*)(?P<value>"(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s"{{\[,}}\]]+)',
    re.IGNORECASE | re.DOTALL,
)
_PARAMETER = re.compile(rf"(?P<head>\b(?:{'|'.join(_NAMES)})=)[^&\s\"'<>\\]+", re.IGNORECASE)
_BEARER = re.compile(r"(?P<head>\bBearer\s+)[^\s\"'<>\\]+", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{40}(?![0-9a-fA-F])")
_ESCAPED_SIGN = re.compile(r"\\u00([2-7][0-9a-fA-F])")


def masked(body: bytes | None, secrets: Iterable[str] = ()) -> str | None:
    """At most MOST_KEPT characters of `body`, and a note where more was cut off; None stays None."""
    if body is None:
        return None
    text = body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    for spelling in sorted({spelling for secret in secrets if secret for spelling in _spellings(secret)}, key=len)[
        ::-1
    ]:
        text = text.replace(spelling, MASK)
    kept = _ESCAPED_SIGN.sub(_plain, text[:MOST_KEPT])
    kept = _MEMBER.sub(_hide_member, kept)
    for pattern in (_PARAMETER, _BEARER):
        kept = pattern.sub(rf"\g<head>{MASK}", kept)
    kept = _SIGNATURE.sub(MASK, kept)
    return kept if len(text) <= MOST_KEPT else f"{kept}… ({len(text)} characters)"


def masked_url(url: str, secrets: Iterable[str] = ()) -> str:
    """`url` without what stands in its query, and without `secrets`."""
    path, mark, _ = url.partition("?")
    return (masked(path.encode("utf-8", "replace"), secrets) or "")[:500] + (mark and f"?{MASK}")


def _spellings(secret: str) -> tuple[str, ...]:
    """As it is, and as JSON writes it."""
    return secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]


def _plain(match: re.Match[str]) -> str:
    """`\\u0068` is an h; a quote or a backslash stays escaped, or it would end its string."""
    sign = chr(int(match[1], 16))
    return match[0] if sign in '"\\\x7f' else sign


def _hide_member(match: re.Match[str]) -> str:
    return f"{match['head']}null" if match["value"] == "null" else f'{match["head"]}"{MASK}"'
