"""Commands about what the documents lay down: packs, their programmes, and the lifecycles.

They read the packs and tables that ship with the program and open no store.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.command import command, new_group
from console.output import Answer, Screen
from console.session import Session
from states.errors import BadInputFault, Reason, UsageFault

if TYPE_CHECKING:
    from states.tables import Lifecycle

FORMATS = ("table", "mermaid", "svg")


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    packs = new_group(listing=list_packs)
    command(packs, "show", help="一个项目类别或政策包的全部内容")(show_pack)
    command(packs, "check", help="检查政策包文件，错误按 文件:行:列 列出")(check_packs)
    command(packs, "install", help="启用政策包的新版本（此后的申报适用；正在进行的项目不变）")(install_pack)
    command(packs, "template", help="写出空白申报工作簿（xlsx），含下拉选项和示例行")(write_template)
    root.add_typer(packs, name="packs")
    command(root, "chart")(chart)


def list_packs(session: Session) -> Answer:
    """All programmes."""
    from console.pack_view import programme_document, programme_row

    lines = list(session.catalogue.lines.values())

    def screen(on: Screen) -> None:
        headings = ("代码", "名称", "名额", "每项金额（元）", "电话", "条款")
        on.table(
            "项目类别（※ 为分组，不直接申报）", headings, [programme_row(one, session.on) for one in lines]
        )
        on.line("全部内容：lifecycle packs show 代码；空白申报表：lifecycle packs template 代码")

    return Answer([programme_document(one, session.on) for one in lines], screen)


def show_pack(session: Session, slug: Annotated[str, typer.Argument(metavar="SLUG")]) -> Answer:
    """One programme, or one pack with its programmes."""
    from console.pack_view import pack_document, programme_document, show_programme
    from lifecycle.listing import find_line

    pack = session.catalogue.packs.get(slug)
    if pack is None:
        programme = find_line(session.catalogue, slug)
        return Answer(
            programme_document(programme, session.on), lambda on: show_programme(on, programme, session.on)
        )

    since = _in_force(session, pack.slug)

    def screen(on: Screen) -> None:
        on.pairs([("政策包", pack.slug), ("版本", pack.version), ("文件", pack.document.reference)])
        if since:
            on.line(f"第 {since['version']} 版自 {since['since']} 起启用（{since['by']}）。")
        for programme in pack.lines:
            on.line()
            show_programme(on, programme, session.on)

    return Answer({**pack_document(pack, session.on), "in_force": since}, screen)


def _in_force(session: Session, slug: str) -> dict[str, Any] | None:
    """The version that the store has put in force; None where there is no store, or the shipped one holds."""
    if not session.app.has_store:
        return None
    from lifecycle.database import reading
    from lifecycle.overlay import in_force

    with reading(session.app.engine) as conn:
        return in_force(conn, slug)


def check_packs(session: Session, files: Annotated[list[str], typer.Argument(metavar="FILE")]) -> Answer:
    """Every fault of pack files."""
    from console.handbook.coverage import register as rules
    from lifecycle.packs import check_files

    errors = check_files([Path(name) for name in files], rules().keys())
    fault = None
    if errors:
        fault = BadInputFault(f"政策包有 {len(errors)} 处错误", [Reason(None, one) for one in errors])

    def screen(on: Screen) -> None:
        if not errors:
            on.line(f"{len(files)} 个政策包文件均无错误。")

    return Answer({"files": files, "errors": errors}, screen, fault)


def install_pack(
    session: Session,
    file: Annotated[str | None, typer.Argument(metavar="FILE")] = None,
    shipped: Annotated[
        str | None, typer.Option("--shipped", metavar="PACK", help="改回随程序提供的政策包")
    ] = None,
) -> Answer:
    """Put a newer version of a pack in force, or go back to the shipped one."""
    from console.handbook.coverage import register as rules
    from lifecycle.packs import load_pack

    if (file is None) == (shipped is None):
        raise UsageFault("请给出政策包文件，或用 --shipped 写明改回哪个政策包。")
    if shipped is not None:
        session.service.uninstall_pack(session.actor, shipped)
        back = {"slug": shipped, "version": None, "installed": True}
        return Answer(back, lambda on: on.line(f"新的申报改按随程序提供的 {shipped}。"))
    pack = load_pack(Path(str(file)), rules().keys())
    fresh = session.service.install_pack(session.actor, pack, session.on)
    document = {"slug": pack.slug, "version": pack.version, "digest": pack.digest, "installed": fresh}
    text = f"已启用 {pack.slug} 第 {pack.version} 版；此后的申报适用，正在进行的项目仍按原版本。"
    moving = f"改用新版：lifecycle trigger adopt_pack 项目编号 --set project.pack={pack.slug}@{pack.version}"

    def screen(on: Screen) -> None:
        on.line(text if fresh else f"{pack.slug} 第 {pack.version} 版已经启用。")
        on.line(moving)

    return Answer(document, screen)


def write_template(
    session: Session,
    slug: Annotated[str, typer.Argument(metavar="SLUG")],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="写到哪个文件，默认为 代码.xlsx")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")] = False,
) -> Answer:
    """The blank workbook of one programme."""
    from lifecycle.listing import find_programme
    from lifecycle.workbook import write_template as write

    programme = find_programme(session.catalogue, slug)
    path = Path(out or f"{programme.slug}.xlsx")
    if path.exists() and not force:
        raise UsageFault(f"文件“{path}”已存在；请用 --out 另写一个文件名，或用 --force 覆盖。")
    write(programme, path)
    document = {"programme": programme.slug, "file": str(path)}
    return Answer(document, lambda on: on.line(f"已写出“{programme.title}”的空白申报表：{path}"))


def chart(
    session: Session,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="流程名称，如 base")] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="table（默认）、mermaid 或 svg")
    ] = "table",
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="写到文件")] = None,
) -> Answer:
    """A lifecycle from its table."""
    from console.chart import as_json, as_mermaid, as_svg, find_lifecycle
    from states.tables import LIFECYCLES

    if form not in FORMATS:
        raise UsageFault(f"--format 的值“{form}”无效，应为：{'、'.join(FORMATS)}。")
    if name is None:
        return _lifecycles(list(LIFECYCLES.values()))
    table = find_lifecycle(name)
    if form == "table" and out is None:
        return Answer(as_json(table), lambda on: _show_table(on, table))
    if form == "table":
        raise UsageFault("--out 只与 --format mermaid 或 --format svg 同用。")
    text = as_mermaid(table) if form == "mermaid" else as_svg(table)
    if out is None:
        return Answer({**as_json(table), form: text}, lambda on: on.raw(text))
    try:
        Path(out).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        from lifecycle.system_faults import why

        raise BadInputFault(f"文件“{out}”无法写入：{why(error)}。") from None
    return Answer({**as_json(table), "file": out}, lambda on: on.line(f"已写出“{table.label}”：{out}"))


def _lifecycles(tables: list[Lifecycle]) -> Answer:
    from console.chart import states_of

    document: list[dict[str, Any]] = [
        {
            "name": table.name,
            "label": table.label,
            "rule": table.rule,
            "states": len(states_of(table)),
            "rows": len(table.rows),
        }
        for table in tables
    ]

    def screen(on: Screen) -> None:
        rows = [tuple(one.values()) for one in document]
        on.table("流程", ("名称", "标题", "依据", "状态数", "规则数"), rows)
        on.line("看一个流程：lifecycle chart 名称 [--format table|mermaid|svg]")

    return Answer({"lifecycles": document}, screen)


def _show_table(on: Screen, table: Lifecycle) -> None:
    from console.chart import as_rows, states_of

    entries = [(str(s), s.label, "结束" if s in table.ends else "") for s in states_of(table)]
    on.table(f"{table.label}（{table.name}，{table.rule}）：状态", ("代码", "状态", ""), entries)
    on.table("操作", ("从", "操作", "到", "角色", "形式", "规则"), as_rows(table))
