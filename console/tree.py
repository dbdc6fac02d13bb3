"""The tree of commands as one literal table: name, the file it lives in, one sentence.

A file is imported when one of its commands is run or explained, so that every start pays only for
itself. What a command does stands in its file.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Final

import typer

from console.command import new_group
from console.help import Group

HELP: Final = "科协资助项目全周期管理：申报、形式审查、评审、立项、实施、中期考核、绩效评价、整改、结项"

# fmt: off  (a table reads better with its columns aligned)
COMMANDS: Final = {
    "init": ("store", "建立或升级数据库"),
    "demo": ("store", "演示：在临时演练库中走完一个项目年度"),
    "up": ("store", "在本机启动全部服务，按 Ctrl-C 全部停止"),
    "status": ("status", "运行状况：哪些服务在运行、各队列落后多少、未了告警、该办什么"),
    "runs": ("runs", "操作的流程运行：等待的、停止重试的；重新排队，核对修复"),
    "deploy": ("store", "在流程服务器上登记工作池和可从看板启动的流程，可重复执行"),
    "packs": ("catalogue", "项目类别：名额、金额、电话、条款，以及要求的事项、材料和指标"),
    "chart": ("catalogue", "流程图：不写名称则列出全部流程"),
    "period": ("deadlines", "法定期间：从起算日起（或从事件日往前）推算，并列出步骤"),
    "calendar": ("calendar", "放假安排：各年来源，载入通知并重算期限"),
    "call": ("store", "开放或关闭一个项目类别的申报"),
    "apply": ("projects", "读取申报文件，建立并提交申报；文件中有编号的为更新"),
    "intake": ("intake", "读取投放的申报文件：每个文件受理了什么、未受理什么；重复读取不会重复受理"),
    "check": ("projects", "资格检查结果，不改动任何内容"),
    "list": ("projects", "列出项目"),
    "show": ("projects", "一个项目的全部内容：事项、材料、应办事项、历史"),
    "actions": ("projects", "现在可以办理什么、由谁办理，其余为何不能"),
    "trigger": ("projects", "对一个或多个项目办理一项操作"),
    "amend": ("projects", "更正项目事项（会期、联系人等），有关期限随之重算"),
    "amendments": ("amendments", "期限调整：按一份文件调整一批项目的期限，可预览、可整体撤销"),
    "campaigns": ("campaigns", "批量办理：先列名单、后确认，分批办理，可续办、可整批撤销"),
    "report": ("projects", "登记一项应办事项已办理"),
    "waive": ("waiving", "免除一项应办事项：由省科协凭决定办理，可撤销"),
    "due": ("due", "应办事项：全部期限按紧急程度排列，谁逾期、接下来是什么"),
    "feeds": ("feeds", "日历订阅：各单位或全部的期限，供日历软件（iCalendar）订阅"),
    "sweep": ("deadlines", "每日清查：提醒、标记逾期，补做漏掉的日子"),
    "schedule": ("schedule", "定时任务：各自何时进行、上次结果、谁在值守，逾期的怎么办"),
    "notices": ("notices", "通知与公文台账：列出、查看、签发、重发、发送"),
    "users": ("users", "用户、角色与代办委托"),
    "units": ("units", "单位登记簿及已核实的事项"),
    "export": ("export", "导出清单为 xlsx 或 csv：项目、应办事项、单位、审查结果、历史等"),
    "audit": ("store", "校验审计链"),
}
# fmt: on


class Root(Group):
    """The root group, whose commands are looked up in the table."""

    def described(self) -> list[tuple[str, str]]:
        """Every command with its sentence, without importing any."""
        return [(name, help_) for name, (_, help_) in COMMANDS.items()]

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, for completion."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One command out of its file, or None."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            loaded = _load(COMMANDS[cmd_name][0])
            for name, one in loaded.items():
                one.help = COMMANDS[name][1]
            self.commands.update(loaded)
        return self.commands[cmd_name]


@cache
def cli() -> Any:
    """The tree, built once."""
    return typer.main.get_command(new_group(HELP, cls=Root))


def _load(module: str) -> dict[str, Any]:
    """The commands of one file."""
    part = new_group()
    import_module(f"console.{module}").register(part)
    built: Any = typer.main.get_command(part)
    return dict(built.commands)
