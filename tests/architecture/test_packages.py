"""The five names are generic: each must be loaded from this repository, not from a library."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_loaded_from_this_repository(name: str) -> None:
    assert Path(importlib.import_module(name).__file__ or "").parent == ROOT / name
