"""What a reminder plan of a pack must mean: days in order, and a ladder that somebody can climb.

Judges the plans of one file that has the right shape and adds its complaints to the reader.
"""

from __future__ import annotations

from lifecycle.yaml_positions import Entry, Items, Reader


def judge_plans(reader: Reader, management: Entry) -> None:
    """Record every complaint about the plan of the pack and those of single duties (R-DL-02)."""
    plans = [*(management.get("duties") or {}).values()]
    if "reminders" in management:
        plans.append(management["reminders"])
    for plan in plans:
        _ascending(reader, plan.get("after"))
        _ladder(reader, plan)


def _ascending(reader: Reader, after: Items | None) -> None:
    if after is None:
        return
    for number, place in enumerate(after.places[1:], start=1):
        if after[number] <= after[number - 1]:
            reader.fault(place, f"after 的 {after[number]} 未晚于前一项 {after[number - 1]}（期望 由小到大）")


def _ladder(reader: Reader, plan: Entry) -> None:
    ladder = plan.get("escalate") or ()
    if ladder and plan.get("suggested"):
        reader.fault(plan.at("escalate"), "建议日期不会逾期，不能逐级督促（期望 不写 escalate）")
    if ladder and "after" in plan and not plan["after"]:
        reader.fault(plan.at("escalate"), "没有逾期提醒就不能逐级督促（期望 after 中至少一天）")
    last = 0
    told: set[str] = set()
    for rung in ladder:
        after, to = rung.get("after"), rung.get("to")
        if after is not None and after <= last:
            reader.fault(rung.at("after"), f"escalate 的 after {after} 未晚于上一级 {last}（期望 由小到大）")
        if to in told:
            reader.fault(rung.at("to"), f"escalate 中“{to}”重复（期望 每一级只写一次）")
        last = after or last
        told |= {to} if to else set()
