"""A drill as people type it: the same gates and clocks, everything marked, nothing leaves."""

import json
import zipfile
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from commscli.documents.models.channels import Channel
from commscli.ledger.record_files import RecordBytes
from commscli.workflow.messages import drafting
from commscli.workflow.recording import Act, record_of
from commscli.workflow.session import Session
from tests.cli.test_json import fits
from tests.support.cast import FACTS, Cast, Clone
from tests.support.dialogue import talk
from tests.support.mails import part

pytest_plugins = ["tests.support.cast_fixtures"]

FACT = [word for fact in FACTS for word in ("--fact", fact)]
DRILL = "2026-11-22-fire-drill"
REAL = "2026-11-22-real-outage"
GATES = ("approval", "release")


def drill(cast: Cast, title: str = "Fire drill") -> str:
    (id_,) = cast.ana.done("new", title, "--severity", "1", "--drill", *FACT).ids
    return id_


def real(cast: Cast) -> str:
    (id_,) = cast.ana.done("new", "Real outage", "--severity", "1", *FACT).ids
    return id_


def sent(cast: Cast, incident: str, *audiences: str) -> list[str]:
    """Draft, pass and send messages of one incident, whatever else there is."""
    messages = cast.ana.done("-i", incident, "draft", *audiences).ids
    cast.bo.done("sync")
    for message in messages:
        for gate in GATES:
            cast.bo.done("-i", incident, "approve", message, "--gate", gate)
    cast.ana.done("sync")
    for message in messages:
        cast.ana.done("-i", incident, "send", message)
    return messages


def files(clone: Clone, below: str) -> list[Path]:
    return sorted(p for p in (clone.folder / "outbox" / below).rglob("*") if p.is_file())


def ways_out(cast: Cast, *forms: str) -> None:
    """Have the customers' channel write each of these forms."""
    path = cast.ana.folder / "channels.yaml"
    text = path.read_text(encoding="utf-8")
    more = "".join(f"  as-{f}:\n    adapter: file\n    as: {f}\n    to: all\n" for f in forms)
    cast.ana.edit("channels.yaml", f"{text.rstrip()}\n{more}")
    audiences = (cast.ana.folder / "audiences.yaml").read_text(encoding="utf-8")
    listed = ", ".join(f"as-{f}" for f in forms)
    cast.ana.edit("audiences.yaml", audiences.replace("[status-page]", f"[{listed}]"))


