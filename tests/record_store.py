"""Projects in a store on either database, made through the service alone, for the tests of the record.

`Records` is one store with its people and its clock; `walk` takes a project along the ordinary steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, select, update

from flows.bootstrap import App
from lifecycle.chain import verify
from lifecycle.database import reading, transaction
from lifecycle.dossiers import project_object
from lifecycle.intake import Application
from lifecycle.models import Base
from lifecycle.people import Actor
from lifecycle.requests import Batch, Declined, Done, Request
from lifecycle.service import Service
from lifecycle.settings import Settings
from lifecycle.units import find_or_register
from states.names import Role

EVENT = "h20-academic-event"
TALENT = "h23-young-talent"
SOCIETY = "fj16-pilot-society"
TABLES = Base.metadata.tables

MOMENT = datetime(2020, 5, 6, 2, 30, tzinfo=UTC)
TODAY = date(2020, 5, 6)
OPENED = date(2020, 1, 6)
APPLIED = date(2020, 3, 2)
STARTS = "2020-10-20"


def _actor(login: str, role: Role, province: str = "henan", unit: int | None = None) -> Actor:
    return Actor(login, {province: frozenset({role})}, unit)


CLERK = _actor("clerk", Role.CLERK)
CHECKER = _actor("checker", Role.FORM_CHECKER)
ASSOCIATION = _actor("association", Role.PROV_ASSOCIATION)
SECOND = _actor("second", Role.PROV_ASSOCIATION)
FUJIAN = _actor("fujian", Role.PROV_ASSOCIATION, "fujian")
FUJIAN_CLERK = _actor("fujian-clerk", Role.CLERK, "fujian")
ADMINISTRATOR = _actor("administrator", Role.ADMIN, "*")

ROAD: tuple[tuple[str, Actor, dict[str, Any]], ...] = (
    ("accept_for_form_review", CHECKER, {}),
    ("form_pass", CHECKER, {}),
    ("review_select", ASSOCIATION, {"papers": ("review_record",), "values": {"amount": "50000"}}),
    ("start", ASSOCIATION, {"papers": ("contract",)}),
    ("open_evaluation", ASSOCIATION, {}),
    ("record_evaluation", ASSOCIATION,
     {"papers": ("evaluation_report",), "values": {"evaluation.conclusion": "合格"}}),
    ("evaluate_pass", ASSOCIATION, {}),
)  # fmt: skip
"""The ordinary steps of an event after its submission, with who takes them and what has to come along."""
WAIT = {"start": timedelta(days=14)}
"""Days that have to pass before a step; the others are taken on one day."""


CITY, HUNDRED = "h23-pilot-city", "h23-hundred-societies"


def application(number: int = 1, **changes: Any) -> Application:
    """An application as the reader of files gives it."""
    given: dict[str, Any] = {
        "source": "示例",
        "programme": EVENT,
        "title": f"示例题目{number}",
        "unit_name": f"河南省示例学会{number}",
        "unit_kind": "prov_society",
        "unit_region": None,
        "unit_host": None,
        "contact": {"name": "示例", "phone": None, "email": "contact@example.org"},
        "facts": {},
        "unit_facts": {},
        "targets": {},
        "materials": (),
        "ref": None,
        "parent_ref": None,
        "marked": False,
        "id": None,
    }
    return Application(**{**given, **changes})


@dataclass
class Records:
    """One store, its clock and a folder for the papers that come in."""

    app: App
    folder: Path
    moment: datetime = MOMENT

    @property
    def service(self) -> Service:
        """The service, on this store's clock."""
        return Service(self.app.store, lambda: self.moment)

    def paper(self, name: str = "来件.txt", text: str = "示例") -> str:
        """A file that may be filed."""
        path = self.folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        return str(path)

    def apply(self, number: int = 1, on: date = APPLIED, actor: Actor = CLERK, **given: Any) -> str:
        """One application taken in by the clerk from its form; returns the project id."""
        how = {name: given.pop(name) for name in ("draft", "dry_run", "reason", "parent") if name in given}
        how.setdefault("reason", "来件补录")
        form = given.pop("form", self.paper("申报书.txt"))
        return self.service.apply(actor, application(number, **given), on, form=form, **how)

    def family(self, on: date = APPLIED) -> tuple[str, str]:
        """A pilot city and one of its children, both handed in."""
        for slug in (CITY, HUNDRED):
            self.service.open_call(ASSOCIATION, slug, on)
        unit = {"unit_kind": "city_kx", "unit_name": "示例市科协"}
        parent = self.apply(1, on, programme=CITY, **unit)
        return parent, self.apply(2, on, programme=HUNDRED, parent=parent, **unit)

    def ask(
        self,
        action: str,
        *projects: str,
        actor: Actor = ASSOCIATION,
        on: date = APPLIED,
        papers: tuple[str, ...] = (),
        **given: Any,
    ) -> Batch:
        """Ask for a step, with papers by their kinds."""
        materials = tuple((kind, self.paper(f"{kind}.txt", kind)) for kind in papers)
        given.setdefault("reason", "示例理由")
        return self.service.trigger(actor, Request(action, projects, on, materials=materials, **given))

    def do(self, action: str, project: str, **given: Any) -> Done:
        """A step that has to be taken."""
        batch = self.ask(action, project, **given)
        assert batch.refused == (), batch.refused
        return batch.done[0]

    def decline(self, action: str, project: str, **given: Any) -> Declined:
        """A step that has to be declined."""
        batch = self.ask(action, project, **given)
        assert batch.done == (), batch.done
        return batch.refused[0]

    def walk(self, project: str, until: str, on: date = APPLIED) -> date:
        """Along the road up to and including a step; returns the day of the last one."""
        for action, actor, given in ROAD:
            on += WAIT.get(action, timedelta())
            self.do(action, project, actor=actor, on=on, **given)
            if action == until:
                return on
        raise AssertionError(until)

    def started(self, number: int = 1, **facts: Any) -> str:
        """A running event, with a date unless other facts are given."""
        event = facts or {"event.starts_on": date.fromisoformat(STARTS)}
        project = self.apply(number, facts=event)
        self.walk(project, "start")
        return project

    def show(self, project: str) -> dict[str, Any]:
        """All about one project."""
        with reading(self.app.engine) as conn:
            return project_object(conn, self.app.store, project)

    def duty(self, project: str, slug: str) -> dict[str, Any]:
        """The one duty of that name."""
        (found,) = [duty for duty in self.show(project)["duties"] if duty["duty"] == slug]
        return dict(found)

    def rows(self, table: str) -> list[RowMapping]:
        """All rows of a table in the order of their keys."""
        columns = TABLES[table]
        with reading(self.app.engine) as conn:
            return list(conn.execute(select(columns).order_by(*columns.primary_key)).mappings())

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that is stored."""
        return {name: [dict(row) for row in self.rows(name)] for name in TABLES}

    def member(self, project: str, role: Role = Role.UNDERTAKING_UNIT, login: str = "member") -> Actor:
        """Somebody of the project's own unit."""
        with reading(self.app.engine) as conn:
            projects = TABLES["project"].c
            unit = conn.execute(select(projects.unit_id).where(projects.id == project)).scalar_one()
        return _actor(login, role, unit=unit)

    def unit(self, name: str) -> int:
        """A unit of the register, by name."""
        with transaction(self.app.engine) as conn:
            return find_or_register(conn, name, "prov_society")

    def whole(self) -> bool:
        """Whether the chain verifies."""
        with reading(self.app.engine) as conn:
            return verify(conn).ok


def records(
    settings: Settings, folder: Path, *, rehearsal: bool = True, moment: datetime = MOMENT
) -> Records:
    """A store on these settings with the calls of three programmes open."""
    app = App(settings)
    made = Records(app, folder, moment)
    with transaction(app.engine) as conn:
        conn.execute(update(TABLES["store"]).values(rehearsal=rehearsal))
    for programme, actor in ((EVENT, CLERK), (TALENT, CLERK), (SOCIETY, FUJIAN_CLERK)):
        made.service.open_call(actor, programme, OPENED, reason="来件补录")
    return made
