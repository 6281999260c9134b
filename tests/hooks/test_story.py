"""An incident, played through with every hook in place: nothing that is honest is in its way."""

import pytest

from tests.support.cast import Cast, Clone

pytest_plugins = ["tests.support.cast_fixtures"]
EXAMPLE = ("-c", "user.name=Xan", "-c", "user.email=xan@example.com", "-c", "commit.gpgsign=false")


@pytest.fixture
def guarded(small: Cast) -> Cast:
    """Two people, each with hooks in their clone, and the hook in what they share."""
    hub = Clone(cast=small, person="ana", folder=small.hub, clean=False)
    hub.done("hook", "install", "--pin", str(small.pin))
    for clone in (small.ana, small.bo):
        clone.done("hook", "install")
    return small


def tip(cast: Cast) -> str:
    return cast.ana.git("-C", str(cast.hub), "rev-parse", "refs/heads/main").strip()


def shared(cast: Cast, clone: Clone) -> None:
    assert tip(cast) == clone.git("rev-parse", "HEAD").strip()


def test_from_the_declaration_to_the_last_message(guarded: Cast) -> None:
    ana, bo = guarded.ana, guarded.bo
    (message,) = guarded.declare("customers")
    shared(guarded, ana)
    bo.done("sync")
    bo.done("approve", message, "--object", "too long")
    ana.done("sync")
    ana.done("revise", message, "--file", "-", stdin=b"Card payments fail. We are on it.\n")
    bo.done("sync")
    bo.done("approve", message)
    bo.done("release", message)
    shared(guarded, bo)
    ana.done("send", message)
    shared(guarded, ana)
    ana.done("trust", "role", "bo", "--role", "legal-officer")
    ana.done("phase", "identification", "--why", "found")
    shared(guarded, ana)

    assert ana.done("check", "--json").json["outcome"] == "pass"


def test_two_who_write_at_once_are_brought_together(guarded: Cast) -> None:
    guarded.declare("customers")
    ana, bo = guarded.ana, guarded.bo
    bo.done("sync")
    ana.done("--offline", "fact", "regions=north")
    bo.done("--offline", "phase", "identification", "--why", "found")
    bo.done("sync")

    ana.done("sync")

    shared(guarded, ana)
    assert len(ana.git("log", "-1", "--format=%P").split()) == 2


def test_a_branch_and_a_merge_by_plain_git(guarded: Cast) -> None:
    ana = guarded.ana
    ana.git("checkout", "-q", "-b", "template")
    ana.edit("README.md", "ours\n")
    ana.git("push", "-q", "origin", "template")
    ana.git("checkout", "-q", "main")
    ana.git(*EXAMPLE, "merge", "-q", "--no-ff", "-m", "Merge", "template")
    ana.git("push", "-q", "origin", "main", ":template")

    shared(guarded, ana)


def test_a_command_says_why_the_shared_repository_refuses(guarded: Cast) -> None:
    """Somebody went past the hooks of their clone; what they write next cannot be shared."""
    guarded.declare()
    ana = guarded.ana
    before = tip(guarded)
    record = next(ana.folder.glob("incidents/*/records/*-declared-*.yaml"))
    ana.git("rm", "-q", str(record), f"{record}.sig")
    ana.git(*EXAMPLE, "commit", "-q", "--no-verify", "-m", "Tidy up")

    ran = ana("sync")

    assert ran.code != 0
    said = " ".join(ran.err.split())
    assert "comms refuses this push" in said
    assert "append-only" in said
    assert tip(guarded) == before


def test_git_itself_stops_before_it_leaves(guarded: Cast) -> None:
    guarded.declare()
    ana = guarded.ana
    record = next(ana.folder.glob("incidents/*/records/*-declared-*.yaml"))
    ana.git("rm", "-q", str(record))

    with pytest.raises(AssertionError, match="append-only"):
        ana.git(*EXAMPLE, "commit", "-q", "-m", "Tidy up")
    ana.git(*EXAMPLE, "commit", "-q", "--no-verify", "-m", "Tidy up")
    with pytest.raises(AssertionError, match="nothing has left"):
        ana.git("push", "-q", "origin", "main")
