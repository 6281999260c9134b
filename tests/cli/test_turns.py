"""Whose turn it is: they hear of it once, by the way that is set up, when it becomes theirs."""

import json
import re
from collections.abc import Sequence
from email.message import EmailMessage

from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.keys import make_key
from tests.support.servers import Hook, Mailbox, mail_server, web_hook

pytest_plugins = ["tests.support.cast_fixtures"]
INCIDENT = "2026-11-22-checkout-outage"
GATES = ("accuracy", "messaging", "legal", "approval", "release")


def set_up(full: Cast, *lines: str) -> None:
    """Say in comms.yaml how people hear of it, and share it."""
    ana = full.ana
    text = (ana.folder / "comms.yaml").read_text()
    ana.edit("comms.yaml", text + "\n".join(("turns:", *(f"  {line}" for line in lines))) + "\n")
    ana.done("sync")


def by_mail(full: Cast, box: Mailbox, *lines: str) -> None:
    where = f"mail: {{host: {box.host}, port: {box.port}, from: incidents@example.com}}"
    set_up(full, where, *lines)


def text_of(mail: EmailMessage) -> str:
    return f"{mail['Subject']}\n{mail.get_content()}".replace("\r\n", "\n")


def heard(box: Mailbox) -> dict[str, str]:
    """What each person was told since this was asked last: the subjects and texts, by person."""
    found: dict[str, str] = {}
    for to, mail in box.mails:
        (address,) = to
        person = address.partition("@")[0]
        assert person not in found, "one mail for all of a command"
        found[person] = text_of(mail)
    box.mails.clear()
    return found


