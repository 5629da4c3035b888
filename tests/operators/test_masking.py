"""Nothing that signs or lets in is kept of an exchange, whatever shape it came in."""

import json

import pytest
from client_stage import BET, agent_at, stage_at
from structlog.testing import capture_logs

from pitboss.wire.masking import MOST_KEPT, masked, masked_url
from signed_http import envelope, http, sha1
from wallet_peer import SECRET, telling, wallet_peer, writing

HEX = sha1("anything")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"hash": "abc", "amount": 17.250}', '{"hash": "***", "amount": 17.250}'),
        ('{"token":"t1","user_id":"611"}', '{"token":"***","user_id":"611"}'),
        ('{"token":null}', '{"token":null}'),
        ('{"secret": 12345, "n": 1}', '{"secret": "***", "n": 1}'),
        (r'{"token":"a\"b\\","x":1}', '{"token":"***","x":1}'),
        ('{"Token" : "t1"}', '{"Token" : "***"}'),
        (r'{"tok\u0065n": "t1"}', '{"token": "***"}'),
        ('{"operator_token":"x","externalApiKey":"y"}', '{"operator_token":"***","externalApiKey":"***"}'),
        ('{"api_key":"z"}', '{"api_key":"***"}'),
        ('{"password":"p"', '{"password":"***"'),
        ('{"token":"cut in the mid', '{"token":"***"'),
        ('{"token":"cut behind a \\', '{"token":"***"'),
        (f"Expected {HEX} but got {HEX.upper()}", "Expected *** but got ***"),
        ("http://x/?token=abc&game=1", "http://x/?token=***&game=1"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("my secret is s3cr3t", "my secret is ***"),
        ('{"note": "the s3cr3t one"}', '{"note": "the *** one"}'),
        ("\0\ufffd", "\ufffd\ufffd"),
        ('{"transaction_id": 18446744073709551616}', '{"transaction_id": 18446744073709551616}'),
        ("18b1f2f8d6a5c3e418b1f2f8d6a5c3e4", "18b1f2f8d6a5c3e418b1f2f8d6a5c3e4"),
    ],
)  # fmt: skip
def test_masked(text: str, kept: str) -> None:
    assert masked(text.encode(), ["s3cr3t"]) == kept


def test_a_secret_is_found_as_json_writes_it() -> None:
    secret = 'a "quoted" é\\secret'
    for written in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), secret):
        kept = masked(written.encode(), [secret])
        assert kept is not None and "***" in kept and "quoted" not in kept


def test_a_long_body_is_cut_and_its_secrets_are_not_where_it_is_cut() -> None:
    body = b"x" * (MOST_KEPT - 4) + b"s3cr3t" + b"y" * 100
    kept = masked(body, ["s3cr3t"])
    assert kept is not None and "s3c" not in kept
    assert kept.endswith(f"… ({len(body) - 3} characters)") and len(kept) < MOST_KEPT + 50


def test_what_is_no_text_is_kept_as_far_as_it_can_be() -> None:
    assert masked(b"\xff\xfe{") == "\ufffd\ufffd{"
    assert masked(None) is None


def test_a_url_keeps_no_query() -> None:
    assert masked_url("https://x.example/w/cancel?key=abc") == "https://x.example/w/cancel?***"


ANSWERS = {
    "refused": telling(lambda asked: envelope(asked, signed=HEX)),
    "echoing all": writing(http(f"secret: {SECRET} {sha1('changebalance', SECRET)}".encode(), "500 No")),
    "escaped": telling(lambda asked: b'{"h\\u0061sh":"%b","TOKEN":"launchtoken0123456789abc"}' % HEX.encode()),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_secret_reaches_a_row_or_a_line(name: str) -> None:
    async with wallet_peer(ANSWERS[name]) as peer, stage_at(agent_at(peer.url)) as stage:
        with capture_logs() as logs:
            await stage.ask("changebalance", BET)
        await stage.errors.turn()
        [row] = stage.errors.rows
        assert row.request is not None and '"user_id":"611"' in row.request and '"amount":17.250' in row.request
        [asked] = peer.seen
        everything = json.dumps([str(line) for line in logs]) + str(row) + repr(stage.errors.noted) + repr(stage.agents)
        for secret in (
            SECRET, "launchtoken0123456789abc", HEX, asked.said["hash"], asked.headers["x-authorization"],
        ):  # fmt: skip
            assert secret not in everything
