"""Commits that say one thing to one program and another to the next."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from commscli.domain.report import Outcome
from commscli.ledger import record_files
from commscli.ledger.edwards import ORDER
from tests.attacks.raw import header, headers, put_commit, reported, signed_by, told, written
from tests.attacks.staging import Stage, two_sent
from tests.support.repos import Repo, git
from tests.support.signatures import Draft
from tests.support.story import Story, first_trust, key_of, passed, sent, sign

MESSAGE = b"\nfact\n"
LOST = {("commit-signature-lost", "warning")}
STRICT = {("strict-commit", "error")}
PGP = b"-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0WIQ==\n=abcd\n-----END PGP SIGNATURE-----\n"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


def plus_order(raw: bytes) -> bytes:
    """The same Ed25519 signature in a second spelling, which some programs accept."""
    return raw[:32] + (int.from_bytes(raw[32:], "little") + ORDER).to_bytes(32, "little")


# -- the same commit under another id


@pytest.mark.row(50)
@pytest.mark.parametrize("junk", [b"one", b"two", PGP])
def test_another_signature_gives_a_commit_another_name(stage: Stage, junk: bytes) -> None:
    """Whoever likes can mint twins of a commit; what it brings is the same in all of them."""
    head = written(headers(stage))
    honest = put_commit(stage, head + signed_by("bea", head) + MESSAGE)
    whole = stage.repo.report(stage.story.pin)
    assert whole.findings == ()

    twin = put_commit(stage, head + header("gpgsig", junk) + MESSAGE)

    assert twin != honest
    assert told(stage) == LOST
    assert stage.check().status == 0
    assert stage.repo.report(stage.story.pin).messages == whole.messages
    assert stage.repo.report(stage.story.pin).checked == whole.checked


@pytest.mark.row(50)
def test_a_twin_beside_the_commit_doubles_nothing(stage: Stage) -> None:
    """The same record comes in by two commits: it is one record, and counts once."""
    first = stage.story.shelf.nodes[stage.story.head]
    side, other = stage.story.aside(), stage.story.aside()
    written_ = side.shelf.records[side.fact("start", "09:14")]
    other.enter(written_, key="bea")
    other.merge(side)
    assert first.id != other.tip
    stage.story.head = other.head
    stage.repo.write(stage.story)

    stage.passes()
    answer = stage.check()
    assert answer.json["checked"]["records"] == stage.before["checked"]["records"] + 1


@pytest.mark.row(50)
@pytest.mark.parametrize("name", ["gpgsig-sha256", "gpgsig"])
def test_junk_behind_a_good_signature(stage: Stage, name: str) -> None:
    """Git calls such a commit well signed, whatever the second header says."""
    head = written(headers(stage))
    put_commit(stage, head + signed_by("bea", head) + header(name, b"junk") + MESSAGE)

    assert told(stage) == STRICT | LOST
    assert stage.check().status == 1


@pytest.mark.row(50)
def test_a_second_spelling_of_a_signature_is_none(stage: Stage) -> None:
    head = written(headers(stage))
    twisted = Draft(key=key_of("bea"), data=head + MESSAGE, raw=plus_order).armored
    put_commit(stage, head + header("gpgsig", twisted) + MESSAGE)
    assert reported(stage) == LOST

    body = stage.story.shelf.records[stage.story.of_kind("ok")[0].digest].record.body
    record = stage.story.written("ok", body, "leo", gate="legal")
    name = record_files.NAMESPACE.encode()
    armored = Draft(key=key_of("leo"), data=record.data, namespace=name, raw=plus_order).armored
    stage.story.commit({record.path: record.data, f"{record.path}.sig": armored}, by="leo")

    stage.fails("record-signature")


# -- headers


@pytest.mark.row(51)
@pytest.mark.parametrize(
    "lines",
    ["tree author parent committer", "parent tree author committer",
     "tree author committer parent", "author committer tree parent"],
)  # fmt: skip
def test_headers_that_hide_a_parent(stage: Stage, lines: str) -> None:
    put_commit(stage, written(headers(stage), lines) + MESSAGE)

    stage.is_undecided("")


@pytest.mark.row(51)
def test_a_signature_before_the_parents(stage: Stage) -> None:
    """Git calls it well signed, and sees a commit without parents: an ancestry cut off."""
    values = headers(stage)
    head = written(values)
    moved = written(values, "tree") + signed_by("bea", head)
    made = put_commit(stage, moved + written(values, "parent author committer") + MESSAGE)
    shown = stage.repo.git("log", "-1", "--format=%P", made).strip()
    assert shown == "", "this git sees the parents, and this test shows nothing"

    stage.is_undecided("stated in the wrong place")


@pytest.mark.row(52)
@pytest.mark.parametrize(
    "lines", ["tree tree parent", "tree parent tree", "tree parent parent tree"]
)
def test_a_second_tree(stage: Stage, lines: str) -> None:
    put_commit(stage, written(headers(stage), f"{lines} author committer") + MESSAGE)

    stage.is_undecided("")


@pytest.mark.row(52)
@pytest.mark.parametrize(
    "lines",
    [
        "author author committer",
        "author committer committer",
        "committer author",
        "author",
        "author committer author",
    ],
)
def test_a_second_author_or_none(stage: Stage, lines: str) -> None:
    put_commit(stage, written(headers(stage), f"tree parent {lines}") + MESSAGE)

    assert told(stage) == STRICT | LOST
    assert stage.check().status == 1


@pytest.mark.row(52)
def test_one_parent_named_twice(stage: Stage) -> None:
    """By git's own count a merge, which may bring nothing; so nothing in it counts."""
    put_commit(stage, written(headers(stage), "tree parent parent author committer") + MESSAGE)

    assert told(stage) == {("merged-record", "error")}


