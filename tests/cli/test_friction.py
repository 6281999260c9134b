"""How many commands it takes to tell three audiences in three phases: friction is a measure."""

from collections.abc import Sequence

import pytest

from tests.support.cast import Cast, Clone
from tests.support.dialogue import talk

pytest_plugins = ["tests.support.cast_fixtures"]
KEYS = "[q]uit  "
GATES = ("accuracy", "messaging", "legal", "approval", "release")
GOAL = 36
"""Commands by all people together for nine messages; a tool without `next` takes 351."""
FACTS = {
    "identification": ["cause=a change of a certificate", "remedy=we put the old one back",
                       "symptoms=payments by card are refused"],
    "resolution": ["end=10:40", "resolution=the old certificate is back",
                   "data_loss=none", "prevention=we test certificates before"],
}  # fmt: skip


class Counted:
    """A cast whose commands are counted."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.commands: list[str] = []

    def types(self, person: str, *argv: str) -> None:
        """Somebody types a command that works without a question."""
        self.commands.append(f"{person}$ comms {' '.join(argv)}")
        self.clone(person).done(*argv)

    def answers(self, person: str, *argv: str, lines: Sequence[tuple[str, str]]) -> None:
        """Somebody types a command at a terminal, and answers with one key each."""
        self.commands.append(f"{person}$ comms {' '.join(argv)}")
        clone = self.clone(person)
        said = talk(*argv, cwd=clone.folder, environ=clone.environ(), lines=lines)
        assert said.code == 0, said.screen

    def clone(self, person: str) -> Clone:
        found: Clone = getattr(self.cast, person)
        return found


@pytest.fixture
def counted(full: Cast) -> Counted:
    return Counted(full)


def test_nine_messages_by_six_people(counted: Counted) -> None:
    facts = [word for fact in ("start=09:14", "services=card payments", "impact=no card works")
             for word in ("--fact", fact)]  # fmt: skip
    counted.types("ana", "new", "Checkout outage", "--severity", "1", *facts)
    for phase in ("investigation", "identification", "resolution"):
        counted.cast.later(20)
        if phase != "investigation":
            counted.types("ana", "fact", "set", *FACTS[phase])
            counted.types("ana", "phase", phase)
        counted.types("ana", "draft")
        for gate in GATES:
            counted.cast.later(1)
            counted.answers(counted.cast.holder(gate), "next", lines=[(KEYS, "o")] * 3)
        counted.types("ana", "send", "--released")

    counted.clone("ana").done("sync")
    assert counted.clone("ana").done("check", "--json").json["checked"]["sent"] == 9
    assert len(counted.commands) <= GOAL, "\n".join(counted.commands)
