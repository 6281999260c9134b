"""Where honest people are when a test begins."""

from dataclasses import replace

from tests.support.story import Story, first_trust, sent


def drafted() -> Story:
    """A message waits for its reviews."""
    story = Story()
    story.declare()
    story.draft()
    return story


def drafted_strictly() -> Story:
    """The same, where record commits have to be signed."""
    story = Story(replace(first_trust(), commits="signed"))
    story.declare()
    story.draft()
    return story


def sent_once() -> Story:
    """A message was sent, and somebody goes on."""
    return sent()


def sent_under_sha256() -> Story:
    """The same, in a repository whose objects have longer names."""
    return sent(object_format="sha256")
