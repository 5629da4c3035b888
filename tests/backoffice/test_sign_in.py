"""Nobody comes in who may not: by the page, by a file, by the socket; and who was in may be shut out."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import quote

import asyncpg
import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from back_office import PASSWORD, BackOffice
from running_sandbox import wait_until

WRONG = "not the password at all"


async def rows(url: str, query: str, *values: object) -> list[asyncpg.Record]:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetch(query, *values)
    finally:
        await conn.close()


def tries(office: BackOffice, username: str, password: str, **headers: str) -> httpx.Response:
    with office.browser() as client:
        return client.post("/sign-in", data={"username": username, "password": password}, headers=headers)


def test_who_is_not_signed_in_sees_the_sign_in_page_alone(office: BackOffice) -> None:
    with office.browser() as client:
        for path in ("/", "/staff", "/audit?who=x", "/no/such/page", "/_nicegui/x/static/y.js"):
            answer = client.get(path)
            assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"), path
        page = client.get("/sign-in?next=/audit%3Factor%3Dx")
        assert page.status_code == 200 and 'action="/sign-in?next=/audit%3Factor%3Dx"' in page.text
        assert client.get("/audit", headers={"Accept": "application/json"}).status_code == 401
        assert (
            page.headers["x-frame-options"] == "DENY"
            and "frame-ancestors 'none'" in page.headers["content-security-policy"]
        )


def test_signing_in_leads_on_and_stays_inside(office: BackOffice) -> None:
    office.person("anna", "viewer")
    with office.browser() as client:
        form = {"username": " Anna ", "password": PASSWORD}
        for onward, leads in (
            ("/audit?a=b", "/audit?a=b"),
            ("//evil.example/", "/"),
            ("https://evil.example", "/"),
            ("/\\evil", "/"),
        ):
            answer = client.post("/sign-in", params={"next": onward}, data=form)
            assert (answer.status_code, answer.headers["location"]) == (303, leads)
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie
        assert client.get("/").status_code == 200


async def test_the_token_is_nowhere_and_the_password_is_nowhere(office: BackOffice, office_database: str) -> None:
    office.person("boris", "viewer")
    client = office.signed_in("boris")
    token = client.cookies["pitboss_staff"]
    everything = await rows(
        office_database, "SELECT s::text, f::text FROM staff_session s JOIN staff f USING (username)"
    )
    audit = await rows(office_database, "SELECT detail::text FROM audit")
    told = str(everything) + str(audit) + office.log.read_text()
    assert token not in told and PASSWORD not in told and "$argon2id$" in str(everything)


@pytest.mark.parametrize(
    ("username", "password"), [("clara", WRONG), ("nobody", PASSWORD), ("", ""), ("cl\x00ara", PASSWORD)]
)
def test_a_wrong_name_or_password_is_told_in_one_way(office: BackOffice, username: str, password: str) -> None:
    if username == "clara":
        office.person("clara", "viewer")
    answer = tries(office, username, password)
    assert answer.status_code == 403 and "do not belong together" in answer.text and "set-cookie" not in answer.headers


def test_how_long_a_refusal_takes_tells_no_names(office: BackOffice) -> None:
    """Counting a guess under a name that is there is a write more than refusing one that is not."""
    office.person("carl", "viewer")
    log = office.log.stat().st_size
    for username in ("carl", "not-carl"):
        answer = tries(office, username, WRONG)
        assert answer.status_code == 403 and answer.elapsed > timedelta(seconds=0.35)
    told = office.log.read_text()[log:]
    assert told.count("sign_in_refused") == 2 and "127.0.0.1" in told and "carl" not in told


async def test_guessing_ends_after_five(office: BackOffice, office_database: str) -> None:
    """Also when all guesses come at once."""
    office.person("dora", "viewer")
    with ThreadPoolExecutor(12) as threads:
        told = list(threads.map(lambda n: tries(office, "dora", f"{WRONG} {n}"), range(12)))
    assert {answer.status_code for answer in told} == {403}
    [counted] = await rows(office_database, "SELECT wrong_guesses, locked_until FROM staff WHERE username = 'dora'")
    assert counted["wrong_guesses"] == 5 and counted["locked_until"] is not None
    assert tries(office, "dora", PASSWORD).status_code == 403
    await rows(office_database, "UPDATE staff SET locked_until = now() - interval '1 second' WHERE username = 'dora'")
    assert tries(office, "dora", PASSWORD).status_code == 303
    [counted] = await rows(office_database, "SELECT wrong_guesses, locked_until FROM staff WHERE username = 'dora'")
    assert tuple(counted) == (0, None)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_forms_of_other_pages_are_refused(office: BackOffice, origin: str) -> None:
    office.person(f"emil{len(origin)}", "viewer")
    answer = tries(office, f"emil{len(origin)}", PASSWORD, Origin=origin)
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    client = office.signed_in(f"emil{len(origin)}")
    assert client.post("/sign-out", headers={"Origin": origin}).status_code == 403
    assert client.get("/").status_code == 200


def test_signing_out_ends_it_for_whoever_kept_the_cookie(office: BackOffice) -> None:
    office.person("fritz", "viewer")
    client = office.signed_in("fritz")
    kept = dict(client.cookies)
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert httpx.get(f"{office.url}/", cookies=kept, trust_env=False).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        "seen_at = now() - interval '61 minutes'",
        "created_at = now() - interval '12 hours 1 minute'",
        "ended_at = now()",
    ],
)
async def test_idle_old_and_ended_sessions_are_over(office: BackOffice, office_database: str, change: str) -> None:
    name = f"g{abs(hash(change)) % 10**6}"
    office.person(name, "viewer")
    client = office.signed_in(name)
    await rows(office_database, f"UPDATE staff_session SET {change} WHERE username = $1", name)
    await asyncio.sleep(1.1)  # what the door keeps in memory
    assert client.get("/").status_code == 303


async def test_using_it_keeps_it_open(office: BackOffice, office_database: str) -> None:
    office.person("hanna", "viewer")
    client = office.signed_in("hanna")
    await rows(
        office_database, "UPDATE staff_session SET seen_at = seen_at - interval '59 minutes' WHERE username = 'hanna'"
    )
    await asyncio.sleep(1.1)
    assert client.get("/").status_code == 200
    [row] = await rows(office_database, "SELECT seen_at, now() AS now FROM staff_session WHERE username = 'hanna'")
    seen: datetime = row["seen_at"]
    assert row["now"] - seen < timedelta(minutes=1)


async def test_an_open_page_alone_does_not_keep_it_open(office: BackOffice, office_database: str) -> None:
    office.person("jana", "viewer")
    client = office.signed_in("jana")
    back = "UPDATE staff_session SET seen_at = seen_at - interval '30 minutes' WHERE username = 'jana'"
    await rows(office_database, back)
    await asyncio.sleep(1.1)
    heartbeat = client.get("/_nicegui_ws/socket.io/?EIO=4&transport=polling")
    assert heartbeat.status_code == 200 and heartbeat.text.startswith("0{")
    assert client.get("/favicon.ico").status_code == 200
    idle = "SELECT now() - seen_at AS idle FROM staff_session WHERE username = 'jana'"
    assert (await rows(office_database, idle))[0]["idle"] > timedelta(minutes=29)
    assert client.get("/").status_code == 200
    assert (await rows(office_database, idle))[0]["idle"] < timedelta(minutes=1)


def test_a_crowd_of_guesses_leaves_room_for_those_inside(office: BackOffice) -> None:
    office.person("kuno", "viewer")
    client = office.signed_in("kuno")
    with ThreadPoolExecutor(100) as threads:
        guesses = [threads.submit(tries, office, f"nobody{n}", WRONG) for n in range(100)]
        inside = [client.get("/").status_code for _ in range(5)]
        told = {guess.result().status_code for guess in guesses}
    assert inside == [200] * 5 and told <= {403, 503} and 403 in told


@pytest.mark.parametrize("command", [("block",), ("password",), ("role", "support")])
def test_whoever_is_changed_is_out(office: BackOffice, command: tuple[str, ...]) -> None:
    name = office.person(f"ida-{command[0]}", "viewer")
    office.person(f"boss-{command[0]}", "admin")
    client = office.signed_in(name)
    assert client.get("/").status_code == 200
    words = ["staff", command[0], name, *command[1:]]
    done = office.cli(
        *words, *(["--password-file", "-"] if command[0] == "password" else []), stdin="another long password"
    )
    assert done.returncode == 0, done.stderr

    wait_until(lambda: client.get("/").status_code == 303)
    assert tries(office, name, PASSWORD).status_code == (303 if command[0] == "role" else 403)


def test_pages_ask_for_their_right(office: BackOffice) -> None:
    seen = {}
    for role in ("viewer", "support", "manager", "auditor", "admin"):
        office.person(f"role-{role}", role)
        client = office.signed_in(f"role-{role}")
        seen[role] = (client.get("/").status_code, client.get("/audit").status_code, client.get("/staff").status_code)
    assert seen == {
        "viewer": (200, 403, 403),
        "support": (200, 403, 403),
        "manager": (200, 403, 403),
        "auditor": (200, 200, 403),
        "admin": (200, 200, 200),
    }


def test_whoever_is_bound_to_an_agent_makes_nobody(office: BackOffice) -> None:
    """Or it could make somebody who sees all."""
    made = office.cli("agent", "create", "--name", "Bound", "--currency", "EUR", "--json")
    agent = str(json.loads(made.stdout)["agent_id"])
    client = office.signed_in(office.person("bound", "admin", "--agent", agent))
    assert (client.get("/").status_code, client.get("/audit").status_code, client.get("/staff").status_code) == (
        200,
        200,
        403,
    )


def test_a_page_that_is_not_there_and_a_wrong_address(office: BackOffice) -> None:
    office.person("karl", "admin")
    client = office.signed_in("karl")
    for address in ("/audit?from=abc", "/audit?from=-1", "/audit?from=9" + "9" * 30, "/audit?from=%00"):
        answer = client.get(address)
        assert answer.status_code == 400 and "from" in answer.text, address
    for member in ("actor", "action", "subject"):
        answer = client.get("/audit", params={member: "a\x00b"})
        assert answer.status_code == 400 and member in answer.text
    assert client.get("/audit", params={"actor": "<script>alert(1)</script>"}).status_code == 200
    assert client.get("/nowhere").status_code == 404


@pytest.mark.parametrize("member", ["since", "until"])
def test_times_that_are_none_where_the_person_is(office: BackOffice, member: str) -> None:
    """The first and the last moment that can be written are outside of all calendars a few zones away."""
    made = office.cli("agent", "create", "--name", f"Clocks {member}", "--currency", "EUR", "--json")
    client = office.signed_in(office.person(f"zoe-{member}", "viewer"))
    for moment, zone in (("9999-12-31T23:59:59Z", "Pacific/Kiritimati"), ("0001-01-01T00:00:00Z", "America/Lima")):
        client.cookies.set("pitboss_zone", quote(zone, safe=""))
        answer = client.get(f"/agents/{json.loads(made.stdout)['agent_id']}/errors", params={member: moment})
        assert answer.status_code == 400 and member in answer.text


def handshake(office: BackOffice, cookie: str, origin: str) -> int:
    """The status a WebSocket handshake is answered with."""
    headers = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": origin, "Cookie": cookie,
    }  # fmt: skip
    url = f"{office.url}/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    with httpx.Client(timeout=10, trust_env=False) as client, client.stream("GET", url, headers=headers) as answer:
        return answer.status_code


def test_the_socket_wants_the_cookie_and_the_origin(office: BackOffice) -> None:
    office.person("lena", "viewer")
    cookie = f"pitboss_staff={office.signed_in('lena').cookies['pitboss_staff']}"
    assert handshake(office, cookie, office.url) == 101
    assert handshake(office, "", office.url) == 403
    assert handshake(office, "pitboss_staff=made-up", office.url) == 403
    assert handshake(office, cookie, "https://evil.example") == 403


def joined(office: BackOffice, client: httpx.Client, page: str) -> bool:
    """Whether a socket of this person's gets to hear what happens on a page."""
    headers = {"Cookie": f"pitboss_staff={client.cookies['pitboss_staff']}"}
    query = f"client_id={page}&tab_id=t&document_id=d&next_message_id=0&implicit_handshake=true"
    url = f"{office.url.replace('http', 'ws')}/_nicegui_ws/socket.io/?EIO=4&transport=websocket&{query}"
    with connect(url, origin=Origin(office.url), additional_headers=headers, proxy=None) as socket:
        assert str(socket.recv(10)).startswith("0{")
        socket.send("40")
        return str(socket.recv(10)).startswith("40")


