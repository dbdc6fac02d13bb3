"""The settings: every name, default and meaning in one table.

Decides which environment variables exist and what a well-formed value looks like; nothing else
reads the environment. Secrets come from the environment or from a file named in `…_FILE`, never
from a command line. A dataclass, because pydantic-settings alone costs more than `list` may take.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from lifecycle.routes import Routes, read_routes
from lifecycle.setting_readers import choice as _choice
from lifecycle.setting_readers import day as _day
from lifecycle.setting_readers import file as _file
from lifecycle.setting_readers import folder as _folder
from lifecycle.setting_readers import proxy as _proxy
from lifecycle.setting_readers import switch as _switch
from lifecycle.setting_readers import text as _text
from lifecycle.setting_readers import webhook as _webhook
from lifecycle.setting_readers import whole as _whole
from states.errors import UsageFault
from states.hours import SendingHours, read_hours

PREFIX: Final = "LIFECYCLE_"
FILE: Final = "lifecycle.sqlite3"
MAIL_CHANNELS: Final = ("eml", "smtp")
TLS_MODES: Final = ("none", "starttls", "tls")
LOG_FORMATS: Final = ("text", "json")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")


# `_setting` is dataclasses.field with our three columns, not a shared default.
# ruff: noqa: RUF009

_PORT = _whole(1, 65_535)


def _setting(zh: str, read: Callable[[str], Any], default: Any = None, *, secret: bool = False) -> Any:
    """One row of the table: sentence, reader, default, and whether it must never be shown."""
    return field(default=default, repr=not secret, metadata={"zh": zh, "read": read, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one process. Made once by `read_settings`, then only read."""

    home: Path = field(metadata={"zh": "存放嵌入式库与材料档案的文件夹", "read": _folder, "secret": False})
    database_url: str | None = _setting("PostgreSQL 连接地址；不设则在 home 下用 SQLite", _text, secret=True)
    busy_seconds: int = _setting("数据库被占用时最多等待的秒数", _whole(0, 600), 10)
    actor: str | None = _setting("代为操作的用户，同 --as", _text)
    on: date | None = _setting("业务日期，同 --on；默认为今天（北京时间）", _day)
    max_upload_bytes: int = _setting("单份材料的最大字节数", _whole(1, 2**40), 50 * 2**20)
    mail_channel: str = _setting(
        "邮件去向：eml 写入 home 下的文件夹，smtp 交给邮件服务器", _choice(*MAIL_CHANNELS), "eml"
    )
    smtp_host: str = _setting("邮件服务器地址", _text, "localhost")
    smtp_port: int = _setting("邮件服务器端口", _PORT, 25)
    smtp_user: str | None = _setting("邮件服务器登录名", _text)
    smtp_password: str | None = _setting("邮件服务器密码", _text, secret=True)
    smtp_sender: str = _setting("发件人地址", _text, "lifecycle@localhost")
    smtp_tls: str = _setting("邮件加密方式", _choice(*TLS_MODES), "none")
    smtp_timeout: int = _setting("邮件服务器超时秒数", _whole(1, 600), 30)
    ca_file: Path | None = _setting("另外信任的证书颁发机构（PEM 文件），用于邮件服务器和群机器人", _file)
    wecom_webhook: str | None = _setting(
        "企业微信群机器人的 Webhook 地址",
        _webhook("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"),
        secret=True,
    )
    dingtalk_webhook: str | None = _setting(
        "钉钉群机器人的 Webhook 地址",
        _webhook("https://oapi.dingtalk.com/robot/send?access_token=…"),
        secret=True,
    )
    dingtalk_secret: str | None = _setting("钉钉群机器人的加签密钥", _text, secret=True)
    feishu_webhook: str | None = _setting(
        "飞书群机器人的 Webhook 地址", _webhook("https://open.feishu.cn/open-apis/bot/v2/hook/…"), secret=True
    )
    feishu_secret: str | None = _setting("飞书群机器人的签名校验密钥", _text, secret=True)
    robot_timeout: int = _setting("等待群机器人答复的最长秒数", _whole(1, 60), 10)
    proxy: str | None = _setting("访问群机器人所经的代理；不设则直连", _proxy, secret=True)
    routes: Routes = _setting("除邮件外，哪些角色的通知同时发到哪些群机器人；公文只发邮件", read_routes, ())
    intake_folder: Path | None = _setting("投放申报文件的文件夹；不设则为 home 下的 intake", _folder)
    letter_templates: Path | None = _setting("本单位的公文模板（.docx）文件夹；不设则用自带的", _folder)
    digest: bool = _setting("on 为同一收件人当日的提醒合为一封，off 为逐件发送；公文从不合并", _switch, True)
    send_hours: SendingHours | None = _setting(
        "发送通知的时段（工作日），如 08:30-17:30；always 为随时；不设则按政策包", read_hours
    )
    campaign_second_from: int = _setting(
        "批量办理达到多少个项目须由另一人确认；0 为不按数量要求（取消资格一类的决定总须另一人确认）",
        _whole(0, 10_000_000),
        100,
    )
    lease_seconds: int = _setting("一次领取通知或命令的占用秒数", _whole(1, 86_400), 300)
    daemon_host: str = _setting("守护进程监听的地址", _text, "127.0.0.1")
    daemon_port: int = _setting("守护进程监听的端口", _PORT, 4280)
    prefect_api_url: str | None = _setting("流程服务器接口地址；不设则由 lifecycle up 自带", _text)
    prefect_auth: str | None = _setting("流程服务器登录串（用户名:密码）", _text, secret=True)
    prefect_database_url: str | None = _setting(
        "自带流程服务器所用的 PostgreSQL 连接地址，须是另外的库；不设则用 SQLite", _text, secret=True
    )
    prefect_port: int = _setting("自带流程服务器的端口", _PORT, 4200)
    prefect_timeout: int = _setting("等待流程服务器的最长秒数", _whole(1, 3600), 60)
    worker_runs: int | None = _setting(
        "工作进程同时执行的流程数；不设则自带的流程服务器用 SQLite 时为 1，否则为 4", _whole(1, 32)
    )
    flows_at_once: int | None = _setting(
        "守护进程同时执行的流程数；不设则按流程服务器的数据库：SQLite 为 1，PostgreSQL 为 4", _whole(1, 32)
    )
    keep_completed_days: int = _setting("流程服务器上完成的运行保留的天数", _whole(1, 3650), 90)
    keep_failed_days: int = _setting("流程服务器上失败、中断的运行保留的天数", _whole(1, 3650), 365)
    reconcile_days: int = _setting("核对最近多少天的操作与流程运行", _whole(1, 90), 7)
    flow_server_away_minutes: int = _setting("流程服务器没有应答满多少分钟后告警", _whole(1, 1440), 10)
    log_format: str = _setting("日志格式", _choice(*LOG_FORMATS), "text")
    log_level: str = _setting("日志级别", _choice(*LOG_LEVELS), "info")


