"""The daemon's pages and those who may not, lie, drip or send too much: nothing is done, nobody waits."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.commands import LONGEST_COMMAND
from flows.page_server import CONNECTIONS
from flows.wire import command_document, proof
from lifecycle.requests import Request
from tests.acceptance.driver import Practice
from tests.daemon_pages import Pages, serving
from tests.flow_store import count

SECONDS = 1.5


@pytest.fixture(scope="module")
def pages(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages of a store with one project that waits; the tests leave it as it is."""
    office = Practice.copied(furnished, tmp_path_factory.mktemp("pages"))
    office.talent()
    with serving(office.home, seconds=SECONDS) as served:
        yield served


def command(**changed: Any) -> dict[str, Any]:
    """A command that somebody may give for whom the user of this machine may stand in."""
    on = date(2023, 3, 3)
    request = Request("accept_for_form_review", ("h23-young-talent-0001",), on, command_id="0" * 32)
    return {**command_document("checker", request), **changed}


def post(pages: Pages, document: Any = None, path: str = "/commands", **headers: str) -> httpx.Response:
    told = {"Authorization": f"Bearer {pages.desk.token}", "Content-Type": "application/json", **headers}
    content = document if isinstance(document, bytes) else json.dumps(document or command()).encode()
    with httpx.Client(trust_env=False, timeout=60) as client:
        return client.post(f"http://127.0.0.1:{pages.port}{path}", content=content, headers=told)


def raw(pages: Pages, text: str) -> bytes:
    """What is answered to some bytes."""
    with socket.create_connection(("127.0.0.1", pages.port), timeout=60) as line:
        line.sendall(text.encode())
        return b"".join(iter(lambda: line.recv(65536), b""))


def steps(pages: Pages) -> int:
    return count(pages.desk.app, "command")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"Authorization": ""}, 401),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Origin": "http://127.0.0.1:4280"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_who_is_not_the_owner_or_not_a_program_of_this_machine_does_nothing(
    pages: Pages, headers: dict[str, str], status: int
) -> None:
    answer = post(pages, **headers)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "message"}
    assert steps(pages) == 0


def test_too_much_is_refused_before_it_is_read(pages: Pages) -> None:
    start = f"POST /commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {pages.desk.token}\r\n"
    start += "Content-Type: application/json\r\n"
    for header, status in (
        (f"Content-Length: {LONGEST_COMMAND + 1}", b"413"),
        ("Content-Length: 99999999999999999999", b"411"),
        ("Content-Length: -1", b"411"),
        ("Content-Length: 1\r\nContent-Length: 2", b"411"),
        ("Transfer-Encoding: chunked", b"411"),
        ("X-Nothing: 1", b"411"),
        ("X-Long: " + "x" * 70000, b"431"),
    ):
        assert raw(pages, f"{start}{header}\r\n\r\n").split(b" ")[1] == status, header
    assert steps(pages) == 0


def test_what_is_not_http_gets_a_sentence_and_no_traceback(pages: Pages) -> None:
    texts = ("\r\n\r\n", "nonsense\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x00" * 50 + "\r\n")
    for text in texts:
        answer = raw(pages, text)
        assert b"Traceback" not in answer, text
        assert b"200" not in answer[:20], text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(sorted(set(command()) - {"actor", "reason", "key", "document"})), value=JSON)
def test_a_command_with_anything_in_the_wrong_place_is_told_so_or_answered(
    pages: Pages, name: str, value: Any
) -> None:
    answer = post(pages, command(**{name: value, "dry_run": True}))
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        assert json.loads(answer.text.splitlines()[-1])["exit"] != 1
    assert steps(pages) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"1", b"[" * 100_000, b'{"action": NaN}'])
@pytest.mark.parametrize("path", ["/commands", "/selections"])
def test_a_body_that_cannot_be_read_does_nothing(pages: Pages, path: str, body: bytes) -> None:
    answer = post(pages, body, path)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_a_paper_that_is_not_the_one_that_was_meant_does_nothing(pages: Pages, tmp_path: Path) -> None:
    paper = tmp_path / "合同.pdf"
    paper.write_bytes(b"%PDF-1.4")
    sent = command(materials=[["contract", str(paper), [0, 0, 0, 0]]])
    assert post(pages, sent).status_code == 400
    assert steps(pages) == 0


def test_who_drips_is_cut_off_and_holds_nobody_up(pages: Pages) -> None:
    lines = [socket.create_connection(("127.0.0.1", pages.port), timeout=60) for _ in range(CONNECTIONS)]
    for line in lines:
        line.sendall(b"POST /commands HTTP/1.1\r\n")
    with lines[0] as first:
        while True:
            try:
                first.sendall(b"X")
                first.settimeout(0.05)
                if not first.recv(1):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    for line in lines[1:]:
        with line:
            assert line.recv(1) == b""
    assert post(pages).status_code == 200


def test_hello_proves_the_token_and_does_not_tell_it(pages: Pages) -> None:
    nonce = "a" * 32
    with httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{pages.port}") as client:
        answer = client.get(f"/hello/{nonce}")
        assert answer.json() == {"proof": proof(pages.desk.token, nonce)}
        assert pages.desk.token not in answer.text
        assert client.get("/hello/short").status_code == 404
        assert client.get("/commands").status_code == 405
        assert client.request("BREW", "/commands").status_code == 405
        assert client.get("/commands/../health").status_code in (200, 404)


def test_the_owner_is_answered_as_the_contract_says_once(furnished: Path, tmp_path: Path) -> None:
    office = Practice.copied(furnished, tmp_path)
    office.talent()
    with serving(office.home) as pages:
        (line,) = post(pages).text.splitlines()
        assert json.loads(line) == {
            "exit": 0,
            "document": {
                "done": [{"id": "h23-young-talent-0001", "from": "submitted", "to": "form_review", "seq": 3}],
                "refused": [],
            },
            "bare": [],
            "rehearsal": True,
        }
        assert post(pages).text.splitlines() == [line]
        assert steps(pages) == 1
    assert pages.woken == 2
