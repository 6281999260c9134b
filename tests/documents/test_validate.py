"""Models are judged whole: every misfit at once, at the line and column where it stands."""

from datetime import timedelta
from typing import TypeVar

import pytest
from pydantic import BaseModel

from commscli.documents.models.audiences import Audiences
from commscli.documents.models.channels import ADAPTERS, Channels
from commscli.documents.models.heads import DraftHead, TemplateHead
from commscli.documents.models.organisation import Organisation
from commscli.documents.models.people import PeopleFile
from commscli.documents.models.playbook import Playbook
from commscli.documents.validate import read_document
from commscli.errors import BadInput

M = TypeVar("M", bound=BaseModel)

ORGANISATION = "organisation: Example Ltd\ntimezone: Europe/London\ndomain: example.com\n"
AUDIENCE = "    name: A\n    detail: simple\n    channels: [mail]\n"
HEAD = "title: T\nowner: legal-officer\nlast_reviewed: 2026-11-22\nreview_interval: 180d\n"

MANY_MISTAKES = """\
audiences:
  a:
    name: A
    detail: vague
    channels: []
    one_to_one: yes
    capacity: 0
    copy: [nobody]
    cadence: {lunch: 30m, analysis: 30}
"""
STRANGE_PLAYBOOK = """\
title: T
summary: S
templates: ../x
required:
  resolution: some
  lunch: all
  analysis: [A B]
"""

MISFITS: dict[str, tuple[type[BaseModel], str, list[str]]] = {
    "a key is missing": (
        Organisation, "timezone: UTC\ndomain: a.com\n", ["1:1 `organisation` is missing"],
    ),
    "an empty file": (Organisation, "", ["1:1 `organisation`", "1:1 `timezone`", "1:1 `domain`"]),
    "a key is misspelt": (
        Organisation, ORGANISATION + "defaults:\n  playbok: x\n",
        ["5:3 unknown key `playbok`: did you mean `playbook`?"],
    ),
    "a key is unlike any": (
        Organisation, ORGANISATION + "defaults:\n  zzz: x\n",
        ["5:3 unknown key `zzz`: expected one of playbook, phase, next_update"],
    ),
    "a key is misspelt deep in a mapping": (
        Organisation, ORGANISATION + "roles:\n  legal: {name: L, alias: [x]}\n",
        ["5:20 unknown key `alias`: did you mean `aliases`?"],
    ),
    "a zone does not exist": (
        Organisation, ORGANISATION.replace("Europe/London", "Mars/Phobos"),
        ["2:11 `timezone`: expected an IANA time zone such as Europe/London, found `Mars/Phobos`"],
    ),
    "a zone that climbs out": (
        Organisation, ORGANISATION.replace("Europe/London", "../../etc/passwd"), ["2:11 IANA"],
    ),
    "text is a number": (
        Organisation, ORGANISATION.replace("Example Ltd", "42"),
        ["1:15 `organisation`: expected text, found the number 42 (put it in quotes)"],
    ),
    "a line is empty": (
        Organisation, ORGANISATION.replace("Example Ltd", '" "'), ["1:15 not empty"],
    ),
    "a domain is an address": (
        Organisation, ORGANISATION.replace("example.com", "a@b.c"), ["3:9 a domain"],
    ),
    "a role's id": (
        Organisation, ORGANISATION + "roles:\n  Legal Officer: {name: x}\n", ["5:3 expected an id"],
    ),
    "a default offset without its plus": (
        Organisation, ORGANISATION + "defaults:\n  next_update: 30m\n",
        ["5:16 such as +30m, found `30m`"],
    ),
    "an audience of many mistakes": (
        Audiences,
        MANY_MISTAKES,
        [
            "4:13 'impact', 'simple' or 'formal', found `vague`",
            "5:15 expected a list of at least 1, found a list of 0",
            "6:17 expected true or false, found `yes`",
            "7:15 expected a number greater than 0, found the number 0",
            "8:12 expected an address",
            "9:15 expected a phase, found `lunch`",
            "9:37 expected a length of time such as 30m, 2h or 1d, found `30`",
        ],
    ),
    "a one-to-one audience without a list": (
        Audiences, "audiences:\n  a:\n" + AUDIENCE + "    one_to_one: true\n",
        ["6:17 `recipients` is missing"],
    ),
    "aliases that are taken": (
        Audiences,
        "audiences:\n  a:\n    aliases: [b, x, x]\n" + AUDIENCE
        + "  b:\n    aliases: [X, y, b]\n" + AUDIENCE,
        [
            "3:15 the alias `b` already names b",
            "3:21 the alias `x` already names a",
            "8:15 the alias `X` already names a",
            "8:21 the alias `b` already names b",
        ],
    ),
    "an adapter that does not exist": (
        Channels, "channels:\n  mail:\n    adapter: smtp\n",
        ["3:14 unknown adapter `smtp`: expected one of 'file'"],
    ),
    "a channel without an adapter": (
        Channels, "channels:\n  mail: {as: eml}\n", ["2:9 expected the key 'adapter'"],
    ),
    "a channel that is text": (
        Channels, "channels:\n  mail: x\n", ["2:9 expected keys with values"],
    ),
    "a setting that the adapter does not have": (
        Channels, "channels:\n  mail: {adapter: file, as: pdf, form: x, secret: S3cret!}\n",
        [
            "2:29 `as`: expected 'eml', 'txt' or 'json', found `pdf`",
            "2:34 unknown key `form`: did you mean `from`?",
            "2:51 `secret`: expected an id",
        ],
    ),
    "a playbook that requires strange things": (
        Playbook,
        STRANGE_PLAYBOOK,
        [
            "3:12 `templates`: expected the name of a folder",
            "5:15 `resolution`: expected 'all', found `some`",
            "6:3 expected a phase, found `lunch`",
            "7:14 expected an id",
        ],
    ),
    "a subject of two lines": (
        DraftHead, "subject: |\n  a\n  b\nchannels: []\n", ["1:10 `subject`: expected one line"],
    ),
    "an offset that is none": (
        DraftHead, "subject: a\nchannels: [m]\nnext_update: 30m\n", ["3:14 such as +30m"],
    ),
    "a day that does not exist": (
        TemplateHead, HEAD.replace("11-22", "02-30"), ["3:16 expected a day such as 2026-11-22"],
    ),
    "a day in another spelling": (
        TemplateHead, HEAD.replace("2026-11-22", "22-11-2026"), ["3:16 expected a day"],
    ),
    "a person of another kind": (
        PeopleFile,
        "people:\n  ana: {name: Ana, email: ana, public_key: k, roles: [admin], kind: robot}\n",
        ["2:27 expected an address", "2:69 expected 'person' or 'service', found `robot`"],
    ),
}  # fmt: skip


