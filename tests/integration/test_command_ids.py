"""A command under an id of its own, given twice at one moment, is done once and stands in line once."""

from __future__ import annotations

import threading
from pathlib import Path

from flows.bootstrap import App
from lifecycle.requests import Batch, Request
from lifecycle.settings import Settings
from tests.record_store import APPLIED, CHECKER, records

ID = "0123456789abcdef" * 2


def test_two_who_give_one_command_at_once_hear_the_same_and_it_is_done_once(
    settings: Settings, tmp_path: Path
) -> None:
    store = records(settings, tmp_path)
    projects = tuple(store.apply(number) for number in range(1, 7))
    request = Request("accept_for_form_review", projects, APPLIED, command_id=ID)
    apps = [App(settings), App(settings)]
    ready, heard = threading.Barrier(2), dict[int, Batch]()

    def give(number: int) -> None:
        service = apps[number].service
        ready.wait(30)
        heard[number] = service.trigger(CHECKER, request)

    threads = [threading.Thread(target=give, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert heard[0] == heard[1]
    assert (len(heard[0].done), heard[0].refused) == (6, ())
    assert [row["id"] for row in store.rows("command") if row["action"] == request.action] == [ID]
    assert [len([h for h in store.rows("history") if h["project_id"] == one]) for one in projects] == [3] * 6
    for app in (*apps, store.app):
        app.close()
