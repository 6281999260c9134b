"""Whatever is attacked after some commit is found by a check since that commit as well."""

from typing import Any

import pytest

from tests.attacks.staging import Stage
from tests.support.repos import Answer

_whole = Stage.check


@pytest.fixture(autouse=True)
def _since_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge every attack twice: all of the history, and since its last honest commit."""
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
