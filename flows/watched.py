"""A child that is kept running: looked at, and started again after a pause that grows when it dies often.

Never imports prefect and runs no thread. It does not know what the child does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from flows.child import Child

Say = Callable[[str], None]

FIRST_PAUSE, LONGEST_PAUSE, CALM_AFTER = 1.0, 30.0, 60.0


@dataclass(slots=True)
class Watched:
    """A child with the memory that its restarts need."""

    child: Child
    pause: float = FIRST_PAUSE
    started: float = 0.0
    again_at: float | None = None

    def start(self) -> None:
        """Start it now."""
        self.child.start()
        self.started = time.monotonic()
        self.again_at = None

    def look(self, say: Say) -> None:
        """Start it again, after a growing pause, if it has ended."""
        moment = time.monotonic()
        if self.child.alive:
            if moment - self.started > CALM_AFTER:
                self.pause = FIRST_PAUSE
            return
        if self.again_at is None:
            ended = f"{self.child.name}意外退出（{self.child.ended_with}）"
            say(f"{ended}，{self.pause:.0f} 秒后重启。日志：{self.child.log}")
            self.again_at = moment + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif moment >= self.again_at:
            self.start()
            say(f"{self.child.name}已重启。")


@dataclass(slots=True)
class Errand:
    """A child that is sent once and has to come back with 0: killed when it stays too long, sent again."""

    child: Child
    longest: float
    pause: float = FIRST_PAUSE
    began: float = 0.0
    again_at: float | None = 0.0

    @property
    def sent(self) -> bool:
        """Whether it is on its way, or its next time is set."""
        return self.began > 0

    def look(self, say: Say) -> bool:
        """Send it, see whether it is back; True once it has succeeded."""
        moment = time.monotonic()
        if self.again_at is not None:
            if moment >= self.again_at:
                self.child.start()
                self.began, self.again_at = moment, None
            return False
        if self.child.alive:
            if moment - self.began > self.longest:
                self.child.stop(0.5)
                self._later(say, "超时")
            return False
        ended = self.child.ended_with
        if ended == 0:
            return True
        self._later(say, f"未成功（{ended}）")
        return False

    def _later(self, say: Say, why: str) -> None:
        say(f"{self.child.name}{why}，{self.pause:.0f} 秒后再试。日志：{self.child.log}")
        self.again_at = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
