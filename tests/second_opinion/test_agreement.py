"""Two checkers that share no line say the same of any history.

By default some hundred histories; ``COMMS_DEEP=1`` tries more than ten thousand, and
``COMMS_SEED`` other ones. What is compared: the outcome, the trust version in force, every
finding with its rule, level and place, and how each gate of each message stands.
"""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from tests.second_opinion import comparing
from tests.second_opinion.deep import DEEP, drawn, examples
from tests.second_opinion.drawing import openings, stories
from tests.second_opinion.histories import Act, Opening, tell
from tests.support.repos import Repo

PARTS = range(3)
OFTEN = examples(1, 100)
"""How often the histories of one part must at least come to what is listed next."""
SOMETIMES = 4
"""And how often many of them to what is rare."""
MUST_HAPPEN = ("pass", "fail", "append-only", "trust-chain", "record-writer")
RARE = (
    "open-gate", "second-send", "sent-evidence", "unheard-objection", "late-objection",
    "frozen-draft", "merged-record",
    "undecided", "stale-verdict", "wrong-order", "own-words", "two-gates", "standing-objection",
    "forked-draft", "record-grammar", "record-place", "record-signature", "overtaken-record",
    "missing-past", "second-declaration", "drill-mixed", "draft-bytes", "stray-file",
    "pinned-root", "commit-signature-lost", "unfinished-send", "emergency-send", "accepted",
)  # fmt: skip
"""What only many histories are sure to come to."""


@pytest.mark.parametrize("part", PARTS)
def test_both_say_the_same_of_any_history(part: int) -> None:
    seen: Counter[str] = Counter()

    @drawn(60, 3_500, also=part)
    @given(opening=openings, acts=stories())
    def compare(opening: Opening, acts: list[Act]) -> None:
        tale = tell(opening, acts)
        story = comparing.finished(tale)
        second = comparing.of_second(comparing.second(tale, story))
        ours = comparing.of_ours(story.report(comparing.pins(tale, story)[1]))

        assert not comparing.differences(second, ours), story.dump()
        seen.update(told(second))

    compare()
    wanted = dict.fromkeys(RARE, SOMETIMES) if DEEP else {}
    wanted |= dict.fromkeys(MUST_HAPPEN, OFTEN)
    assert [what for what, times in wanted.items() if seen[what] < times] == [], seen


def test_both_say_the_same_of_what_the_ledger_reads_from_git() -> None:
    @drawn(15, 2_000, also=100)
    @given(opening=openings, acts=stories(on_disk=True))
    def compare(opening: Opening, acts: list[Act]) -> None:
        tale = tell(opening, acts)
        story = comparing.finished(tale)
        second = comparing.of_second(comparing.second(tale, story))
        with TemporaryDirectory() as folder:
            repo = Repo.make(Path(folder, "repo"), object_format=story.shelf.object_format)
            ours = comparing.of_ours(repo.write(story).report(comparing.pins(tale, story)[1]))

        assert not comparing.differences(second, ours), story.dump()

    compare()


def told(answer: comparing.Answer) -> set[str]:
    """The outcome, the rules and the levels, each once a history."""
    return {answer.outcome} | {f.rule for f in answer.found} | {f.level for f in answer.found}
