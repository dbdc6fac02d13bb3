"""The tour of the READMEs as it stands there, on a practice store, then the backup that they describe."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run what a reader would paste, with `lifecycle` on the path as an activated environment has it."""
    program = folder / "bin" / "lifecycle"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m console.main "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    known = {name: value for name, value in os.environ.items() if not name.startswith("LIFECYCLE_")}
    path = {"PATH": f"{program.parent}:{known.get('PATH', '')}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env={**known, **path}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("page", ["README.md", pytest.param("README.zh-CN.md", marks=pytest.mark.soak)])
def test_the_tour_goes_as_it_is_told(page: str, tmp_path: Path) -> None:
    ran = run("\n".join(blocks(page)[1:4]), tmp_path)
    backed_up = run(f"export LIFECYCLE_HOME=./practice\n{blocks(page)[-1]}", tmp_path)

    faults = [line for line in ran.stderr.splitlines() if line.startswith("错误")]
    assert (ran.returncode, len(faults)) == (0, 1), ran.stderr  # the one start that comes too early
    assert "错误（refused）" in faults[0]
    assert "拟立项公示 5 个工作日" in ran.stderr
    assert "审计链完整：1 个项目，8 条记录" in ran.stdout
    assert len(list((tmp_path / "practice" / "outbox").glob("*.eml"))) == 3
    assert backed_up.returncode == 0, backed_up.stderr
    assert backed_up.stdout.startswith("审计链完整：1 个项目，8 条记录")
