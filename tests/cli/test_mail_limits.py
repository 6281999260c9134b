"""What a mail server does not take is said before anything is begun, and nobody is asked twice."""

from tests.support.cast import Cast
from tests.support.sends import lead_to, many, released
from tests.support.servers import ScriptedMail, mail_server, raw_server

pytest_plugins = ["tests.support.cast_fixtures"]
FILE = "{adapter: file, as: txt}"
NAMED = "comms.secret.mail"


def by_mail(cast: Cast, port: int, more: str = "", people: int = 3) -> str:
    mail = f"{{adapter: smtp, host: localhost, port: {port}{more}}}"
    lead_to(cast, {"mail": mail, "intranet": FILE, "status-page": FILE})
    many(cast, people)
    return released(cast, "strategic")


def test_a_mail_that_is_too_large_for_the_server(small: Cast) -> None:
    with mail_server(most_bytes=2000) as box:
        message = by_mail(small, box.port)
        refused = small.ana("send", message)
        said = " ".join(refused.err.split())
        assert (refused.code, "@customer.example has" in said) == (2, True)
        assert "at most 2000" in said
        assert box.mails == []
        assert small.ana("send", message, "--status").code == 1, "it was not begun"


def test_a_wrong_password_is_tried_once_and_nothing_is_begun(small: Cast) -> None:
    ana = small.ana
    ana.git("config", "--global", f"{NAMED}.from", "env:WORD")
    ana.git("config", "--global", f"{NAMED}.host", "localhost")
    with mail_server(login=True) as box:
        message = by_mail(small, box.port, ", user: comms, secret: mail", people=30)
        refused = ana("send", message, WORD="wr0ng")
        assert refused.code not in {0, 5}
        assert "535" in refused.err
        assert "wr0ng" not in refused.err
        assert len(box.logins) <= 2, "by each of the two ways that the server offers"
        assert ana("send", message, "--status").code == 1, "it was not begun"
        ana.done("send", message, WORD="right")
        assert len(box.mails) == 30


def test_a_password_that_became_wrong_half_way_stops_the_channel(small: Cast) -> None:
    server = ScriptedMail(answers={"rcpt": b"421 going down"})
    with raw_server(server) as port:
        message = by_mail(small, port, people=20)
        assert small.ana("send", message).code == 5
        begun = server.verbs.count("connect")
        server.answers = {"connect": b"554 you are not known here any more"}
        ran = small.ana("send", message)
        assert (ran.code, "554 you are not known" in " ".join(ran.err.split())) == (5, True)
        assert server.verbs.count("connect") == begun + 1, "one try, and not one for each"
        server.answers = {}
        small.ana.done("send", message)
        assert server.taken == 20
