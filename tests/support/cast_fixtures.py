"""Fixtures: name this module in ``pytest_plugins`` of a test module to have them."""

from pathlib import Path

import pytest

from tests.support.cast import Cast, assemble


@pytest.fixture(scope="session")
def small_once(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    return assemble(tmp_path_factory.mktemp("small"), "small")


@pytest.fixture(scope="session")
def full_once(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    return assemble(tmp_path_factory.mktemp("full"), "full")


@pytest.fixture
def small(small_once: Cast, tmp_path: Path) -> Cast:
    return small_once.copy(tmp_path)


@pytest.fixture
def full(full_once: Cast, tmp_path: Path) -> Cast:
    return full_once.copy(tmp_path)
