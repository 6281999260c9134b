"""How the gates of one message stand, for one revision, seen from one point of its records.

An ok counts if it is valid, not withdrawn, on this revision or one that says the same to
the gate, not by an author, and given when the gates before it already stood in its own
past. An approval of the very words beforehand counts alike (`preapproval`), but never in the
last gate: somebody lets each message go. One person counts in one gate, the earlier one,
unless trust lists the pair.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from commscli.domain.ids import Digest, GateId, PersonId
from commscli.domain.order import Placed
from commscli.domain.records import Drafted, Verdict
from commscli.domain.report import GateState, GateVerdict
from commscli.domain.trust import Gate, Trust
from commscli.gates.preapproval import Beforehand
from commscli.gates.spoken import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Who counts in a gate, and why others who said ok do not."""

    by: tuple[PersonId, ...]
    beforehand: tuple[PersonId, ...]
    refused: tuple[tuple[str, str], ...]
    """(rule, reason) of each ok that does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing(Spoken):
    """The gates of one message under one trust version."""

    trust: Trust
    beforehand: Beforehand
    _oks: dict[tuple[GateId, Digest, int], tuple[Placed, ...]] = field(default_factory=dict)
    _tallies: dict[tuple[GateId, Digest, int], Tally] = field(default_factory=dict)
    _looked: dict[tuple[GateId, Digest, int], frozenset[PersonId]] = field(default_factory=dict)
    _before: dict[tuple[GateId, Digest], tuple[PersonId, ...]] = field(default_factory=dict)

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
        by = (*tally.by, *tally.beforehand)
        missing = max(0, gate.needs - len(by))
        objectors = self._objectors(gate, scope)
        stale = self._has_older(gate, revision, scope)
        rule, reason = tally.refused[0] if tally.refused and missing else ("open-gate", "")
        if objectors:
            state, rule = GateState.OBJECTED, "standing-objection"
            reason = f"{', '.join(objectors)} objected"
        elif not missing:
            early = len(tally.by) < gate.needs
            state = GateState.PREAPPROVED if early else GateState.PASSED
        elif stale and not tally.refused:
            state, rule = GateState.STALE, "stale-verdict"
            reason = f"{', '.join(stale)} judged an earlier revision"
        else:
            state = GateState.OPEN
        return GateVerdict(
            gate=gate.id,
            state=state,
            by=by,
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
            and person not in {*tally.by, *tally.beforehand}
            and not self.counts_earlier(person, gate, revision, scope)
        )

    def stands(self, gate: GateId, revision: Digest, scope: int) -> bool:
        """Whether a gate is passed and nobody's objection stands there."""
        found = self.trust.gates[gate]
        tally = self._tally(found, revision, scope)
        enough = len(tally.by) + len(tally.beforehand) >= found.needs
        return enough and not any(self.objections(scope, gate))

    def _tally(self, gate: Gate, revision: Digest, scope: int) -> Tally:
        key = (gate.id, revision, scope)
        if key not in self._tallies:
            by: dict[PersonId, None] = {}
            refused = []
            for placed in self.oks(gate, revision, scope):
                fault = self._uncounted(placed, gate, revision, scope)
                if fault is None:
                    by[placed.record.person] = None
                else:
                    refused.append(fault)
            early = dict.fromkeys(self._early(gate, revision, scope))
            self._tallies[key] = Tally(
                by=tuple(by),
                beforehand=tuple(person for person in early if person not in by),
                refused=tuple(refused),
            )
        return self._tallies[key]

    def _early(self, gate: Gate, revision: Digest, scope: int) -> Iterator[PersonId]:
        """Yield who passed these very words for this gate before there was an incident."""
        for person in self._approved_before(gate, revision):
            if person not in self.authors(scope) and not self.counts_earlier(
                person, gate, revision, scope
            ):
                yield person

    def looked(self, gate: Gate, revision: Digest, scope: int) -> frozenset[PersonId]:
        """Return who has looked at a gate, now or beforehand, whether or not that counts."""
        key = (gate.id, revision, scope)
        if key not in self._looked:
            now = (placed.record.person for placed in self.oks(gate, revision, scope))
            self._looked[key] = frozenset((*now, *self._approved_before(gate, revision)))
        return self._looked[key]

    def _approved_before(self, gate: Gate, revision: Digest) -> tuple[PersonId, ...]:
        """Return who passed these very words for a gate beforehand, where that counts for it."""
        key = (gate.id, revision)
        if key not in self._before:
            body = self.revisions.drafts[revision].body
            last = gate.id == tuple(self.trust.gates)[-1]
            unseen = gate.recipients and isinstance(body, Drafted) and body.is_addressed
            found = (
                self.beforehand.fitting(body, self.revisions.seen(revision), self.trust.preapproved)
                if isinstance(body, Drafted) and not last and not unseen
                else ()
            )
            self._before[key] = tuple(p.record.person for p in found if p.record.gate == gate.id)
        return self._before[key]

    def oks(self, gate: Gate, revision: Digest, scope: int) -> tuple[Placed, ...]:
        """Return the oks for a gate that are to be looked at: valid, on these words, and kept."""
        key = (gate.id, revision, scope)
        if key not in self._oks:
            subjects = self.revisions.carried(revision, recipients=gate.recipients)
            self._oks[key] = tuple(
                placed
                for placed in self.of_kind(scope, "ok")
                if placed.record.gate == gate.id
                and isinstance(placed.record.body, Verdict)
                and placed.record.body.subject in subjects
                and self.saw(placed, placed.record.body.subject)
                and not self.withdrawn(placed.digest, scope)
            )
        return self._oks[key]

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
            if person in self.looked(other, revision, scope):
                return other.id
        return None

    def _has_older(self, gate: Gate, revision: Digest, scope: int) -> list[PersonId]:
        subjects = self.revisions.carried(revision, recipients=gate.recipients)
        return sorted({
            placed.record.person
            for placed in self.of_kind(scope, "ok")
            if placed.record.gate == gate.id
            and isinstance(placed.record.body, Verdict)
            and placed.record.body.subject not in subjects
            and placed.record.person not in self.authors(scope)
        })  # fmt: skip


def worst(verdicts: Iterable[Iterable[GateVerdict]]) -> tuple[GateVerdict, ...]:
    """Return one verdict a gate over several trust versions: all must pass, so the worst counts."""
    chosen: dict[GateId, GateVerdict] = {}
    for each in verdicts:
        for verdict in each:
            known = chosen.get(verdict.gate)
            if (
                known is None
                or known.state.passes
                or (known.state is GateState.EMERGENCY and not verdict.state.passes)
            ):
                chosen[verdict.gate] = verdict
    return tuple(chosen.values())