@dataclass(frozen=True, slots=True)
class Described:
    """One setting as the handbook prints it."""

    variable: str
    default: str
    meaning: str
    expected: str
    secret: bool


def describe() -> tuple[Described, ...]:
    """The table for the handbook and for `--help`."""
    return tuple(
        Described(
            variable=_variable(entry.name),
            default="平台的用户数据文件夹" if entry.name == "home" else _shown(entry.default),
            meaning=entry.metadata["zh"],
            expected=entry.metadata["read"].__doc__,
            secret=entry.metadata["secret"],
        )
        for entry in fields(Settings)
    )


def store_file(settings: Settings) -> Path:
    """Where the embedded store lies."""
    return settings.home / FILE


def _shown(default: Any) -> str:
    """A default as one would write it."""
    if isinstance(default, bool):
        return "on" if default else "off"
    return str(default or "")


def read_settings(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings of this process; `given` (from the command line) goes before the environment.

    A malformed value is a UsageFault that names the variable and what was expected.
    """
    source = os.environ if environ is None else environ
    values = {
        entry.name: value for entry in fields(Settings) if (value := _value_of(entry, source)) is not None
    }
    values |= {name: value for name, value in given.items() if value is not None}
    if "home" not in values:
        values["home"] = _platform_home()
    settings = Settings(**values)
    _refuse_open_routes(settings)
    return settings


def _refuse_open_routes(settings: Settings) -> None:
    """Raise UsageFault for a route that leads to a robot without an address."""
    for role, channels in settings.routes:
        for channel in channels:
            if getattr(settings, f"{channel}_webhook") is None:
                raise UsageFault(
                    f"{_variable('routes')} 把{role.label}的通知发到{channel.label}，"
                    f"但没有设置 {_variable(f'{channel}_webhook')}。"
                )


def _variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _value_of(entry: Field[Any], source: Mapping[str, str]) -> Any:
    """One setting from the environment, or None when it is not set or blank."""
    variable = _variable(entry.name)
    text = source.get(variable, "").strip()
    if entry.metadata["secret"]:
        text = _secret(variable, text, source.get(variable + "_FILE", "").strip())
    if not text:
        return None
    read = entry.metadata["read"]
    try:
        return read(text)
    except ValueError:
        shown = "" if entry.metadata["secret"] else f"“{text}”"
        raise UsageFault(f"环境变量 {variable} 的值{shown}无效，应为{read.__doc__}。") from None


def _secret(variable: str, text: str, path: str) -> str:
    """A secret from the variable itself or from the file that `…_FILE` names, never both."""
    if not path:
        return text
    if text:
        raise UsageFault(f"环境变量 {variable} 与 {variable}_FILE 只能设置一个。")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageFault(f"环境变量 {variable}_FILE 所指的文件“{path}”无法读取。") from None


def _platform_home() -> Path:
    """The user data folder of this platform."""
    # Imported here: it is only needed when no home is given.
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("lifecycle", appauthor=False)
