"""Who must sign when admins or their number change: the old quorum, and then the new one too.

The table is in the manner of TUF's for root keys. A key is named for its owner; ``ada_two`` is
a second key of Ada's.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from commscli.domain.ids import PersonId
from commscli.domain.trust import Trust
from tests.support.story import Story, first_trust, person

Side = tuple[Sequence[str], int]
ONE: Side = (["ada"], 1)
TWO: Side = (["ada", "alf"], 2)
THREE: Side = (["ada", "alf", "bea"], 2)
ALL: Side = (["ada", "alf", "bea"], 3)
OTHERS: Side = (["tom", "tara"], 1)

FOLLOWS: Sequence[tuple[str, Side, Side, Sequence[str], bool]] = [
    ("1 of 1, signed", ONE, ONE, ["ada"], True),
    ("1 of 1, signed by nobody", ONE, ONE, [], False),
    ("1 of 1, by somebody else", ONE, ONE, ["tom"], False),
    ("2 of 3, by two", THREE, THREE, ["ada", "bea"], True),
    ("2 of 3, by all", THREE, THREE, ["ada", "alf", "bea"], True),
    ("2 of 3, by one", THREE, THREE, ["bea"], False),
    ("2 of 3, by one with two keys", THREE, THREE, ["ada", "ada_two"], False),
    ("2 of 3, by one and a stranger", THREE, THREE, ["ada", "tom"], False),
    ("an unused signature does no harm", THREE, THREE, ["ada", "bea", "tom"], True),
    ("quorum up, by the old one", TWO, (["ada", "alf"], 2), ["ada", "alf"], True),
    ("quorum 2 to 3, by two", THREE, ALL, ["ada", "alf"], False),
    ("quorum 2 to 3, by three", THREE, ALL, ["ada", "alf", "bea"], True),
    ("quorum 3 to 2, by two", ALL, THREE, ["ada", "alf"], False),
    ("quorum 3 to 2, by three", ALL, THREE, ["ada", "alf", "bea"], True),
    ("quorum 2 to 1, by one", TWO, (["ada", "alf"], 1), ["ada"], False),
    ("an admin more, by the old quorum", ONE, (["ada", "tom"], 1), ["ada"], True),
    ("an admin more, by the new one alone", ONE, (["ada", "tom"], 1), ["tom"], False),
    ("an admin and a quorum more, by the old", ONE, (["ada", "tom"], 2), ["ada"], False),
    ("an admin and a quorum more, by both", ONE, (["ada", "tom"], 2), ["ada", "tom"], True),
    ("all new, not signed by the old", TWO, OTHERS, ["tom"], False),
    ("all new, not signed by the new", TWO, OTHERS, ["ada", "alf"], False),
    ("all new, signed by both", TWO, OTHERS, ["ada", "alf", "tom"], True),
    ("all new, too few of the old", TWO, OTHERS, ["ada", "tom", "tara"], False),
]


def trust_of(side: Side) -> Trust:
    """A first version of these admins, where Ada has two keys."""
    admins, quorum = side
    trust = first_trust(admins=admins, quorum=quorum)
    people = {**trust.people, PersonId("ada"): person("ada", "ada", "ada_two")}
    people |= {PersonId(name): person(name) for name in ("alf",) if name not in people}
    return replace(trust, people=people)


@pytest.mark.parametrize(
    ("before", "after", "signers", "follows"),
    [case[1:] for case in FOLLOWS],
    ids=[case[0] for case in FOLLOWS],
)
def test_rotation(before: Side, after: Side, signers: Sequence[str], *, follows: bool) -> None:
    story = Story(trust_of((before[0], min(before[1], 2))))
    if before[1] > 2:
        story.change_trust(lambda t: replace(t, quorum=before[1]), signers=before[0])
    story.declare()
    old = story.in_force.trust.version
    new = replace(
        trust_of(before),
        admins=tuple(map(PersonId, after[0])),
        quorum=after[1],
        commits="signed",
        version=story.free_number,
        previous=story.in_force.digest,
    )

    story.introduce(new, signers=signers)

    report = story.report()
    assert report.trust_version == (old + 1 if follows else old)
    assert [f.rule for f in report.findings] == ([] if follows else ["trust-chain"])
