"""The shipped city, and a copy of its folder that a test may break."""

import shutil
from pathlib import Path

import pytest

from schemas.catalogue import City, city_folder, load_city

FOOD_STALL = Path(__file__).parent / "food_stall.toml"


@pytest.fixture(scope="session")
def semarang() -> City:
    return load_city(city_folder("semarang"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "city"
    shutil.copytree(city_folder("semarang"), copy)
    return copy


@pytest.fixture
def with_stall(folder: Path) -> Path:
    shutil.copy(FOOD_STALL, folder / "services" / "izin_pkl.toml")
    return folder
