"""A send over two channels, or over four connections, is killed in the midst of it."""

from pathlib import Path

import pytest

from tests.support.cast import Cast
from tests.support.scenes import DOUBT, Scene, mails, of_mails, posts, staged
from tests.support.sends import FILE, lead_to, many, released
from tests.support.servers import mail_server

pytest_plugins = ["tests.support.cast_fixtures"]
Place = tuple[str, str]


def over_both(cast: Cast, mail: str, hook: str) -> str:
    """Let the strategic customers be told twice, and in that order; return a message to them."""
    text = (cast.ana.folder / "audiences.yaml").read_text()
    assert text.count("channels: [mail]") == 1
    cast.ana.edit("audiences.yaml", text.replace("channels: [mail]", "channels: [mail, hook]"))
    lead_to(cast, {"mail": mail, "hook": hook, "intranet": FILE, "status-page": FILE})
    return released(cast, "strategic")


def steps(cast: Cast, message: str) -> dict[Place, str]:
    document = cast.ana("send", message, "--status", "--json").json
    return {(d["channel"], d["to"]): d["step"] for d in document["messages"][0]["deliveries"]}


@pytest.mark.parametrize(
    ("point", "number", "hooked", "doubt"),
    [("between-channels", 2, 0, 0), ("attempting", 4, 0, 0), ("wire", 4, 0, 1), ("read", 4, 1, 1)],
)
def test_killed_between_two_channels(
    small: Cast, point: str, number: int, hooked: int, doubt: int
) -> None:
    """Point 12: what the first channel has is kept, and the second goes on where it was."""
    with mails() as mail, posts() as hook:
        people = many(small, 3)
        message = over_both(small, mail.settings, hook.settings)
        scene = Scene(cast=small, message=message, people=people, truth=mail)
        scene.killed(point, number)
        assert (mail.copies().total(), hook.copies().total()) == (3, hooked)
        found = steps(small, message)
        assert len(found) == 6
        assert {found["mail", to] for to in people} == {"accepted"}
        in_doubt = [place for place, step in found.items() if step in DOUBT]
        assert [channel for channel, _ in in_doubt] == ["hook"] * doubt
        assert scene.send().code == (6 if doubt else 0)
        for _, to in in_doubt:
            arrived = "--sent" if to in hook.copies() else "--not-sent"
            small.ana.done("resolve", message, "--recipient", to, arrived, "--why", "asked them")
        small.ana.done("send", message)
        for truth in (mail, hook):
            assert dict(truth.copies()) == dict.fromkeys(people, 1)
        (record,) = small.ana.folder.glob("incidents/*/messages/*/records/*-sent-*.yaml")
        told = " ".join(record.read_text().split())
        assert 'counts: {"mail": {"accepted": 3}, "hook": {"accepted": 3}}' in told, told
        assert small.ana.done("check").code == 0


def test_four_under_way_are_four_in_doubt(small: Cast) -> None:
    """The server takes each mail and is slow to say so: three have gone, the fourth is about to."""
    with mail_server() as box:
        box.after = 30.0
        truth = of_mails(box, ", connections: 4")
        scene = staged(small, truth, 8)
        scene.killed("wire", 4)
        box.after = 0.0
        seen = scene.seen()
        assert (len(seen.accepted), len(seen.doubt)) == (0, 4)
        assert 1 <= len(seen.got) <= 3
        assert scene.send().code == 6
        assert scene.seen().doubt == seen.doubt
        scene.resolved(seen)
        assert scene.send().code == 0
        scene.assert_sent()
        assert dict(truth.copies()) == dict.fromkeys(scene.people, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_four_connections_and_half_a_line(small: Cast, tmp_path: Path, number: int) -> None:
    """Whichever connection writes when it dies: the chain of the others is whole."""
    with mails(", connections: 4") as truth:
        scene = staged(small, truth, 8).copy(tmp_path / "copy")
        scene.killed("torn-wire", 2 * number)
        seen = scene.seen()
        assert len(seen.doubt) <= 3, "it died before it said that one more is about to leave"
        assert scene.send().code == (6 if seen.doubt else 0)
        if seen.doubt:
            scene.resolved(scene.seen())
            assert scene.send().code == 0
        scene.assert_sent()
        assert dict(truth.copies()) == dict.fromkeys(scene.people, 1)
