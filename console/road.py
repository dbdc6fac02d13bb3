"""By which road a command goes: through the daemon of the home where one answers, else by this process.

Both roads end at the same service and answer alike. A daemon that falls silent is left: the command is then
done here under the same id, so that what the daemon has done is answered as done and nothing is done twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console.session import Session
from flows.client import Unanswered
from flows.wire import Question, command_document, question_document, read_batch, read_fault
from lifecycle.requests import Batch, Request
from states.errors import BadInputFault, LifecycleError, UnavailableFault

if TYPE_CHECKING:
    from flows.client import DaemonLine

Progress = Callable[[int], None]


class Road:
    """The way of one call to the record."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def select(self, where: Sequence[str]) -> tuple[str, ...]:
        """The ids that `--where` selects, frozen."""
        session = self._session
        if (line := self._session.daemon) is not None:
            asked = {"actor": session.options.actor, "on": session.on.isoformat(), "where": list(where)}
            with suppress(Unanswered, KeyError, TypeError):
                return tuple(str(one) for one in _believed(line.ask("/selections", asked), False)["ids"])
            session.hang_up()
        from lifecycle.selecting import selected

        with session.reading() as conn:
            return selected(conn, session.catalogue, where, session.actor)

    def ask(self, name: str, **given: Any) -> dict[str, Any]:
        """The document that answers a question of `flows.questions`."""
        session = self._session
        question = Question(name, session.options.actor, session.on, given)
        if (line := session.daemon) is not None:
            with suppress(Unanswered, KeyError, TypeError):
                told = line.ask("/questions", question_document(question))
                document = _believed(told, False)
                if told["rehearsal"]:
                    session.told_rehearsal()
                return document
            session.hang_up()
        from flows.questions import answer

        return answer(session.app, question)

    def trigger(self, request: Request, progress: Progress | None) -> Batch:
        """Take an action on each project."""
        session = self._session
        asked = False
        if (line := self._session.daemon) is not None:
            request = replace(request, command_id=os.urandom(16).hex())
            try:
                return self._by_daemon(line, request, progress)
            except Unanswered as silence:
                asked = silence.asked
                session.hang_up()
        try:
            batch = session.service.trigger(session.actor, request, progress)
        except UnavailableFault as fault:
            raise UnavailableFault(_open_question(request)) if asked else fault from None
        return _with_open_question(batch, request) if asked else batch

    def _by_daemon(self, line: DaemonLine, request: Request, progress: Progress | None) -> Batch:
        try:
            sent = command_document(self._session.options.actor, request)
        except OSError:
            raise Unanswered(asked=False) from None  # said here, with the path as it was typed
        answer = line.ask("/commands", sent, progress)
        try:
            document = _believed(answer, bool(request.materials))
            batch = read_batch(str(request.command_id), document, set(answer["bare"]))
        except (KeyError, TypeError):
            raise Unanswered(asked=True) from None
        if progress is not None:
            progress(len(request.projects))
        if answer.get("rehearsal"):
            self._session.told_rehearsal()
        return batch


def _believed(answer: dict[str, Any], with_papers: bool) -> dict[str, Any]:
    """The document of an answer. Raises the fault that it tells, and Unanswered for what is better said here.

    That is a fault of the daemon's program, and one of a paper, whose path it did not get as it was typed.
    """
    document: dict[str, Any] = answer["document"]
    if answer["exit"] == 0 or "done" in document:
        return document
    fault = read_fault(document["error"])
    if fault.exit_status == LifecycleError.exit_status or (with_papers and isinstance(fault, BadInputFault)):
        raise Unanswered(asked=False)
    raise fault


def _open_question(request: Request) -> str:
    """The daemon had the command and fell silent, and now the store cannot be reached either."""
    return (
        "守护进程接到了这项操作而没有答复，数据库又不可用，可能已经办理；"
        f"请稍后加 --key {request.key or request.command_id} 重复同一命令，已办理的不会重复办理。"
    )


def _with_open_question(batch: Batch, request: Request) -> Batch:
    """The outcome, in which no project is said to be untouched that the daemon may have done."""
    told = tuple(
        replace(one, message=_open_question(request), reasons=())
        if one.code == UnavailableFault.code
        else one
        for one in batch.refused
    )
    return replace(batch, refused=told)
