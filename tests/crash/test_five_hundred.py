"""Five hundred recipients and ten kills: one copy each, or a doubt that is said."""

import sys
from collections import Counter

from tests.crash.five_hundred import KILLS, PEOPLE, played, table
from tests.support.cast import Cast

pytest_plugins = ["tests.support.cast_fixtures"]


def test_five_hundred_get_it_once_whatever_is_killed(small: Cast) -> None:
    story = played(small, 7)
    sys.stdout.writelines(f"{line}\n" for line in table(story))  # shown where it fails
    after = story.after
    assert after is not None
    assert len(story.kills) == KILLS
    assert max(after.got.values()) == 1, "nobody gets it twice"
    assert len(after.doubt) <= KILLS, "a kill leaves one in doubt, and no more"
    assert len(after.accepted) + len(after.doubt) == PEOPLE, "nobody is lost"
    assert story.code == (6 if after.doubt else 0)
    assert Counter(story.resolved.values()) == {1: PEOPLE}
