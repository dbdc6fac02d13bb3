"""The end of the demo: what stands where, what was owed, told and refused, and what to open next.

Reads the record only; one document for programs, tables for people.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from console.demo.flow_runs import FlowsDone
from console.demo.stage import Tally
from console.output import Screen
from flows.bootstrap import App
from lifecycle.cases import DUTY
from lifecycle.chain import verify
from lifecycle.database import reading
from lifecycle.ledger import NOTICE
from lifecycle.listing import counts_by_state
from states.names import DutyStatus, NoticeStatus, State
from states.notices import KINDS

REFUSALS_SHOWN = 10


def document(
    app: App, tally: Tally, flows: FlowsDone, seconds: float, last_day: str, interesting: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON of `lifecycle demo`."""
    with reading(app.engine) as conn:
        states = counts_by_state(conn)
        standing = conn.execute(select(DUTY.c.status, func.count()).group_by(DUTY.c.status)).all()
        told = conn.execute(
            select(NOTICE.c.kind, NOTICE.c.status, func.count()).group_by(NOTICE.c.kind, NOTICE.c.status)
        ).all()
        chain = verify(conn)
    duties = {row[0]: int(row[1]) for row in standing}
    kinds: dict[str, dict[str, int]] = {}
    for kind, status, count in told:
        kinds.setdefault(kind, {})[status] = count
    return {
        "home": str(app.settings.home),
        "projects": sum(states.values()),
        "by_state": states,
        "duties": {str(status): duties.get(str(status), 0) for status in DutyStatus},
        "notices": sum(count for _, _, count in told),
        "notices_by_kind": kinds,
        "sent": tally.sent,
        "refusals": [{"what": what, **reason.as_json()} for what, reason in tally.refusals],
        "audit": {"entries": chain.entries, "ok": chain.ok},
        "flow_runs": asdict(flows),
        "steps": tally.steps,
        "sweeps": tally.sweeps,
        "until": last_day,
        "next": next_commands(app, last_day, interesting),
        "seconds": round(seconds, 1),
    }


def next_commands(app: App, last_day: str, interesting: Mapping[str, str]) -> list[str]:
    """What to type after the demo, ready to be copied."""
    start = f"lifecycle --home {shlex.quote(str(app.settings.home))}"
    shows = [f"{start} show {project}    # {why}" for project, why in interesting.items()]
    return [
        f"{start} list",
        *shows,
        f"{start} --on {last_day} due --overdue",
        f"{start} notices",
        f"{start} audit verify",
        f"{start} up",
    ]


def tables(screen: Screen, found: Mapping[str, Any]) -> None:
    """The document as tables."""
    states = sorted(found["by_state"].items(), key=lambda pair: -pair[1])
    screen.line()
    screen.table(
        f"项目 {found['projects']} 个，按状态",
        ("状态", "代码", "项目数"),
        [(State(code).label, code, count) for code, count in states],
    )
    duties = [(DutyStatus(code).label, code, count) for code, count in found["duties"].items() if count]
    screen.table("应办事项", ("情形", "代码", "件数"), duties)
    _notices(screen, found["notices_by_kind"])
    _refusals(screen, found["refusals"])
    screen.pairs(_facts(found))
    screen.line("\n接下来可以打开：")
    for line in found["next"]:
        screen.line(f"  {line}")


def _notices(screen: Screen, kinds: Mapping[str, Mapping[str, int]]) -> None:
    used = [status for status in NoticeStatus if any(str(status) in row for row in kinds.values())]
    rows = [
        (KINDS[kind].label if kind in KINDS else kind, *(row.get(str(status), 0) or "" for status in used))
        for kind, row in sorted(kinds.items(), key=lambda pair: -sum(pair[1].values()))
    ]
    screen.table("通知与公文", ("种类", *(status.label for status in used)), rows)


def _refusals(screen: Screen, refusals: Sequence[Mapping[str, Any]]) -> None:
    """One refusal for each rule, those with a printed clause first."""
    by_rule = {item["rule"]: item for item in reversed(refusals)}
    counts = Counter(item["rule"] for item in refusals)
    own = {item["rule"] for item in refusals if item.get("cite") and not item["rule"].startswith("R-ROLE")}
    chosen = sorted(by_rule.values(), key=lambda item: item["rule"] not in own)[:REFUSALS_SHOWN]
    screen.table(
        f"未获准 {len(refusals)} 次（{len(by_rule)} 条规则），例如",
        ("规则", "次数", "事由", "条款"),
        [(item["rule"], counts[item["rule"]], item["message"], item.get("cite")) for item in chosen],
    )


def _facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    flows, audit = found["flow_runs"], found["audit"]
    if flows["server"]:
        told = f"完成 {flows['finished']} 次（{flows['seconds']:.1f} 秒），待办 {flows['waiting']} 项"
        told += f"；中断：{flows['error']}" if flows["error"] else ""
    else:
        told = f"流程服务器未能在限定时间内启动，{flows['waiting']} 项操作留在待办队列，lifecycle up 会补上"
    return [
        ("审计链", f"{audit['entries']} 条记录，校验{'通过' if audit['ok'] else '未通过'}"),
        ("流程运行（Prefect）", told),
        ("故事", f"{found['steps']} 步，清查 {found['sweeps']} 天，止于 {found['until']}"),
        ("邮件", f"{found['sent']} 封，见 {found['home']}/outbox/*.eml"),
        ("全部命令", f"{found['home']}/命令.txt"),
        ("用时", f"{found['seconds']} 秒"),
    ]
