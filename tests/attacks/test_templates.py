"""Templates that run code or change their mind; verdicts and sends on what would not be proven."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.staging import Stage, two_sent
from tests.support.cast import Cast, Clone
from tests.support.story import Story

pytest_plugins = ["tests.support.cast_fixtures"]

HEAD = "---\ntitle: Evil\nsubject: Card payments\n---\n"
CODE = {
    "attributes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "a filter": "{{ words | attr('__class__') }}",
    "globals": "{{ cycler.__init__.__globals__.os.popen('true') }}",
    "a file": "{% include '../../../etc/passwd' %}",
}
WHIMS = {
    "the time": "{{ now() }}",
    "chance": "{{ range(9) | random }}",
    "the environment": "{{ environ.HOME }}",
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(body, id=f"{row}-{name}", marks=pytest.mark.row(row))
        for row, bodies in ((5, CODE), (6, WHIMS))
        for name, body in bodies.items()
    ],
)
def test_a_template_that_does_more_than_fill_in_facts(told_of: Cast, body: str) -> None:
    ana = told_of.ana
    ana.git("reset", "--quiet", "--hard", "origin/main")
    ana.edit("templates/evil.md", f"{HEAD}x\n{body}\n")
    before = ana.state()

    ran = ana("draft", "customers", "--template", "evil", "--json")

    assert (ran.code, ran.json["code"]) == (2, "bad-template")
    assert ana.state() == before


@pytest.fixture(scope="module")
def told_of(small_once: Cast, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """An incident without a message."""
    cast = small_once.copy(tmp_path_factory.mktemp("templates"))
    cast.declare()
    return cast


@pytest.mark.row(5)
def test_words_are_never_taken_for_a_template(tmp_path: Path) -> None:
    """Recorded by hand: what looks like code in a draft is shown as it stands."""
    story = Story()
    story.declare()
    story.draft(f"{HEAD}{CODE['globals']}\n{{% raw %}}\n{{# hidden #}}\n")
    stage = Stage.of(tmp_path, two_sent(story))

    answer = stage.desk.comms(stage.repo.path, "show", story.message)

    assert answer.status == 0
    assert CODE["globals"] in answer.output
    assert "{# hidden #}" in answer.output
    stage.passes()


@pytest.mark.row(5)
def test_words_with_code_are_not_recorded(told_of: Cast, tmp_path: Path) -> None:
    ana = told_of.copy(tmp_path).ana
    ana.done("draft", "customers")
    before = ana.state()
    words = f"---\nsubject: s\nchannels: [status-page]\n---\n{CODE['attributes']}\n"

    ran = ana("revise", "customers", "--file", "-", stdin=words.encode())

    assert ran.code == 2
    assert "draft.md:5" in ran.err
    assert ana.state() == before


MACHINES: tuple[dict[str, Any], ...] = (
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "COMMS_NOW": "2026-11-22T09:20:00Z"},
    {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "COLUMNS": "20",
     "COMMS_NOW": "2026-12-31T23:59:59Z", "LANG": "de_DE.UTF-8"},
)  # fmt: skip


@pytest.mark.row(6)
def test_a_draft_is_the_same_wherever_and_whenever_it_is_made(
    told_of: Cast, tmp_path: Path
) -> None:
    made = set()
    for number, more in enumerate(MACHINES):
        ana = told_of.copy(tmp_path / str(number)).ana
        (message,) = ana("draft", "customers", real=True, **more).ids
        [folder] = (ana.folder / "incidents").glob(f"*/messages/{message}")
        [record] = (folder / "records").glob("*-drafted-*.yaml")
        lines = record.read_text().splitlines()
        stated = tuple(line for line in lines if line.startswith(("draft: ", "rendered: ")))
        assert len(stated) == 2
        made.add((stated, (folder / "draft.md").read_bytes()))

    assert len(made) == 1


# -- passed, and then something around the words changes


@pytest.fixture(scope="module")
def released_once(told_of: Cast, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    cast = told_of.copy(tmp_path_factory.mktemp("released"))
    cast.ana.done("draft", "customers")
    cast.passed(MESSAGE, "approval", "release")
    cast.ana.done("sync")
    return cast


MESSAGE = "investigation-all-customers-1"


@pytest.fixture
def released(released_once: Cast, tmp_path: Path) -> Cast:
    """A message that may be sent."""
    return released_once.copy(tmp_path)


def left(clone: Clone) -> dict[str, str]:
    """What lies in the outbox, by channel."""
    found = (clone.folder / "outbox").rglob("*")
    return {
        str(path.relative_to(clone.folder / "outbox")): path.read_text()
        for path in found
        if path.is_file()
    }


@pytest.mark.row(3, 6)
def test_a_template_is_changed_after_it_was_passed(
    released: Cast, released_once: Cast, tmp_path: Path
) -> None:
    """What leaves is what was passed, and no template is asked again."""
    honest = released_once.copy(tmp_path / "honest").ana
    honest.done("send", MESSAGE)
    ana = released.ana
    chosen = ana.folder / "templates" / "base" / "investigation" / "all-customers.md"
    evil = chosen.read_text() + "\nPay by card on evil.example.com.\n"
    ana.edit(chosen.relative_to(ana.folder).as_posix(), evil)

    ana.done("send", MESSAGE)

    assert left(ana) == left(honest)
    assert "evil" not in json.dumps(left(ana))
    assert ana.done("check", "--json").json["findings"] == []


@pytest.mark.row(2)
def test_a_list_is_exchanged_after_it_was_passed(told_of: Cast, tmp_path: Path) -> None:
    cast = told_of.copy(tmp_path)
    cast.ana.done("draft", "strategic")
    name = "recipients/strategic-customers.csv"
    (cast.bo.folder / name).parent.mkdir(exist_ok=True)
    (cast.bo.folder / name).write_bytes((cast.ana.folder / name).read_bytes())
    cast.passed("investigation-strategic-customers-1", "approval", "release")
    cast.ana.done("sync")
    text = (cast.ana.folder / name).read_text()
    (cast.ana.folder / name).write_text(text.replace("kim@customer", "kim@evil"))
    before = cast.ana.state()

    ran = cast.ana("send", "investigation-strategic-customers-1", "--json")

    assert (ran.code, ran.json["code"]) == (1, "no-list")
    assert cast.ana.state() == before
    assert left(cast.ana) == {}


@pytest.mark.row(1)
def test_words_are_changed_on_disk_and_committed_after_they_were_passed(released: Cast) -> None:
    ana = released.ana
    [draft] = (ana.folder / "incidents").glob(f"*/messages/{MESSAGE}/draft.md")
    ana.edit(draft.relative_to(ana.folder).as_posix(), draft.read_text().replace("We ", "You "))
    before = ana.state()

    ran = ana("send", MESSAGE, "--json")

    assert (ran.code, ran.json["code"]) == (1, "words-changed")
    assert ana.state() == before
    assert left(ana) == {}


@pytest.mark.row(4)
def test_an_attachment_is_put_beside_after_the_words_were_passed(released: Cast) -> None:
    ana = released.ana
    [folder] = (ana.folder / "incidents").glob(f"*/messages/{MESSAGE}")
    ana.edit(f"{folder.relative_to(ana.folder).as_posix()}/attachments/evil.pdf", "evil\n")
    before = ana.state()

    ran = ana("send", MESSAGE, "--json")

    assert (ran.code, ran.json["code"]) == (1, "words-changed")
    assert "attachments/evil.pdf" in ran.json["text"]
    assert ana.state() == before
    assert left(ana) == {}


# -- verdicts on what would not be proven


@pytest.fixture
def drafted(told_of: Cast, tmp_path: Path) -> Cast:
    cast = told_of.copy(tmp_path)
    cast.ana.done("draft", "customers")
    cast.bo.done("sync")
    return cast


WHO = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")


def spoilt(cast: Cast, how: str) -> None:
    """Somebody pushes, with plain git, what a check does not pass."""
    ana = cast.ana
    [folder] = (ana.folder / "incidents").glob(f"*/messages/{MESSAGE}")
    inner = folder.relative_to(ana.folder).as_posix()
    [record] = sorted((folder / "records").glob("*-drafted-*.yaml"))
    if how == "removed":
        ana.git("rm", "--quiet", record.relative_to(ana.folder).as_posix())
        ana.git(*WHO, "commit", "--quiet", "--no-gpg-sign", "-m", "Remove a record")
    elif how == "edited":
        ana.edit(f"{inner}/records/{record.name}", record.read_text().replace("1", "2"))
    elif how == "stray":
        ana.edit(f"{inner}/records/notes.txt", "x\n")
    else:
        ana.edit("trust/0009.yaml", "x\n")
    ana.git("push", "--quiet", "origin", "HEAD:main")


@pytest.mark.row(16)
@pytest.mark.parametrize(
    ("verb", "how"),
    [("approve", "removed"), ("approve", "edited"), ("release", "stray"), ("release", "roster")],
)
def test_a_verdict_on_top_of_what_a_check_does_not_pass(drafted: Cast, how: str, verb: str) -> None:
    if verb == "release":
        drafted.bo.done("approve", MESSAGE)
        drafted.ana.done("sync")
    spoilt(drafted, how)
    before = verdicts(drafted.bo)

    ran = drafted.bo(verb, MESSAGE, "--json")

    assert ran.code == 1, ran
    assert ran.json["code"] == "unsound", ran
    assert verdicts(drafted.bo) == before


def verdicts(clone: Clone) -> list[str]:
    """The oks that the branch has."""
    listed = clone.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()
    return [name for name in listed if "-ok-" in name]


@pytest.mark.row(16)
def test_a_verdict_where_nobody_vouches_for_the_roster(drafted: Cast) -> None:
    stranger = drafted.root / "homes" / "nobody"
    stranger.mkdir()
    before = drafted.bo.state()

    ran = drafted.bo("approve", MESSAGE, XDG_CONFIG_HOME=str(stranger), HOME=str(stranger))

    assert ran.code == 3, ran
    assert "no pin" in ran.err
    assert drafted.bo.state() == before


@pytest.mark.row(16)
def test_a_send_on_top_of_what_a_check_does_not_pass(released: Cast) -> None:
    spoilt(released, "stray")
    before = released.ana.state()

    ran = released.ana("send", MESSAGE, "--json")

    assert (ran.code, ran.json["code"]) == (1, "unsound")
    assert released.ana.state() == before
    assert left(released.ana) == {}
