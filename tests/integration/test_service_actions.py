"""What `actions` offers is what `trigger` takes: each action is tried with everything that it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lifecycle.people import Actor
from lifecycle.settings import Settings
from states.names import Action, Role
from tests.record_store import (
    APPLIED,
    ASSOCIATION,
    CHECKER,
    CLERK,
    ROAD,
    SECOND,
    STARTS,
    TODAY,
    WAIT,
    Records,
    records,
)

DOCUMENT = "示例文〔2020〕1号@2020-03-01"
OFFER = {"action", "label", "to", "to_label", "roles", "allowed", "here", "reasons", "needs"}


@pytest.fixture
def store(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(sqlite_settings, tmp_path)
    yield made
    made.app.close()


def values_of(action: str, on: date) -> dict[str, str]:
    """Sound values for the facts that a step has to bring."""
    later = "2022-06-30"
    given: dict[str, dict[str, str]] = {
        Action.REVIEW_SELECT: {"amount": "50000"},
        Action.IMPORT_APPROVED: {"amount": "50000"},
        Action.PROMOTE_RESERVE: {"amount": "50000"},
        Action.DECIDE_OBJECTION: {"objection.decision": "成立"},
        Action.REQUEST_EXTENSION: {"request.new_end": later},
        Action.APPROVE_EXTENSION: {"project.ends_on": later},
        Action.RESCHEDULE_EVENT: {"event.starts_on": "2020-11-20"},
        Action.RECORD_EVALUATION: {"evaluation.conclusion": "合格"},
        Action.RECORD_RECEIPT: {"evaluation.received_on": on.isoformat()},
        Action.EXTEND_RECTIFICATION: {"rectification.due_on": later},
        Action.CORRECT_RECORD: {"event.starts_on": STARTS},
    }
    return given.get(Action(action), {})


def supplied(offered: dict[str, Any], on: date) -> dict[str, Any]:
    """Everything that the offer asks for, and nothing besides."""
    kinds = {need["kind"]: need["any_of"] for need in offered["needs"]}
    papers = tuple(
        need["any_of"][0]
        for need in offered["needs"]
        if need["kind"] == "material" and need["any_of"][0] != "document"
    )
    return {
        "papers": papers,
        "document": DOCUMENT if "document" in kinds else None,
        "reason": "示例理由" if "reason" in kinds else None,
        "values": values_of(offered["action"], on) if "set" in kinds else {},
    }


def compare(store: Records, project: str, actor: Actor, on: date) -> dict[str, bool]:
    """Offered or not, by action; each must be what a dry run says."""
    offers = store.service.actions(actor, project, on)
    offered = {one["action"]: one["allowed"] for one in offers}
    taken = {}
    for one in offers:
        batch = store.ask(one["action"], project, actor=actor, on=on, dry_run=True, **supplied(one, on))
        taken[one["action"]] = bool(batch.done)
        if batch.done and one["to_label"] not in ("状态不变", "回到申请前状态", "回到上一状态"):
            assert batch.done[0].dest == one["to"]
        assert (one["reasons"] == []) is one["allowed"], one
    assert {name for name, yes in offered.items() if yes} == {name for name, yes in taken.items() if yes}
    return offered


def people(store: Records, project: str) -> list[Actor]:
    """One of each kind."""
    everything = frozenset({Role.APPLICANT, Role.UNDERTAKING_UNIT})
    member = store.member(project)
    return [ASSOCIATION, SECOND, CHECKER, CLERK, Actor("member", {"henan": everything}, member.unit_id)]


def test_along_the_whole_road_what_is_offered_is_what_is_taken(store: Records) -> None:
    project = store.apply(facts={"event.starts_on": date.fromisoformat(STARTS)}, draft=True)
    on, allowed = APPLIED, set()
    steps = (("submit", CLERK, {"papers": ("application_form",)}), *ROAD)
    for action, actor, given in steps:
        on += WAIT.get(action, timedelta())
        for one in people(store, project):
            allowed |= {name for name, yes in compare(store, project, one, on).items() if yes}
        store.do(action, project, actor=actor, on=on, **given)
    for one in people(store, project):
        compare(store, project, one, on)

    assert allowed == {
        "submit", "withdraw", "accept_for_form_review", "return_for_completion",
        "form_pass", "form_reject", "review_select", "review_reject", "publish_results",
        "record_objection", "relinquish", "start", "request_extension", "request_halt",
        "reschedule_event", "midterm_open", "record_inspection", "terminate", "open_evaluation",
        "record_evaluation", "record_receipt", "evaluate_pass", "correct_record", "reverse_step",
    }  # fmt: skip


def test_the_side_roads_too(store: Records) -> None:
    project = store.started()
    member = store.member(project)
    on = date(2020, 4, 6)
    side: tuple[tuple[str, Actor, dict[str, Any]], ...] = (
        ("request_extension", member,
         {"papers": ("extension_request",), "values": {"request.new_end": "2021-06-30"}}),
        ("refuse_extension", ASSOCIATION, {}),
        ("midterm_open", ASSOCIATION, {}),
        ("midterm_issues", ASSOCIATION, {"document": DOCUMENT}),
        ("midterm_rectified", ASSOCIATION, {"papers": ("midterm_rectification",)}),
        ("midterm_done", ASSOCIATION, {"papers": ("midterm_opinion",)}),
        ("request_halt", member, {"papers": ("halt_request",)}),
        ("approve_halt", ASSOCIATION, {"papers": ("halt_decision",)}),
        ("resume_halted", ASSOCIATION, {}),
        ("open_evaluation", ASSOCIATION, {}),
        ("record_evaluation", ASSOCIATION,
         {"papers": ("evaluation_report",),
          "values": {"evaluation.conclusion": "合格", "evaluation.has_issues": "是"}}),
        ("evaluate_issues", ASSOCIATION, {}),
        ("submit_rectification", member, {"papers": ("rectification_report",)}),
        ("return_rectification", ASSOCIATION, {}),
    )  # fmt: skip
    for action, actor, given in side:
        store.do(action, project, actor=actor, on=on, **given)
        for one in people(store, project):
            compare(store, project, one, on)
    assert store.show(project)["state"] == "rectifying"


def test_a_draft_over_the_limit_is_not_offered_its_submission(store: Records) -> None:
    first = store.apply(1, draft=True)
    store.apply(1)
    compare(store, first, CLERK, APPLIED)
    (submit,) = [one for one in store.service.actions(CLERK, first, APPLIED) if one["action"] == "submit"]

    assert [reason["rule"] for reason in submit["reasons"]] == ["R-ELIG-45"]
    assert set(submit) == OFFER


def test_a_day_before_the_last_entry_is_offered_nothing(store: Records) -> None:
    project = store.apply()
    offered = compare(store, project, CHECKER, APPLIED - timedelta(days=1))
    assert set(offered.values()) == {False}


def test_in_a_real_store_the_offers_know_the_calendar(sqlite_settings: Settings, tmp_path: Path) -> None:
    real = records(sqlite_settings, tmp_path, rehearsal=False)
    project = real.apply()
    for on in (TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        for one in people(real, project):
            compare(real, project, one, on)
    real.app.close()


def test_offers_stand_with_what_may_be_done_first(store: Records) -> None:
    project = store.apply()
    offers = store.service.actions(CHECKER, project, APPLIED)
    keys = [(not one["allowed"], not one["here"]) for one in offers]

    assert keys == sorted(keys)
    assert [one["action"] for one in offers if one["allowed"]] == ["accept_for_form_review"]
    assert {frozenset(one) for one in offers} == {frozenset(OFFER)}
