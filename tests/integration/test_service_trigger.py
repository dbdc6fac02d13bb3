"""Steps through the service: one commit, idempotency, versions, values."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import event, update

from flows.bootstrap import App
from lifecycle.database import transaction
from lifecycle.requests import Request
from lifecycle.service import Service
from lifecycle.settings import Settings
from states.errors import BadInputFault, ConflictFault, UsageFault
from tests.record_store import (
    APPLIED,
    CHECKER,
    CLERK,
    EVENT,
    MOMENT,
    STARTS,
    TABLES,
    Records,
    records,
)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Any:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


class Injected(Exception):
    """A failure that the tests put in."""


class Failing:
    """Raises before the nth statement of a transaction that writes; counts them otherwise."""

    def __init__(self, engine: Any, at: int | None = None) -> None:
        self.engine, self.at, self.seen = engine, at, 0

    def __enter__(self) -> Self:
        event.listen(self.engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *exc: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._count)

    def _count(self, *args: Any) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise Injected


def refuse_commit(connection: Any) -> None:
    raise Injected


def selected(store: Records) -> str:
    """A project before the step that writes most: state, facts, duties, a letter."""
    project = store.apply(facts={"event.starts_on": APPLIED.replace(month=10)})
    store.walk(project, "form_pass")
    return project


GIVEN: dict[str, Any] = {"papers": ("review_record",), "values": {"amount": "50000"}}


def test_a_failure_at_any_statement_of_a_step_leaves_nothing_of_it(store: Records) -> None:
    project, rehearsed = selected(store), store.apply(2)
    store.walk(rehearsed, "form_pass")
    with Failing(store.app.engine) as counting:
        store.do("review_select", rehearsed, **GIVEN)
    before = store.everything()
    for number in range(1, counting.seen + 1):
        with Failing(store.app.engine, number), pytest.raises(Injected):
            store.ask("review_select", project, **GIVEN)
        assert store.everything() == before, f"statement {number}"
    event.listen(store.app.engine, "commit", refuse_commit)
    with pytest.raises(Injected):
        store.ask("review_select", project, **GIVEN)
    event.remove(store.app.engine, "commit", refuse_commit)
    assert store.everything() == before

    assert counting.seen > 10
    assert store.do("review_select", project, **GIVEN).dest == "approved"
    assert store.whole() is True


def test_a_failure_at_any_statement_of_an_application_leaves_nothing_of_it(store: Records) -> None:
    store.apply(2)
    with Failing(store.app.engine) as counting:
        store.apply(3)
    before = store.everything()
    for number in range(1, counting.seen + 1):
        with Failing(store.app.engine, number), pytest.raises(Injected):
            store.apply(1)
        assert store.everything() == before, f"statement {number}"

    assert store.apply(1) == f"{EVENT}-0003"
    assert store.whole() is True


def test_a_failure_in_the_middle_of_a_batch_keeps_what_was_done_before(store: Records) -> None:
    first, second, third = (store.apply(n) for n in (1, 2, 3))
    with Failing(store.app.engine) as counting:
        store.do("accept_for_form_review", third, actor=CHECKER)
    with Failing(store.app.engine, counting.seen + 3), pytest.raises(Injected):
        store.ask("accept_for_form_review", first, second, actor=CHECKER)

    assert [store.show(one)["state"] for one in (first, second)] == ["form_review", "submitted"]
    assert store.whole() is True


def test_the_same_key_answers_the_same_and_writes_nothing(store: Records) -> None:
    project = store.apply()
    done = store.do("accept_for_form_review", project, actor=CHECKER, key="k1")
    before = store.everything()
    again = store.do("accept_for_form_review", project, actor=CHECKER, key="k1")

    assert again == done
    assert store.everything() == before


def test_a_key_is_remembered_over_the_steps_that_came_after(store: Records) -> None:
    project = store.apply()
    done = store.do("accept_for_form_review", project, actor=CHECKER, key="k1")
    store.do("form_pass", project, actor=CHECKER)

    assert store.do("accept_for_form_review", project, actor=CHECKER, key="k1") == done
    assert store.show(project)["state"] == "expert_review"


@pytest.mark.parametrize(
    "other",
    [
        {"action": "form_pass"},
        {"actor": CLERK},
        {"reason": "另一理由"},
        {"papers": ("other",)},
        {"document": "示例文〔2020〕1号@2020-03-01"},
    ],
    ids=["action", "actor", "reason", "paper", "document"],
)
def test_a_key_that_was_used_for_something_else_is_a_conflict(store: Records, other: dict[str, Any]) -> None:
    project = store.apply()
    store.do("accept_for_form_review", project, actor=CHECKER, key="k1")
    before = store.everything()
    given = {"action": "accept_for_form_review", "actor": CHECKER, **other}
    declined = store.decline(given.pop("action"), project, key="k1", **given)

    assert declined.code == "conflict"
    assert store.everything() == before


def test_a_key_counts_for_each_project_of_its_own(store: Records) -> None:
    first, second = store.apply(1), store.apply(2)
    store.do("accept_for_form_review", first, actor=CHECKER, key="k1")
    batch = store.ask("accept_for_form_review", first, second, actor=CHECKER, key="k1")

    assert [(done.id, done.seq) for done in batch.done] == [(first, 3), (second, 3)]
    assert [len(store.show(one)["history"]) for one in (first, second)] == [3, 3]


def test_a_refused_step_does_not_use_up_its_key(store: Records) -> None:
    project = store.apply()
    assert store.decline("form_pass", project, actor=CHECKER, key="k1").code == "refused"
    store.do("accept_for_form_review", project, actor=CHECKER)

    assert store.do("form_pass", project, actor=CHECKER, key="k1").dest == "expert_review"


def _correct(settings: Settings, line: Connection) -> None:
    """A warm worker: told a key, it corrects the record under it and says what it was answered."""
    app = App(settings)
    service = Service(app.store, lambda: MOMENT)
    while (told := line.recv()) is not None:
        project, key = told
        request = Request(
            "correct_record", (project,), APPLIED, reason="核对", values={"event.starts_on": STARTS}, key=key
        )
        batch = service.trigger(CLERK, request)
        line.send([(done.id, done.seq) for done in batch.done] or batch.refused[0].code)
    app.close()


def test_two_processes_with_one_key_at_once_write_once_and_hear_the_same(store: Records) -> None:
    project = store.apply()
    context = multiprocessing.get_context("spawn")
    lines, answers, version = [], [], len(store.show(project)["history"])
    for _ in range(2):
        here, there = context.Pipe()
        context.Process(target=_correct, args=(store.app.settings, there), daemon=True).start()
        lines.append(here)
    for number in range(20):
        for line in lines:
            line.send((project, f"k{number}"))
        answers.append([line.recv() for line in lines])
    for line in lines:
        line.send(None)

    assert answers == [[[(project, version + n)]] * 2 for n in range(1, 21)]
    assert [entry["seq"] for entry in store.show(project)["history"]] == list(range(1, version + 21))
    assert store.whole() is True


def test_a_version_that_is_not_the_present_one_is_a_conflict(store: Records) -> None:
    project = store.apply()
    before = store.everything()

    assert store.decline("accept_for_form_review", project, actor=CHECKER, if_version=1).code == "conflict"
    assert store.everything() == before
    assert store.do("accept_for_form_review", project, actor=CHECKER, if_version=2).seq == 3


def test_a_batch_does_what_passes_and_lists_what_does_not(store: Records) -> None:
    first, second = store.apply(1), store.apply(2)
    store.do("accept_for_form_review", second, actor=CHECKER)
    counted: list[int] = []
    request = Request("accept_for_form_review", (first, "h20-academic-event-9999", second), APPLIED)
    batch = store.service.trigger(CHECKER, request, counted.append)

    assert [done.as_json() for done in batch.done] == [
        {"id": first, "from": "submitted", "to": "form_review", "seq": 3}
    ]
    assert [(one.id, one.code) for one in batch.refused] == [
        ("h20-academic-event-9999", "not_found"),
        (second, "refused"),
    ]
    assert counted == [1, 2, 3]


def test_a_dry_run_decides_and_writes_nothing(store: Records) -> None:
    project = store.apply()
    before = store.everything()
    done = store.do("accept_for_form_review", project, actor=CHECKER, dry_run=True, papers=("other",))

    assert (done.dest, done.seq) == ("form_review", 3)
    assert store.everything() == before
    assert not (store.app.settings.home / "archive" / ".").joinpath("other").exists()


def test_an_unknown_action_is_a_wrong_argument_and_names_near_ones(store: Records) -> None:
    with pytest.raises(UsageFault) as told:
        store.ask("form_pas", store.apply())
    assert told.value.message == "没有名为“form_pas”的操作，是否指：form_pass、chair_pass、form_reject"


def test_an_action_may_be_named_by_its_label(store: Records) -> None:
    assert store.do("受理", store.apply(), actor=CHECKER).dest == "form_review"


def test_values_may_be_named_by_label_or_alias_and_money_is_yuan(store: Records) -> None:
    project = store.apply()
    store.walk(project, "form_pass")
    store.do("review_select", project, papers=("review_record",), values={"amount": "62000.5"})
    store.do("correct_record", project, actor=CLERK, values={"召开日期": "2020年9月30日"})
    shown = store.show(project)

    assert shown["amount"] == "62000.50"
    assert shown["facts"]["event.starts_on"]["value"] == "2020-09-30"
    assert store.whole() is True


AMOUNT, STARTS_ON = "资助金额（元）（project.amount）", "召开日期（event.starts_on）"
NEAR = "event.starts_on、event.ends_on、project.started_on"
UNREADABLE = {
    "5万": ({"amount": "5万"}, f"{AMOUNT}的值“5万”无法识别（期望 以元为单位的数字，如 100000；不能用“万”）"),
    "name": ({"event.start_on": STARTS}, f"没有名为“event.start_on”的事项，是否指：{NEAR}"),
    "label": ({"召开时间": STARTS}, "没有名为“召开时间”的事项，是否指：召开日期"),
    "date": (
        {"event.starts_on": "十月"},
        f"{STARTS_ON}的值“十月”无法识别（期望 日期，如 2023-05-01、2023/5/1 或 2023年5月1日）",
    ),
    "twice": ({"amount": "1", "project.amount": "2"}, f"{AMOUNT}给了不止一个值，只能给一个"),
    "mail": ({"contact.email": "无"}, "电子邮箱（contact.email）应为一个邮箱地址，如 name@example.com"),
}


@pytest.mark.parametrize(("values", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_value_that_cannot_be_read_is_bad_input(
    store: Records, values: dict[str, str], message: str
) -> None:
    project = store.apply()
    before = store.everything()
    declined = store.decline("correct_record", project, actor=CLERK, values=values)

    assert (declined.code, declined.message) == ("bad_input", message)
    assert store.everything() == before


def test_a_blank_value_removes_a_fact_by_a_correction_only(store: Records) -> None:
    project = store.apply(facts={"event.starts_on": APPLIED})
    store.do("correct_record", project, actor=CLERK, values={"event.starts_on": ""})
    assert "event.starts_on" not in store.show(project)["facts"]

    store.walk(project, "form_pass")
    declined = store.decline(
        "review_select", project, papers=("review_record",), values={"amount": "1", "review.score": ""}
    )
    assert [reason.message for reason in declined.reasons] == ["review.score 不能为空"]


def test_a_paper_or_document_that_cannot_be_read_stops_the_whole_command(store: Records) -> None:
    project = store.apply()
    before = store.everything()
    bad: list[tuple[type[Exception], dict[str, Any]]] = [
        (BadInputFault, {"materials": (("other", str(store.folder / "没有.txt")),)}),
        (UsageFault, {"materials": (("othr", store.paper()),)}),
        (UsageFault, {"document": "示例文〔2020〕1号"}),
        (BadInputFault, {"materials": (("other", "archive:12"),)}),
    ]
    for fault, given in bad:
        request = Request("accept_for_form_review", (project,), APPLIED, **given)
        with pytest.raises(fault):
            store.service.trigger(CHECKER, request)
    assert store.everything() == before


def test_the_same_paper_again_is_the_same_version_another_one_the_next(store: Records) -> None:
    project = store.apply()
    for text in ("一", "一", "二"):
        path = store.paper("附件.txt", text)
        request = Request(
            "correct_record", (project,), APPLIED, reason="核对", values={"event.starts_on": STARTS},
            materials=(("other", path),),
        )  # fmt: skip
        assert store.service.trigger(CLERK, request).refused == ()
    papers = [paper for paper in store.show(project)["materials"] if paper["kind"] == "other"]

    assert [(paper["version"], paper["seq"]) for paper in papers] == [(1, 3), (2, 5)]


def test_one_command_is_put_in_line_with_the_first_project_that_passes(store: Records) -> None:
    first, second = store.apply(1), store.apply(2)
    store.do("accept_for_form_review", first, actor=CHECKER)
    batch = store.ask("accept_for_form_review", first, second, actor=CHECKER, key="k1")
    (_, queued) = sorted(store.rows("command"), key=lambda row: len(row["project_ids"]))

    assert (queued["id"], queued["project_ids"], queued["body"]["key"]) == (
        batch.command_id, [first, second], "k1"
    )  # fmt: skip
    assert store.ask("form_pass", "没有", actor=CHECKER).refused[0].code == "not_found"
    assert len(store.rows("command")) == 2


def test_a_lost_race_without_a_version_leaves_no_double_step(store: Records) -> None:
    """A writer that decided on an older row is told, and nothing of its step is kept."""
    from lifecycle.cases import load_case, project_row
    from lifecycle.database import reading
    from lifecycle.record import write_step
    from lifecycle.stamp import Stamp
    from lifecycle.surroundings import context_of
    from states.decide import decide
    from states.decision import Accepted, Command
    from states.names import Action, Role

    project = store.apply()
    with reading(store.app.engine) as conn:
        row = project_row(conn, project)
        case, programme = load_case(conn, store.app.store, row)
        context = context_of(conn, store.app.store, row, case, programme, APPLIED, None)
    order = Command(Action.ACCEPT_FOR_FORM_REVIEW, APPLIED, "checker", frozenset({Role.FORM_CHECKER}))
    outcome = decide(case, order, context)
    assert isinstance(outcome, Accepted)
    store.do("correct_record", project, actor=CLERK, values={"event.starts_on": STARTS})
    before = store.everything()
    with pytest.raises(ConflictFault), transaction(store.app.engine) as conn:
        write_step(conn, row, case, outcome, Stamp(CHECKER, MOMENT, APPLIED))
    assert store.everything() == before


def test_the_last_places_of_a_quota_are_given_once(store: Records) -> None:
    """Five places, eight decisions at the same moment: five pass, whatever the database."""
    society, on = "h23-first-class-society", date(2023, 6, 1)
    store.service.open_call(CLERK, society, APPLIED)
    projects = [store.apply(number, programme=society, on=on) for number in range(1, 9)]
    table = TABLES["project"]
    with transaction(store.app.engine) as conn:
        conn.execute(
            update(table).values(state="expert_review")
        )  # its long form review is not the point here
    store.paper("review_record.txt", "review_record")
    ready = threading.Barrier(len(projects))

    def select(project: str) -> str:
        ready.wait(30)
        batch = store.ask("review_select", project, on=on, papers=("review_record",))
        return "done" if batch.done else str(batch.refused[0].reasons[0].rule)

    with ThreadPoolExecutor(len(projects)) as pool:
        outcomes = sorted(pool.map(select, projects))
    assert outcomes == ["R-LIFE-63"] * 3 + ["done"] * 5
