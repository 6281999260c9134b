"""The seven phases, in order."""

import pytest

from commscli.domain import phases
from commscli.errors import BadInput


def test_the_phases_are_those_of_the_process_in_its_order() -> None:
    assert phases.PHASES == (
        "detection", "investigation", "identification", "monitoring", "resolution",
        "analysis", "publishing",
    )  # fmt: skip
    assert all(phases.MEANINGS[phase] for phase in phases.PHASES)


def test_an_incident_is_declared_in_two_of_them_only() -> None:
    assert phases.DECLARABLE == ("investigation", "identification")


def test_messages_before_the_resolution_name_the_next_update() -> None:
    naming = [phase for phase in phases.PHASES if phases.names_next_update(phase)]
    assert naming == ["detection", "investigation", "identification", "monitoring"]


def test_the_case_of_a_phase_does_not_matter() -> None:
    assert phases.checked_phase(" Monitoring ") == "monitoring"


def test_a_slip_of_the_hand_finds_its_phase() -> None:
    with pytest.raises(BadInput, match="expected one of detection, investigation") as caught:
        phases.checked_phase("investigating")
    assert caught.value.remedy == "did you mean investigation?"


def test_what_is_like_no_phase_gets_no_guess() -> None:
    with pytest.raises(BadInput) as caught:
        phases.checked_phase("zzz")
    assert "did you mean" not in caught.value.remedy
    assert not phases.is_phase("zzz")
    assert not phases.is_phase(None)
