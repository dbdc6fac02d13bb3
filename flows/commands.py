"""The pages by which the command line works through the daemon: proof that it is us, questions, commands.

What is answered is the contract's JSON with its exit status, as the command line by itself would have
answered. They hold no rule: rights and steps are the record's. A request that cannot be read does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from flows.acting import acting
from flows.page import Asked, Desk, Page, as_json
from flows.questions import answer
from flows.wire import Garbled, Sent, proof, read_command, read_question, read_selection
from lifecycle.commands import as_fault
from lifecycle.database import reading
from lifecycle.log import get_log
from lifecycle.selecting import selected
from states.errors import LifecycleError, whole_fault

LINES: Final = {"Content-Type": "application/x-ndjson; charset=utf-8", "Cache-Control": "no-store"}
BREATH_SECONDS: Final = 1.0
"""A command at work says so this often: who hears nothing for long knows that nobody works."""
LONGEST_COMMAND: Final = 32 * 2**20
"""Bytes: half a million ids. Papers are not among them, they go by their paths."""

Answer = dict[str, Any]


def hello_page(desk: Desk, asked: Asked) -> Page:
    """GET /hello/NONCE: proves that whoever answers here has written the home's `daemon.json`."""
    return as_json(HTTPStatus.OK, {"proof": proof(desk.token, asked.path.rpartition("/")[2])})


def selection_page(desk: Desk, asked: Asked) -> Page:
    """POST /selections: the ids that `--where` selects, frozen."""
    try:
        named, on, where = read_selection(asked.document())
    except (Garbled, ValueError):
        return _garbled()

    def select() -> Answer:
        actor = acting(desk.app, named, on)
        with reading(desk.app.engine) as conn:
            ids = selected(conn, desk.app.catalogue, where, actor)
        return {"exit": 0, "document": {"ids": list(ids)}}

    return as_json(HTTPStatus.OK, _told(desk, select))


def question_page(desk: Desk, asked: Asked) -> Page:
    """POST /questions: what somebody wants to know about projects."""
    try:
        question = read_question(asked.document())
    except (Garbled, ValueError):
        return _garbled()
    told = _told(desk, lambda: {"exit": 0, "document": answer(desk.app, question)})
    return as_json(HTTPStatus.OK, {**told, "rehearsal": desk.app.rehearsal})


def commands_page(desk: Desk, asked: Asked) -> Page:
    """POST /commands: a command, carried out. Lines of JSON; the last one has `exit` and `document`."""
    try:
        sent = read_command(asked.document())
    except (Garbled, ValueError):
        return _garbled()
    lines: SimpleQueue[Answer] = SimpleQueue()

    def work() -> None:
        lines.put(_told(desk, lambda: _carry_out(desk, sent, lambda count: lines.put({"progress": count}))))

    # A thread of its own, so that it ends also when nobody listens any more.
    Thread(target=work, daemon=True, name="command").start()
    return Page(HTTPStatus.OK, headers=LINES, more=_spoken(lines))


def _carry_out(desk: Desk, sent: Sent, progress: Callable[[int], None]) -> Answer:
    request = sent.request
    many = progress if len(request.projects) > 1 else None
    try:
        batch = desk.app.service.trigger(acting(desk.app, sent.actor, request.on), request, many)
    finally:
        if not request.dry_run:
            desk.wake()
    fault = whole_fault([as_fault(one) for one in batch.refused], len(batch.done) + len(batch.refused))
    document = batch.as_json() | (fault.as_json() if fault else {})
    status = fault.exit_status if fault else 0
    bare = [one.id for one in batch.refused if not one.reasons]
    return {"exit": status, "document": document, "bare": bare, "rehearsal": desk.app.rehearsal}


def _spoken(lines: SimpleQueue[Answer]) -> Iterator[bytes]:
    """What comes, as lines; a breath where nothing comes; the end after the answer."""
    line: Answer = {}
    while "exit" not in line:
        try:
            line = lines.get(timeout=BREATH_SECONDS)
            while "exit" not in line and not lines.empty():
                line = lines.get()  # of progress only the last matters
        except Empty:
            line = {}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _told(desk: Desk, work: Callable[[], Answer]) -> Answer:
    """The answer of some work, or the error of the contract that it ended in."""
    try:
        return work()
    except LifecycleError as fault:
        return {"exit": fault.exit_status, "document": fault.as_json()}
    except Exception as error:  # noqa: BLE001 - the log gets it all, the other side a sentence
        get_log().exception("command_failed", error=f"{type(error).__name__}: {error}")
        told = LifecycleError("程序内部错误，详见守护进程的日志。")
        return {"exit": told.exit_status, "document": told.as_json()}


def _garbled() -> Page:
    return as_json(
        HTTPStatus.BAD_REQUEST, {"error": "bad_request", "message": "请求的写法不对，未做任何改动。"}
    )
