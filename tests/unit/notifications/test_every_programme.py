"""Every notice of every programme that is shipped can be written, and cites its own province."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from lifecycle.packs import load_catalogue
from notifications.render import render
from states.catalogue import Catalogue
from states.names import Action
from states.notices import ACTION_NOTICES, action_notices
from states.reminding import reminder_notice
from tests.notice_samples import case, command, duty, view


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize("province", ["henan", "fujian"])
def test_every_letter_of_every_programme_reads_and_cites_at_home(province: str) -> None:
    abroad = {"henan": "福建", "fujian": "河南"}[province]
    programmes = [one for one in catalogue().programmes.values() if one.province == province]
    assert programmes
    for programme in programmes:
        day = programme.document.in_force_from + timedelta(days=400)
        for action in ACTION_NOTICES:
            if action is Action.EVALUATE_FAIL and province == "henan":
                continue
            asked = replace(command(action, reason="甲；乙"), on=day)
            for plan in action_notices(action, case(), {"project.amount": 1_000_000}, asked, programme):
                assert plan.details["basis"]
                assert abroad not in render(view(plan, project=plan.details["project"])).body


def test_every_duty_of_every_programme_is_reminded_with_its_basis() -> None:
    for programme in catalogue().programmes.values():
        abroad = {"henan": "福建", "fujian": "河南"}[programme.province]
        for spec in programme.duties.values():
            owed = duty(
                slug=spec.slug,
                rule=spec.rule,
                label=spec.label,
                owed_by=spec.owed_by,
                due=date(2024, 2, 29),
                suggested=spec.suggested,
            )
            for offset in (-7, 0, 1):
                body = render(view(reminder_notice(case(), owed, offset, programme))).body
                assert spec.label in body
                assert abroad not in body
