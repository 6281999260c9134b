"""What a send must not fall for: options that do not go together, servers that say odd things."""

import pytest

from tests.cli.test_send_options import mailing
from tests.support.cast import Cast
from tests.support.servers import Mailbox, ScriptedMail, raw_server

pytest_plugins = ["tests.support.cast_fixtures"]


@pytest.mark.parametrize("said", ["250 2.0.0 mise en file d'attente: é", "250 OK \x07"])
def test_an_honest_send_passes_the_check_whatever_the_server_calls_it(
    small: Cast, said: str
) -> None:
    with raw_server(ScriptedMail(answers={"final": said.encode()})) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        small.ana.done("send", message)
    assert small.ana.done("check").code == 0
