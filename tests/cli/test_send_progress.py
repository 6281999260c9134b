"""A long send says how far it has come: a bar on a terminal, lines of JSON anywhere else."""

import json
import re
import time

from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.dialogue import talk
from tests.support.sends import FILE, lead_to, many, released
from tests.support.servers import Mailbox, mail_server

pytest_plugins = ["tests.support.cast_fixtures"]


def slowly(cast: Cast, box: Mailbox, people: int) -> str:
    mail = f"{{adapter: smtp, host: {box.host}, port: {box.port}, per_second: 5}}"
    lead_to(cast, {"mail": mail, "intranet": FILE, "status-page": FILE})
    many(cast, people)
    return released(cast, "strategic")


def test_a_bar_on_a_terminal_after_the_size_of_the_audience_was_typed(small: Cast) -> None:
    with mail_server() as box:
        message = slowly(small, box, 6)
        ana = small.ana
        said = talk("send", message, cwd=ana.folder, environ=ana.environ(),
                    lines=[("Type 6 to send it", "6\n")])  # fmt: skip
        assert len(box.mails) == 6
    assert said.code == 0, said.screen
    assert "plan " in said.screen
    assert "about 1 s" in said.screen or "a moment" in said.screen
    assert re.search(r"[1-5]/6", said.screen), "it was on its way"
    assert f"sent {message}: 6 accepted over mail" in said.screen


def test_another_number_sends_nothing(small: Cast) -> None:
    with mail_server() as box:
        message = slowly(small, box, 6)
        ana = small.ana
        said = talk("send", message, cwd=ana.folder, environ=ana.environ(),
                    lines=[("Type 6 to send it", "y\n")])  # fmt: skip
        assert (said.code, box.mails) == (1, [])
    assert "nothing was sent" in said.screen


def test_lines_of_json_where_it_is_no_terminal_and_only_where_it_is_long(small: Cast) -> None:
    with mail_server() as box:
        message = slowly(small, box, 16)
        started = time.monotonic()
        ran = small.ana.done("send", message, "--json")
        assert time.monotonic() - started > 3
        assert len(box.mails) == 16
    lines = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert lines, ran.err
    assert [fits(line) for line in lines] == ["sending"] * len(lines)
    assert lines[0]["of"] == 16
    assert 0 < lines[0]["steps"]["accepted"] < 16
    assert fits(ran.json) == "sent"
    with mail_server() as box:
        (other,) = small.ana.done("draft", "internal").ids
        small.passed(other, "approval", "release")
        small.ana.done("sync")
        quick = small.ana.done("send", other)
    assert "{" not in quick.err
