"""Every parser that a stranger can hand bytes to: it answers, or refuses in its own way.

A target takes any bytes. It raises only if the parser did something else than to answer or to
refuse, or if what it answered is not what it says.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress

from commscli.documents.front_matter import split
from commscli.documents.strict_yaml import load
from commscli.domain import preapproved
from commscli.domain.slots import fill, tokens_in
from commscli.errors import CommsError, Undecided
from commscli.ledger import line_grammar, record_files, trust_files
from commscli.ledger.commit_bytes import parse_commit
from commscli.ledger.public_keys import parse_public_key
from commscli.ledger.signed import signature_of
from commscli.ledger.tree_bytes import compared, parsed_tree
from tests.support.story import sent

ID = "0" * 40
_STORY = sent()
_TREE = bytes.fromhex("".join(f"{ord(c):02x}" for c in "100644 a\0")) + bytes(20)


def record(data: bytes) -> None:
    """A record has one spelling."""
    with suppress(line_grammar.GrammarFault, record_files.UnknownKind):
        assert record_files.write(record_files.read(data)).data == data


def trust(data: bytes) -> None:
    """A trust version has one spelling."""
    with suppress(line_grammar.GrammarFault):
        assert trust_files.write(trust_files.read(data)).data == data


def grammar(data: bytes) -> None:
    """A file of the line grammar has one spelling."""
    with suppress(line_grammar.GrammarFault):
        pairs = line_grammar.read(data, blocks=trust_files.BLOCKS)
        assert line_grammar.write(pairs, blocks=trust_files.BLOCKS) == data


def signature(data: bytes) -> None:
    """Bytes that nobody signed have no signer."""
    assert signature_of(b"what nobody signed", data, "comms-record@v1").key is None


def key(data: bytes) -> None:
    """A public key that is read is written in one spelling."""
    with suppress(CommsError, UnicodeDecodeError):
        found = parse_public_key(data.decode())
        assert parse_public_key(found.line) == found


def commit(data: bytes) -> None:
    """The parents of a commit are those that stand at its beginning."""
    with suppress(Undecided):
        found = parse_commit(ID, data)
        head = data.split(b"\nauthor ", 1)[0]
        assert all(parent.encode() in head for parent in found.parents)


def tree(data: bytes) -> None:
    """A tree reads the same by itself and by what differs from another."""
    first = second = None
    known = parsed_tree(_TREE, 20)
    with suppress(Undecided):
        first = parsed_tree(data, 20).entries
    with suppress(Undecided):
        second = compared(known, data)[0].entries
    assert first == second


def yaml(data: bytes) -> None:
    """YAML that people edit is read, or refused with its place."""
    with suppress(CommsError, UnicodeDecodeError):
        load(data.decode(), path="audiences.yaml")


def draft(data: bytes) -> None:
    """A draft is taken apart, and its slots are filled once."""
    with suppress(CommsError, UnicodeDecodeError):
        body = split(data.decode(), "draft.md").body
        values = {slot.name: "{{ send.time }}" for slot in tokens_in(body)}
        assert fill(body, values).count("{{ send.time }}") >= len(tokens_in(body))


def template(data: bytes) -> None:
    """A text that was passed beforehand is filled once, or refused."""
    with suppress(UnicodeDecodeError):
        text = data.decode()
        names = preapproved.names_in(text)
        values = dict.fromkeys(names or (), "{{ one }}")
        assert preapproved.digest(text, values) is None or not values
        values = dict.fromkeys(names or (), "one")
        assert (preapproved.digest(text, values) is None) == (names is None)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "record": record, "trust": trust, "grammar": grammar, "signature": signature, "key": key,
    "commit": commit, "tree": tree, "yaml": yaml, "draft": draft, "template": template,
}  # fmt: skip


def _files(ending: str, folder: str) -> list[bytes]:
    return [f.data for p, f in _STORY.tree.items() if p.endswith(ending) and folder in p]


def seeds(name: str) -> list[bytes]:
    """Good input of a target, to begin from."""
    objects = _STORY.shelf.objects.values()
    found: Mapping[str, list[bytes]] = {
        "record": _files(".yaml", "/records/"),
        "trust": _files(".yaml", "trust/"),
        "grammar": _files(".yaml", ""),
        "signature": _files(".sig", ""),
        "key": [p.keys[0].line.encode() for p in _STORY.in_force.trust.people.values()],
        "commit": [node.data for node in _STORY.shelf.nodes],
        "tree": [data for kind, data in objects if kind == "tree"] or [_TREE],
        "yaml": [b"audiences:\n  all-customers: {name: All, channels: [status]}\n- 'a'\n"],
        "draft": [b'---\nsubject: "a: b"\nchannels: [x]\n---\n\nBy {{ send.next_update }}.\n'],
        "template": [b"{{ incident.title }}: {{ a }} {{ b }} {{ send.time }}\n"],
    }
    return found[name]