@pytest.mark.row(53)
@pytest.mark.parametrize(
    "extra",
    [
        "encoding latin1",
        "xheader junk",
        "mergetag object x\n type y",
        "encoding UTF-8",
        "HG:extra a:b",
        "gpgsigx y",
        "\r",
        "parentx y",
    ],
)
def test_a_header_that_this_program_never_writes(stage: Stage, extra: str) -> None:
    put_commit(stage, written(headers(stage)) + f"{extra}\n".encode() + MESSAGE)

    assert told(stage) == STRICT | LOST
    assert stage.check().status == 1


@pytest.mark.row(53)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\0\n"])
def test_headers_with_other_line_ends(stage: Stage, line_end: bytes) -> None:
    values = headers(stage)
    head = written(values, "tree parent") + written(values, "author").replace(b"\n", line_end)
    put_commit(stage, head + written(values, "committer") + MESSAGE)

    assert told(stage) == STRICT | LOST


@pytest.mark.row(53)
def test_text_behind_a_nul(stage: Stage) -> None:
    """Git signs and verifies all of it, and shows what stands before the NUL."""
    head = written(headers(stage))
    message = b"\nfact\0 and what nobody sees\n"
    put_commit(stage, head + signed_by("bea", head, message) + message)

    assert told(stage) == STRICT | LOST


@pytest.mark.row(53)
def test_odd_commits_that_bring_nothing_are_nobodys_business(stage: Stage) -> None:
    values = headers(stage)
    values["tree"] = stage.story.shelf.tree(stage.story.shelf.nodes[stage.story.head - 1].tree)
    put_commit(stage, written(values) + b"encoding latin1\n\nm\xe9ssage\0hidden\n")

    stage.passes()


# -- more than one signature


@pytest.mark.row(54)
@pytest.mark.parametrize(
    "spoil",
    [lambda s: s + s, lambda s: s + b"more\n", lambda s: b"more\n" + s, lambda s: s + PGP,
     lambda s: PGP + s, lambda s: s.replace(b"\n", b"\r\n"), lambda s: s[:-30], lambda _: b"",
     lambda s: s.replace(b"U1NIU0lH", b"U1NIU0lH ")],
    ids=["twice", "trailing", "leading", "then PGP", "PGP first", "crlf", "cut", "empty", "space"],
)  # fmt: skip
def test_a_commit_signature_with_something_beside_it(stage: Stage, spoil) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a table of lambdas
    head = written(headers(stage))
    put_commit(stage, head + header("gpgsig", spoil(sign("bea", head + MESSAGE, "git"))) + MESSAGE)

    assert told(stage) == LOST
    assert stage.check().status == 0


