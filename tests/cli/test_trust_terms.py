"""What a roster can hold is written by commands: keys, faults, easings, whole versions."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_json import fits
from tests.support.admins import checks, clone_of, let_admins_be, trust_of
from tests.support.cast import Cast, Clone
from tests.support.keys import make_key, public_line

pytest_plugins = ["tests.support.cast_fixtures"]


def refused(clone: Clone, *words: str, code: int = 1, stdin: bytes = b"") -> str:
    """Run a command that must fail and leave everything as it was; return what it said."""
    before = clone.state()
    ran = clone(*words, stdin=stdin)
    assert ran.code == code, ran
    assert clone.state() == before
    return ran.err


def new_key(cast: Cast, name: str) -> str:
    make_key(cast.root / "keys", name)
    return str(cast.key(name)) + ".pub"


def person(cast: Cast, id_: str) -> Any:
    return next(p for p in trust_of(cast)["people"] if p["id"] == id_)


class TestKeys:
    def test_another_key_signs_and_an_ended_one_does_not(self, small: Cast) -> None:
        key = new_key(small, "bo-two")
        small.ana.done("trust", "key", "add", "bo", "--public-key", key)
        bo = clone_of(small, "bo")
        bo.done("trust", "show", COMMS_KEY=str(small.key("bo-two")))
        first = public_line(small.key("bo"))
        fingerprint = next(k for k in person(small, "bo")["keys"])

        small.ana.done("trust", "key", "end", "bo", "--fingerprint", fingerprint)

        (message,) = small.declare("customers")
        bo = clone_of(small, "bo")
        assert first
        assert bo("approve", message).code == 4
        assert bo("approve", message, COMMS_KEY=str(small.key("bo-two"))).code == 0
        assert checks(small)["outcome"] == "pass"

    def test_of_several_keys_one_must_be_named(self, small: Cast) -> None:
        small.ana.done("trust", "key", "add", "bo", "--public-key", new_key(small, "bo-two"))

        assert "several keys" in refused(small.ana, "trust", "key", "end", "bo", code=2)

    @pytest.mark.parametrize("owner", ["ana", "bo"])
    def test_a_key_belongs_to_one_person_once(self, small: Cast, owner: str) -> None:
        key = str(small.key(owner)) + ".pub"

        said = refused(small.ana, "trust", "key", "add", "bo", "--public-key", key)

        assert f"is {owner}'s already" in said

    def test_an_ended_key_never_returns(self, small: Cast) -> None:
        key = new_key(small, "bo-two")
        small.ana.done("trust", "key", "add", "bo", "--public-key", key)
        small.ana.done("trust", "key", "end", "bo", "--public-key", key)

        assert "has ended" in refused(small.ana, "trust", "key", "add", "bo", "--public-key", key)

    def test_the_last_key_of_the_only_admin_cannot_end(self, small: Cast) -> None:
        assert "0 admins can still sign" in refused(small.ana, "trust", "key", "end", "ana")

    def test_rotating_ones_own_key_is_for_the_admins_to_sign(self, small: Cast) -> None:
        new_key(small, "bo-two")
        bo = clone_of(small, "bo")

        proposed = bo("trust", "key", "rotate", "--new-key", str(small.key("bo-two")), "--json")

        assert proposed.json["state"] == "proposed"
        assert proposed.json["signed"] == []
        signed = clone_of(small, "ana")("trust", "sign", proposed.json["proposal"])
        assert signed.out == "trust version 3\n"
        bo = clone_of(small, "bo")
        assert bo("next").code == 4
        assert bo("next", COMMS_KEY=str(small.key("bo-two"))).code == 0

    def test_an_admin_rotates_at_once(self, small: Cast) -> None:
        new_key(small, "ana-two")

        small.ana.done("trust", "key", "rotate", "--new-key", str(small.key("ana-two")))

        refused(small.ana, "trust", "role", "bo", "--role", "legal-officer", code=4)
        done = small.ana("trust", "role", "bo", "--role", "legal-officer",
                         COMMS_KEY=str(small.key("ana-two")))  # fmt: skip
        assert done.code == 0, done.err
        assert checks(small)["findings"] == []

    def test_nobody_locks_themselves_out_with_a_key_that_they_do_not_hold(
        self, small: Cast
    ) -> None:
        key = Path(new_key(small, "ana-two"))
        key.with_suffix("").unlink()

        refused(small.ana, "trust", "key", "rotate", "--new-key", str(key), code=4)


class TestCompromised:
    def test_voids_what_the_key_signed_but_for_what_is_kept(self, small: Cast) -> None:
        (message,) = small.declare("customers")
        small.passed(message, "approval")
        bo, ana = small.bo, clone_of(small, "ana")
        ok = bo.git("ls-files", "*-ok-*.yaml").split()[0]
        digest = ok.rpartition("-")[2].removesuffix(".yaml")
        small.ana.done("trust", "key", "add", "bo", "--public-key", new_key(small, "bo-two"))
        fingerprint = person(small, "bo")["keys"][0]

        done = ana.done("trust", "compromised", fingerprint, "--why", "a stolen laptop", "--json")

        assert "a stolen laptop" in " ".join(done.json["changes"])
        report = checks(small)
        assert [f["rule"] for f in report["findings"]] == ["overtaken-record"]
        assert report["messages"][0]["gates"][0]["state"] == "open"
        ana.done("trust", "compromised", fingerprint, "--keep", digest, "--why", "before the theft")
        report = checks(small)
        assert report["findings"] == []
        assert report["messages"][0]["gates"][0]["state"] == "passed"

    def test_what_is_kept_must_be_a_record_of_that_key(self, small: Cast) -> None:
        small.declare("customers")
        ana = small.ana
        other = ana.git("ls-files", "*-drafted-*.yaml").split()[0]
        digest = other.rpartition("-")[2].removesuffix(".yaml")

        said = refused(ana, "trust", "compromised", "bo", "--keep", digest, "--why", "x", code=2)

        assert "no record begins so" in said

    def test_whose_it_is_must_be_known_and_why_be_said(self, small: Cast) -> None:
        refused(small.ana, "trust", "compromised", "nobody", "--why", "x", code=2)
        refused(small.ana, "trust", "compromised", "bo", code=2)


class TestAccept:
    def test_an_error_that_is_there_now(self, small: Cast) -> None:
        error = broken(small)
        ana = clone_of(small, "ana")

        ran = ana.done("trust", "accept", error["rule"], error["id"], "--why", "a slip of Bo's")

        assert "accepts: " in ran.err
        report = checks(small)
        assert [f["level"] for f in report["findings"]] == ["accepted"]
        assert report["outcome"] == "pass"
        assert trust_of(small)["accepted"][0]["why"] == "a slip of Bo's"

    @pytest.mark.parametrize("how", ["commit", "path"])
    def test_by_commit_or_path_it_is_written_down_as_narrowly_as_can_be(
        self, small: Cast, how: str
    ) -> None:
        error = broken(small)
        ana = clone_of(small, "ana")

        ana.done("trust", "accept", error["rule"], error[how], "--why", "a slip")

        assert trust_of(small)["accepted"][0]["subject"] == error["commit"]
        path = ana.git("ls-files", "*-drafted-*.yaml").split()[0]
        (ana.folder / path).write_text("again\n", encoding="utf-8")
        ana.clean = False
        ana.git("-c", "user.name=x", "-c", "user.email=x@example.com", "-c",
                "commit.gpgsign=false", "commit", "-qam", "again")  # fmt: skip
        assert ana("check", "--json").json["outcome"] == "fail", "a later fault is an error"

    @pytest.mark.parametrize(
        "words",
        [
            ["append-only", "f" * 40], ["open-gate", "f" * 12], ["append-only", ""],
            ["append-only", "a"], ["nope", "trust/0001.yaml"],
        ],
        ids=str,
    )  # fmt: skip
    def test_what_no_check_finds_cannot_be_accepted(self, small: Cast, words: list[str]) -> None:
        broken(small)
        ana = clone_of(small, "ana")

        assert "finds no error" in refused(ana, "trust", "accept", *words, "--why", "x")

    def test_a_reason_is_needed(self, small: Cast) -> None:
        refused(small.ana, "trust", "accept", "append-only", "f" * 40, code=2)


def broken(cast: Cast) -> Any:
    """Bo removes a record with plain git, and shares that; return the error."""
    cast.declare("customers")
    bo = clone_of(cast, "bo")
    path = bo.git("ls-files", "*-drafted-*.yaml.sig").split()[0]
    bo.git("rm", "-q", path)
    bo.git("-c", "user.name=bo", "-c", "user.email=bo@example.com", "-c", "commit.gpgsign=false",
           "commit", "-qm", "tidy up")  # fmt: skip
    bo.git("push", "-q", "origin", "main")
    errors = [f for f in checks(cast)["findings"] if f["level"] == "error"]
    assert {f["rule"] for f in errors} == {"append-only"}
    return errors[0]


class TestEasings:
    def test_relaxing_takes_settings_and_lists_as_they_are_now(self, full: Cast) -> None:
        ana = full.ana

        ana.done("trust", "relax", "strategic", "--gates", "approval,release", "--channel", "mail",
                 "--recipients", "strategic-customers")  # fmt: skip

        (relaxed,) = trust_of(full)["relaxed"]
        assert relaxed["audience"] == "strategic-customers"
        assert relaxed["gates"] == ["approval", "release"]
        assert relaxed["channels"]["mail"]["adapter"] == "file"
        assert len(relaxed["recipients"]) == 1
        ana.done("new", "Outage", "--severity", "1", "--fact", "start=09:14", "--fact",
                 "services=cards", "--fact", "impact=no cards")  # fmt: skip
        ana.done("draft", "strategic")
        (message,) = checks(full)["messages"]
        assert [g["gate"] for g in message["gates"]] == ["approval", "release"]
        ana.done("trust", "relax", "strategic-customers", "--off")
        assert trust_of(full)["relaxed"] == []

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (["strategic", "--gates", "approval", "--channel", "mail"], 2),
            (["strategic", "--gates", "nope", "--channel", "mail", "--recipients",
              "strategic-customers"], 2),
            (["internal", "--gates", "approval", "--channel", "nope"], 2),
            (["nope", "--gates", "approval", "--channel", "mail"], 2),
            (["internal", "--channel", "mail"], 2),
            (["internal", "--gates", "approval"], 2),
            (["internal", "--off"], 2),
        ],
        ids=str,
    )  # fmt: skip
    def test_relaxing_needs_what_is_there(self, full: Cast, words: list[str], code: int) -> None:
        refused(full.ana, "trust", "relax", *words, code=code)

    def test_an_emergency_and_its_end(self, full: Cast) -> None:
        template = full.ana.done("template", "list", "--json").json["templates"][0]["id"]

        full.ana.done("trust", "emergency", "--person", "eve", "--person", "ivo", "--needs", "2",
                      "--template", template, "--audience", "internal")  # fmt: skip

        assert trust_of(full)["emergency"]["people"] == ["eve", "ivo"]
        full.ana.done("trust", "emergency", "--off")
        assert trust_of(full)["emergency"] is None
        refused(full.ana, "trust", "emergency", "--off")

    def test_what_counts_beforehand_is_told_by_what_it_passes(self, full: Cast) -> None:
        let_admins_be(full, ["ana", "mia"], 2)
        words = ("template", "approve", "base/detection/all-customers", "--audience", "customers")
        (digest,) = clone_of(full, "lea").done(*words).ids
        clone_of(full, "ana").done("trust", "preapprove", digest[:12])

        said = " ".join(clone_of(full, "mia").done("trust", "propose").out.split())

        assert "base/detection/all-customers to all-customers in detection, by lea for the" in said
        assert digest in said
        full.mia.done("trust", "preapprove", digest)
        assert trust_of(full)["preapproved"] == [digest]

    def test_only_a_record_that_is_there_counts_beforehand(self, full: Cast) -> None:
        refused(full.ana, "trust", "preapprove", "f" * 64, code=2)
        refused(full.ana, "trust", "preapprove", "--drop", "f" * 64, code=2)
        refused(full.ana, "trust", "preapprove", code=2)


class TestWholeVersions:
    def test_a_hand_edited_copy_in_ordinary_yaml(self, full: Cast) -> None:
        ana = full.ana
        from ruamel.yaml import YAML  # noqa: PLC0415 - only here

        yaml = YAML()
        edited = yaml.load((ana.folder / "trust/0002.yaml").read_text(encoding="utf-8"))
        edited["roles"]["legal-officer"].append("mia")
        edited["people"]["mia"]["contact"] = "tel:+4685550100"
        edited["people"]["mia"]["keys"][0] += " mia@laptop"
        path = full.root / "edited.yaml"
        with path.open("w", encoding="utf-8") as file:
            file.write("# the legal officer is on leave\n")
            yaml.dump(edited, file)

        done = ana.done("trust", "propose", str(path), "--json").json

        assert fits(done) == "trust-recorded"
        assert done["changes"] == [
            "mia: contact becomes tel:+4685550100, and was empty",
            "mia gets the role legal-officer",
        ]
        assert done["state"] == "in-force"
        assert checks(full)["findings"] == []

    def test_by_several_admins_it_waits(self, full: Cast) -> None:
        let_admins_be(full, ["ana", "lea"], 2)
        ana = clone_of(full, "ana")
        text = (ana.folder / "trust/0003.yaml").read_bytes()
        text = text.replace(b'commits: "recorded"', b'commits: "signed"')

        proposed = ana.done("trust", "propose", "-", "--json", stdin=text)

        assert proposed.json["state"] == "proposed"
        assert proposed.json["signed"] == ["ana"]

    def test_by_somebody_who_is_no_admin_it_waits_unsigned(self, small: Cast) -> None:
        bo = clone_of(small, "bo")
        text = (bo.folder / "trust/0002.yaml").read_bytes()
        text = text.replace(b'commits: "recorded"', b'commits: "signed"')

        proposed = bo.done("trust", "propose", "-", "--json", stdin=text).json

        assert (proposed["state"], proposed["signed"]) == ("proposed", [])
        signed = clone_of(small, "ana").done("trust", "sign", proposed["proposal"])
        assert signed.out == "trust version 3\n"

    def test_a_copy_of_an_older_version_would_undo_what_came_since(self, small: Cast) -> None:
        text = (small.ana.folder / "trust/0001.yaml").read_bytes()

        said = refused(small.ana, "trust", "propose", "-", stdin=text)

        assert "made from version 1, and version 2 is in force" in said

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("quorum: 1", "quorum: many", "stdin:5:9: `quorum`: expected a whole number"),
            ("quorum: 1", "quorums: 1", "did you mean `quorum`?"),
            ('commits: "recorded"\n', "", "`commits` is missing"),
            ("ssh-ed25519 AAAA", "ssh-ed25519 BBBB", "stdin:8:"),
            ("quorum: 1", "quorum: 2", "the quorum is 2: expected 1 to 1"),
            ('"technical-slt": ', '"technical-slt": &a ', "not allowed"),
            ("repository: ", "repository: x-", "`repository`: this one is"),
            ('admins: ["ana"]', 'admins: ["bo", "nobody"]', "an admin is not a person"),
        ],
    )
    def test_every_problem_has_its_place(self, small: Cast, old: str, new: str, says: str) -> None:
        text = (small.ana.folder / "trust/0002.yaml").read_text(encoding="utf-8")
        edited = text.replace(old, new, 1)
        if edited == text:  # a role as a block key
            edited = text.replace("technical-slt: ", "technical-slt: &a ", 1)

        said = refused(small.ana, "trust", "propose", "-", code=2, stdin=edited.encode())

        assert says in said, said
        assert "next: " in said

    def test_the_same_once_more_changes_nothing(self, small: Cast) -> None:
        text = (small.ana.folder / "trust/0002.yaml").read_bytes()

        assert "changes nothing" in refused(small.ana, "trust", "propose", "-", stdin=text)


def test_what_a_roster_holds_is_shown(full: Cast) -> None:
    full.ana.done("trust", "key", "add", "mia", "--public-key", new_key(full, "mia-two"))
    full.ana.done("trust", "key", "end", "mia", "--public-key", str(full.key("mia-two")) + ".pub")
    full.ana.done("trust", "compromised", "leo", "--why", "a stolen laptop")
    full.ana.done("trust", "remove", "moe")

    text = full.ana.done("trust", "show").out
    document = full.ana.done("trust", "show", "--json")

    assert fits(json.loads(document.out)) == "trust"
    words = " ".join(text.split())
    for said in ("of mia has ended", "of leo signed counts: a stolen laptop", "moe has ended"):
        assert said in words
