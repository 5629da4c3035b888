"""The bytes of a batch: read and unpacked within bounds, whatever a caller sends (the contract, "The event API": 413, 415)."""

import io
import zlib
from collections.abc import AsyncIterator, Iterator

import zstandard

from pitboss.wire.event_api import MAX_BODY, BadBody

_STEP = 256 * 1024
_FED = 4 * 1024
"""Packed bytes given to an unpacker at once: what it does not need is copied, for each of the archives a body may be made of."""
_HEARD_OUT = 4 * MAX_BODY
"""Bytes of a body that are read and let go of before it is told to be too large: most callers listen when they have sent all."""
_LARGEST_WINDOW = 128 * 1024 * 1024
"""What an unpacker may reserve; it is touched only as far as something is unpacked."""


class Overloaded(Exception):
    """This process holds as many bytes of batches as it may."""


class UnknownEncoding(Exception):
    """A Content-Encoding other than gzip and zstd."""


class Held:
    """Counts the bytes of all batches a process holds, since many callers of 16 MiB each are more memory than there is."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, size: int) -> None:
        """Raises Overloaded."""
        if size > self._left:
            raise Overloaded
        self._left -= size

    def give_back(self, size: int) -> None:
        """Let go of bytes that were taken."""
        self._left += size


class Load:
    """The bytes one request holds. Leave it, and they are given back."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._size = 0

    def take(self, size: int) -> None:
        """Raises Overloaded."""
        self._held.take(size)
        self._size += size

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        self._held.give_back(self._size)


def known_encoding(header: str) -> str | None:
    """`gzip`, `zstd`, or None for a body as it is. Raises UnknownEncoding."""
    name = header.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip"):
        return "gzip"
    if name == "zstd":
        return "zstd"
    raise UnknownEncoding


async def read_packed(stream: AsyncIterator[bytes], load: Load) -> bytes:
    """The body as it came. Raises BadBody (413) and Overloaded."""
    pieces: list[bytes] = []
    size = 0
    async for piece in stream:
        size += len(piece)
        if size > _HEARD_OUT:
            break
        if size > MAX_BODY:
            pieces.clear()
        else:
            load.take(len(piece))
            pieces.append(piece)
    if size > MAX_BODY:
        raise too_large()
    return b"".join(pieces)


def unpack(packed: bytes, encoding: str, load: Load) -> bytes:
    """The body as it was meant, in steps, so that a bomb is noticed when it is 16 MiB. Raises BadBody and Overloaded."""
    unpacked = bytearray()
    try:
        for piece in _gunzipped(packed) if encoding == "gzip" else _unzstd(packed):
            load.take(len(piece))
            unpacked += piece
            if len(unpacked) > MAX_BODY:
                raise too_large()
    except (zlib.error, zstandard.ZstdError, EOFError):
        raise BadBody("body", f"is not {encoding}, or is not complete") from None
    return bytes(unpacked)


def too_large() -> BadBody:
    """413 for bytes."""
    return BadBody("body", f"must be at most {MAX_BODY} bytes, unpacked", 413)


def _gunzipped(packed: bytes) -> Iterator[bytes]:
    if not packed:
        raise EOFError
    fed, rest = 0, b""
    # A gzip file may be several, one after the other.
    while rest or fed < len(packed):
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            if not rest:
                rest, fed = packed[fed : fed + _FED], fed + _FED
            ended = not rest
            piece = unpacker.decompress(rest, _STEP)
            rest = unpacker.unconsumed_tail
            if ended and not piece and not unpacker.eof:
                raise EOFError
            yield piece
        rest = unpacker.unused_data


def _unzstd(packed: bytes) -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    with unpacker.stream_reader(io.BytesIO(packed), read_across_frames=True, read_size=_STEP) as reader:
        while piece := reader.read(_STEP):
            yield piece
