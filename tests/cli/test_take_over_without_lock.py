"""A send without a lock on the remote, whose machine is gone: all is in doubt, and it ends."""

from tests.cli.test_send_options import locks, mailing
from tests.support.cast import Cast
from tests.support.sends import second_machine
from tests.support.servers import Mailbox, ScriptedMail, raw_server

pytest_plugins = ["tests.support.cast_fixtures"]
REFUSING = '#!/bin/sh\ncase "$1" in refs/comms/*) echo "no such refs here" >&2; exit 1;; esac\n'


def takes_no_locks(cast: Cast) -> None:
    hook = cast.hub / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(REFUSING)
    hook.chmod(0o755)


def test_it_is_made_again_from_the_records_and_a_person_decides(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"451 later"})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        takes_no_locks(small)
        begun = small.ana("send", message)
        assert begun.code == 5
        assert "no lock on the remote" in " ".join(begun.err.split())
        assert locks(small) == ""
        small.later(30)
        home = second_machine(small)
        assert home("send", message).code == 75
        server.answers = {}
        unseen = home("--offline", "send", message, "--take-over", "it burnt")
        assert (unseen.code, "cannot be seen offline" in unseen.err) == (1, True)
        over = home("send", message, "--take-over", "it burnt")
        assert over.code == 6, over.err
        assert server.taken == 0, "what nobody knows of is not sent"
        home.done("resolve", message, "--recipient", "all", "--not-sent", "--why", "asked both")
        home.done("send", message)
        assert server.taken == 2
    (evidence,) = home.folder.glob("incidents/*/messages/*/evidence/*.txt")
    assert "took it over from ana, without a lock: it burnt" in evidence.read_text()
    assert home.done("check").code == 0
    late = small.ana("send", message)
    assert "nothing was sent again" in late.err
    assert server.taken == 2


def test_what_was_left_out_there_cannot_be_known_here(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"451 later"})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 3)
        takes_no_locks(small)
        leave = ("--without", "person1@customer.example", "--why", "asked us to")
        assert small.ana("send", message, *leave).code == 5
        home = second_machine(small)
        over = home("send", message, "--take-over", "it burnt")
        assert over.code == 1
        assert "cannot be made again here" in " ".join(over.err.split())
        server.answers = {}
        small.ana.done("send", message)
        assert server.taken == 2
