"""What somebody has to look after: how far the record was swept, and notices that nobody will send any more.

Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from lifecycle.gate import store_facts
from lifecycle.noticing import NOTICE
from states.names import NoticeStatus

_DEAD = select(func.count()).select_from(NOTICE).where(NOTICE.c.status == str(NoticeStatus.DEAD))


@dataclass(frozen=True, slots=True)
class Watch:
    """How the record stood when it was looked at on a day."""

    on: date
    swept_on: date | None
    dead: int

    @property
    def missed(self) -> int | None:
        """Whole days without a sweep before this one, or None where there never was one."""
        return None if self.swept_on is None else max((self.on - self.swept_on).days - 1, 0)

    def warnings(self) -> list[str]:
        """What a person should do, in Chinese, with the command for it."""
        found: list[str] = []
        if self.swept_on is None:
            found.append("尚未清查过：请运行 lifecycle sweep，或用 lifecycle up 启动每日清查。")
        elif self.missed:
            found.append(
                f"上次清查至 {self.swept_on.isoformat()}，其后 {self.missed} 天未清查（可能停机）："
                "请运行 lifecycle sweep 补做。"
            )
        if self.dead:
            found.append(self.dead_letters())
        return found

    def made_good(self) -> list[str]:
        """What a sweep tells that found the record so: the days that it made good, and what still waits."""
        found: list[str] = []
        if self.swept_on is not None and self.missed:
            found.append(
                f"上次清查至 {self.swept_on.isoformat()}，其后 {self.missed} 天未清查（可能停机），现已补做。"
            )
        if self.dead:
            found.append(self.dead_letters())
        return found

    def dead_letters(self) -> str:
        """How many notices wait for a person, and how to see them."""
        return f"有 {self.dead} 件通知已停止重试，须人工处理：lifecycle notices --status dead"

    def as_json(self) -> dict[str, Any]:
        """The keys that `due` and `sweep` share."""
        return {
            "last_sweep": self.swept_on.isoformat() if self.swept_on else None,
            "dead_letters": self.dead,
            "warnings": self.warnings(),
        }


def read_watch(conn: Connection, on: date) -> Watch:
    """Look at the record on a day."""
    return Watch(on, store_facts(conn).swept_on, int(conn.execute(_DEAD).scalar_one()))
