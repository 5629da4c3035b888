"""Wallets that hang, hang up, or talk nonsense; and people who mistype: a verdict or one line, never a traceback."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest
from casino import casino, run_certify

_PLAYER = ("--operator-id", "o", "--user", "u", "--token", "SomeLongTokenOfAPlayer99")
Talk = Callable[[socket.socket], None]


@contextmanager
def stranger(talk: Talk) -> Iterator[str]:
    """A server that does `talk` with every connection; its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                talk(connection)
            except OSError:
                pass

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/wallet"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _hang(connection: socket.socket) -> None:
    connection.recv(65536)


def _hang_up(connection: socket.socket) -> None:
    """Closed by whoever called."""


def _no_http(connection: socket.socket) -> None:
    connection.sendall(b"\x00\xff who are you?\r\n\r\n")


def _json(body: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    return talk


def _endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b"[" * 65536)


_EVIL = b'{"request": [], "response": {"status": "OK", "data": {"balance": %s, "user_id": "<script>\\u0000\\ud800</script>"}}}'

STRANGERS: dict[str, Talk] = {
    "hangs": _hang,
    "hangs up": _hang_up,
    "no HTTP": _no_http,
    "not JSON": _json(b"<html>\x00\x1b[31m<script>alert(1)</script>]]></html>"),
    "a list": _json(b"[1, 2]"),
    "nested": _json(b"[" * 200_000),
    "a number of 10000 digits": _json(_EVIL % (b"9" * 10_000)),
    "a huge exponent": _json(_EVIL % b"1e999999999"),
    "NaN": _json(_EVIL % b"NaN"),
    "a string of markup": _json(_EVIL % b'"<b>1</b>"'),
    "endless": _endless,
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_strange_wallet_fails_and_is_told_so(tmp_path: Path, name: str) -> None:
    files = tmp_path / "r.json", tmp_path / "r.xml", tmp_path / "r.html"
    with stranger(STRANGERS[name]) as url:
        done = run_certify(
            url, *_PLAYER, "--timeout", "0.5", "--json", str(files[0]), "--junit", str(files[1]), "--html", str(files[2]),
            "--skip", "connection", "--skip", "play", "--concurrency", "3",
        )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr and done.stderr == ""
    report = json.loads(files[0].read_text("utf-8"))
    assert report["counts"]["failed"] >= 3
    if name in ("hangs", "hangs up"):
        # Nobody waits for a hundred timeouts.
        assert report["counts"]["failed"] == 3
    assert ElementTree.parse(files[1]).getroot().find("testsuite/testcase/failure") is not None
    assert "<script>" not in files[2].read_text("utf-8")
    assert "\x1b[31m" not in done.stdout


MISTAKES = {
    "no URL": ((), "the wallet's URL is needed"),
    "no http": (("ftp://127.0.0.1/w", *_PLAYER), "must be http:// or https://"),
    "nobody there": (("http://127.0.0.1:1/w", *_PLAYER), "nobody answers at http://127.0.0.1:1/w"),
    "a password in the address": (
        ("http://me:hunter2@127.0.0.1:1/w", *_PLAYER),
        "nobody answers at http://127.0.0.1:1/w",
    ),
    "no token": (("http://127.0.0.1:1/w", "--operator-id", "o", "--user", "u"), "--token is needed"),
    "no such case": (("http://127.0.0.1:1/w", *_PLAYER, "--only", "nonsense"), "no case matches"),
    "a stake of nothing": (("http://127.0.0.1:1/w", *_PLAYER, "--stake", "0"), "--stake must be an amount"),
    "a stake of words": (("http://127.0.0.1:1/w", *_PLAYER, "--stake", "much"), "--stake must be an amount"),
    "no folder": (("http://127.0.0.1:1/w", *_PLAYER, "--html", "/nowhere/at/all.html"), "cannot be written"),
    "no secret file": (("http://127.0.0.1:1/w", *_PLAYER, "--secret-file", "/nowhere"), "--secret-file"),
    "an unknown option": (("http://127.0.0.1:1/w", "--tokens", "x"), "--tokens"),
    "a timeout of nothing": (("http://127.0.0.1:1/w", *_PLAYER, "--timeout", "0"), "--timeout"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(mistake: str) -> None:
    arguments, words = MISTAKES[mistake]
    done = run_certify(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("pitboss: ") and done.stderr.count("\n") == 1 and words in done.stderr
    assert "hunter2" not in done.stderr


def test_without_a_secret() -> None:
    done = run_certify("http://127.0.0.1:1/w", *_PLAYER, secret=None)
    assert (done.returncode, done.stderr) == (
        2,
        "pitboss: --secret-file, --secret or PITBOSS_CERTIFY_SECRET is needed\n",
    )


def test_wrong_credentials_are_not_a_hundred_failures(tmp_path: Path) -> None:
    with casino(tmp_path / "casino") as there:
        wrong_secret = run_certify(*there.options(), secret="another")
        wrong_token = run_certify(*there.options(), "--token", "NoSuchTokenAtAll00000000")
        poor = run_certify(*there.options(), "--stake", "9")
        fine = run_certify(*there.options(), "--stake", "1.005")
        nowhere = run_certify(there.url + "/elsewhere", *there.options()[1:])
    for done, words in (
        (wrong_secret, "denies access (403)"),
        (wrong_token, "refuses --token (OP_21)"),
        (poor, "the player has 100.00 EUR: give 360.00 EUR, or say a smaller --stake"),
        (fine, "--stake: 1.005 has more decimals than EUR (2)"),
        (nowhere, "no wallet at"),
    ):
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and words in done.stderr, done.stderr


def test_list_calls_nobody() -> None:
    done = run_certify("--list", "--only", "race.*", secret=None)
    assert done.returncode == 0 and "race.identical-bets-are-one: " in done.stdout and "7 cases" in done.stdout
    assert run_certify("--list", secret=None).stdout.strip().endswith(" cases")
