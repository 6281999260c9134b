"""Labels do not choose gates: fewer of them only over named channels and to named lists."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.ids import AudienceId, Digest, GateId
from commscli.domain.trust import Relaxed, Trust
from tests.support.repos import both_ways
from tests.support.story import CHANNELS, NOBODY, Story, first_trust

STAFF = {"digest": "5" * 64, "count": 40}
OTHERS = {"digest": "6" * 64, "count": 40}


def lax() -> Trust:
    rule = Relaxed(
        gates=(GateId("accuracy"), GateId("release")),
        channels=dict(CHANNELS),
        recipients=(Digest("5" * 64),),
    )
    return replace(first_trust(), relaxed={AudienceId("internal-stakeholders"): rule})


def gates_of(audience: str, **manifest: Any) -> list[str]:
    story = Story(lax())
    story.declare()
    story.draft(audience=audience, **manifest)
    return [gate.gate for gate in story.report().messages[0].gates]


@pytest.mark.parametrize("recipients", [NOBODY, STAFF], ids=["broadcast", "the list"])
def test_the_audience_over_its_channel_needs_fewer(recipients: dict[str, Any]) -> None:
    assert gates_of("internal-stakeholders", recipients=dict(recipients)) == ["accuracy", "release"]


@pytest.mark.parametrize(
    ("audience", "manifest"),
    [
        ("all-customers", {}),
        ("internal-stakeholders", {"recipients": OTHERS}),
        ("internal-stakeholders", {"channels": {"status": {"adapter": "file", "page": "x.com"}}}),
        ("internal-stakeholders", {"channels": {**CHANNELS, "mail": {"adapter": "smtp"}}}),
        ("internal-stakeholders", {"channels": {"mail": dict(CHANNELS["status"])}}),
        ("internal-stakeholders", {"channels": {}}),
    ],
    ids=["audience", "list", "endpoint", "one channel more", "channel name", "no channel"],
)
def test_anything_else_needs_them_all(audience: str, manifest: dict[str, Any]) -> None:
    assert len(gates_of(audience, **manifest)) == 5


@pytest.mark.parametrize("field", ["severity", "phase"])
def test_severity_and_phase_remove_no_gate(field: str) -> None:
    assert len(gates_of("all-customers", **{field: "detection"})) == 5


def test_a_message_is_sent_through_the_gates_that_are_left(tmp_path: Path) -> None:
    story = Story(lax())
    story.declare()
    story.draft(audience="internal-stakeholders")
    story.ok("accuracy")
    story.ok("release")
    story.send()

    assert both_ways(story, tmp_path / "repo").findings == ()


def test_the_gates_that_are_spared_hold_up_no_other(tmp_path: Path) -> None:
    """Approval comes after legal, and legal does not bind this audience."""
    rule = Relaxed(gates=(GateId("approval"),), channels=dict(CHANNELS), recipients=())
    trust = replace(first_trust(), relaxed={AudienceId("internal-stakeholders"): rule})
    story = Story(trust)
    story.declare()
    story.draft(audience="internal-stakeholders")
    story.ok("approval")
    story.send()

    assert both_ways(story, tmp_path / "repo").findings == ()
