"""How the gates of one message stand, for one revision, seen from one point of its records.

An ok counts if it is valid, not withdrawn, on this revision or one that says the same to
the gate, not by an author, and given when the gates before it already stood in its own
past. One person counts in one gate, the earlier one, unless trust lists the pair.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from commscli.domain.ids import Digest, GateId, PersonId
from commscli.domain.order import Placed
from commscli.domain.records import Drafted, Record, Verdict, Withdrawn
from commscli.domain.report import GateState, GateVerdict
from commscli.domain.trust import Gate, Trust
from commscli.gates.revisions import Revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Who counts in a gate, and why others who said ok do not."""

    by: tuple[PersonId, ...]
    refused: tuple[tuple[str, str], ...]
    """(rule, reason) of each ok that does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """The gates of one message under one trust version."""

    trust: Trust
    revisions: Revisions
    valid: frozenset[Digest]
    attributable: frozenset[Digest]
    """Records that are surely their writer's, valid or overtaken: they make authors."""
    _tallies: dict[tuple[GateId, Digest, int], Tally] = field(default_factory=dict)

    def authors(self, scope: int) -> frozenset[PersonId]:
        """Return who signed a revision in scope; they fill no gate of the message."""
        return frozenset(
            placed.record.person
            for placed in self._listed(scope, "drafted")
            if placed.digest in self.attributable
        )

    def gates(self, revision: Digest) -> tuple[Gate, ...]:
        """Return the gates that bind a revision: all, or those that trust leaves for just this."""
        body = self.revisions.drafts[revision].body
        all_gates = tuple(self.trust.gates.values())
        if not isinstance(body, Drafted):
            return all_gates
        relaxed = self.trust.relaxed.get(body.audience)  # type: ignore[call-overload] # ids are strings
        if relaxed is None or not body.channels:
            return all_gates
        same = all(relaxed.channels.get(n) == settings for n, settings in body.channels.items())
        digest = body.recipients["digest"]
        if same and (not digest or digest in relaxed.recipients):
            return tuple(gate for gate in all_gates if gate.id in relaxed.gates)
        return all_gates

    def verdicts(self, revision: Digest, scope: int) -> tuple[GateVerdict, ...]:
        """Return every gate of a revision, as it stands among the records in scope.

        A gate that does not bind it is there only while somebody's objection stands in it.
        """
        binding = self.gates(revision)
        return tuple(
            self._verdict(gate, revision, scope)
            for gate in self.trust.gates.values()
            if gate in binding or self._objectors(gate, scope)
        )

    def _objectors(self, gate: Gate, scope: int) -> list[PersonId]:
        """Return who objects here; the last gate hears those whose own gate is no more."""
        last = gate.id == tuple(self.trust.gates)[-1]
        return sorted({
            placed.record.person
            for placed in self.objections(scope)
            if placed.record.gate == gate.id
            or (last and placed.record.gate not in self.trust.gates)
        })  # fmt: skip

    def _verdict(self, gate: Gate, revision: Digest, scope: int) -> GateVerdict:
        tally = self._tally(gate, revision, scope)
        missing = max(0, gate.needs - len(tally.by))
        objectors = self._objectors(gate, scope)
        stale = self._has_older(gate, revision, scope)
        rule, reason = tally.refused[0] if tally.refused and missing else ("open-gate", "")
        if objectors:
            state, rule = GateState.OBJECTED, "standing-objection"
            reason = f"{', '.join(objectors)} objected"
        elif not missing:
            state = GateState.PASSED
        elif stale and not tally.refused:
            state, rule = GateState.STALE, "stale-verdict"
            reason = f"{', '.join(stale)} judged an earlier revision"
        else:
            state = GateState.OPEN
        return GateVerdict(
            gate=gate.id,
            state=state,
            by=tally.by,
            missing=missing,
            could=self._could(gate, revision, scope, tally) if missing or objectors else (),
            reason=reason,
            rule=rule,
        )

    def _could(
        self, gate: Gate, revision: Digest, scope: int, tally: Tally
    ) -> tuple[PersonId, ...]:
        return tuple(
            person
            for person in self.trust.judges_of(gate.id)
            if person not in self.authors(scope)
            and person not in tally.by
            and not self.counts_earlier(person, gate, revision, scope)
        )

    def stands(self, gate: GateId, revision: Digest, scope: int) -> bool:
        """Whether a gate is passed and nobody's objection stands there."""
        found = self.trust.gates[gate]
        enough = len(self._tally(found, revision, scope).by) >= found.needs
        return enough and not any(self.objections(scope, gate))

    def _tally(self, gate: Gate, revision: Digest, scope: int) -> Tally:
        key = (gate.id, revision, scope)
        if key not in self._tallies:
            by: dict[PersonId, None] = {}
            refused = []
            for placed in self._oks(gate, revision, scope):
                fault = self._uncounted(placed, gate, revision, scope)
                if fault is None:
                    by[placed.record.person] = None
                else:
                    refused.append(fault)
            self._tallies[key] = Tally(by=tuple(by), refused=tuple(refused))
        return self._tallies[key]

    def _oks(self, gate: Gate, revision: Digest, scope: int) -> Iterator[Placed]:
        subjects = self.revisions.carried(revision, recipients=gate.recipients)
        for placed in self._in(scope, "ok"):
            body = placed.record.body
            if (
                isinstance(body, Verdict)
                and placed.record.gate == gate.id
                and body.subject in subjects
                and self._saw(placed, body.subject)
                and not self._withdrawn(placed.digest, scope)
            ):
                yield placed

    def _uncounted(
        self, placed: Placed, gate: Gate, revision: Digest, scope: int
    ) -> tuple[str, str] | None:
        person = placed.record.person
        if person in self.authors(scope):
            return "own-words", f"{person} wrote some of it, and nobody judges their own words"
        body = placed.record.body
        subject = body.subject if isinstance(body, Verdict) else revision
        past = self.revisions.ordered.before(placed.digest)
        applying = {g.id for g in self.gates(revision)}
        early = [g for g in gate.after if g in applying and not self.stands(g, subject, past)]
        if early:
            return "wrong-order", f"{person} gave {gate.id} before {', '.join(early)} stood"
        earlier = self.counts_earlier(person, gate, revision, scope)
        if earlier:
            return "two-gates", f"{person} counts in {earlier}, and may not fill {gate.id} too"
        return None

    def counts_earlier(
        self, person: PersonId, gate: Gate, revision: Digest, scope: int
    ) -> GateId | None:
        """Return the earlier gate in which a person counts and that they may not share."""
        for other in self.trust.gates.values():
            if other.id == gate.id:
                return None
            if self.trust.shares(other.id, gate.id):
                continue
            if any(p.record.person == person for p in self._oks(other, revision, scope)):
                return other.id
        return None

    def _has_older(self, gate: Gate, revision: Digest, scope: int) -> list[PersonId]:
        subjects = self.revisions.carried(revision, recipients=gate.recipients)
        return sorted({
            placed.record.person
            for placed in self._in(scope, "ok")
            if placed.record.gate == gate.id
            and isinstance(placed.record.body, Verdict)
            and placed.record.body.subject not in subjects
            and placed.record.person not in self.authors(scope)
        })  # fmt: skip

    def objections(self, scope: int, gate: GateId | None = None) -> Iterator[Placed]:
        """Yield the objections in scope that stand: neither withdrawn nor settled there."""
        for placed in self._in(scope, "objected"):
            wanted = gate is None or placed.record.gate == gate
            if wanted and not self.answered(placed, scope):
                yield placed

    def answered(self, objection: Placed, scope: int) -> bool:
        """Whether an objection is withdrawn by its author or settled by its gate, in scope."""
        return self._withdrawn(objection.digest, scope) or any(
            isinstance(ok.record.body, Verdict)
            and objection.digest in ok.record.body.settles
            and ok.record.gate == objection.record.gate
            and ok.record.person not in self.authors(scope)
            and self._saw(ok, objection.digest)
            and not self._withdrawn(ok.digest, scope)
            for ok in self._in(scope, "ok")
        )

    def _withdrawn(self, digest: Digest, scope: int) -> bool:
        author = self._record(digest).person
        return any(
            isinstance(placed.record.body, Withdrawn)
            and placed.record.body.of == digest
            and placed.record.person == author
            and self._saw(placed, digest)
            for placed in self._in(scope, "withdrawn")
        )

    def _saw(self, placed: Placed, digest: Digest) -> bool:
        ordered = self.revisions.ordered
        return ordered.has(ordered.before(placed.digest), digest)

    def _record(self, digest: Digest) -> Record:
        ordered = self.revisions.ordered
        return ordered.records[ordered.position[digest]].record

    def _in(self, scope: int, kind: str) -> Iterator[Placed]:
        return (p for p in self._listed(scope, kind) if p.digest in self.valid)

    def _listed(self, scope: int, kind: str) -> Iterator[Placed]:
        for number, placed in enumerate(self.revisions.ordered.records):
            if scope >> number & 1 and placed.record.kind == kind:
                yield placed


def worst(verdicts: Iterable[Iterable[GateVerdict]]) -> tuple[GateVerdict, ...]:
    """Return one verdict a gate over several trust versions: all must pass, so the worst counts."""
    chosen: dict[GateId, GateVerdict] = {}
    for each in verdicts:
        for verdict in each:
            known = chosen.get(verdict.gate)
            if known is None or known.state is GateState.PASSED:
                chosen[verdict.gate] = verdict
    return tuple(chosen.values())
