"""The error family of the whole application.

A refusal by rule is a value (`states.decision.Refused`) until it reaches a door; there it
becomes one of these. Each class carries the code and exit status of the CLI contract, and its
docstring is the default message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

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
