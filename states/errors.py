"""The error family of the whole application.

A refusal by rule is a value (`states.decision.Refused`) until it reaches a door; there it
becomes one of these. Each class carries the code and exit status of the CLI contract, and its
docstring is the default message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from states.wording import nested


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a refusal or a finding, with the rule and clause it rests on."""

    rule: str | None
    message: str
    severity: str = "block"
    cite: str | None = None
    document: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", nested(self.message))

    def as_json(self) -> dict[str, Any]:
        """The five keys of the contract."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "cite": self.cite,
            "document": self.document,
        }


class LifecycleError(Exception):
    """程序内部错误。"""

    code: ClassVar[str] = "internal"
    exit_status: ClassVar[int] = 1

    def __init__(self, message: str | None = None, reasons: Sequence[Reason] = ()) -> None:
        self.message = nested(message or (type(self).__doc__ or "").strip())
        self.reasons = tuple(reasons)
        super().__init__(self.message)

    def as_json(self) -> dict[str, Any]:
        """The error document of the contract."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "reasons": [reason.as_json() for reason in self.reasons],
            }
        }


class DefinitionFault(LifecycleError):
    """状态表或程序内置数据有误。"""


class UsageFault(LifecycleError):
    """命令参数有误。"""

    code = "usage"
    exit_status = 2


class RefusedFault(LifecycleError):
    """规则或当前状态不允许此操作。"""

    code = "refused"
    exit_status = 3


class AttentionFault(LifecycleError):
    """有需要处理的事。"""

    code = "attention"
    exit_status = 1


class ForbiddenFault(LifecycleError):
    """操作人没有这项权限。"""

    code = "forbidden"
    exit_status = 4


class NotFoundFault(LifecycleError):
    """找不到所指的对象。"""

    code = "not_found"
    exit_status = 5


class ConflictFault(LifecycleError):
    """其他人已先行修改，或同一幂等键用于了不同的操作。"""

    code = "conflict"
    exit_status = 6


class BadInputFault(LifecycleError):
    """文件或取值无法读取。"""

    code = "bad_input"
    exit_status = 7


class UnavailableFault(LifecycleError):
    """数据库、守护进程或邮件服务器暂不可用，未留下半成品。"""

    code = "unavailable"
    exit_status = 8


class TamperedFault(LifecycleError):
    """审计链校验不通过。"""

    code = "tampered"
    exit_status = 9


ORDINARY: Final = range(2, 8)
"""Statuses that concern the thing asked for, not the program or the store."""


def fault_of(code: str, message: str, reasons: Sequence[Reason] = ()) -> LifecycleError:
    """The error of a code of the contract; an internal one where there is none."""
    for family in LifecycleError.__subclasses__():
        if family.code == code and family.exit_status != 1:
            return family(message, reasons)
    return LifecycleError(message, reasons)


def whole_fault(faults: Sequence[LifecycleError], asked: int) -> LifecycleError | None:
    """The fault that a bulk command ends with, or None where nothing was declined."""
    if not faults:
        return None
    if asked == 1:
        return faults[0]
    grave = next((fault for fault in faults if fault.exit_status not in ORDINARY), None)
    if grave is not None:
        return grave
    family = BadInputFault if all(isinstance(fault, BadInputFault) for fault in faults) else RefusedFault
    return family(f"共 {asked} 项，{len(faults)} 项未办理，原因已逐项列出。")
