"""What a send must not fall for: options that do not go together, servers that say odd things."""

import pytest

from tests.cli.test_send_options import mailing
from tests.support.cast import Cast
from tests.support.sends import FILE, lead_to, many, released
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


def test_each_copy_is_a_file_of_its_own(small: Cast) -> None:
    text = (small.ana.folder / "audiences.yaml").read_text()
    old = "    recipients: strategic-customers "
    assert text.count(old) == 1
    new = f"    copy: [legal@example.com, boss@example.com]\n{old}"
    small.ana.edit("audiences.yaml", text.replace(old, new))
    lead_to(small, {"mail": "{adapter: file, as: eml}", "intranet": FILE, "status-page": FILE})
    many(small, 2)
    small.ana.done("send", released(small, "strategic"))
    mails = [path.read_text() for path in small.ana.folder.glob("outbox/*/*/mail/*.eml")]
    assert len(mails) == 4
    for address in ("legal@example.com", "boss@example.com", "person1@customer.example"):
        assert [f"To: {address}" in mail or f"<{address}>" in mail for mail in mails].count(
            True
        ) == 1