@pytest.mark.row(55)
@pytest.mark.parametrize("namespace", ["file", "comms-record@v1", "comms-trust@v1", "gitx"])
def test_a_commit_signature_made_for_another_purpose(stage: Stage, namespace: str) -> None:
    head = written(headers(stage))
    put_commit(stage, head + signed_by("bea", head, namespace=namespace) + MESSAGE)

    assert told(stage) == LOST


@pytest.mark.row(54, 55)
def test_under_commits_signed_each_of_these_is_an_error(tmp_path: Path) -> None:
    story = sent_signed()
    stage = Stage.of(tmp_path, story)
    head = written(headers(stage))
    for signature in (b"", signed_by("bea", head, namespace="file"), signed_by("max", head)):
        put_commit(stage, head + signature + MESSAGE)
        assert reported(stage) == {("commit-signature-lost", "error")}


def sent_signed() -> Story:
    story = passed(replace(first_trust(), commits="signed"))
    story.send()
    return two_sent(story)


# -- names


@pytest.mark.row(63)
def test_another_name_on_a_commit_gives_and_takes_nothing(stage: Stage) -> None:
    values = headers(stage)
    for name in ("Lea <lea@example.com>", "ada <ada@example.com>", " <>", "x" * 5000 + " <y>"):
        values["author"] = values["committer"] = f"{name} 1795000000 +0000"
        head = written(values)
        put_commit(stage, head + signed_by("bea", head) + MESSAGE)
        assert reported(stage) == set()


@pytest.mark.row(63)
def test_a_commit_in_somebodys_name_and_another_hand(stage: Stage) -> None:
    """Max puts Bea's record in a commit that says it is hers, and signs it with his own key."""
    head = written(headers(stage))
    put_commit(stage, head + signed_by("max", head) + MESSAGE)

    assert told(stage) == LOST


@pytest.mark.row(50, 51, 52, 53, 54, 55)
def test_no_commit_counts_as_signed_that_git_calls_unsigned(stage: Stage, tmp_path: Path) -> None:
    """We may be stricter than git, never laxer."""
    values = headers(stage)
    head = written(values)
    good = signed_by("bea", head)
    forms = [
        head + good,
        head + header("gpgsig-sha256", sign("bea", head + MESSAGE, "git")),
        head + good + header("gpgsig-sha256", b"junk"),
        head + header("gpgsig-sha256", b"junk") + good,
        head + signed_by("bea", head, namespace="file"),
        head + signed_by("max", head),
        head + signed_by("bea", head, b"\nfacts\n"),
        written(values, "tree parent author") + good + written(values, "committer"),
    ]
    allowed = tmp_path / "allowed"
    allowed.write_text(f"bea {key_of('bea').line}\n")
    for data in forms:
        made = put_commit(stage, data + MESSAGE)
        words = ["-c", f"gpg.ssh.allowedSignersFile={allowed}", "log", "-1", "--format=%G?"]
        by_git = git(*words, made, cwd=stage.repo.path).strip()
        ours = LOST & reported(stage) == set()
        assert not (ours and by_git != "G"), data.decode()


@pytest.mark.row(50)
def test_reports_do_not_depend_on_how_a_repository_was_packed(stage: Stage) -> None:
    whole = stage.repo.report(stage.story.pin)
    stage.repo.git("repack", "-adfq", "--depth=50")
    stage.repo.git("pack-refs", "--all")

    assert Repo(path=stage.repo.path).report(stage.story.pin) == whole
    assert whole.outcome is Outcome.PASS


def test_the_curve_has_the_second_spelling_that_we_try() -> None:
    raw = key_of("bea").raw(b"x")

    assert base64.b64encode(plus_order(raw)) != base64.b64encode(raw)
    assert sent().report().findings == ()
