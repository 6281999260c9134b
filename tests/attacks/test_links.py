"""Links in the work tree that lead what is written to somewhere else."""

from pathlib import Path

import pytest

from tests.support.cast import Cast


@pytest.mark.row(33)
@pytest.mark.parametrize("place", ["file", "channel", "message", "outbox"])
def test_a_send_is_not_written_through_a_link(small: Cast, tmp_path: Path, place: str) -> None:
    """Whoever may push puts a link where the sender's machine is about to write."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / ".bashrc").write_text("# mine\n")
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("sync")
    small.bo.done("sync")
    incident = next((small.bo.folder / "incidents").iterdir()).name
    outbox = small.bo.folder / "outbox"
    channel = outbox / incident / message / "status-page"
    link, target = {
        "file": (channel / ".message.json.part", mine / ".bashrc"),
        "channel": (channel, mine),
        "message": (channel.parent, mine),
        "outbox": (outbox, mine),
    }[place]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    small.bo.git("add", "-f", str(link.relative_to(small.bo.folder)))
    who = ["-c", "user.name=bo", "-c", "user.email=bo@example.com"]
    small.bo.git(*who, "commit", "-q", "-m", "tidy up")
    small.bo.git("push", "-q", "origin", "HEAD")
    small.ana.done("sync")

    ana = small.ana
    ana.clean = False  # git misses the link, where it is put away

    sent = ana("send", message)

    assert (mine / ".bashrc").read_text() == "# mine\n"
    assert [path.name for path in mine.iterdir()] == [".bashrc"]
    if place == "file":
        assert sent.code == 0, "what is unfinished there is put away"
    else:
        assert sent.code == 1
        assert "is a symbolic link where comms writes" in sent.err
        assert "sending" not in small.ana.done("status").out, "nothing has begun"
