"""Statuspage: one incident there for each of ours, who is notified, and what it says."""

from pathlib import Path
from typing import Any

import pytest

from commscli.delivery.ledger import Step
from commscli.domain.phases import PHASES
from commscli.errors import BadInput
from tests.support.asked_channels import INCIDENT, Lab, delivery, lab
from tests.support.fake_statuspage import PAGE, FakeStatuspage

FIRST, SECOND = delivery("First."), delivery("Second.")
COMPONENTS = {"components": "c1 c2", "component_status": "partial_outage", "impact": "major"}


def status_page(one: Lab) -> FakeStatuspage:
    assert isinstance(one.api, FakeStatuspage)
    return one.api


def told(one: Lab) -> list[dict[str, Any]]:
    return [asked.document["incident"] for asked in one.api.committed]


def test_the_messages_of_an_incident_are_one_incident(tmp_path: Path) -> None:
    with lab("statuspage", tmp_path) as one:
        page = status_page(one)
        page.other("theirs", jira={"id": "J-1"})
        first = one.channel().send(FIRST, lambda: None)
        page.incidents[0]["metadata"]["jira"] = {"id": "J-2"}
        page.other("theirs too", comms={"incident": "2026-11-22-another", "keys": {}})
        second = one.channel(message="m-2", phase="monitoring").send(SECOND, lambda: None)
        ours = page.incidents[1]
    assert first.id == second.id == ours["id"]
    assert [asked.method for asked in page.committed] == ["POST", "PATCH"]
    assert page.committed[1].path == f"/v1/pages/{PAGE}/incidents/{first.id}"
    assert [update["body"] for update in ours["incident_updates"]] == ["Second.", "First."]
    assert ours["name"] == "It began"
    assert ours["metadata"]["comms"] == {
        "incident": INCIDENT, "keys": {FIRST.key: "m-1", SECOND.key: "m-2"},
    }  # fmt: skip
    assert ours["metadata"]["jira"] == {"id": "J-2"}, "what others keep there stays"


def test_every_phase_has_a_status(tmp_path: Path) -> None:
    with lab("statuspage", tmp_path) as one:
        found = {phase: one.channel(phase=phase).flags()["status"] for phase in PHASES}
    assert found == {
        "detection": "investigating", "investigation": "investigating",
        "identification": "identified", "monitoring": "monitoring", "resolution": "resolved",
        "analysis": "resolved", "publishing": "resolved",
    }  # fmt: skip


@pytest.mark.parametrize("notify", [True, False])
def test_who_is_notified_is_always_said(tmp_path: Path, *, notify: bool) -> None:
    with lab("statuspage", tmp_path) as one:
        channel = one.channel({"notify": str(notify).lower()})
        assert channel.flags()["deliver_notifications"] == str(notify).lower()
        channel.send(FIRST, lambda: None)
        channel.send(SECOND, lambda: None)
    assert [one["deliver_notifications"] for one in told(one)] == [notify, notify]


def test_components_are_broken_while_it_lasts_and_left_alone_after(tmp_path: Path) -> None:
    with lab("statuspage", tmp_path) as one:
        page = status_page(one)
        for phase in ("investigation", "monitoring", "resolution"):
            one.channel(COMPONENTS, phase=phase).send(delivery(phase), lambda: None)
        page.components["c1"] = "major_outage"  # another incident began on it
        one.channel(COMPONENTS, phase="analysis").send(delivery("analysis"), lambda: None)
    broken, fine = dict.fromkeys(("c1", "c2"), "partial_outage"), {"c1": "operational",
                                                                   "c2": "operational"}  # fmt: skip
    assert [one.get("components") for one in told(one)] == [broken, broken, fine, None]
    assert [one.get("component_ids") for one in told(one)] == [["c1", "c2"], None, None, None]
    assert [one.get("impact_override") for one in told(one)] == ["major", None, None, None]
    assert page.components["c1"] == "major_outage"


def test_any_key_of_an_incident_is_found_not_only_the_last(tmp_path: Path) -> None:
    with lab("statuspage", tmp_path) as one:
        for number in range(3):
            one.channel().send(delivery(f"No. {number}"), lambda: None)
        found = one.channel().reconcile(delivery("No. 0"))
        absent = one.channel().reconcile(delivery("No. 7"))
    assert found is not None
    assert (found.step, found.id) == (Step.ACCEPTED, "i0")
    assert absent is not None
    assert absent.step is Step.PLANNED


def test_ours_is_found_behind_many_and_too_many_say_nothing(tmp_path: Path) -> None:
    with lab("statuspage", tmp_path) as one:
        page = status_page(one)
        one.channel().send(FIRST, lambda: None)
        for number in range(250):
            page.other(f"theirs {number}")
        one.channel().send(SECOND, lambda: None)
        assert page.committed[-1].method == "PATCH"
        for number in range(250):
            page.other(f"theirs {number}")
        assert one.channel().reconcile(FIRST) is None


def test_the_words_go_without_marks(tmp_path: Path) -> None:
    with lab("statuspage", tmp_path) as one:
        text = "**Cards** fail:\n\n- in [Europe](https://a.example/eu)\n- a < b <script>"
        one.channel().send(delivery(text), lambda: None)
    assert told(one)[0]["body"] == (
        "Cards fail:\n\n- in Europe (https://a.example/eu)\n- a < b \u2039script>"
    )


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (delivery("x", subject="s" * 256), "256 characters: a status page takes 255"),
        (delivery("x" * 25_001), "25001 characters: a status page takes 25000"),
        (delivery("x", row="a" * 64), "people by name"),
    ],
)
def test_what_it_would_not_take_is_refused_before(tmp_path: Path, what: Any, text: str) -> None:
    with lab("statuspage", tmp_path) as one, pytest.raises(BadInput, match=text):
        one.channel().plan(what)
