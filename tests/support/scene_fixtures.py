"""Fixtures: name this module in ``pytest_plugins`` of a test module to have them."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.cast import Cast
from tests.support.scenes import Stages

pytest_plugins = ["tests.support.cast_fixtures"]


@pytest.fixture(scope="session")
def stages(small_once: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    with ExitStack() as servers:
        folder = tmp_path_factory.mktemp("stages")
        yield Stages(cast=small_once, folder=folder, servers=servers)
