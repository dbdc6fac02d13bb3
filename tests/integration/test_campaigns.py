"""Campaigns: manifest, second person, chunks, undo; on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from lifecycle.campaign_plan import CampaignPlan, CampaignStatus
from lifecycle.cases import load_case, project_row
from lifecycle.database import reading, transaction
from lifecycle.loading import load_cases
from lifecycle.people import Actor
from lifecycle.settings import Settings
from states.errors import ConflictFault, ForbiddenFault, NotFoundFault, RefusedFault
from states.names import Role
from tests.campaign_store import campaigns, carried_out, confirmed, drafted, register
from tests.record_store import (
    APPLIED,
    ASSOCIATION,
    CHECKER,
    CLERK,
    SECOND,
    TABLES,
    WAIT,
    Records,
    records,
)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Any:
    made = records(settings, tmp_path)
    register(made)
    yield made
    made.app.close()


def test_a_draft_tells_what_would_be_done_and_touches_no_project(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2, 3)]
    store.do("accept_for_form_review", ids[2], actor=CHECKER)
    before = store.everything()
    manifest = drafted(store, "accept_for_form_review", *ids, "h20-academic-event-9999", actor=CHECKER)

    assert manifest.total == 4
    assert [(group.state, group.total, group.refused) for group in manifest.groups] == [
        ("", 1, 1), ("form_review", 1, 1), ("submitted", 2, 0),
    ]  # fmt: skip
    assert [(one.id, one.code) for one in manifest.refused] == [
        (ids[2], "refused"), ("h20-academic-event-9999", "not_found"),
    ]  # fmt: skip
    after = store.everything()
    assert {name for name in after if after[name] != before[name]} == {"campaign", "campaign_item"}


def test_a_campaign_does_each_project_once_and_keeps_why_the_rest_was_refused(store: Records) -> None:
    ids = [store.apply(number) for number in range(1, 6)]
    store.do("accept_for_form_review", ids[4], actor=CHECKER)
    manifest = drafted(store, "accept_for_form_review", *ids, actor=CHECKER, chunk_size=2)
    done = carried_out(store, confirmed(store, manifest, CHECKER))

    assert (done.status, done.done, done.refused) == (CampaignStatus.DONE, 4, 1)
    assert [store.show(one)["state"] for one in ids] == ["form_review"] * 5
    assert [len(store.show(one)["history"]) for one in ids] == [3] * 5
    outcome = campaigns(store).outcome(done.id)
    assert outcome.moves == (("submitted", "form_review", 4),)
    assert [one.id for one in outcome.refused] == [ids[4]]
    assert outcome.refused[0].reasons
    assert store.whole() is True
    (command,) = [row for row in store.rows("command") if row["id"] == done.id]
    assert command["body"]["campaign"] == done.id


def test_a_draft_is_confirmed_with_its_count_and_only_then_done(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2)]
    manifest = drafted(store, "accept_for_form_review", *ids, actor=CHECKER)
    door = campaigns(store)
    assert manifest.id is not None
    assert manifest.second is False
    with pytest.raises(RefusedFault, match="名单共 2 个项目"):
        door.confirm(CHECKER, manifest.id, 3)
    with pytest.raises(ConflictFault, match="待确认"):
        door.run_chunk(manifest.id, 0)
    first = door.confirm(CHECKER, manifest.id, 2)
    assert door.confirm(CHECKER, manifest.id, 2) == first
    with pytest.raises(ConflictFault, match="不能再确认"):
        door.confirm(ASSOCIATION, manifest.id, 2)


def test_a_long_list_is_confirmed_by_another_person_with_the_same_right(
    settings: Settings, tmp_path: Path
) -> None:
    store = records(replace(settings, campaign_second_from=2), tmp_path)
    other = Actor("other-checker", CHECKER.roles, None)
    register(store)
    ids = [store.apply(number) for number in (1, 2)]
    manifest = drafted(store, "accept_for_form_review", *ids, actor=CHECKER)
    door = campaigns(store)
    assert manifest.id is not None
    assert manifest.second is True
    with pytest.raises(RefusedFault, match="另一人") as both:
        door.confirm(CHECKER, manifest.id, 3)
    assert len(both.value.reasons) == 2
    with pytest.raises(ForbiddenFault, match="同样权限"):
        door.confirm(CLERK, manifest.id, 2)
    stands_in = Actor("other-checker", CHECKER.roles, None, stood_in_by="checker")
    with pytest.raises(RefusedFault, match="另一人"):
        door.confirm(stands_in, manifest.id, 2)
    assert door.confirm(other, manifest.id, 2).confirmed_by == "other-checker"
    done = carried_out(store, manifest.id)
    store.app.close()

    assert (done.done, done.actor) == (2, "checker")


def test_an_administrator_at_the_desk_does_not_confirm_under_another_name_what_he_drafted_in_his_own(
    settings: Settings, tmp_path: Path
) -> None:
    store = records(replace(settings, campaign_second_from=2), tmp_path)
    desk = Actor("desk", {**CHECKER.roles, "*": frozenset({Role.ADMIN})}, None)
    checker_at_the_desk = replace(CHECKER, stood_in_by="desk")
    other_at_the_desk = Actor("other-checker", CHECKER.roles, None, stood_in_by="desk")
    register(store, desk)
    door, ids = campaigns(store), [store.apply(number) for number in (1, 2)]
    own = drafted(store, "accept_for_form_review", *ids, actor=desk).id
    typed = drafted(store, "accept_for_form_review", *ids, actor=checker_at_the_desk).id
    assert own is not None
    assert typed is not None

    for campaign, hand in ((own, checker_at_the_desk), (typed, desk)):
        with pytest.raises(RefusedFault, match="另一人"):
            door.confirm(hand, campaign, 2)
    assert door.confirm(other_at_the_desk, typed, 2).confirmed_by == "other-checker"
    store.app.close()


def test_a_chunk_is_answered_alike_when_it_is_asked_for_again(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2)]
    campaign = confirmed(store, drafted(store, "accept_for_form_review", *ids, actor=CHECKER), CHECKER)
    door = campaigns(store)
    first = door.run_chunk(campaign, 0)
    before = store.everything()
    again = door.run_chunk(campaign, 0)

    assert (first.done, first.refused, first.known) == (2, 0, False)
    assert (again.done, again.refused, again.known) == (2, 0, True)
    assert store.everything() == before
    with pytest.raises(ConflictFault, match="已办结"):
        door.run_chunk(campaign, 1)


def test_a_project_that_moved_since_the_manifest_is_left_alone_and_told_so(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2, 3)]
    campaign = confirmed(
        store, drafted(store, "withdraw", *ids, actor=CLERK, papers=("application_form",)), CLERK
    )
    store.do("accept_for_form_review", ids[1], actor=CHECKER)
    done = carried_out(store, campaign)

    assert (done.done, done.refused) == (2, 1)
    (declined,) = campaigns(store).outcome(campaign).refused
    assert (declined.id, declined.code) == (ids[1], "conflict")
    assert "已受理" in declined.message or "形式审查" in declined.message
    assert store.show(ids[1])["state"] == "form_review"


def test_what_is_cancelled_in_the_middle_leaves_the_rest_alone(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2, 3)]
    campaign = confirmed(
        store, drafted(store, "accept_for_form_review", *ids, actor=CHECKER, chunk_size=1), CHECKER
    )
    door = campaigns(store)
    door.run_chunk(campaign, 1)
    assert door.cancel(CHECKER, campaign).status is CampaignStatus.CANCELLED
    assert door.pending_chunks(campaign) == ()
    with pytest.raises(ConflictFault, match="已取消"):
        door.run_chunk(campaign, 0)
    assert [store.show(one)["state"] for one in ids] == ["submitted", "form_review", "submitted"]


def test_an_undo_takes_back_exactly_what_still_stands(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2, 3)]
    campaign = confirmed(store, drafted(store, "accept_for_form_review", *ids, actor=CHECKER), CHECKER)
    carried_out(store, campaign)
    store.do("form_pass", ids[1], actor=CHECKER)
    door = campaigns(store)
    plan = CampaignPlan("reverse_step", APPLIED, reason="受理有误")
    with pytest.raises(ForbiddenFault):
        door.undo(CHECKER, campaign, plan)
    undo = door.undo(ASSOCIATION, campaign, plan)
    assert undo.ids == (ids[0], ids[2])
    assert [one.id for one in undo.left_out] == [ids[1]]
    done = carried_out(store, confirmed(store, undo, ASSOCIATION))

    assert (done.done, done.refused) == (2, 0)
    assert [store.show(one)["state"] for one in ids] == ["submitted", "expert_review", "submitted"]
    assert door.find(campaign).status is CampaignStatus.UNDONE
    with pytest.raises(ConflictFault, match="没有可以撤销的项目"):
        door.undo(ASSOCIATION, campaign, plan)
    with pytest.raises(ConflictFault, match="本身是撤销"):
        door.undo(ASSOCIATION, done.id, plan)
    assert store.whole() is True


def test_an_undo_does_not_take_back_what_came_after_its_manifest(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2)]
    campaign = confirmed(store, drafted(store, "accept_for_form_review", *ids, actor=CHECKER), CHECKER)
    carried_out(store, campaign)
    undo = campaigns(store).undo(ASSOCIATION, campaign, CampaignPlan("", APPLIED, reason="受理有误"))
    store.do("correct_record", ids[0], values={"contact.phone": "0371-00000000"})
    done = carried_out(store, confirmed(store, undo, ASSOCIATION))

    assert (done.done, done.refused) == (1, 1)
    assert [store.show(one)["state"] for one in ids] == ["form_review", "submitted"]


def test_a_key_drafts_once_and_cannot_mean_two_things(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2)]
    first = drafted(store, "accept_for_form_review", *ids, actor=CHECKER, key="k1")
    again = drafted(store, "accept_for_form_review", *ids, actor=CHECKER, key="k1")

    assert (again.id, again.ids, again.known) == (first.id, first.ids, True)
    with pytest.raises(ConflictFault, match="幂等键"):
        drafted(store, "form_pass", *ids, actor=CHECKER, key="k1")


def test_a_campaign_that_nobody_knows_is_not_found(store: Records) -> None:
    with pytest.raises(NotFoundFault):
        campaigns(store).find("nothing")


def test_who_lost_the_right_since_the_draft_does_nothing_any_more(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2)]
    campaign = confirmed(store, drafted(store, "accept_for_form_review", *ids, actor=CHECKER), CHECKER)
    with transaction(store.app.engine) as conn:
        conn.execute(TABLES["role_grant"].delete())
    done = carried_out(store, campaign)

    assert (done.done, done.refused) == (0, 2)
    assert {one.code for one in campaigns(store).outcome(campaign).refused} == {"forbidden"}
    assert [store.show(one)["state"] for one in ids] == ["submitted"] * 2


def test_cases_that_are_read_together_are_those_read_one_by_one(store: Records) -> None:
    ids = [store.started(number) for number in (1, 2)]
    ids += [store.apply(3), *store.family()]
    store.do("correct_record", ids[0], on=APPLIED + WAIT["start"], values={"contact.phone": "0371-1234567"})
    store.do("reverse_step", ids[1], actor=SECOND, on=APPLIED + WAIT["start"])
    with reading(store.app.engine) as conn:
        rows = [project_row(conn, one) for one in ids]
        together = load_cases(conn, store.app.store, rows)
        alone = {row["id"]: load_case(conn, store.app.store, row)[0] for row in rows[:3]}
    assert {one: loaded.case for one, loaded in together.items()} == alone
    assert alone[ids[1]].steps[-1].restores


def test_a_program_that_is_broken_refuses_no_project(sqlite_settings: Settings, tmp_path: Path) -> None:
    store = records(sqlite_settings, tmp_path)
    register(store)
    ids = [store.apply(number) for number in range(1, 8)]
    campaign = confirmed(store, drafted(store, "accept_for_form_review", *ids, actor=CHECKER), CHECKER)
    with transaction(store.app.engine) as conn:
        conn.execute(text("ALTER TABLE idempotency RENAME TO elsewhere"))
    with pytest.raises(OperationalError):
        campaigns(store).run_chunk(campaign, 0)
    with transaction(store.app.engine) as conn:
        conn.execute(text("ALTER TABLE elsewhere RENAME TO idempotency"))
    done = carried_out(store, campaign)
    store.app.close()

    assert (done.done, done.refused) == (7, 0)
