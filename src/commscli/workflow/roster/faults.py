"""Faults that the admins live with, and keys in wrong hands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from commscli.domain.ids import Digest, PersonId
from commscli.domain.keys import PublicKey
from commscli.domain.report import Finding, Level
from commscli.domain.trust import Accepted, Compromised, Trust
from commscli.errors import BadInput, Refused
from commscli.gates.engine import finding_id
from commscli.workflow.roster.signing import Changed
from commscli.workflow.roster.trusting import change_trust
from commscli.workflow.session import Session

SHORTEST = 8
"""Digits of a commit, a digest or a finding's id that are enough to name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A change that accepts findings, and which they are."""

    changed: Changed
    findings: tuple[Finding, ...]


def accept(session: Session, rule: str, subject: str, why: str) -> Acceptance:
    """Live with errors that a check finds now: shown for ever, and filling no gate.

    Each is written down by what names it most narrowly: the digest of a record, else the
    commit, else the path, so that a later fault in the same place is an error again. Who names
    a commit accepts all of the rule in it at once.

    Raises:
        Refused: if there is no such error.
    """
    kept: list[Finding] = []

    def alter(old: Trust) -> Trust:
        found = _errors(session, rule, subject)
        kept[:] = found
        subjects = dict.fromkeys(_named_by(finding, subject) for finding in found)
        known = {(a.rule, a.subject) for a in old.accepted}
        new = tuple(
            Accepted(rule=rule, subject=s, why=why) for s in subjects if (rule, s) not in known
        )
        return replace(old, accepted=(*old.accepted, *new))

    changed = change_trust(session, f"Accept {rule}", alter)
    return Acceptance(changed=changed, findings=tuple(kept))


def _errors(session: Session, rule: str, subject: str) -> list[Finding]:
    errors = [f for f in session.report.findings if f.level is Level.ERROR]
    found = [f for f in errors if f.rule == rule and _is_about(f, subject)]
    if found and all(map(_narrowest, found)):
        return found
    listed = sorted({f"{f.rule} {finding_id(f)}" for f in errors})
    raise Refused(
        f"a check finds no error {rule} at {subject!r} now"
        + (f"; it finds {', '.join(listed[:8])}" if listed else ""),
        remedy="comms check --json lists every finding with its id",
        code="no-finding",
    )


def _is_about(finding: Finding, subject: str) -> bool:
    if subject == finding.path and subject:
        return True
    if len(subject) < SHORTEST:
        return False
    names = (finding_id(finding), finding.commit or "", finding.digest or "")
    return any(name.startswith(subject.lower()) for name in names)


def _named_by(finding: Finding, subject: str) -> str:
    by_commit = finding.commit is not None and finding.commit.startswith(subject.lower())
    return finding.commit if by_commit and finding.commit else _narrowest(finding)


def _narrowest(finding: Finding) -> str:
    return finding.digest or finding.commit or finding.path


def compromised(session: Session, whose: str, keep: Sequence[str], why: str) -> Changed:
    """Void what a key signed, but for the records that are kept by digest; and end the key.

    Raises:
        BadInput: if there is no such key or person, or a kept record is not of that key.
    """

    def alter(old: Trust) -> Trust:
        keys = _keys(old, whose)
        known = {one.key: one for one in old.compromised}
        digests = frozenset(_signed_by(session, keys, beginning) for beginning in keep)
        for key in keys:
            before = known[key].keep if key in known else frozenset()
            known[key] = Compromised(key=key, keep=before | digests, why=why)
        ended = replace(old.ended, keys=old.ended.keys | {*keys})
        return replace(old, compromised=tuple(known.values()), ended=ended)

    return change_trust(session, f"Void what a key of {_named(whose)} signed", alter)


def _named(whose: str) -> str:
    return whose.partition(" ")[0]


def _keys(trust: Trust, whose: str) -> list[PublicKey]:
    """Return the keys of a person, or the one that a fingerprint or a line names."""
    if whose in trust.people:
        return list(trust.people[PersonId(whose)].keys)
    everyone = [key for person in trust.people.values() for key in person.keys]
    everyone += [key for key in trust.ended.keys if key not in everyone]
    words = whose.split()[:2]
    found = [k for k in everyone if whose == k.fingerprint or words == k.line.split()]
    if found:
        return found
    raise BadInput(
        f"{whose!r} is nobody on the roster, and no key of it",
        remedy="an id, a fingerprint as comms trust show prints it, or a .pub file",
        code="no-key-called",
    )


def _signed_by(session: Session, keys: Sequence[PublicKey], beginning: str) -> Digest:
    own = {f.digest for f in session.case.history.records if f.signature.key in keys}
    found = [d for d in own if len(beginning) >= SHORTEST and d.startswith(beginning.lower())]
    if len(found) == 1:
        return found[0]
    raise BadInput(
        f"--keep {beginning}: {'several records begin' if found else 'no record begins'} so, of "
        f"the {len(own)} that this key signed",
        remedy="comms log --json lists the digests of records",
        code="no-record",
    )
