"""Trust versions as bytes: the golden lines, and every shape that is refused."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from commscli.domain.ids import AudienceId, Digest, GateId, PersonId, RoleId
from commscli.domain.trust import Accepted, Compromised, Ended, Gate, Person, Relaxed, Trust
from commscli.ledger import line_grammar, trust_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.trust_files import BLOCKS, KEYS
from tests.support.strategies import REPOSITORY, example_trust, key

ANA, BO, CY = PersonId("ana"), PersonId("bo"), PersonId("cy")
SMALL = Trust(
    repository=REPOSITORY,
    version=12,
    previous="a" * 64,
    quorum=1,
    admins=(ANA,),
    people={
        ANA: Person(id=ANA, name="Ana", email="ana@example.com", kind="person", keys=(key(0),)),
        CY: Person(
            id=CY, name="Cy", email="", kind="service", keys=(key(1), key(2)), contact="tel:1"
        ),
    },
    roles={RoleId("elt-approver"): (ANA,), RoleId("legal-officer"): ()},
    gates={
        GateId("legal"): Gate(
            id=GateId("legal"), role=RoleId("legal-officer"), needs=1, after=(), recipients=False
        ),
        GateId("approval"): Gate(
            id=GateId("approval"),
            role=RoleId("elt-approver"),
            needs=2,
            after=(GateId("legal"),),
            recipients=True,
        ),
    },
    may={"drafted": (RoleId("technical-slt"),), "hold": ()},
    may_share=(frozenset({GateId("legal"), GateId("approval")}),),
    relaxed={
        AudienceId("staff"): Relaxed(
            gates=(GateId("legal"),),
            channels={"intranet": {"adapter": "file", "as": "txt"}},
            recipients=(Digest("c" * 64),),
        ),
    },
    preapproved=(),
    emergency=None,
    commits="signed",
    ended=Ended(keys=frozenset({key(3)}), people=frozenset({BO, PersonId("al")})),
    compromised=(
        Compromised(
            key=key(4), keep=frozenset({Digest("e" * 64), Digest("d" * 64)}), why="left on a train"
        ),
    ),
    accepted=(Accepted(rule="a-rule", subject="trust/notes.txt", why="a slip"),),
)
GOLDEN = f"""\
schema: "comms/trust@1"
repository: "{REPOSITORY}"
version: 12
previous: "{"a" * 64}"
quorum: 1
admins: ["ana"]
people:
  ana: {{"name": "Ana", "email": "ana@example.com", "kind": "person", "keys": ["{key(0).line}"], "contact": ""}}
  cy: {{"name": "Cy", "email": "", "kind": "service", "keys": ["{key(1).line}", "{key(2).line}"], "contact": "tel:1"}}
roles:
  elt-approver: ["ana"]
  legal-officer: []
gates:
  legal: {{"role": "legal-officer", "needs": 1, "after": [], "recipients": false}}
  approval: {{"role": "elt-approver", "needs": 2, "after": ["legal"], "recipients": true}}
may:
  drafted: ["technical-slt"]
  hold: []
may_share: [["approval", "legal"]]
relaxed:
  staff: {{"gates": ["legal"], "channels": {{"intranet": {{"adapter": "file", "as": "txt"}}}}, "recipients": ["{"c" * 64}"]}}
