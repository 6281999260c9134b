"""Both opinions on one history, brought to a form in which they must be the same."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from commscli.domain.history import Pin as OurPin
from commscli.domain.ids import CommitId, Digest
from commscli.domain.report import Finding as OurFinding
from commscli.domain.report import Outcome, Report
from tests.second_opinion import keys, opinion
from tests.second_opinion.chain import Pin
from tests.second_opinion.histories import Tale
from tests.second_opinion.lines import NotThisFormat
from tests.second_opinion.opinion import Opinion
from tests.second_opinion.walking import Commit, Finding
from tests.support.story import REPOSITORY, File, Story, reachable


class Told(NamedTuple):
    """One finding, without words. ``gate``: for what a gate lacks in a send."""

    rule: str
    level: str
    commit: str
    path: str
    digest: str
    gate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What either of the two says. ``gates``: incident, message, gate and how it stands."""

    outcome: str
    version: str
    found: frozenset[Told] = frozenset()
    gates: frozenset[tuple[str, str, str, str]] = frozenset()


# -- the history, for both


def finished(tale: Tale) -> Story:
    """The main line at the end, rewritten from the beginning where the tale says so."""
    main = tale.main
    if not tale.rewritten:
        return main
    copy = object.__new__(Story)
    copy.shelf, copy.head, copy.genesis = replace(main.shelf, nodes=[]), -1, main.genesis
    copy.incident, copy.message, copy.drill = main.incident, main.message, main.drill
    place: dict[int, int] = {}
    for number in reachable(main.shelf.nodes, main.head):
        node = main.shelf.nodes[number]
        tree = dict(node.tree)
        for path, data in tale.rewritten.items():
            if path in tree and data is None:
                del tree[path]
            elif path in tree:
                tree[path] = File(data or b"")
        copy.head, *others = [place[parent] for parent in node.parents] or [-1]
        copy.commit({}, by=node.signer, about=node.about, base=tree, also=others)
        place[number] = copy.head
    return copy


def plain(story: Story) -> list[Commit]:
    """The history as this checker takes it, without git."""
    nodes = story.shelf.nodes
    return [
        Commit(
            id=nodes[number].id,
            parents=tuple(nodes[parent].id for parent in nodes[number].parents),
            files={path: (file.mode, file.data) for path, file in nodes[number].tree.items()},
            raw=nodes[number].data,
        )
        for number in reachable(nodes, story.head)
    ]


def pins(tale: Tale, story: Story) -> tuple[Pin, OurPin]:
    """The same pin for both."""
    genesis = "0" * 64 if tale.wrong_pin else story.genesis
    ours = OurPin(
        repository=REPOSITORY,
        genesis=Digest(genesis),
        trust=Digest(tale.pinned) if tale.pinned else None,
        checkpoint=CommitId(tale.checkpoint) if tale.checkpoint else None,
        source="story",
    )
    theirs = Pin(
        repository=REPOSITORY, genesis=genesis, trust=tale.pinned, checkpoint=tale.checkpoint
    )
    return theirs, ours


@lru_cache(maxsize=1000)
def in_process(data: bytes, block: bytes, namespace: str) -> str:
    """What ``ssh-keygen`` would say of an Ed25519 signature, without starting it."""
    try:
        key = keys.signing_key(block, namespace)
        parts = keys.strings(keys.unarmored(block)[10:])
        assert key.startswith("ssh-ed25519 ")
        signed = keys.signed_part(parts, data)
        public = Ed25519PublicKey.from_public_bytes(keys.strings(parts[0])[1])
        public.verify(keys.strings(parts[4])[1], signed)
    except (NotThisFormat, InvalidSignature, IndexError):
        return ""
    return key


# -- the answers


def second(tale: Tale, story: Story) -> Opinion:
    return opinion.judge(plain(story), pins(tale, story)[0], in_process)


def of_second(told: Opinion) -> Answer:
    if told.outcome == "undecided":
        return Answer(outcome=told.outcome, version=told.chain[-1] if told.chain else "")
    return Answer(
        outcome=told.outcome,
        version=told.chain[-1],
        found=frozenset(_second(finding) for finding in told.findings),
        gates=frozenset(
            (*name, gate, STATES.get(standing.rule, "open"))
            for name, gates in told.gates.items()
            for gate, standing in gates.items()
        ),
    )


def of_ours(report: Report) -> Answer:
    if report.outcome is Outcome.UNDECIDED:
        return Answer(outcome=report.outcome.value, version=report.trust_digest or "")
    return Answer(
        outcome=report.outcome.value,
        version=report.trust_digest or "",
        found=frozenset(_ours(finding) for finding in report.findings),
        gates=frozenset(
            (
                one.incident,
                one.message,
                gate.gate,
                gate.state.value.replace("preapproved", "passed"),
            )
            for one in report.messages
            for gate in one.gates
            if gate.rule != "forked-draft"
        ),
    )


def differences(second: Answer, ours: Answer) -> str:
    """What one says and the other does not, for people; empty if they agree."""
    if second == ours:
        return ""
    lines = [f"second opinion: {second.outcome} {second.version[:8]}"]
    lines += [f"    only there: {one}" for one in sorted(second.found - ours.found)]
    lines += [f"    only there: {one}" for one in sorted(second.gates - ours.gates)]
    lines += [f"ours: {ours.outcome} {ours.version[:8]}"]
    lines += [f"    only there: {one}" for one in sorted(ours.found - second.found)]
    lines += [f"    only there: {one}" for one in sorted(ours.gates - second.gates)]
    return "\n".join(lines)


STATES = {
    "": "passed",
    "emergency-send": "emergency",
    "standing-objection": "objected",
    "stale-verdict": "stale",
}


def _second(f: Finding) -> Told:
    return _told(f.rule, f.level, f.commit, f.path, f.digest, f.key)


def _ours(f: OurFinding) -> Told:
    return _told(f.rule, f.level.value, f.commit or "", f.path, f.digest or "", f.key)


def _told(rule: str, level: str, commit: str, path: str, digest: str, key: str) -> Told:
    """Keep what both say; the rest is for people, or names one of several places."""
    whole = rule == "pinned-root" and not commit
    return Told(
        rule=rule,
        level=level,
        commit=commit if rule in OF_A_COMMIT else "",
        path="" if whole or rule in (*ONLY_OF_A_COMMIT, "missing-past") else path,
        digest="" if whole else digest,
        gate=key if rule in OF_A_GATE else "",
    )


ONLY_OF_A_COMMIT = ("commit-signature-lost", "strict-commit")
OF_A_COMMIT = (
    *ONLY_OF_A_COMMIT, "append-only", "frozen-draft", "merged-record", "draft-bytes", "pinned-root",
)  # fmt: skip
OF_A_GATE = (
    "open-gate", "own-words", "wrong-order", "two-gates", "stale-verdict", "standing-objection",
    "emergency-send",
)  # fmt: skip
"""Rules that say of a send which gate they are about."""


def printed(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """A finding of ``comms check --json`` in the form of the first four fields of `Told`."""
    whole = finding["rule"] == "pinned-root" and not finding["commit"]
    told = _told(finding["rule"], finding["level"], finding["commit"], finding["path"], "", "")
    return told[:4] if not whole else (*told[:3], "")
