"""`lifecycle demo`: a scratch practice store, the people, the story, real flow runs, the summary.

The store is kept and its folder printed. It never runs on a folder that holds a store already.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.output import Answer

if TYPE_CHECKING:
    from console.demo.stage import Stage
    from flows.bootstrap import App

OVERDUE_TALENT, DISQUALIFIED, NAMED_EVENT = "talent-2", "fj-4", "thyroid"


def run_demo(home: Path | None, *, as_json: bool) -> Answer:
    """Play the demo in `home`, or in a new temporary folder.

    Raises RefusedFault where there is a store already, DemoFault where an outcome is not the expected one.
    """
    from console.demo import summary
    from console.demo.flow_runs import FlowHouse
    from console.demo.voice import Voice
    from flows.bootstrap import build_app
    from lifecycle.settings import read_settings

    began = time.monotonic()
    folder = _folder(home)
    voice = Voice(quiet=as_json)
    voice.beside(f"演示在 {folder} 中进行，约需半分钟；带“示例”字样的单位、人员、日期和金额均为虚构。")
    app = build_app(read_settings({}, home=folder))
    _make_store(app)
    flows = FlowHouse(app)
    flows.start()
    try:
        stage = _play(app, as_json)
        last = stage.last_day
        done = flows.run(stage.tally.as_flows, last, voice)
    finally:
        flows.stop()
    _write_commands(folder, stage)
    interesting = {
        stage.ids[NAMED_EVENT]: "2021 年文件列名，会期调整",
        stage.ids[DISQUALIFIED]: "以正式文件取消试点资格",
        stage.ids[OVERDUE_TALENT]: "半年指导缺一次，整改逾期",
    }
    found = summary.document(app, stage.tally, done, time.monotonic() - began, last.isoformat(), interesting)
    app.close()
    return Answer(found, lambda screen: summary.tables(screen, found))


def _write_commands(folder: Path, stage: Stage) -> None:
    """Every step as it would be typed; paths are relative to the folder of the demo."""
    from shlex import quote

    head = ["# 演示中的每一步，如果在命令行上逐条办理。人员与角色见 lifecycle users list。"]
    head += [f"cd {quote(str(folder))}", 'export LIFECYCLE_HOME="$PWD"']
    text = "\n".join([*head, *stage.tally.commands])
    (folder / "命令.txt").write_text(text + "\n", encoding="utf-8")


def _folder(home: Path | None) -> Path:
    from lifecycle.settings import FILE
    from states.errors import RefusedFault

    if home is None:
        return Path(tempfile.mkdtemp(prefix="lifecycle-demo-"))
    if (home / FILE).exists():
        raise RefusedFault(f"“{home}”中已有数据库，演示不在已有的库上进行；请用 --home 另指一个新文件夹。")
    return home


def _make_store(app: App) -> None:
    """A practice store with the people and the units that act for themselves."""
    from console.demo.cast import PEOPLE, UNITS
    from flows.bootstrap import now
    from lifecycle.database import init_store, open_engine, transaction
    from lifecycle.login import operating_system_login
    from lifecycle.people import find_actor
    from lifecycle.rights import add_person, grant_role
    from lifecycle.units import find_or_register

    login = operating_system_login()
    engine = open_engine(app.settings)
    init_store(engine, app.settings, rehearsal=True, at=now(), admin_login=login)
    engine.dispose()
    with transaction(app.engine) as conn:
        admin = find_actor(conn, login, None, now().date())
        units = {u.name: find_or_register(conn, u.name, u.kind, u.region, email=u.email) for u in UNITS}
        for person in PEOPLE:
            unit = units[person.unit] if person.unit else None
            email = f"{person.login}@example.org"
            add_person(conn, person.login, person.name, added_by=admin, unit_id=unit, email=email)
            for role in person.roles:
                grant_role(conn, person.login, role, person.province, admin, now())


def _play(app: App, as_json: bool) -> Stage:
    from console.demo import book_city, books_2016, books_2020, books_2023, story_2016, story_2020, story_2023
    from console.demo.cast import PEOPLE
    from console.demo.stage import Stage
    from console.demo.voice import Voice

    books = {
        book.name: book for part in (books_2016, books_2020, books_2023, book_city) for book in part.BOOKS
    }
    stage = Stage(app, books, {p.login: p.name for p in PEOPLE}, Voice(quiet=as_json))
    chapters = (story_2016.CHAPTER, story_2020.CHAPTER_2020, story_2020.CHAPTER_2021, story_2023.CHAPTER)
    for chapter in chapters:
        stage.play(chapter)
    return stage
