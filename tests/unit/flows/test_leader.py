from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.leader import LOCK, leadership
from states.errors import UnavailableFault


def test_one_home_has_one_daemon(tmp_path: Path) -> None:
    with leadership(tmp_path):
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"
        with pytest.raises(UnavailableFault) as caught, leadership(tmp_path):
            pytest.fail("two leaders")
    assert caught.value.message == f"已有一个守护进程在使用 {tmp_path}，请先停止它。"


def test_the_place_is_free_again_afterwards(tmp_path: Path) -> None:
    with leadership(tmp_path):
        pass
    with leadership(tmp_path):
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"
