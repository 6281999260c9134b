"""A check since a commit says what the whole check adds to that commit's own, whatever happened."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.second_opinion.deep import examples
from tests.support.repos import Repo
from tests.support.since_runs import Compared
from tests.support.wild_story import HONEST, HOSTILE, Act, played, tell

SOME = settings(
    max_examples=examples(40, 4000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=True,
)
NUMBERS = st.integers(0, 15)


def acts(*kinds: str) -> st.SearchStrategy[list[Act]]:
    one = st.builds(
        Act,
        what=st.sampled_from(kinds),
        branch=st.sampled_from([0, 0, 1, 1, 2]),
        place=st.sampled_from([0, 0, 0, 1, 2, 3, 7]),
        one=NUMBERS,
        other=NUMBERS,
    )
    return st.lists(one, max_size=18)


def compared(what: list[Act], cuts: list[int]) -> list[Compared]:
    """Check the story's tip since some of its commits, on whatever branch they are."""
    story = tell(what)
    note(story.dump())
    nodes = story.shelf.nodes[1:]
    with TemporaryDirectory() as folder:
        repo = Repo.make(Path(folder, "repo")).write(story)
        bases = dict.fromkeys(nodes[cut % len(nodes)].id for cut in cuts)
        found = [Compared.of(repo, base, story.tip, story.pin) for base in bases]
    for one in found:
        assert one.faults == [], one.since
    return found


CUTS = st.lists(st.integers(0, 60), min_size=1, max_size=3)


@SOME
@given(what=acts(*HONEST), cuts=CUTS)
def test_of_what_people_do(what: list[Act], cuts: list[int]) -> None:
    compared(what, cuts)


@SOME
@given(what=acts(*HONEST, *HOSTILE), cuts=CUTS)
def test_of_attacks_before_and_after(what: list[Act], cuts: list[int]) -> None:
    compared(what, cuts)


@SOME
@given(before=acts(*HONEST), after=acts(*HONEST, *HOSTILE))
def test_of_attacks_on_what_was_good(before: list[Act], after: list[Act]) -> None:
    """Cut just where the attacks begin, most of which come to a commit that passes."""
    cut = len(played(before).branches[0].shelf.nodes) - 2
    compared([*before, *after], [cut])
