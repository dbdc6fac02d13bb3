"""The engine: plays steps through the service on virtual days, and holds each to its expected outcome.

Between two steps time passes by daily sweeps on the days that matter, and what is released goes out
as .eml files. An outcome that the story does not expect ends the demo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from console.demo.commands import command_lines
from console.demo.expect import DemoFault, expect_duty, expect_outcome
from console.demo.rows import Book, write_book
from console.demo.steps import Act, Call, Chapter, Owes, Report, Sign, Step, TakeIn, Until
from console.demo.voice import Voice
from console.output import reason_line
from flows.bootstrap import App, now
from lifecycle.cases import DUTY
from lifecycle.claims import waiting_count
from lifecycle.database import reading
from lifecycle.intake import read_applications
from lifecycle.ledger import list_notices
from lifecycle.login import operating_system_login
from lifecycle.people import Actor, find_actor
from lifecycle.queries import project_duties
from lifecycle.requests import Request
from notifications.dispatch import deliver
from notifications.letters.release import release
from states.errors import ForbiddenFault, Reason, RefusedFault
from states.names import Action, State

PAPERS = "材料"
WORKBOOKS = "申报"


@dataclass(slots=True)
class Tally:
    """What the demo counts as it goes."""

    steps: int = 0
    sweeps: int = 0
    sent: int = 0
    refusals: list[tuple[str, Reason]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    """Every step as it would be typed."""
    as_flows: list[str] = field(default_factory=list)
    """Ids of the commands whose flow run is carried out at the end."""


class Stage:
    """One scratch store, its people, and where the story has got to."""

    def __init__(self, app: App, books: Mapping[str, Book], names: Mapping[str, str], voice: Voice) -> None:
        self.app = app
        self.tally = Tally()
        self.ids: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._books = books
        self._names = names
        self._voice = voice
        self._swept: date | None = None
        self.last_day = date.min
        for folder in (PAPERS, WORKBOOKS):
            (app.settings.home / folder).mkdir(exist_ok=True)

    def play(self, chapter: Chapter) -> None:
        """Play a chapter to its end. Raises DemoFault where the outcome is another than told."""
        self._voice.chapter(chapter.title)
        for step in chapter.steps:
            self._pass_time(step.on)
            self.last_day = step.on
            self._take(step)
            self.tally.steps += 1

    def _take(self, step: Step) -> None:
        match step:
            case Act():
                self._act(step)
            case TakeIn():
                self._take_in(step)
            case Report():
                self._report(step)
            case Owes():
                self._owes(step)
            case Call():
                self._call(step)
            case Sign():
                self._sign(step)
            case Until():
                self._voice.step(step.on, "时间推移，每日清查", self._typed(step, {}))

    def _act(self, step: Act) -> None:
        papers = self._papers(step)
        request = Request(
            step.action,
            tuple(self.ids[ref] for ref in step.refs),
            step.on,
            reason=step.reason,
            document=step.document,
            materials=tuple(papers.items()),
            values=step.values,
        )
        batch = self.app.service.trigger(self._actor(step.who, step.on), request)
        where = "、".join(dict.fromkeys(State(done.dest).label for done in batch.done)) or "未获准"
        label = Action(step.action).label
        told = f"{self._names[step.who]} {label} {self._which(step.refs)}"
        self._voice.step(step.on, f"{told} → {where}", self._typed(step, papers))
        for one in (one for done in batch.done for one in done.followed):
            self._voice.note(f"↳ {one.id} {Action(one.action).label} → {State(one.dest).label}")
        refs = {self.ids[ref]: ref for ref in step.refs}
        outcome = {refs[item.id]: item.reasons for item in batch.refused}
        expect_outcome(told, step.refs, step.refused, outcome)
        self._refused({f"{label} {self.ids[ref]}": reasons for ref, reasons in outcome.items()}, step.refused)
        if step.as_flow:
            self.tally.as_flows.append(batch.command_id)

    def _take_in(self, step: TakeIn) -> None:
        catalogue = self.app.catalogue
        path = write_book(self._books[step.book], self.app.settings.home / WORKBOOKS, catalogue, self.ids)
        found = read_applications([str(path)], catalogue)
        actor = self._actor(step.who, step.on)
        outcome: dict[str, tuple[Reason, ...]] = {}
        shared = len(found.applications) + len(found.rejected) > 1
        for application in found.applications:
            ref = application.ref or application.title
            try:
                self.ids[ref] = self.app.service.apply(
                    actor,
                    application,
                    step.on,
                    draft=step.draft,
                    form=str(path),
                    shared=shared,
                    parent=self.ids.get(application.parent_ref or ""),
                )
            except (RefusedFault, ForbiddenFault) as fault:
                outcome[ref] = fault.reasons
        refs = [application.ref or application.title for application in found.applications]
        self._titles |= {ref: one.title for ref, one in zip(refs, found.applications, strict=True)}
        told = f"{self._names[step.who]} 录入 {step.book}"
        kept = len(refs) - len(outcome)
        self._voice.step(step.on, f"{told}：接收 {kept} 项，未接收 {len(outcome)} 项", self._typed(step, {}))
        expect_outcome(told, refs, step.refused, outcome)
        self._refused({f"申报 {self._titles[ref]}": why for ref, why in outcome.items()}, step.refused)
        self._unreadable(step, {row.title or row.source: row.reasons for row in found.rejected})

    def _unreadable(self, step: TakeIn, rejected: Mapping[str, tuple[Reason, ...]]) -> None:
        if set(rejected) != set(step.unreadable):
            raise DemoFault(f"{step.book}：不能读取的行应为 {step.unreadable}，实为 {tuple(rejected)}")
        for reasons in rejected.values():
            self._voice.note(f"✗ 不能读取：{reasons[0].message}")

    def _report(self, step: Report) -> None:
        papers = self._papers(step)
        actor = self._actor(step.who, step.on)
        outcome: dict[str, tuple[Reason, ...]] = {}
        for ref in step.refs:
            try:
                self.app.service.report(
                    actor,
                    self.ids[ref],
                    step.duty,
                    step.on,
                    period=step.period,
                    materials=tuple(papers.items()),
                    values=step.values,
                )
            except (RefusedFault, ForbiddenFault) as fault:
                outcome[ref] = fault.reasons
        slug = self.ids[step.refs[0]].rpartition("-")[0]
        label = self.app.catalogue.programmes[slug].duties[step.duty].label
        told = f"{self._names[step.who]} 登记报送“{label}” {self._which(step.refs)}"
        self._voice.step(step.on, told, self._typed(step, papers))
        wanted = dict.fromkeys(step.refs, step.refused) if step.refused else {}
        expect_outcome(told, step.refs, wanted, outcome)
        self._refused({f"报送 {self.ids[ref]}": reasons for ref, reasons in outcome.items()}, wanted)

    def _owes(self, step: Owes) -> None:
        with reading(self.app.engine) as conn:
            known = project_duties(conn, self.app.store, self.ids[step.ref])
        found = expect_duty(step, known)
        days = f"，已提醒：{'、'.join(day.isoformat() for day in step.reminded)}" if step.reminded else ""
        label = found["label"] + (f"第 {step.period} 期" if step.period else "")
        self._voice.note(
            f"⏱ {self.ids[step.ref]} {label}：期限 {found['due']}，{found['status_label']}{days}"
        )

    def _call(self, step: Call) -> None:
        actor = self._actor(step.who, step.on)
        for programme in step.programmes:
            self.app.service.open_call(actor, programme, step.on, step.closes)
        told = f"{self._names[step.who]} 开放申报至 {step.closes.isoformat()}：{'、'.join(step.programmes)}"
        self._voice.step(step.on, told, self._typed(step, {}))

    def _sign(self, step: Sign) -> None:
        province = next(iter(self._actor(step.who, step.on).roles))
        with reading(self.app.engine) as conn:
            held = list_notices(conn, status="held")
        keys = [n.key for n in held if self.app.catalogue.programmes[n.programme].province == province]
        release(self.app.store, keys, by=step.who, at=now(), on=step.on)
        self._voice.step(step.on, f"{self._names[step.who]} 签发公文 {len(keys)} 件", self._typed(step, {}))
        self._deliver()

    def _pass_time(self, day: date) -> None:
        """Sweep on every day up to this one on which a duty has to be looked at, then deliver."""
        while (due := self._next_day()) is not None and due <= day:
            on = due if self._swept is None else max(due, self._swept)
            self.app.service.sweep(on)
            self.tally.sweeps += on != self._swept
            self._swept = on
            left = self._next_day()
            if left is not None and left <= on:
                raise DemoFault(f"清查 {on.isoformat()} 之后仍有事项停在 {left.isoformat()}")
            self._deliver()

    def _next_day(self) -> date | None:
        with reading(self.app.engine) as conn:
            live = DUTY.c.status.in_(("open", "suggested", "overdue"))
            day: date | None = conn.execute(select(func.min(DUTY.c.next_on)).where(live)).scalar_one()
        return day

    def _deliver(self) -> None:
        with reading(self.app.engine) as conn:
            waiting = waiting_count(conn, now())
        if waiting:
            self.tally.sent += deliver(self.app.store, self.app.channels, now()).sent

    def _actor(self, login: str, on: date) -> Actor:
        with reading(self.app.engine) as conn:
            return find_actor(conn, operating_system_login(), login, on)

    def _papers(self, step: Act | Report) -> dict[str, str]:
        """A small file for each paper of the step."""
        folder = self.app.settings.home / PAPERS
        papers: dict[str, str] = {}
        for kind in step.papers:
            path = folder / f"{self.tally.steps + 1:03}-{kind}.txt"
            path.write_text(
                f"示例材料 {kind}：{step.on.isoformat()}，{'、'.join(step.refs)}\n", encoding="utf-8"
            )
            papers[kind] = str(path)
        return papers

    def _which(self, refs: tuple[str, ...]) -> str:
        """The one project with its title, or how many."""
        if len(refs) > 1:
            return f"{len(refs)} 项"
        return f"{self.ids[refs[0]]}（{self._titles[refs[0]]}）"

    def _typed(self, step: Step, papers: Mapping[str, str]) -> list[str]:
        shown = {kind: f"{PAPERS}/{Path(path).name}" for kind, path in papers.items()}
        self.tally.commands += command_lines(step, self.ids, shown, short=False)
        return command_lines(step, self.ids, shown, short=True)

    def _refused(self, outcome: Mapping[str, tuple[Reason, ...]], wanted: Mapping[str, str]) -> None:
        """Keep every refusal; say each different one once."""
        rules = set(wanted.values())
        told: dict[str, list[str]] = {}
        for what, reasons in outcome.items():
            reason = next(one for one in reasons if one.rule in rules)
            self.tally.refusals.append((what, reason))
            told.setdefault(reason_line(reason), []).append(what)
        for line, whats in told.items():
            more = f" 等 {len(whats)} 项" if len(whats) > 1 else ""
            self._voice.note(f"✗ 未获准：{whats[0]}{more}。{line}")
