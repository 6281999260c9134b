"""Two people, two clones of one bare repository: an incident from the declaration to the sends.

Every command leaves ``git status`` clean: `Clone` looks after each of them.
"""

import email
import json
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.support.cast import Cast, git
from tests.support.mails import part
from tests.support.runner import comms, environment

pytest_plugins = ["tests.support.cast_fixtures"]
INCIDENT = "2026-11-22-checkout-outage"


def test_two_people_tell_three_audiences(small: Cast) -> None:
    messages = small.declare("internal", "strategic", "customers")
    assert messages == [
        f"investigation-{audience}-1"
        for audience in ("internal-stakeholders", "strategic-customers", "all-customers")
    ]
    ana, bo = small.ana, small.bo
    small.later()
    share_list(small)
    bo.done("sync")
    assert [t["gate"] for t in bo.done("next", "--json").json["tasks"]] == ["approval"] * 3

    assert bo.done("approve", "--all").out.count(" approval\n") == 3
    assert bo.done("release", "--all").out.count(" release\n") == 3
    small.later()
    assert ana.done("send", "--released").ids == messages

    for clone in (ana, bo):
        clone.done("sync")
        assert clone.done("check", "--json").json["checked"]["sent"] == 3
    passes_in_a_fresh_clone(small, sent=3)


def test_a_personal_mail_leaves_as_one_file_a_recipient(small: Cast) -> None:
    (message,) = small.declare("strategic")
    share_list(small)
    small.passed(message, "approval", "release")
    small.later(7)
    small.ana.done("send", message)

    folder = small.ana.folder / "outbox" / INCIDENT / message / "mail"
    mails = [read_mail(path) for path in sorted(folder.iterdir())]
    assert sorted(str(mail["To"]) for mail in mails) == [
        "Kim Kay <kim@customer.example>",
        "Lou Lee <lou@client.example>",
    ]
    for mail in mails:
        text = part(mail)
        assert "{{" not in text
        assert str(mail["To"]).split()[0] in text
        assert "09:47 GMT on 22 November 2026" in text, "20 minutes after 09:27"
        assert mail["Date"].datetime.isoformat() == "2026-11-22T09:27:00+00:00"


def test_the_list_stays_out_of_git(small: Cast) -> None:
    small.declare("strategic")
    history = small.ana.git("log", "--patch", "--all").lower()
    assert "kim kay" not in history
    assert "kim@" not in history


def share_list(cast: Cast) -> None:
    """Hand the list of recipients over by another way than git."""
    name = "recipients/strategic-customers.csv"
    (cast.bo.folder / name).write_bytes((cast.ana.folder / name).read_bytes())


def read_mail(path: Path) -> EmailMessage:
    assert path.suffix == ".eml"
    mail = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def passes_in_a_fresh_clone(cast_: Cast, *, sent: int) -> None:
    """A stranger with a clone and the pin re-checks it."""
    home = cast_.root / "homes" / "stranger"
    home.mkdir()
    environ = environment(home, COMMS_PIN=str(cast_.pin))
    git("clone", "--quiet", str(cast_.hub), str(home / "clone"), cwd=home, environ=environ)
    ran = comms("check", "--json", cwd=home / "clone", environ=environ, real=True)
    assert ran.code == 0, ran.out
    report = json.loads(ran.out)
    assert (report["outcome"], report["checked"]["sent"]) == ("pass", sent)
    without = comms("check", cwd=home / "clone", environ=environment(home))
    assert without.code == 3
