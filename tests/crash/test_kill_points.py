"""A send is killed just where it hurts; then it is run again, and what is in doubt is resolved.

The fifteen points at which a send can end, and where each is tried:

1. while it plans: ``planning``; and before anything is begun: ``locked``, ``unshared``
2. before the first line of a delivery: ``shared``, ``intent``, ``before-attempting``
3. a line half written: ``torn-attempting``, and the other two lines: ``torn-wire``,
   ``torn-accepted``
4. ``attempting`` is durable, and nothing was said to the server: ``attempting``
5. the envelope was taken, or there is a connection, and nothing that commits: ``envelope``,
   ``before-wire``
6. ``wire`` is durable, and what commits is not written whole: ``wire``, ``half-written``
7. all is written, and the answer not read: ``written``
8. the answer was read, and not recorded: ``read``
9. recorded, and not hung up: ``recorded``, ``hanging-up``
10. all sent, and that not on record: ``all-sent``
11. on record, and not shared, or not here, or the lock not given back: ``unshared`` and ``shared``
    the second time, ``committed``, ``released``
12. between two channels: below
13. a disk that is full: ``test_full_disk_and_clock.py``
14. Ctrl-C: ``tests/cli/test_sending.py``
15. a clock that jumps: ``test_full_disk_and_clock.py``
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.scenes import PEOPLE, RESENT, Stages

pytest_plugins = ["tests.support.scene_fixtures"]
MAILS = {"mail", "mail-resend"}


class Left(NamedTuple):
    """What a kill leaves: begun or not, how many are on record, in doubt, and got it in truth."""

    begun: bool
    accepted: int = 0
    doubt: int = 0
    got: int = 0


POINTS = {
    ("planning", 2): Left(False),
    ("locked", 1): Left(False),
    ("unshared", 1): Left(False),
    ("shared", 1): Left(False),
    ("intent", 1): Left(True),
    ("before-attempting", 2): Left(True, 1, 0, 1),
    ("torn-attempting", 2): Left(True, 1, 0, 1),
    ("attempting", 2): Left(True, 1, 0, 1),
    ("envelope", 2): Left(True, 1, 0, 1),
    ("before-wire", 2): Left(True, 1, 0, 1),
    ("torn-wire", 2): Left(True, 1, 0, 1),
    ("wire", 2): Left(True, 1, 1, 1),
    ("half-written", 2): Left(True, 1, 1, 1),
    ("written", 2): Left(True, 1, 1, 2),
    ("read", 2): Left(True, 1, 1, 2),
    ("torn-accepted", 2): Left(True, 1, 1, 2),
    ("recorded", 2): Left(True, 2, 0, 2),
    ("hanging-up", 1): Left(True, 3, 0, 3),
    ("all-sent", 1): Left(True, 3, 0, 3),
    ("unshared", 2): Left(True, 3, 0, 3),
    ("shared", 2): Left(True, 3, 0, 3),
    ("committed", 1): Left(True, 3, 0, 3),
    ("released", 1): Left(True, 3, 0, 3),
}
MAIL_ALONE = {"envelope"}
IN_DOUBT = {point for point, left in POINTS.items() if left.doubt}
MOST = IN_DOUBT | {
    ("planning", 2), ("intent", 1), ("torn-attempting", 2), ("attempting", 2), ("before-wire", 2),
    ("torn-wire", 2), ("recorded", 2), ("all-sent", 1), ("committed", 1),
}  # fmt: skip
TRIED_OF = {"mail": {*POINTS}, "hook": MOST, "hook-idempotent": MOST, "mail-resend": IN_DOUBT}
"""Only what is in doubt differs between who holds it and who sends it again."""
TRIED = [
    (kind, *point)
    for kind, tried in TRIED_OF.items()
    for point in POINTS
    if point in tried and (kind in MAILS or point[0] not in MAIL_ALONE)
]


AT_ONE = {
    ("planning", 1): Left(False),
    ("locked", 1): Left(False),
    ("shared", 1): Left(False),
    ("intent", 1): Left(True),
    ("before-attempting", 1): Left(True),
    ("torn-attempting", 1): Left(True),
    ("attempting", 1): Left(True),
    ("before-wire", 1): Left(True),
    ("torn-wire", 1): Left(True),
    ("wire", 1): Left(True, 0, 1, 0),
    ("half-written", 1): Left(True, 0, 1, 0),
    ("written", 1): Left(True, 0, 1, 1),
    ("read", 1): Left(True, 0, 1, 1),
    ("torn-accepted", 1): Left(True, 0, 1, 1),
    ("recorded", 1): Left(True, 1, 0, 1),
    ("hanging-up", 1): Left(True, 1, 0, 1),
    ("all-sent", 1): Left(True, 1, 0, 1),
    ("shared", 2): Left(True, 1, 0, 1),
    ("committed", 1): Left(True, 1, 0, 1),
}
ASKED = [
    (kind, *point)
    for kind in ("statuspage", "slack", "sms")
    for point, left in AT_ONE.items()
    if left.doubt or kind == "statuspage"
]


@pytest.mark.parametrize(("kind", "point", "number"), ASKED)
def test_what_can_be_asked_is_asked_and_arrives_once(
    stages: Stages, tmp_path: Path, kind: str, point: str, number: int
) -> None:
    """No person has to decide: the other side knows, and nobody gets it twice."""
    scene, left = stages.scene(kind, tmp_path), AT_ONE[point, number]
    scene.killed(point, number)
    seen = scene.seen()
    assert (seen.begun, len(seen.accepted), len(seen.doubt)) == left[:3]
    assert seen.got.total() == left.got
    ran = scene.send()
    assert ran.code == 0, ran.err
    scene.assert_sent()
    assert scene.truth.copies().total() == 1


@pytest.mark.parametrize(("kind", "point", "number"), TRIED)
def test_killed_at_a_point(
    stages: Stages, tmp_path: Path, kind: str, point: str, number: int
) -> None:
    scene, left = stages.scene(kind, tmp_path), POINTS[point, number]
    scene.killed(point, number)
    seen = scene.seen()
    assert (seen.begun, len(seen.accepted), len(seen.doubt)) == left[:3]
    assert seen.got.total() == left.got

    ran = scene.send()
    held = seen.doubt and kind not in RESENT
    assert ran.code == (6 if held else 0), ran.err
    if held:
        assert seen.doubt == scene.seen().doubt, "who is in doubt is sent nothing"
        assert set(scene.truth.copies()) == seen.got.keys() | (set(scene.people) - seen.doubt)
        scene.resolved(seen)
        assert scene.send().code == 0
    scene.assert_sent()
    copies = scene.truth.copies()
    doubled = seen.doubt & seen.got.keys() if kind in RESENT else set()
    assert {to for to, number in copies.items() if number > 1} == doubled
    assert copies.total() == PEOPLE + len(doubled)
    assert len(set(scene.truth.identities())) == PEOPLE, "a double is known by its identity"
