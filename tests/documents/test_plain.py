"""What is remembered of a document answers as its model does, and nothing can be set in it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from commscli.compose.library import shipped
from commscli.documents.models.playbook import Playbook
from commscli.documents.plain import Plain, from_json, to_json
from commscli.domain.phases import PHASES
from commscli.domain.severity import SEVERITIES
from commscli.workflow.setting_files import read_setting
from commscli.workflow.setup.starting_files import starting_files

STARTING = starting_files(organisation="A", timezone="Europe/London", domain="example.com")
WIDEST = b"""\
audiences:
  a: {name: A, aliases: [b], detail: simple, channels: [c], one_to_one: true, recipients: r,
      capacity: 3, copy: [p@example.com], cadence: {monitoring: 90m}, contract: {update: 1h}}
"""
FILES = {
    **{f"playbooks/{name}": data for name, data in shipped("playbooks").items()
       if "/" not in name},
    **{name: STARTING[name] for name in ("comms.yaml", "audiences.yaml", "channels.yaml")},
    "audiences.yaml, widest": WIDEST,
}  # fmt: skip


def again(value: Any) -> Any:
    return from_json(json.loads(json.dumps(to_json(value))))


def same(plain: Any, model: Any) -> bool:
    """Whether every attribute, however deep, has the same value and the same kind."""
    if isinstance(model, BaseModel):
        fields = type(model).model_fields
        return isinstance(plain, Plain) and all(
            same(getattr(plain, f), getattr(model, f)) for f in fields
        )
    if isinstance(model, dict):
        return list(plain) == list(model) and all(same(plain[key], model[key]) for key in model)
    if isinstance(model, tuple):
        return len(plain) == len(model) and all(map(same, plain, model))
    return type(plain) is type(model) and bool(plain == model)


@pytest.mark.parametrize("name", FILES)
def test_every_value_comes_back(name: str) -> None:
    model = read_setting(name.partition(",")[0], FILES[name])

    assert same(again(model), model)


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("playbooks/")])
def test_a_playbook_answers_the_same(name: str) -> None:
    model = read_setting(name, FILES[name])
    assert isinstance(model, Playbook)
    plain = again(model)

    for phase in PHASES:
        for audience in ("all-customers", "strategic-customers", "nobody"):
            assert plain.requires(phase, audience) == model.requires(phase, audience)
            assert plain.allows(phase, audience) == model.allows(phase, audience)
        for severity in (*SEVERITIES, ""):
            assert plain.pace(phase, severity=severity) == model.pace(phase, severity=severity)
        assert plain.pace(phase, urgency="high") == model.pace(phase, urgency="high")


def test_it_is_to_be_read() -> None:
    plain = again(read_setting("comms.yaml", FILES["comms.yaml"]))

    with pytest.raises(AttributeError, match="to be read"):
        plain.timezone = "UTC"


def test_what_is_no_value_of_a_document_is_not_written() -> None:
    assert again((timedelta(minutes=90), None, True, 3, "x")) == (
        timedelta(minutes=90), None, True, 3, "x",
    )  # fmt: skip
    with pytest.raises(TypeError):
        to_json({"a": object()})