def test_everybody_hears_of_their_turn_once_from_the_draft_to_the_send(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
        full.ana.done("new", "Checkout outage", "--severity", "3", "--fact", "impact=no cards",
                      "--fact", "start=09:14", "--fact", "services=card payments")  # fmt: skip
        assert heard(box) == {}, "nothing waits for anybody but her"
        (message,) = full.ana.done("draft", "customers").ids
        first = heard(box)
        assert sorted(first) == ["cas", "cleo", "lea", "leo", "mia", "moe"]
        assert first["lea"] == (
            f"your turn: {message}, legal of revision 1\n"
            f"Your turn:\n- {message}: legal of revision 1 ({INCIDENT})\n\n"
            "comms next shows what waits for you, and takes your answer.\n"
        )
        told = {}
        for gate in GATES:
            full.passed(message, gate)
            told[gate] = heard(box)
        assert (told["accuracy"], told["messaging"]) == ({}, {}), "the others know already"
        assert sorted(told["legal"]) == ["cas", "cleo", "ed", "eve"]
        assert "every review is in" in told["legal"]["cleo"]
        assert "approval of revision 1" in told["legal"]["eve"]
        assert sorted(told["approval"]) == ["cas", "cleo", "ida", "ivo"]
        assert "release of revision 1" in told["approval"]["ivo"]
        assert "to the Incident Commander" in told["approval"]["cleo"]
        assert sorted(told["release"]) == ["ana", "ben"]
        assert "released, to be sent" in told["release"]["ana"]
        full.ana.done("send", message)
        assert sorted(heard(box)) == ["ben"], "the lead's backup; she sent it herself"


def test_who_writes_hears_of_an_objection_and_who_judges_of_the_next_words(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
        (message,) = full.declare("customers")
        heard(box)
        full.lea.done("sync")
        full.lea.done("review", message, "--object", "name the regulator")
        told = heard(box)
        assert sorted(told) == ["ana", "ben"]
        assert "to revise (lea objected)" in told["ana"]
        full.ana.done("revise", message, "--file", "-", stdin=b"The regulator knows.\n")
        assert {"lea", "leo", "cleo", "mia"} <= set(heard(box))


def test_whoever_works_on_a_phase_that_is_over_is_told_to_stop(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
        (message,) = full.declare("customers")
        full.passed(message, "accuracy")
        heard(box)
        full.ana.done("phase", "identification", "--why", "found")
        told = heard(box)
    assert sorted(told) == ["lea", "leo", "mia", "moe"]
    assert f"{message}: stop work on it: the phase has moved on" in told["lea"]


def test_a_hold_reaches_who_can_lift_it_and_a_handover_who_leads(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
        full.declare()
        heard(box)
        full.mia.done("sync")
        full.mia.done("hold", "--why", "the facts are moving")
        told = heard(box)
        assert sorted(told) == ["ana", "ben", "ida", "ivo"]
        assert "mia holds everything: the facts are moving" in told["ivo"]
        full.ana.done("handover", "--to", "ben", "--why", "my shift ends")
        assert "the lead is yours, from ana" in heard(box)["ben"]


def test_an_escalation_is_recorded_once_and_told_to_whom_it_names(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
        full.ana.done("new", "Checkout outage", "--severity", "3", "--fact", "start=09:14")
        heard(box)
        full.ana.done("severity", "1", "--why", "it is everywhere")
        told = heard(box)
        assert sorted(told) == ["ed", "eve"]
        assert "escalated (severity SEV-1)" in told["eve"]
        full.ana.done("severity", "2")
        full.ana.done("severity", "1")
        assert heard(box) == {}
    log = full.ana.done("log").out
    assert log.count("escalated worst-severity") == 1
    assert "escalated worst-severity: severity SEV-1; to eve, ed" in log


def test_what_is_written_offline_is_told_when_it_is_shared(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
        full.declare()
        heard(box)
        full.ana.done("--offline", "draft", "customers")
        assert heard(box) == {}
        full.ana.done("sync")
        assert "lea" in heard(box)
        full.ana.done("sync")
        assert heard(box) == {}
        full.ana.done("--offline", "draft", "internal")
        full.ana.done("fact", "set", "ticket=OPS-1")
        assert "investigation-internal-stakeholders-1" in heard(box)["lea"]


def test_two_at_once_are_told_once_by_whoever_came_second(full: Cast) -> None:
    """Neither review is the last one where it is written; the remote takes one after the other."""
    with mail_server() as box:
        by_mail(full, box)
        (message,) = full.declare("customers")
        for person in ("cleo", "mia", "lea"):
            getattr(full, person).done("sync")
        heard(box)
        counts = []
        for person in ("cleo", "mia", "lea"):
            getattr(full, person).done("review", message, "--ok")
            counts.append(sorted(set(heard(box)) & {"eve", "ed"}))
    assert counts == [[], [], ["ed", "eve"]]


def test_the_first_of_a_role_hears_of_it_and_the_backup_after_a_while(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box, "backups_after: 10m")
        (message,) = full.declare("customers")
        assert sorted(set(heard(box)) & {"lea", "leo"}) == ["lea"]
        full.later(5)
        full.ana.done("nudge", message)
        told = heard(box)
        assert sorted(set(told) & {"lea", "leo"}) == ["lea"]
        assert "legal is waited for since 5 min" in told["lea"]
        full.later(6)
        full.ana.done("estimate", message, "1h", "--gate", "legal", "--for", "lea")
        texts = [t["text"] for t in full.ana.done("next", "--json").json["tasks"]]
        late = f"accuracy, messaging, legal of {message}: 6 min over the estimate"
        assert late in texts, "legal by its backups, not by its estimate"
        ran = full.ana.done("nudge", message)
        assert sorted(set(heard(box)) & {"lea", "leo"}) == ["lea", "leo"]
        assert "told by mail: " in ran.err
        full.ana.done("nudge", message, "--print")
        assert heard(box) == {}


def test_who_has_it_in_hand_hears_of_it_before_the_first(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box, "backups_after: 10m")
        full.declare()
        full.ana.done("assign", "legal", "--to", "leo")
        heard(box)
        full.ana.done("draft", "customers")
        assert sorted(set(heard(box)) & {"lea", "leo"}) == ["leo"]


def test_a_drill_says_so_in_every_mail(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
        full.ana.done(
            "new",
            "Checkout outage",
            "--severity",
            "1",
            "--drill",
            "--fact",
            "start=09:14",
            "--fact",
            "services=cards",
            "--fact",
            "impact=x",
        )
        full.ana.done("draft", "customers")
        texts = [text_of(mail) for _, mail in box.mails]
    assert texts
    assert all(t.startswith("DRILL: ") and "DRILL: this is an exercise." in t for t in texts)


def add_legal(full: Cast, contact: str) -> None:
    make_key(full.root / "keys", "dan")
    full.ana.done("trust", "add", "dan", "--name", "Dan", "--email", "dan@example.com",
                  "--contact", contact, "--public-key", str(full.root / "keys" / "dan.pub"),
                  "--role", "legal-officer")  # fmt: skip


def secret(full: Cast, name: str, hook: Hook, host: str = "127.0.0.1") -> str:
    """Let ana's own configuration say what a secret is; return what HOOK has to be."""
    key = f"comms.secret.{name}"
    full.ana.git("config", "--global", f"{key}.from", "env:HOOK")
    full.ana.git("config", "--global", f"{key}.host", host)
    return f"{hook.url}/services/s3cret"


def posted(hook: Hook) -> list[dict[str, object]]:
    found = [json.loads(body) for _, body in hook.got]
    hook.got.clear()
    return found


def test_on_slack_with_nothing_in_it_that_slack_would_follow(full: Cast) -> None:
    with web_hook() as hook:
        set_up(full, "slack: {secret: turns-slack}")
        add_legal(full, "slack:U0123ABC")
        address = secret(full, "turns-slack", hook)
        full.ana.done("new", "Outage <!channel> & more", "--severity", "3", "--fact", "start=09:14",
                      "--fact", "services=c", "--fact", "impact=i", HOOK=address)  # fmt: skip
        ran = full.ana.done("draft", "customers", HOOK=address)
        (text,) = [str(document["text"]) for document in posted(hook)]
    assert text.startswith("<@U0123ABC> *your turn: investigation-all-customers-1")
    assert "<!" not in text
    assert "told on Slack: dan" in ran.err
    assert "s3cret" not in ran.out + ran.err


def test_a_web_hook_takes_what_nobody_else_can_be_told_by(full: Cast) -> None:
    with web_hook() as hook:
        set_up(full, "webhook: {secret: turns-hook}")
        address = secret(full, "turns-hook", hook)
        full.declare()
        full.ana.done("draft", "customers", HOOK=address)
        sent = posted(hook)
    assert {fits(document) for document in sent} == {"turn"}
    documents = {str(d["person"]): d for d in sent}
    assert documents["lea"]["contact"] == "lea@example.com"
    assert documents["lea"]["turns"] == [
        {"incident": INCIDENT, "message": "investigation-all-customers-1", "drill": False,
         "text": "legal of revision 1", "asks": True}
    ]  # fmt: skip


def lines(text: str) -> Sequence[str]:
    return [" ".join(part.split()) for part in re.split(r"\n(?! )", text)]


def test_what_cannot_be_told_is_said_and_the_record_stands(full: Cast) -> None:
    with web_hook() as hook:
        set_up(full, "slack: {secret: turns-slack}")
        add_legal(full, "slack:U0123ABC")
        full.declare()
        ran = full.ana.done("draft", "customers")
        assert "not told: dan (slack:U0123ABC): nothing on this machine says what the secret" in (
            " ".join(ran.err.split())
        )
        other = secret(full, "turns-slack", hook, host="hooks.slack.com")
        ran = full.ana.done("draft", "internal", HOOK=other)
        assert "may not go to 127.0.0.1" in ran.err
        assert hook.got == []
        address = secret(full, "turns-slack", hook)
        hook.status = 500
        ran = full.ana.done("draft", "strategic", HOOK=address)
        assert "not told: dan (slack:U0123ABC): 127.0.0.1 answered 500" in ran.err
        assert "s3cret" not in ran.err
    assert (
        full.ana.done("status", "--json").json["incidents"][0]["cells"][0]["state"] == "in-review"
    )


def test_a_server_that_is_down_is_asked_once(full: Cast) -> None:
    with mail_server() as box:
        by_mail(full, box)
    full.declare()
    ran = full.ana.done("draft", "customers")
    (line,) = [one for one in lines(ran.err) if one.startswith("not told: ")]
    assert "lea (lea@example.com)" in line
    assert "does not answer" in line


def test_where_nothing_is_set_up_the_turn_is_named(full: Cast) -> None:
    full.declare()
    ran = full.ana.done("draft", "customers", "internal")
    both = "investigation-all-customers-1, investigation-internal-stakeholders-1"
    assert f"turn of lea or leo: {both}: legal of revision 1" in lines(ran.err)


def test_a_secret_of_the_repositorys_own_configuration_is_not_looked_at(full: Cast) -> None:
    with web_hook() as hook:
        set_up(full, "webhook: {secret: turns-hook}")
        full.declare()
        full.ana.git("config", "comms.secret.turns-hook.from", "env:HOOK")
        full.ana.git("config", "comms.secret.turns-hook.host", "127.0.0.1")
        ran = full.ana.done("draft", "customers", HOOK=hook.url)
        assert "nothing on this machine says what the secret turns-hook is" in " ".join(
            ran.err.split()
        )
        assert hook.got == []


def test_bad_settings_are_named(full: Cast) -> None:
    ana = full.ana
    text = (ana.folder / "comms.yaml").read_text()
    ana.edit("comms.yaml", f"{text}turns:\n  mail: {{host: x, from: nobody}}\n")
    ran = ana("new", "x", "--severity", "1")
    assert (ran.code, "comms.yaml" in ran.err, "an address" in ran.err) == (2, True, True)
