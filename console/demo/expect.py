"""What the story expects of a step, compared with what came of it. An unexpected outcome is a DemoFault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.demo.steps import Owes
from states.errors import LifecycleError, Reason


class DemoFault(LifecycleError):
    """演示的结果与预期不符。"""


def expect_outcome(
    told: str,
    refs: Sequence[str],
    wanted: Mapping[str, str],
    refused: Mapping[str, tuple[Reason, ...]],
) -> None:
    """Every label was refused by the rule that the story names, or not at all. Raises DemoFault."""
    for ref in refs:
        rules = [reason.rule for reason in refused.get(ref, ())]
        said = "；".join(f"[{reason.rule}] {reason.message}" for reason in refused.get(ref, ()))
        if ref in wanted and wanted[ref] not in rules:
            raise DemoFault(f"{told}：{ref} 应因 {wanted[ref]} 未获准，实际{said or '获准'}")
        if ref not in wanted and ref in refused:
            raise DemoFault(f"{told}：{ref} 应获准，实际未获准：{said}")


def expect_duty(step: Owes, known: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The duty that the story looks at, if it stands as told. Raises DemoFault."""
    found = [
        duty
        for duty in known
        if duty["duty"] == step.duty and (step.period is None or duty["period"] == step.period)
    ]
    told = f"{step.on.isoformat()} {step.ref} {step.duty}"
    if not found:
        raise DemoFault(f"{told}：没有这一事项")
    duty = found[-1]
    if step.due is not None and duty["due"] != step.due.isoformat():
        raise DemoFault(f"{told}：期限应为 {step.due.isoformat()}，实为 {duty['due']}")
    if step.status is not None and duty["status"] != step.status:
        raise DemoFault(f"{told}：应为 {step.status}，实为 {duty['status']}")
    days = {reminder["on"] for reminder in duty["reminders"]}
    missing = [day.isoformat() for day in step.reminded if day.isoformat() not in days]
    if missing:
        raise DemoFault(f"{told}：应在 {'、'.join(missing)} 提醒，实际提醒于 {'、'.join(sorted(days))}")
    return duty
