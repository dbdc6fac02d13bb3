"""The page of commands, as their own help prints them, and the tables of exit codes and settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.handbook.markdown import code, page, table
from console.help import page as help_page
from console.tree import cli
from lifecycle.settings import PREFIX, Described, describe
from states.errors import LifecycleError

SETTINGS_IN_ENGLISH: Mapping[str, str] = {
    "HOME": "folder of the embedded store and the archive of materials",
    "DATABASE_URL": "PostgreSQL address; without it SQLite under the home",
    "BUSY_SECONDS": "longest wait for a busy database, in seconds",
    "ACTOR": "who is acted for, as `--as`",
    "ON": "business date, as `--on`; today in Asia/Shanghai if not set",
    "MAX_UPLOAD_BYTES": "largest size of one material, in bytes",
    "MAIL_CHANNEL": "where mail goes: `eml` writes files under the home, `smtp` hands it to a server",
    "SMTP_HOST": "mail server",
    "SMTP_PORT": "its port",
    "SMTP_USER": "login name at the mail server",
    "SMTP_PASSWORD": "password at the mail server",
    "SMTP_SENDER": "address of the sender",
    "SMTP_TLS": "`none`, `starttls` or `tls`",
    "SMTP_TIMEOUT": "longest wait for the mail server, in seconds",
    "CA_FILE": "certificate authority to trust besides the system's (PEM), for mail server and robots",
    "WECOM_WEBHOOK": "address of the WeCom group robot",
    "DINGTALK_WEBHOOK": "address of the DingTalk group robot",
    "DINGTALK_SECRET": "signing secret of the DingTalk robot",
    "FEISHU_WEBHOOK": "address of the Feishu group robot",
    "FEISHU_SECRET": "signing secret of the Feishu robot",
    "ROBOT_TIMEOUT": "longest wait for a robot, in seconds",
    "PROXY": "proxy on the way to the robots; direct if not set",
    "ROUTES": "whose notices go to group robots too: `role=robot,robot;role=…`; letters go by mail only",
    "LETTER_TEMPLATES": "folder of the office's own templates of letters (.docx)",
    "DIGEST": "`on`: all reminders of one receiver and day go out as one message; `off`: one by one",
    "SEND_HOURS": "working hours in which notices leave (`08:30-17:30`), or `always`; else as packs say",
    "CAMPAIGN_SECOND_FROM": "projects from which on another person confirms a campaign; 0: never by number",
    "LEASE_SECONDS": "how long a worker may hold a notice or command",
    "DAEMON_HOST": "address on which the daemon listens",
    "DAEMON_PORT": "port on which the daemon listens",
    "PREFECT_API_URL": "API of a flow server; without it `lifecycle up` brings its own",
    "PREFECT_AUTH": "login at the flow server (`user:password`)",
    "PREFECT_PORT": "port of the flow server that `lifecycle up` brings",
    "INTAKE_FOLDER": "folder into which files of applications are put; without it, `intake` in the home",
    "PREFECT_DATABASE_URL": "PostgreSQL database, of its own, of the flow server that `lifecycle up` brings; "
    "without it SQLite, which bears one flow at a time",
    "WORKER_RUNS": "flow runs of a worker at a time; without it 1 beside our own server on SQLite, else 4",
    "PREFECT_TIMEOUT": "longest wait for the flow server, in seconds",
    "FLOWS_AT_ONCE": "flow runs that the daemon carries out at a time; unset: 1 on SQLite, 4 on PostgreSQL",
    "KEEP_COMPLETED_DAYS": "days for which completed flow runs are kept on the flow server",
    "KEEP_FAILED_DAYS": "days for which failed and crashed flow runs are kept on the flow server",
    "RECONCILE_DAYS": "days of commands and flow runs that are compared with each other",
    "FLOW_SERVER_AWAY_MINUTES": "minutes without an answer of the flow server before it is told",
    "LOG_FORMAT": "`text` or `json`",
    "LOG_LEVEL": "`debug`, `info`, `warning` or `error`",
}
INTRO = (
    "以下逐字取自各命令的 `--help`。全局选项对每个命令都有效，写在命令之前或之后均可，因此只在此处列出一次；"
    "加 `--json` 时，标准输出上只有一个 JSON 文档，其余信息写到标准错误。"
)
SHARED = "全局选项（写在命令之前或之后均可）："


def commands_page() -> str:
    """Every command with its help, the exit codes, the settings."""
    pages = list(help_pages())
    sections = [f"### {name}\n\n```text\n{text}\n```" for name, text in pages]
    return page(
        "命令行",
        INTRO,
        "## 退出码",
        table(("退出码", "代码", "含义"), exit_codes()),
        "## 环境变量",
        settings_table("zh"),
        "## 命令",
        *sections,
    )


def help_pages() -> Iterator[tuple[str, str]]:
    """The name and help page of every command that is not hidden, groups before their members."""
    root = cli()
    context = root.context_class(root, info_name="lifecycle")
    yield from _help_pages(root, context, ())


def _help_pages(command: Any, context: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    text = help_page(command, context)
    yield " ".join(("lifecycle", *path)), text if not path else without_shared(text)
    for name in command.list_commands(context) if hasattr(command, "commands") else ():
        member = command.get_command(context, name)
        if not member.hidden:
            inner = member.context_class(member, info_name=name, parent=context)
            yield from _help_pages(member, inner, (*path, name))


def without_shared(text: str) -> str:
    """A help page without the section of global options."""
    sections = text.split("\n\n")
    return "\n\n".join(one for one in sections if not one.startswith(SHARED))


def exit_codes() -> list[tuple[str, str, str]]:
    """The status of every family of errors, with its default message."""
    found = {0: ("", "完成（含：同一幂等键先前已办）")}
    families: list[type[LifecycleError]] = [LifecycleError, *LifecycleError.__subclasses__()]
    for family in families:
        found.setdefault(family.exit_status, (code(family.code), (family.__doc__ or "").strip()))
    return [(str(status), *found[status]) for status in sorted(found) if status <= _LAST_STATUS]


_LAST_STATUS = 9
"""Beyond it are the statuses of signals, which the shell gives."""


def settings_table(language: str) -> str:
    """All environment variables with default and meaning, in English (en) or Chinese (zh)."""
    headings = ("variable", "default", "meaning") if language == "en" else ("变量", "默认值", "含义")
    said = _english if language == "en" else _chinese
    return table(headings, ((code(one.variable), *said(one)) for one in describe()))


def _english(one: Described) -> tuple[str, str]:
    short = one.variable.removeprefix(PREFIX)
    default = (
        "the platform's user data folder" if short == "HOME" else code(one.default) if one.default else ""
    )
    secret = f"; or the file named in {code(one.variable + '_FILE')}" if one.secret else ""
    return default, SETTINGS_IN_ENGLISH[short] + secret


def _chinese(one: Described) -> tuple[str, str]:
    short = one.variable.removeprefix(PREFIX)
    default = one.default if short == "HOME" else code(one.default) if one.default else ""
    secret = f"（可改用 {code(one.variable + '_FILE')} 指定存放它的文件）" if one.secret else ""
    return default, one.meaning + secret
