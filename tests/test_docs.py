"""What the pages say is what the program does: tables, examples, rules, exit codes."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typer

from commscli.cli.app import app
from commscli.cli.exits import Exit
from commscli.delivery.recipients import read_list
from commscli.domain.incident import facts_digest
from commscli.domain.presets import MAY
from commscli.domain.records import BY_GATE, KINDS, OF_A_MESSAGE, OF_EITHER, Record
from commscli.domain.trust_lint import faults
from commscli.gates.catalog import RULES
from commscli.gates.rule import Rule
from commscli.ledger import line_grammar, pins, record_files, trust_files
from commscli.ledger.record_files import digest_of

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
RULE_PAGES = DOCS / "rules"
RULE_MODULES = ROOT / "src" / "commscli" / "gates" / "rules"

HEADINGS = ["What it checks", "Why it matters", "How it is fooled", "Fix", "Example"]
ANYBODY = "anybody"
IDS = [rule.id for rule in RULES]

_CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


@cache
def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    return _CODE.sub("", page(name))


def example(kind: str) -> str:
    """The one example of a kind in the format's page: what stands between its fences."""
    [found] = re.findall(
        rf"^```\w+ {kind}\n(.*?)^```$", page("format.md"), re.DOTALL | re.MULTILINE
    )
    return str(found)


def section(heading: str) -> str:
    """A section of the format's page, up to the next heading of any level."""
    parts = re.split(r"^#+ ", prose("format.md"), flags=re.MULTILINE)
    [found] = [part for part in parts if part.partition("\n")[0] == heading]
    return found


