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
from commscli.domain.phases import PHASES
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
PLAYBOOK = "title: T\nsummary: S\nrequired: {}\n"
DUTIES = (
    "detected-by-provider", "detected-by-client", "technical", "business-impact", "external",
    "regulatory", "resolution",
)  # fmt: skip
GAPS = "\n".join(f"  {duty}: provider" for duty in DUTIES if duty not in {"external", "technical"})

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
        Channels, "channels:\n  mail:\n    adapter: pigeon\n",
        [("3:14 unknown adapter `pigeon`: expected one of 'file', 'smtp', 'webhook', "
         "'slack', 'teams', 'statuspage', 'sms', 'site', 'hold', 'manual', 'apprise'")],
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
    "responsibilities with gaps": (
        Playbook,
        f"{PLAYBOOK}responsibilities:\n{GAPS}\n  lunch: client\n",
        [
            "5:3 `technical` is missing, and so nobody has it: technical updates",
            "5:3 `external` is missing, and so nobody has it: what the public",
            "10:10 `lunch` is no duty: expected detected-by-provider,",
        ],
    ),
    "responsibilities that overlap": (
        Playbook,
        f"{PLAYBOOK}responsibilities:\n  technical: client\n  technical: provider\n{GAPS}\n",
        ["6:3 `technical`"],  # a key that stands twice is no document at all
    ),
    "a responsibility of two": (
        Playbook,
        f"{PLAYBOOK}responsibilities:\n{GAPS}\n  external: [client, provider]\n",
        ["10:13 expected one who communicates this, found 2: two would tell it, or neither"],
    ),
    "escalations without one trigger, or without an effect": (
        Playbook,
        PLAYBOOK + "escalations:\n"
        "  - {id: a, why: w, tell: [b], when: {severity: SEV-1, after: 1h}}\n"
        "  - {id: b, why: w, tell: [b], when: {}}\n"
        "  - {id: c, why: w, when: {after: 1h}}\n"
        "  - {id: d, why: w, tell: [b], when: {severity: sev1, fact: A}}\n",
        [
            "5:38 expected one of severity, after and fact, found severity and after",
            "6:38 expected one of severity, after and fact, found none",
            "7:10 c reaches nobody: expected due, tell, or both",
            "8:49 expected a severity such as SEV-1, found `sev1`",
            "8:61 expected the key of a fact, such as data_loss, found `A`",
        ],
    ),
    "two escalations of one name": (
        Playbook,
        PLAYBOOK + "escalations:\n"
        "  - {id: a, why: w, tell: [b], when: {after: 1h}}\n"
        "  - {id: a, why: w, tell: [b], when: {after: 2h}}\n",
        ["6:10 a second escalation `a`"],
    ),
    "paces of a playbook": (
        Playbook,
        PLAYBOOK + "acknowledge: soon\nend_of_day: 4pm\ncadence_by_severity: {SEV-6: {}}\n"
        "cadence_by_urgency: {low: 1h}\nquestions: {vague: [q]}\n",
        [
            "4:14 a length of time",
            '5:13 expected a time such as 16:30, or "", found `4pm`',
            "6:23 expected a severity such as SEV-1",
            "7:22 expected 'urgent', 'high' or 'medium', found `low`",
            "8:13 expected 'technical', 'operational'",
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


def test_what_is_required_is_not_optional_and_three_phases_are_optional_unless_said() -> None:
    book = read(Playbook, "title: T\nsummary: S\nrequired: {monitoring: [a]}\n")
    assert not book.allows("monitoring", "a")
    assert [phase for phase in PHASES if book.allows(phase, "b")] == [
        "monitoring", "analysis", "publishing",
    ]  # fmt: skip
    said = read(Playbook, "title: T\nsummary: S\nrequired: {}\noptional: {detection: [a]}\n")
    assert [phase for phase in PHASES if said.allows(phase, "a")] == ["detection"]


def test_a_pace_goes_by_severity_then_by_urgency_then_by_phase() -> None:
    book = read(
        Playbook,
        PLAYBOOK + "cadence: {investigation: 30m}\ncadence_by_urgency: {urgent: 1h}\n"
        "cadence_by_severity:\n  SEV-1: {investigation: 15m}\n",
    )
    assert book.pace("investigation", severity="SEV-1", urgency="urgent") == timedelta(minutes=15)
    assert book.pace("investigation", severity="SEV-2", urgency="urgent") == timedelta(hours=1)
    assert book.pace("investigation", severity="SEV-2") == timedelta(minutes=30)
    assert book.pace("monitoring", severity="SEV-1") is None
    assert book.acknowledge == timedelta(minutes=15)


def test_an_escalation_says_what_sets_it_off() -> None:
    text = (
        PLAYBOOK
        + "escalations:\n"
        + "".join(
            f"  - {{id: {id_}, when: {{{when}}}, due: [a], why: w}}\n"
            for id_, when in (
                ("a", "severity: SEV-2"),
                ("b", "after: 90m"),
                ("c", "fact: data_loss"),
            )
        )
    )
    assert [escalation.when.said() for escalation in read(Playbook, text).escalations] == [
        "severity SEV-2 or worse", "90m after the declaration", "the fact data_loss is known",
    ]  # fmt: skip


def test_nothing_that_was_read_can_be_changed() -> None:
    organisation = read(Organisation, ORGANISATION)
    with pytest.raises(ValueError, match="frozen"):
        organisation.domain = "evil.example"


def test_a_template_head_keeps_the_day_as_it_is_written() -> None:
    head = read(TemplateHead, HEAD)
    assert (head.last_reviewed, head.review_interval) == ("2026-11-22", timedelta(days=180))
    assert (head.subject, head.summary) == ("", "")
    assert (head.phases, head.facts, head.sms_parts) == ((), (), None)


def test_people_come_with_a_key_and_are_persons_unless_said() -> None:
    text = (
        "people:\n  ana: {name: Ana, email: ana@example.com, public_key: keys/ana.pub, roles: []}\n"
    )
    ana = read(PeopleFile, text).people["ana"]
    assert (ana.kind, ana.contact, ana.roles) == ("person", "", ())
