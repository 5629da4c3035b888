"""Sessions: one launch of a game or lobby for one player, and how its parameters are understood."""

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

DEFAULT_LANGUAGE = "en"
DEVICES = ("desktop", "mobile")
MAX_URL = 500

_TOKEN = re.compile(r"[A-Za-z0-9]{20,50}")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")
# Chinese is the one language whose script the five characters of a tag can only tell by the region.
_REGION_OF_SCRIPT = {("zh", "Hans"): "CN", ("zh", "Hant"): "TW"}
_OTHER_NAMES = {
    "ara": "ar", "bul": "bg", "ces": "cs", "chi": "zh", "cn": "zh", "cze": "cs", "dan": "da", "deu": "de", "dut": "nl",
    "ell": "el", "eng": "en", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "gre": "el", "heb": "he", "hin": "hi",
    "hrv": "hr", "hun": "hu", "in": "id", "ind": "id", "ita": "it", "iw": "he", "jp": "ja", "jpn": "ja", "kor": "ko",
    "kr": "ko", "may": "ms", "msa": "ms", "nld": "nl", "nor": "no", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro",
    "rus": "ru", "slk": "sk", "slo": "sk", "slv": "sl", "spa": "es", "srp": "sr", "swe": "sv", "tha": "th", "tur": "tr",
    "ukr": "uk", "vie": "vi", "vn": "vi", "zho": "zh",
}  # fmt: skip
_ENGLISH_NAMES = {
    "arabic": "ar", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de", "greek": "el",
    "hindi": "hi", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko", "malay": "ms",
    "polish": "pl", "portuguese": "pt", "russian": "ru", "spanish": "es", "swedish": "sv", "thai": "th",
    "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip


class NewSession(NamedTuple):
    """What a launch leaves behind. `game_id` is None in a lobby; `language` an IETF tag; times in UTC. `operator_token` is what a
    seamless agent's wallet knows the session by."""

    token: str
    player_id: str
    wallet_id: int
    provider_id: int
    game_id: int | None
    lobby_id: str | None
    currency: str
    language: str
    device: str
    home_url: str | None
    deposit_url: str | None
    player_ip: str | None
    created_at: datetime
    expires_at: datetime
    operator_token: str | None = None

    def __repr__(self) -> str:
        return f"NewSession({self.player_id}, provider {self.provider_id}, game {self.game_id})"


class KnownSession(NamedTuple):
    """A session as a later launch meets it, with what it needs of its player."""

    token: str
    player_id: str
    provider_id: int
    game_id: int | None
    lobby_id: str | None
    currency: str
    language: str
    device: str
    home_url: str | None
    deposit_url: str | None
    expires_at: datetime
    ended: bool
    player_blocked: bool
    player_country: str

    def live(self, now: datetime) -> bool:
        """Whether play may go on in it."""
        return not self.ended and now < self.expires_at


def valid_token(text: str) -> bool:
    """20 to 50 of [A-Za-z0-9] (wallet protocol, "Player game session token")."""
    return _TOKEN.fullmatch(text) is not None


def language_tag(text: str) -> str:
    """An IETF tag of two to five characters (`th`, `en-US`) for whatever a caller calls a language; English when it is none."""
    lowered = text.lower()
    if lowered in _ENGLISH_NAMES:
        return _ENGLISH_NAMES[lowered]
    match = _TAG.fullmatch(text)
    if match is None:
        return DEFAULT_LANGUAGE
    language = _OTHER_NAMES.get(match[1].lower(), match[1].lower())
    region = match[3].upper() if match[3] else _REGION_OF_SCRIPT.get((language, (match[2] or "").title()))
    if region is None or len(region) + len(language) > 4:
        return language
    return f"{language}-{region}"


def return_url(text: str) -> str | None:
    """The URL a player may be sent back to, or None: absolute, http or https, with a host, at most 500 characters, no white
    space or control characters, no credentials (wallet protocol, "Launch")."""
    if len(text) > MAX_URL or any(character <= " " or character == "\x7f" or character == "\\" for character in text):
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port
    except ValueError:
        return None
    return text if usable else None
