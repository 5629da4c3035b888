"""The protocol's three signatures: lower-case hex SHA-1 of words and the shared secret, put one after the other."""

import hashlib
import hmac


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def header_signature(command: str, secret: str) -> str:
    """What `X-Authorization` must be."""
    return _sha1(command + secret)


def request_signature(command: str, request_timestamp: str, secret: str) -> str:
    """What `hash` of a request must be."""
    return _sha1(command + request_timestamp + secret)


def response_signature(status: str, response_timestamp: str, secret: str) -> str:
    """What `hash` of an answer must be; `status` is OK or ERROR."""
    return _sha1(status + response_timestamp + secret)


def same(given: str, expected: str) -> bool:
    """Equal, found out in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
