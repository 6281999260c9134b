"""Texts that are none: addresses that cannot be read, half characters, logins beyond ASCII."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from commscli.delivery.channels.asking import text_of
from commscli.delivery.ledger import Step, opened, read
from commscli.delivery.wires.hosts import WireFault, looked_up
from commscli.delivery.wires.https import post, reached
from commscli.delivery.wires.mail import MailServer, open_mail
from tests.support.servers import mail_server

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)


@pytest.mark.parametrize("url", [
    "https://hooks.example.com:s3cret/x", "https://127.0.0.1:99999/s3cret", "https://[bad/s3cret",
    "https://me:s3cret@ex\u2100mple/", "https://a..b/s3cret",
])  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused_and_not_told(url: str) -> None:
    for ask in (lambda: post(url, b"x", {}, seconds=5.0), lambda: reached(url, seconds=5.0)):
        with pytest.raises(WireFault) as refused:
            ask()
        assert refused.value.final
        assert "s3cret" not in f"{refused.value.text}{refused.value.remedy}"
        assert refused.value.__suppress_context__, "nor where somebody looks for the cause"


def test_a_name_that_no_host_can_have() -> None:
    with pytest.raises(WireFault, match="cannot be the name of a host"):
        looked_up("a..b", 25, private=False)


def test_a_password_that_the_login_cannot_take_is_said_without_it() -> None:
    with mail_server(login=True) as box, pytest.raises(WireFault, match="not ASCII") as refused:
        open_mail(MailServer(host=box.host, port=box.port, user="comms", password="s3crét"),
                  seconds=5.0)  # fmt: skip
    assert "s3cr" not in f"{refused.value.text}{refused.value.remedy}"
    assert box.logins == []


def test_half_a_character_in_an_answer_stops_nothing(tmp_path: Path) -> None:
    assert text_of("SM\ud800") == "SM?"
    with opened(tmp_path) as ledger:
        ledger.append("a", Step.ACCEPTED, AT, detail="as \udcff said", id_="SM\ud800")
    assert read(tmp_path)["a"] == ("accepted", "as ? said", "SM?", "")
