from __future__ import annotations

import threading
from contextvars import ContextVar

import pytest

from flows.warm import FlowTimeout, capped

PLACE: ContextVar[str] = ContextVar("place")


def test_the_callers_context_holds_in_the_thread() -> None:
    PLACE.set("郑州")
    assert capped(PLACE.get, 5) == "郑州"


def test_a_fault_comes_back_as_it_was() -> None:
    with pytest.raises(ZeroDivisionError):
        capped(lambda: 1 // 0, 5)


def test_a_call_that_does_not_end_is_left_behind() -> None:
    release = threading.Event()
    with pytest.raises(FlowTimeout) as caught:
        capped(release.wait, 0.6)
    release.set()
    assert str(caught.value) == "流程在 1 秒内没有结束。"