def test_nobody_joins_the_page_of_somebody_else(office: BackOffice) -> None:
    """Not even with its ids, which stand in the addresses that proxies write into their logs."""
    olga, otto = (office.signed_in(office.person(name, "viewer")) for name in ("olga", "otto"))
    # A page that asks its browser for nothing: none answers here.
    told = re.search(r"client_id\W+([0-9a-f-]{36})", olga.get("/nowhere").text)
    assert told is not None
    assert not joined(office, otto, told[1])
    assert joined(office, olga, told[1])


def test_behind_tls_the_cookie_stays_there(office: BackOffice) -> None:
    office.person("mona", "viewer")
    with office.browser() as client:
        form = {"username": "mona", "password": PASSWORD}
        answer = client.post("/sign-in", data=form, headers={"Origin": "https://desk.example", "Host": "desk.example"})
        assert answer.status_code == 303 and "Secure" in answer.headers["set-cookie"]
        assert "Secure" not in client.post("/sign-in", data=form).headers["set-cookie"]


def test_large_forms_and_wrong_methods(office: BackOffice) -> None:
    with office.browser() as client:
        assert client.post("/sign-in", content=b"username=" + b"a" * 10_000).status_code == 413
        assert client.post("/sign-in", content=b"\xff\xfe=%zz&&&=").status_code == 403
        assert client.put("/sign-in").status_code == 405
        assert client.post("/staff").status_code == 303