class TestWhatItDelivers:
    def test_over_every_channel_it_is_marked_at_its_beginning(self, small: Cast) -> None:
        ways_out(small, "eml", "txt", "json")
        sent(small, drill(small), "customers", "strategic")

        outbox = files(small.ana, "drills")
        assert {path.suffix for path in outbox} == {".eml", ".txt", ".json"}
        assert len(outbox) == 5, "three channels, and two people by mail"
        for path in outbox:
            self.is_marked(path)

    def is_marked(self, path: Path) -> None:
        data = path.read_bytes()
        if path.suffix == ".txt":
            subject, _, text = data.decode().partition("\n\n")
        elif path.suffix == ".json":
            subject, text = json.loads(data)["subject"], json.loads(data)["text"]
            assert json.loads(data)["drill"] is True
        else:
            mail = message_from_bytes(data, policy=policy.SMTP)
            subject, text = mail["Subject"], part(mail)
            assert ">DRILL: this is an exercise" in part(mail, "html")
            assert mail["X-Comms-Drill"] == "yes"
        assert subject.startswith("DRILL: ")
        assert text.startswith("DRILL: this is an exercise")

    def test_nothing_lies_where_real_deliveries_are_fetched(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        outbox = small.ana.folder / "outbox"
        assert [path.name for path in outbox.iterdir()] == ["drills"]
        sent(small, real(small), "strategic")
        for path in files(small.ana, REAL):
            assert b"DRILL" not in path.read_bytes()
            assert b"X-Comms-Drill" not in path.read_bytes()

    def test_words_that_lack_a_mark_get_it_and_cannot_take_it_off(self, small: Cast) -> None:
        drill(small)
        (message,) = small.ana.done("draft", "customers").ids
        small.ana.done("revise", message, "--file", "-", stdin=b"This is all very real.\n")
        shown = small.ana.done("preview", message).out
        assert "Subject: DRILL: " in shown
        assert "\nDRILL: this is an exercise" in shown

    def test_the_mark_is_there_where_the_list_is_not(self, small: Cast) -> None:
        drill(small)
        (message,) = small.ana.done("draft", "strategic").ids
        small.bo.done("sync")
        assert "Subject: DRILL: " in small.bo.done("preview", message).out

    def test_the_gates_are_the_same(self, small: Cast) -> None:
        drill(small)
        (message,) = small.ana.done("draft", "customers").ids
        refused = small.ana("send", message)
        assert refused.code == 1
        assert "approval is open" in refused.err

    def test_words_that_were_approved_beforehand_count_as_they_would(self, full: Cast) -> None:
        name = "base/detection/all-customers"
        for person in ("cleo", "mia", "lea", "eve"):
            clone = getattr(full, person)
            clone.done("sync")
            (digest,) = clone.done("template", "approve", name).ids
            full.ana.done("sync")
            full.ana.done("trust", "preapprove", digest)
        full.ana.done("new", "Fire drill", "--severity", "1", "--drill")
        (message,) = full.ana.done("draft", "customers", "--phase", "detection").ids
        gates = full.ana.done("show", message, "--json").json["gates"]
        assert [gate["state"] for gate in gates] == [*["preapproved"] * 4, "open"]


class TestWhatSaysSo:
    def test_everything_that_people_read(self, small: Cast) -> None:
        ana, bo = small.ana, small.bo
        new = ana.done("new", "Fire drill", "--severity", "1", "--drill", *FACT)
        assert new.ids == [DRILL]
        assert f"DRILL: {DRILL} is an exercise" in new.err
        (message,) = ana.done("draft", "customers").ids
        assert ana.git("log", "-1", "--format=%s").startswith("DRILL: Draft ")
        bo.done("sync")
        meant = f"DRILL {DRILL}/{message}@1"
        assert bo.done("show", message).out.startswith(f"DRILL {DRILL}/{message}\n")
        for verb in ("show", "diff", "preview"):
            assert meant in bo.done(verb, message).err
        assert f"DRILL {DRILL}: Fire drill" in bo.done("status").out
        assert f"1. approve  DRILL {message}" in bo.done("next").out
        assert f"DRILL {DRILL}\n" in bo.done("clock", "list").out
        assert "DRILL approval of" in ana.done("nudge").out
        assert bo.done("log").out.startswith(f"DRILL {DRILL}\n")
        for gate in GATES:
            approved = bo.done("approve", message, "--gate", gate)
            assert f"DRILL ok {gate}: {DRILL}/{message}" in approved.err
        ana.done("sync")
        assert f"DRILL {message} revision 1" in ana.done("send", message, "--dry-run").out
        assert f"rehearsed, not sent: {message}" in ana.done("send", message).err
        assert ana.done("report").out.startswith("# Incident report: DRILL: Fire drill")
        assert "This was a drill." in ana.done("report", "--format", "html").out
        assert f"DRILL {DRILL}: Fire drill" in ana.done("metrics").out

    def test_one_item_at_a_time_and_the_list_of_facts(self, small: Cast) -> None:
        drill(small)
        small.ana.done("draft", "customers")
        small.bo.done("sync")
        seen = talk("next", cwd=small.bo.folder, environ=small.bo.environ(), lines=[("uit", "q")])
        assert f"DRILL {DRILL}  SEV-1" in seen.screen
        assert f"DRILL {DRILL}/investigation-all-customers-1" in seen.screen
        facts = small.ana.done("fact", "list")
        assert f"DRILL: {DRILL}" in facts.err
        assert "DRILL" not in facts.out, "what prints can be set again"

    def test_every_document_has_it(self, small: Cast) -> None:
        ana = small.ana
        drill(small)
        (message,) = ana.done("draft", "customers").ids
        for words in (["show", message], ["preview", message], ["log"]):
            document = ana.done(*words, "--json").json
            fits(document)
            assert document["drill"] is True
        small.bo.done("sync")
        (task,) = small.bo.done("next", "--json").json["tasks"]
        assert task["drill"] is True
        recorded = small.bo.done("approve", message, "--gate", "approval", "--json").json
        assert (fits(recorded), recorded["drill"]) == ("recorded", True)
        small.bo.done("approve", message, "--gate", "release")
        ana.done("sync")
        done = ana.done("send", message, "--json").json
        assert (fits(done), done["messages"][0]["drill"]) == ("sent", True)
        (incident,) = ana.done("status", "--json").json["incidents"]
        assert incident["drill"] is True
        clocks = ana.done("clock", "list", "--json").json
        assert all(c["drill"] is (c["incident"] == DRILL) for c in clocks["clocks"])
        fits(ana.done("nudge", "--json").json)

    def test_every_record_has_it(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        records = list((small.ana.folder / "incidents" / DRILL).rglob("records/*.yaml"))
        assert len(records) >= 8
        assert all("\ndrill: true\n" in path.read_text(encoding="utf-8") for path in records)

    def test_the_real_thing_says_nothing_of_drills(self, small: Cast) -> None:
        (message,) = sent(small, real(small), "customers")
        for words in (["status"], ["log"], ["check"], ["show", message], ["preview", message],
                      ["report"], ["clock", "list"], ["metrics"]):  # fmt: skip
            ran = small.ana.done(*words)
            assert "drill" not in f"{ran.out}{ran.err}".lower(), words


class TestNoEvidence:
    def test_the_check_counts_a_drills_sends_by_themselves(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        sent(small, real(small), "customers")

        report = small.ana.done("check", "--json").json
        assert fits(report) == "check"
        assert (report["checked"]["sent"], report["checked"]["drills"]) == (1, 1)
        assert {m["incident"]: m["drill"] for m in report["messages"]} == {
            DRILL: True, REAL: False
        }  # fmt: skip
        said = " ".join(small.ana.done("check").out.split())
        assert "1 sent of 2 messages in 2 incidents, and 1 sent in drills" in said

    def test_what_is_found_of_a_drill_is_marked(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        found = small.ana.done("check", "--clocks")
        assert "warning[single-channel-critical]" in found.out
        assert f"DRILL {DRILL}\n" in found.out

    def test_an_evidence_file_says_that_it_is_of_a_drill(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        made = small.ana.done("bundle", DRILL, "--json")
        assert fits(made.json) == "bundle"
        assert (made.json["drill"], made.json["sent"], made.json["rehearsed"]) == (True, 0, 1)
        assert Path(made.json["file"]).name.startswith(f"DRILL-{DRILL}-")
        with zipfile.ZipFile(made.json["file"]) as archive:
            page = archive.read("VERIFY.md").decode()
        assert page.startswith(f"# DRILL, no evidence of a send: `{DRILL}`")
        assert "**This was a drill.**" in page
        assert "sent in this incident" not in page
        again = small.ana.done("bundle", DRILL, "-o", str(small.root / "again.zip"))
        assert "DRILL" in again.out + again.err

    def test_the_numbers_over_all_incidents_leave_it_out(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        assert small.ana("metrics", "--all").code != 0, "there is nothing but a drill"
        sent(small, real(small), "customers")
        one, both = (
            small.ana.done("metrics", "--all", *more, "--json").json["incidents"]
            for more in ((), ("--drills",))
        )
        assert [i["id"] for i in one] == [REAL]
        assert sorted(i["id"] for i in both) == [DRILL, REAL]
        named = small.ana.done("-i", DRILL, "metrics", "--json").json["incidents"]
        assert [(i["id"], i["drill"]) for i in named] == [(DRILL, True)]

    def test_what_is_still_open_leaves_it_out(self, small: Cast) -> None:
        for incident in (drill(small), real(small)):
            small.ana.done("-i", incident, "draft", "customers")
        still = small.ana.done("report", "--open", "--since", "7d")
        assert REAL in still.out
        assert DRILL not in still.out
        assert f"DRILL {DRILL}" in small.ana.done("report", "--open", "--drills").out


class TestApart:
    def test_neither_is_guessed_where_the_other_could_be_meant(self, small: Cast) -> None:
        for incident in (drill(small), real(small)):
            small.ana.done("-i", incident, "draft", "customers")
        small.bo.done("sync")
        head = small.bo.state()
        for reference in ("customers", "investigation-all-customers-1"):
            refused = small.bo("approve", reference, "--gate", "approval")
            assert refused.code == 2
            assert f"{DRILL}/investigation-all-customers-1" in refused.err
            assert f"{REAL}/investigation-all-customers-1" in refused.err
        assert small.bo.state() == head
        small.bo.done("-i", DRILL, "approve", "customers", "--gate", "approval")
        # Only the real one waits for Bo now, and that is no reason to take it for the drill.
        assert small.bo("approve", "customers", "--gate", "approval").code == 2

    def test_its_verdicts_pass_nothing_real(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        (message,) = small.ana.done("-i", real(small), "draft", "customers").ids
        refused = small.ana("-i", REAL, "send", message)
        assert refused.code == 1
        assert "approval is open" in refused.err

    def test_its_sends_meet_no_clock_of_a_real_incident(self, small: Cast) -> None:
        sent(small, drill(small), "customers")
        real(small)
        clocks = small.ana.done("-i", REAL, "clock", "list", "--json").json["clocks"]
        first = next(c for c in clocks if c["kind"] == "acknowledgement")
        assert (first["incident"], first["state"]) == (REAL, "running")

    @pytest.mark.parametrize("of_the_drill", [True, False])
    def test_a_clock_is_met_by_a_message_of_its_own_incident(
        self, small: Cast, *, of_the_drill: bool
    ) -> None:
        one, other = (drill(small), real(small)) if of_the_drill else (real(small), drill(small))
        (message,) = sent(small, one, "customers")
        small.ana.done("-i", other, "clock", "start", "gdpr-33", "--anyway", "--why", "found")
        before = small.ana.state()
        refused = small.ana(
            "-i", other, "clock", "met", "gdpr-33", "--message", f"{one}/{message}", "--why", "so"
        )
        assert refused.code == 1
        assert f"belongs to {one}" in refused.err
        assert small.ana.state() == before

    def test_neither_is_a_duplicate_of_the_other(self, small: Cast) -> None:
        one, other = drill(small), real(small)
        for closed, kept in ((one, other), (other, one)):
            refused = small.ana("-i", closed, "close", "--duplicate-of", kept, "--why", "same")
            assert refused.code == 2
            assert f"{one} is a drill" in refused.err

    def test_a_hold_on_it_holds_nothing_real(self, small: Cast) -> None:
        drill(small)
        small.bo.done("sync")
        small.bo.done("hold", "--why", "a rehearsed stop")
        small.ana.done("sync")
        sent(small, real(small), "customers")


def over_smtp(_: object) -> dict[str, str]:
    return {"adapter": "smtp", "host": "mail.example", "to": "everybody@customer.example"}


def otherwise(session: Session, act: Act) -> RecordBytes:
    """What somebody signs who says otherwise than the declaration whether this is a drill."""
    return record_of(session, replace(act, drill=not act.drill))


class TestTrickery:
    def test_a_channel_that_a_hand_wrote_into_the_record_is_not_used(
        self, small: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drill(small)
        with monkeypatch.context() as patched:
            patched.setattr(Channel, "settings", over_smtp)
            (message,) = small.ana.done("draft", "customers").ids
        text = next(small.ana.folder.rglob("*-drafted-*.yaml")).read_text(encoding="utf-8")
        assert '"adapter": "smtp"' in text
        small.bo.done("sync")
        for gate in GATES:
            small.bo.done("approve", message, "--gate", gate)
        small.ana.done("sync")
        assert "(outbox)" in small.ana.done("send", message, "--dry-run").out
        small.ana.done("send", message)
        (path,) = files(small.ana, "")
        assert path.parent == small.ana.folder / f"outbox/drills/{DRILL}/{message}/status-page"
        assert path.suffix == ".eml"
        assert "\nSubject: DRILL: " in path.read_text(encoding="utf-8")

    @pytest.mark.parametrize("is_drill", [True, False])
    def test_a_record_that_says_otherwise_stops_the_send(
        self, small: Cast, monkeypatch: pytest.MonkeyPatch, *, is_drill: bool
    ) -> None:
        (drill if is_drill else real)(small)
        with monkeypatch.context() as patched:
            patched.setattr(drafting, "record_of", otherwise)
            (message,) = small.ana.done("draft", "customers").ids
        small.bo.done("sync")
        said = small.bo("approve", message, "--gate", "approval")
        assert said.code == 1
        assert small.ana("send", message).code == 1
        report = small.ana("check", "--json").json
        assert {f["rule"] for f in report["findings"]} == {"drill-mixed"}
        assert not files(small.ana, "")

    def test_a_drill_stays_one_where_the_admins_accept_what_a_record_says(
        self, small: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drill(small)
        with monkeypatch.context() as patched:
            patched.setattr(drafting, "record_of", otherwise)
            (message,) = small.ana.done("draft", "customers").ids
        self.accepted(small)
        small.bo.done("sync")
        for gate in GATES:
            small.bo.done("approve", message, "--gate", gate)
        small.ana.done("sync")
        small.ana.done("send", message)
        assert [p for p in files(small.ana, "") if "drills" not in p.parts] == []
        report = small.ana.done("check", "--json").json
        assert (report["checked"]["sent"], report["checked"]["drills"]) == (0, 1)

    def test_the_real_thing_does_not_leave_as_a_drill_nor_unmarked_either(
        self, small: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real(small)
        with monkeypatch.context() as patched:
            patched.setattr(drafting, "record_of", otherwise)
            (message,) = small.ana.done("draft", "customers").ids
        self.accepted(small)
        small.bo.done("sync")
        refused = small.bo("approve", message, "--gate", "approval")
        assert refused.code == 1
        assert "states other payloads than its words make" in refused.err

    def accepted(self, cast: Cast) -> None:
        (finding,) = cast.ana("check", "--json").json["findings"]
        cast.ana.done("trust", "accept", "drill-mixed", finding["id"], "--why", "a slip")