def rows(text: str) -> list[list[str]]:
    """The rows of the one table in a text, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def code(cell: str) -> str:
    found = re.fullmatch(r"`([^`]+)`", cell)
    assert found, cell
    return found[1]


# -- the format


def sections_of_kinds() -> Iterator[tuple[tuple[str, ...], str]]:
    for heading in re.findall(r"^### (`.*`)$", prose("format.md"), re.MULTILINE):
        kinds = tuple(code(word) for word in heading.split(", "))
        if kinds != ("rendered",):
            yield kinds, heading


def test_every_kind_has_one_section_in_the_order_of_the_code() -> None:
    described = [kind for kinds, _ in sections_of_kinds() for kind in kinds]

    assert sorted(described) == sorted(KINDS)
    assert [code(row[0]) for row in rows(section("Who may write what, and where it lies"))] == [
        *KINDS
    ]


@pytest.mark.parametrize(("kinds", "heading"), [*sections_of_kinds()], ids=str)
def test_the_fields_of_a_kind_stand_in_their_order(kinds: tuple[str, ...], heading: str) -> None:
    described = [(code(row[0]), row[1]) for row in rows(section(heading))]

    for kind in kinds:
        assert described == [
            (field.name.removesuffix("_"), field.metadata["check"](object()))
            for field in fields(KINDS[kind])
        ]


def test_the_common_fields_stand_in_their_order() -> None:
    assert [(code(row[0]), row[1]) for row in rows(section("Every record"))] == [
        (field.name, field.metadata["check"](object()))
        for field in fields(Record)
        if field.name != "body"
    ]


def test_the_table_of_who_may_write_is_the_default_of_the_code() -> None:
    table = {code(row[0]): row[1] for row in rows(section("Who may write what, and where it lies"))}
    told = {
        kind: () if who == ANYBODY else tuple(who.split(", "))
        for kind, who in table.items()
        if kind not in BY_GATE
    }

    assert told == dict(MAY)
    assert {table[kind] for kind in BY_GATE} == {"the gate's role"}


def test_the_table_of_places_is_that_of_the_code() -> None:
    table = {code(row[0]): row[2] for row in rows(section("Who may write what, and where it lies"))}

    assert {kind for kind, place in table.items() if place == "a message"} == OF_A_MESSAGE
    assert {kind for kind, place in table.items() if place == "either"} == OF_EITHER
    assert {*table.values()} == {"a message", "either", "the incident", "the templates"}


def test_the_keys_of_a_trust_version_stand_in_their_order() -> None:
    assert [code(row[0]) for row in rows(section("Trust versions"))] == [*trust_files.KEYS]


def test_the_namespaces_are_those_of_the_code() -> None:
    assert [code(row[1]) for row in rows(section("Signatures and keys"))] == [
        record_files.NAMESPACE,
        trust_files.NAMESPACE,
        "git",
    ]


def test_the_forbidden_characters_are_those_of_the_code() -> None:
    [sentence] = re.findall(
        r"keys hold no ((?:U\+[^s]|[^U])*?), and no surrogate", page("format.md")
    )
    said: set[int] = set()
    for first, last in re.findall(r"U\+([0-9A-F]{4})(?:\u2013([0-9A-F]{4}))?", sentence):
        said |= {*range(int(first, 16), int(last or first, 16) + 1)}

    refused = set()
    for number in [*range(0xD800), *range(0xE000, 0x10000)]:
        try:
            line_grammar.write({"k": chr(number)})
        except line_grammar.GrammarFault:
            refused.add(number)
    assert refused == said


# -- its examples


def test_the_example_of_a_record_is_one() -> None:
    data = example("record").encode()
    written = record_files.write(record_files.read(data))

    assert written.data == data
    assert f"`{written.path}`" in page("format.md")


def test_the_example_of_a_trust_version_could_be_in_force() -> None:
    data = example("trust").encode()
    trust = trust_files.read(data)

    assert trust_files.write(trust).data == data
    assert faults(trust) == []
    assert f"`{digest_of(data)}`" in page("format.md")
    assert record_files.read(example("record").encode()).trust == digest_of(data)


def test_the_example_of_a_pin_is_for_the_example_of_a_trust_version(tmp_path: Path) -> None:
    file = tmp_path / "example.pin"
    file.write_text(example("pin"))
    pin = pins.read(file)

    assert pins.write(pin).decode() == example("pin")
    assert pin.genesis == digest_of(example("trust").encode())


def test_the_example_of_a_list_has_these_digests(tmp_path: Path) -> None:
    file = tmp_path / "example.csv"
    file.write_text(example("recipients"))
    found = read_list(file)
    [row] = [row for row in found.rows if row.values["name"] == "Marta Ruiz"]
    salt = file.read_text().splitlines()[0].removeprefix("# salt: ")
    [written] = re.findall(r"`(\{\"contact\": .*?\})`", page("format.md"))

    assert sha256(f"{salt}\n{written}".encode()).hexdigest() == row.digest
    assert f"`{row.digest}`" in page("format.md")
    assert f"`{found.digest}`" in page("format.md")


def test_the_example_of_facts_has_this_digest() -> None:
    facts = {
        key: value.strip('"')
        for key, value in (line.split(": ", 1) for line in example("facts").splitlines())
    }

    assert sha256(example("facts").encode()).hexdigest() == facts_digest(facts)
    assert f"`{facts_digest(facts)}`" in page("format.md")


# -- the rules


def test_every_rule_has_a_page_and_a_module_and_the_reverse() -> None:
    assert len(set(IDS)) == len(IDS)
    assert sorted(path.name for path in RULE_PAGES.iterdir()) == sorted(f"{id_}.md" for id_ in IDS)
    modules = {path.stem for path in RULE_MODULES.glob("*.py")} - {"__init__"}
    assert sorted(modules) == sorted(id_.replace("-", "_") for id_ in IDS)


def test_the_name_of_a_rule_is_that_of_its_module() -> None:
    assert [rule.judge.__module__.rpartition(".")[2] for rule in RULES] == [
        id_.replace("-", "_") for id_ in IDS
    ]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_the_page_of_a_rule_has_its_five_parts(rule: Rule) -> None:
    text = page(f"rules/{rule.id}.md")

    assert text.startswith(f"# {rule.id}\n\n{rule.title}.\n\n## ")
    assert re.findall(r"^#+ (.*)$", text, re.MULTILINE) == [rule.id, *HEADINGS]
    parts = [part.strip() for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]]
    assert all(parts)
    assert re.findall(r"^(?:error|warning)\[([a-z-]+)\]: ", parts[-1], re.MULTILINE) == [rule.id]
    assert 120 <= len(text.split()) <= 320


@pytest.mark.parametrize("id_", IDS)
def test_every_rule_is_tested_by_name(id_: str) -> None:
    named = re.compile(rf"[\"']{id_}[\"']|\b{id_.replace('-', '_')}\b")
    others = [p for p in (ROOT / "tests").rglob("*.py") if p.name != Path(__file__).name]

    assert [p.name for p in others if named.search(p.read_text(encoding="utf-8"))] != []


@pytest.mark.parametrize("name", ["format.md", "threat-model.md"])
def test_the_pages_name_every_rule_and_no_other(name: str) -> None:
    named = {*re.findall(r"[`*]([a-z]+(?:-[a-z]+)+)[`*]", page(name))}

    assert {id_ for id_ in IDS if id_ not in named} == set()


# -- the rest


def test_the_table_of_exit_codes_is_that_of_the_code() -> None:
    table = rows(page("exit-codes.md"))

    assert [int(row[0]) for row in table] == [int(code_) for code_ in Exit]
    assert all(len(row) == 3 and all(row) for row in table)


OWN_PAGES = [
    "attacks.md", "channels.md", "ci.md", "clocks.md", "format.md", "exit-codes.md", "playbooks.md",
    "privacy.md", "threat-model.md",
    "guide/first-acknowledgement.md",
    *(f"channels/{path.name}" for path in (DOCS / "channels").iterdir()),
]  # fmt: skip


@pytest.mark.parametrize("name", [*OWN_PAGES, *(f"rules/{id_}.md" for id_ in IDS)])
def test_every_command_in_the_prose_is_there(name: str) -> None:
    named = re.findall(r"`comms ([a-z]+)(?: ([a-z]+))?", " ".join(prose(name).split()))

    assert [f"comms {first} {then}" for first, then in named if not _is_command(first, then)] == []


def _is_command(first: str, then: str) -> bool:
    top: Any = typer.main.get_command(app)
    below = getattr(top.commands.get(first), "commands", None)
    return first in top.commands and (not then or below is None or then in below)


@pytest.mark.parametrize("name", [*OWN_PAGES, *(f"rules/{id_}.md" for id_ in IDS)])
def test_every_link_leads_somewhere(name: str) -> None:
    for link in _LINK.findall(prose(name)):
        target, _, anchor = link.partition("#")
        file = (DOCS / name).parent / target if target else DOCS / name
        assert link.startswith("https://") or file.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(heading) for heading in headings}, link


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")