preapproved: []
emergency: {{}}
commits: "signed"
ended: {{"keys": ["{key(3).line}"], "people": ["al", "bo"]}}
compromised: [{{"key": "{key(4).line}", "keep": ["{"d" * 64}", "{"e" * 64}"], "why": "left on a train"}}]
accepted: [{{"rule": "a-rule", "subject": "trust/notes.txt", "why": "a slip"}}]
""".encode()  # noqa: E501 - the lines of the format are as long as they are


def pairs() -> dict[str, Any]:
    return line_grammar.read(GOLDEN, blocks=BLOCKS)


def refusal(changed: dict[str, Any]) -> str:
    with pytest.raises(GrammarFault) as refused:
        trust_files.read(line_grammar.write(changed, blocks=BLOCKS))
    return str(refused.value)


def put(path: str, value: object) -> dict[str, Any]:
    """The golden version with one value changed; a number in the path counts list entries."""
    changed = pairs()
    place: Any = changed
    *steps, last = path.split("/")
    for step in steps:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return changed


def test_the_bytes_of_a_version_are_these_and_no_others() -> None:
    written = trust_files.write(SMALL)

    assert written.data.decode() == GOLDEN.decode()
    assert trust_files.read(GOLDEN) == SMALL
    assert written.trust is SMALL
    assert written.digest == sha256(GOLDEN).hexdigest()
    assert [*pairs()] == list(KEYS)


@pytest.mark.parametrize(
    ("version", "path"),
    [(1, "trust/0001.yaml"), (9999, "trust/9999.yaml"), (10000, "trust/10000.yaml")],
)
def test_a_version_lies_under_its_number(version: int, path: str) -> None:
    assert trust_files.write(replace(SMALL, version=version)).path == path
    assert trust_files.signature_path(version, "ana") == path.replace(".yaml", ".ana.sig")


def test_the_order_of_people_and_gates_is_kept() -> None:
    turned = replace(
        SMALL,
        people={p: SMALL.people[p] for p in (CY, ANA)},
        gates={g: SMALL.gates[g] for g in reversed([*SMALL.gates])},
    )

    read = trust_files.read(trust_files.write(turned).data)

    assert [*read.people] == [CY, ANA]
    assert [*read.gates] == ["approval", "legal"]


NO_LIST, NO_OBJECT = "expected a list", "expected an object"
IDS = "expected a list of different ids, found "
PERSON = "expected {name, email, kind, keys, contact}, in this order"
GATE = "expected {role, needs, after, recipients}, in this order"
NO_KEY = "a key is written as `type base64`, without a comment"
ADA = SMALL.people[ANA]
VALUES = {"name": "", "email": "", "kind": "person", "keys": [], "contact": ""}

BAD = [
    ("repository", 7, "expected text, found 7"),
    ("version", 0, "expected a whole number, 1 or more, found 0"),
    ("version", -1, "expected a whole number, 1 or more, found -1"),
    ("version", "1", "expected a whole number, 1 or more, found '1'"),
    ("version", True, "expected a whole number, 1 or more, found True"),
    ("previous", False, "expected text, found False"),
    ("quorum", 0, "expected a whole number, 1 or more, found 0"),
    ("quorum", [1], "expected a whole number, 1 or more, found [1]"),
    ("admins", "ana", NO_LIST),
    ("admins", ["Ana"], IDS + "['Ana']"),
    ("admins", ["ana", "ana"], IDS + "['ana', 'ana']"),
    ("admins", [1], IDS + "[1]"),
    ("admins", [["ana"]], IDS + "[['ana']]"),
    ("people/1st", VALUES, None),  # the line grammar has no such key
    ("people/a--b", VALUES, IDS + "['ana', 'cy', 'a--b']"),
    ("people/ana", [], PERSON),
    ("people/ana", {}, PERSON),
    ("people/ana", {**VALUES, "age": 1}, PERSON),
    ("people/ana", dict(reversed(VALUES.items())), PERSON),
    ("people/ana/name", 1, "expected text, found 1"),
    ("people/ana/kind", "robot", "ana is of kind 'robot': expected person or service"),
    ("people/ana/keys", "ssh-ed25519 AAAA", NO_LIST),
    ("people/ana/keys", [7], "expected text, found 7"),
    ("people/ana/keys", [f"{key(0).line} ana@home"], NO_KEY),
    ("people/ana/keys", [f" {key(0).line}"], NO_KEY),
    ("people/ana/keys", [key(0).line.replace(" ", "  ")], NO_KEY),
    ("people/ana/contact", None, None),  # nor null
    ("roles/elt-approver", "ana", NO_LIST),
    ("roles/elt-approver", ["ana", "ana"], IDS + "['ana', 'ana']"),
    ("roles/a-", [], IDS + "['elt-approver', 'legal-officer', 'a-']"),
    ("gates/legal", {}, GATE),
    ("gates/legal/role", "Legal", "gate legal does not hold a role, a number and true or false"),
    ("gates/legal/needs", "1", "gate legal does not hold a role, a number and true or false"),
    ("gates/legal/needs", True, "gate legal does not hold a role, a number and true or false"),
    ("gates/legal/recipients", 0, "gate legal does not hold a role, a number and true or false"),
    ("gates/legal/after", "approval", NO_LIST),
    ("gates/legal/after", ["a", "a"], IDS + "['a', 'a']"),
    ("may/drafted", "technical-slt", NO_LIST),
    ("may/drafted", ["Technical"], IDS + "['Technical']"),
    ("may_share", {}, NO_LIST),
    ("may_share", [["legal"]], "may_share lists sorted pairs of gates"),
    ("may_share", [["legal", "approval"]], "may_share lists sorted pairs of gates"),
    ("may_share", [["a", "b", "c"]], "may_share lists sorted pairs of gates"),
    ("may_share", [["a", "a"]], IDS + "['a', 'a']"),
    ("may_share", ["ab"], NO_LIST),
    ("relaxed/staff", {}, "expected {gates, channels, recipients}, in this order"),
    ("relaxed/staff/gates", ["A"], IDS + "['A']"),
    ("relaxed/staff/channels", [], NO_OBJECT),
    ("relaxed/staff/channels/intranet", "file", NO_OBJECT),
    ("relaxed/staff/channels/intranet/port", 25, "expected text, found 25"),
    ("relaxed/staff/recipients/0", "c" * 63, f"expected a SHA-256, found '{'c' * 59}"),
    ("preapproved", {}, NO_LIST),
    ("preapproved", ["c" * 63], f"expected a SHA-256, found '{'c' * 59}"),
    ("preapproved", ["d" * 64, "c" * 64], "expected a sorted list of different digests"),
    ("emergency", [], "expected {people, needs, templates, audiences}, in this order"),
    ("emergency", {"needs": 2}, "expected {people, needs, templates, audiences}, in this order"),
    ("commits", True, "expected text, found True"),
    ("ended", {"people": [], "keys": []}, "expected {keys, people}, in this order"),
    ("ended/people", ["Bo"], IDS + "['Bo']"),
    ("compromised", {}, NO_LIST),
    ("compromised/0", {"key": key(4).line, "keep": []}, "expected {key, keep, why}, in this order"),
    ("compromised/0/keep", ["d"], "expected a SHA-256, found 'd'"),
    ("accepted/0", ["a-rule", "x", "y"], "expected {rule, subject, why}, in this order"),
    ("accepted/0/why", 1, "expected text, found 1"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), BAD)
def test_a_bad_shape_is_refused(path: str, value: object, sentence: str | None) -> None:
    if sentence is None:
        with pytest.raises(GrammarFault):
            trust_files.read(line_grammar.write(put(path, value), blocks=BLOCKS))
    else:
        assert refusal(put(path, value)) == sentence


@pytest.mark.parametrize("path", ["people/ana/keys/0", "ended/keys/0", "compromised/0/key"])
@pytest.mark.parametrize(
    "line",
    ["", "ssh-ed25519", "ssh-dss AAAAB3NzaC1kc3MAAAABAA==", "* AAAA", "cert-authority ssh-rsa A"],
)
def test_a_key_that_must_not_sign_is_refused_wherever_it_stands(path: str, line: str) -> None:
    assert refusal(put(path, line)).startswith("the key cannot be used: ")


@pytest.mark.parametrize("key_name", [k for k in KEYS if k != "schema"])
def test_every_key_must_be_there(key_name: str) -> None:
    changed = {name: value for name, value in pairs().items() if name != key_name}

    assert refusal(changed).startswith("expected schema comms/trust@1 and the keys ")


def test_no_key_may_be_added_or_moved() -> None:
    expected = f"expected schema comms/trust@1 and the keys {' '.join(KEYS)}"
    assert refusal({**pairs(), "expires": ""}) == expected
    assert refusal(dict(reversed(pairs().items()))) == expected
    assert refusal({**pairs(), "schema": "comms/trust@2"}) == expected


@pytest.mark.parametrize("block", sorted(BLOCKS))
@pytest.mark.parametrize("value", [[], "", 0, False])
def test_a_block_that_is_empty_and_no_object_is_refused(block: str, value: object) -> None:
    assert refusal({**pairs(), block: value}) != ""


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_a_block_that_is_no_object_is_refused(block: str) -> None:
    lines = [f"{k}: []\n" if k != block else f'{k}: ["ana"]\n' for k in KEYS]
    with pytest.raises(GrammarFault):
        trust_files.read("".join(lines).encode())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ended/keys", [key(4).line, key(3).line]),
        ("ended/keys", [key(3).line, key(3).line]),
        ("ended/people", ["bo", "al"]),
        ("compromised/0/keep", ["e" * 64, "d" * 64]),
        ("compromised/0/keep", ["d" * 64, "d" * 64]),
    ],
    ids=["keys-unsorted", "key-twice", "people-unsorted", "keep-unsorted", "keep-twice"],
)
def test_what_is_a_set_has_one_spelling(path: str, value: object) -> None:
    data = line_grammar.write(put(path, value), blocks=BLOCKS)
    try:
        found = trust_files.read(data)
    except GrammarFault:
        return
    assert trust_files.write(found).data == data


def test_a_version_that_could_not_be_read_is_not_written() -> None:
    with pytest.raises(GrammarFault, match=r"U\+2028"):
        trust_files.write(replace(SMALL, commits="a\u2028b"))
    with pytest.raises(GrammarFault, match="expected a whole number, 1 or more"):
        trust_files.write(replace(SMALL, version=0))


def test_a_roster_of_a_hundred_people_fits() -> None:
    people = {
        PersonId(f"person-{n}"): Person(
            id=PersonId(f"person-{n}"), name=f"Person {n}", email=f"p{n}@example.com",
            kind="person", keys=(key(n),),
        )
        for n in range(100)
    }  # fmt: skip
    trust = replace(example_trust(), people=people)

    assert trust_files.read(trust_files.write(trust).data) == trust
