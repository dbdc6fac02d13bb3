"""The lock pins each package to one version, names no host, and agrees with pyproject.toml."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PINNED = [line for line in LINES if line and not line.startswith("#")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def versions() -> dict[str, str]:
    pairs = (line.split(";")[0].strip().split("==") for line in PINNED)
    return {canonicalize_name(name): version for name, version in pairs}


def test_the_lock_holds_nothing_but_exact_versions() -> None:
    exact = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+( ; .+)?")
    assert [line for line in PINNED if not exact.fullmatch(line)] == []


def test_the_lock_names_no_host() -> None:
    assert [line for line in LINES if "://" in line or "@" in line] == []


def test_every_requirement_of_the_project_is_pinned_within_its_range() -> None:
    asked = [
        Requirement(text) for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    ]
    pinned = versions()
    outside = [
        str(one)
        for one in asked
        if not one.specifier.contains(pinned.get(canonicalize_name(one.name), "0.dev0"))
    ]
    assert outside == []


def test_the_flow_engine_is_the_one_that_works_with_its_web_framework() -> None:
    assert versions()["prefect"] == "3.8.8"
