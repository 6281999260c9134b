"""The emergency is a gate, not a hole: several named people in place of the gates they skip.

Where trust lists a message's template and audience, enough of the people it names, none of
them an author, may let a revision out. Every gate that they skipped stays an error until its
own people ratify the send. An objection is never skipped.
"""

from collections.abc import Sequence
from dataclasses import replace

from commscli.domain.ids import Digest, GateId, PersonId, RoleId
from commscli.domain.records import Drafted, Ratified
from commscli.domain.report import GateState, GateVerdict
from commscli.domain.trust import EMERGENCY, Gate
from commscli.gates.passing import Passing

RULE = "emergency-send"
_SKIPPED = frozenset({GateState.OPEN, GateState.STALE})


def verdicts(
    passing: Passing, revision: Digest, scope: int, intent: Digest | None = None
) -> tuple[GateVerdict, ...]:
    """Return every gate of a revision, with those that an emergency skips told as such.

    ``intent`` is the send that was begun, whose ratifications count wherever they stand.
    """
    found = passing.verdicts(revision, scope)
    deciders = decided_by(passing, revision, scope)
    emergency = passing.trust.emergency
    if emergency is None or len(deciders) < emergency.needs:
        return found
    ratified = _ratified(passing, revision, scope, deciders, intent) if intent else {}
    return tuple(
        _skipped(passing, verdict, deciders, ratified.get(verdict.gate, ()), scope)
        if verdict.state in _SKIPPED
        else verdict
        for verdict in found
    )


def is_listed(passing: Passing, revision: Digest) -> bool:
    """Whether trust allows an emergency for a revision: its template and its audience."""
    emergency, body = passing.trust.emergency, passing.revisions.drafts[revision].body
    return (
        emergency is not None
        and isinstance(body, Drafted)
        and body.audience in emergency.audiences
        and bool(body.template)
        and body.template[0][0] in emergency.templates
    )


def decided_by(passing: Passing, revision: Digest, scope: int) -> tuple[PersonId, ...]:
    """Return who decided that a revision goes out as an emergency."""
    emergency = passing.trust.emergency
    if emergency is None or not is_listed(passing, revision):
        return ()
    gate = Gate(
        id=EMERGENCY, role=RoleId(EMERGENCY), needs=emergency.needs, after=(), recipients=True
    )
    said = [placed.record.person for placed in passing.oks(gate, revision, scope)]
    authors = passing.authors(scope)
    return tuple(p for p in dict.fromkeys(said) if p in emergency.people and p not in authors)


def _ratified(
    passing: Passing,
    revision: Digest,
    scope: int,
    deciders: Sequence[PersonId],
    intent: Digest,
) -> dict[GateId, list[PersonId]]:
    """Return who ratified which gate: its judges, no author or decider, each in one gate only.

    Whoever looked at another gate in time counts there already.
    """
    everything = passing.revisions.ordered.everything
    out = {*passing.authors(scope), *deciders}
    found: dict[GateId, list[PersonId]] = {}
    for gate in passing.trust.gates.values():
        by = found.setdefault(gate.id, [])
        for placed in passing.of_kind(everything, "ratified"):
            body, person = placed.record.body, placed.record.person
            if (
                isinstance(body, Ratified)
                and body.of == intent
                and placed.record.gate == gate.id
                and passing.saw(placed, intent)
                and person in passing.trust.judges_of(gate.id)
                and person not in {*out, *by}
                and not _counts_elsewhere(passing, found, person, gate.id)
                and not _looked_elsewhere(passing, revision, scope, person, gate.id)
            ):
                by.append(person)
    return found


def _counts_elsewhere(
    passing: Passing, found: dict[GateId, list[PersonId]], person: PersonId, gate: GateId
) -> bool:
    return any(
        person in by and other != gate and not passing.trust.shares(other, gate)
        for other, by in found.items()
    )


def _looked_elsewhere(
    passing: Passing, revision: Digest, scope: int, person: PersonId, gate: GateId
) -> bool:
    return any(
        person in passing.looked(other, revision, scope)
        for other in passing.trust.gates.values()
        if other.id != gate and not passing.trust.shares(other.id, gate)
    )


def _skipped(
    passing: Passing,
    verdict: GateVerdict,
    deciders: Sequence[PersonId],
    ratified: Sequence[PersonId],
    scope: int,
) -> GateVerdict:
    needs = passing.trust.gates[verdict.gate].needs
    names = " and ".join(deciders)
    if len(ratified) >= needs:
        return replace(
            verdict,
            state=GateState.PASSED,
            by=tuple(ratified),
            missing=0,
            could=(),
            reason=f"ratified after {names} sent it as an emergency",
        )
    out = {*passing.authors(scope), *deciders, *ratified}
    return replace(
        verdict,
        state=GateState.EMERGENCY,
        by=tuple(ratified),
        missing=needs - len(ratified),
        could=tuple(p for p in passing.trust.judges_of(verdict.gate) if p not in out),
        reason=f"skipped in an emergency by {names}",
        rule=RULE,
    )