def read(model: type[M], text: str) -> M:
    return read_document(model, text.encode(), path="x.yaml")


@pytest.mark.parametrize("case", MISFITS)
def test_each_misfit_has_its_place(case: str) -> None:
    model, text, expected = MISFITS[case]
    with pytest.raises(BadInput) as caught:
        read(model, text)
    found = [str(problem) for problem in caught.value.problems]
    assert len(found) == len(expected), found
    for line, (place, said) in zip(found, (e.split(" ", 1) for e in expected), strict=True):
        assert line.startswith(f"x.yaml:{place}: "), line
        assert said in line
    assert caught.value.remedy.startswith(f"edit x.yaml:{expected[0].split(' ')[0]} ")


def test_an_organisation_says_little_and_gets_the_rest() -> None:
    organisation = read(Organisation, ORGANISATION)
    assert organisation.defaults.playbook == "service-outage"
    assert organisation.defaults.phase == "investigation"
    assert organisation.defaults.next_update == "+30m"
    assert organisation.roles == {}


def test_roles_have_names_of_their_own() -> None:
    text = (
        ORGANISATION + "roles:\n  technical-slt: {name: Spokesperson, aliases: [Technical ELT]}\n"
    )
    role = read(Organisation, text).roles["technical-slt"]
    assert (role.name, role.aliases) == ("Spokesperson", ("Technical ELT",))


def test_audiences_keep_the_order_of_the_file() -> None:
    text = f"audiences:\n  z:\n{AUDIENCE}  a:\n{AUDIENCE}    copy: [pm@example.com]\n    cadence:\n"
    text += "      investigation: 30m\n    contract: {gold: 4h}\n"
    audiences = read(Audiences, text).audiences
    assert list(audiences) == ["z", "a"]
    assert audiences["a"].copy_to == ("pm@example.com",)
    assert audiences["a"].cadence == {"investigation": timedelta(minutes=30)}
    assert audiences["a"].contract == {"gold": timedelta(hours=4)}
    assert audiences["z"].capacity is None


def test_a_personal_audience_names_its_list() -> None:
    text = f"audiences:\n  z:\n{AUDIENCE}    one_to_one: true\n    recipients: strategic\n"
    assert read(Audiences, text).audiences["z"].recipients == "strategic"


def test_settings_are_resolved_sorted_and_name_the_secret_without_being_it() -> None:
    text = (
        "channels:\n  mail: {secret: outbox, to: b@b.com, from: a@a.com, adapter: file, as: eml}\n"
    )
    settings = read(Channels, text).channels["mail"].settings()
    assert list(settings.items()) == [
        ("adapter", "file"), ("as", "eml"), ("from", "a@a.com"), ("secret", "outbox"),
        ("to", "b@b.com"),
    ]  # fmt: skip


def test_settings_that_are_empty_are_left_out() -> None:
    channel = read(Channels, "channels:\n  out: {adapter: file, as: txt}\n").channels["out"]
    assert channel.settings() == {"adapter": "file", "as": "txt"}


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_is_registered_under_the_name_that_it_accepts(name: str) -> None:
    schema = ADAPTERS[name].model_json_schema()
    assert schema["properties"]["adapter"]["const"] == name


def test_a_playbook_knows_which_cells_it_requires() -> None:
    text = "title: T\nsummary: S\nrequired:\n  resolution: all\n  analysis: [a]\n"
    playbook = read(Playbook, text)
    assert playbook.requires("resolution", "anybody")
    assert playbook.requires("analysis", "a")
    assert not playbook.requires("analysis", "b")
    assert not playbook.requires("publishing", "a")
    assert playbook.templates == "base"


def test_nothing_that_was_read_can_be_changed() -> None:
    organisation = read(Organisation, ORGANISATION)
    with pytest.raises(ValueError, match="frozen"):
        organisation.domain = "evil.example"


def test_a_template_head_keeps_the_day_as_it_is_written() -> None:
    head = read(TemplateHead, HEAD)
    assert (head.last_reviewed, head.review_interval) == ("2026-11-22", timedelta(days=180))
    assert (head.subject, head.summary) == ("", "")


def test_people_come_with_a_key_and_are_persons_unless_said() -> None:
    text = (
        "people:\n  ana: {name: Ana, email: ana@example.com, public_key: keys/ana.pub, roles: []}\n"
    )
    ana = read(PeopleFile, text).people["ana"]
    assert (ana.kind, ana.contact, ana.roles) == ("person", "", ())
