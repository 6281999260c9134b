"""Whatever is attacked after some commit is found by a check since that commit as well.

By default every third attack is judged both ways, always the same ones; with ``COMMS_DEEP=1``
each of them is.
"""

import os
import zlib
from typing import Any

import pytest

from tests.attacks.staging import Stage
from tests.support.repos import Answer

EVERY = 1 if os.environ.get("COMMS_DEEP") == "1" else 3
_whole = Stage.check


@pytest.fixture(autouse=True)
def _since_agrees(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Judge an attack twice: all of the history, and since its last honest commit."""
    if EVERY > 1 and zlib.crc32(request.node.name.encode()) % EVERY:
        return
    monkeypatch.setattr(Stage, "check", _both)


def _both(stage: Stage) -> Answer:
    answer = _whole(stage)
    honest = stage.before["head"]
    since = _checked(stage, "--since", honest)
    if _essence(since) != _essence(answer):
        # An attack on the older objects themselves: then the commit is not as it was checked.
        at = _checked(stage, "--at", honest)
        assert at.json["outcome"] != "pass", (since.json, answer.json)
    return answer


def _checked(stage: Stage, *more: str) -> Answer:
    answer = stage.desk.comms(stage.repo.path, "check", "--format", "json", *more)
    assert "Traceback" not in answer.errors
    return answer


def _essence(answer: Answer) -> tuple[Any, ...]:
    errors = {f["id"] for f in answer.json["findings"] if f["level"] == "error"}
    return answer.status, answer.json["outcome"], errors
