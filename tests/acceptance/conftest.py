"""An office with a practice store: made once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.cities import open_office
from tests.cli import Office


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice store with its people and one open call, to copy from."""
    office = Office(tmp_path_factory.mktemp("office") / "home").open()
    office.done("call", "open", "h23-young-talent", by="association", on="2023-03-01")
    return office.home


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Office:
    """An office of one's own."""
    shutil.copytree(furnished, tmp_path / "home")
    return Office(tmp_path / "home")


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a Henan office with the calls of a pilot city open, to copy from."""
    return open_office(tmp_path_factory.mktemp("city"))
