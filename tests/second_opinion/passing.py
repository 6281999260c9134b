"""Sections 5 and 6 of how it is decided: which revision a verdict is about, how a gate stands."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.second_opinion.beforehand import is_one_of, stated, values
from tests.second_opinion.records import Record
from tests.second_opinion.rosters import EMERGENCY, Roster
from tests.second_opinion.worth import LOST, VALID, VOID, Past, Records, listed, order

WORDS = (
    "incident", "message", "audience", "phase", "draft", "attachments", "template", "channels",
    "next_update",
)  # fmt: skip
Seen = Collection[str]
"""Digests of the records from which something is judged: the past of a send, or all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a gate stands: ``by`` whom it is passed, and else the rule that says why it is not."""

    by: frozenset[str]
    rule: str = ""

    @property
    def passed(self) -> bool:
        return not self.rule


class Message:
    """The records of one message, and what its incident and the templates say."""

    def __init__(self, all_records: Records, name: tuple[str, str]) -> None:
        self.name = name
        self.records: Mapping[str, Record] = listed(all_records.of(name))
        self.past: Past = order(self.records)
        self.stated = stated(all_records, name[0])
        self._worth = {digest: all_records.worth(digest) for digest in self.records}

    # -- 5. revisions

    def kind(self, kind: str, *worth: str) -> Iterator[tuple[str, Record]]:
        """The records of a kind that are worth one of these, in the order of the list."""
        for digest, record in self.records.items():
            if record.kind == kind and self._worth[digest] in worth:
                yield digest, record

    @property
    def revisions(self) -> dict[str, Record]:
        return dict(self.kind("drafted", VALID))

    def newest(self, revisions: Collection[str]) -> set[str]:
        """Those revisions that no other of them has in its past."""
        return {one for one in revisions if not any(one in self.past[two] for two in revisions)}

    def carries_over(self, subject: str, revision: str, *, recipients: bool) -> bool:
        """Whether a verdict on ``subject`` is one on ``revision`` for such a gate."""
        revisions = self.revisions
        wanted = _projection(revisions[revision], recipients=recipients)
        waiting, reached = [revision], {revision}
        while waiting:
            before = self.past[waiting.pop()] & {*revisions}
            for one in self.newest(before) - reached:
                if _projection(revisions[one], recipients=recipients) == wanted:
                    reached.add(one)
                    waiting.append(one)
        return subject in reached

    # -- 6. how a gate stands

    def authors(self, seen: Seen) -> set[str]:
        return {r.person for digest, r in self.kind("drafted", VALID, VOID, LOST) if digest in seen}

    def withdrawn(self, digest: str, seen: Seen) -> bool:
        return any(
            record["of"] == digest
            and record.person == self.records[digest].person
            and digest in self.past[one]
            for one, record in self.kind("withdrawn", VALID)
            if one in seen
        )

    def oks(self, gate: str, seen: Seen) -> dict[str, Record]:
        """The valid oks for a gate that are not withdrawn, whatever they are about."""
        return {
            digest: record
            for digest, record in self.kind("ok", VALID)
            if digest in seen and record["gate"] == gate and not self.withdrawn(digest, seen)
        }

    def looked_at(self, gate: str, roster: Roster, revision: str, seen: Seen) -> dict[str, Record]:
        recipients = gate == EMERGENCY or roster["gates"][gate]["recipients"]
        return {
            digest: record
            for digest, record in self.oks(gate, seen).items()
            if record["subject"] in self.past[digest]
            and self.carries_over(record["subject"], revision, recipients=recipients)
        }

    def standing_objections(self, seen: Seen) -> dict[str, Record]:
        """The objections that are neither withdrawn nor settled."""
        authors = self.authors(seen)

        def settled(digest: str, gate: str) -> bool:
            return any(
                digest in record["settles"]
                and digest in self.past[one]
                and record.person not in authors
                for one, record in self.oks(gate, seen).items()
            )

        return {
            digest: record
            for digest, record in self.kind("objected", VALID)
            if digest in seen
            and not self.withdrawn(digest, seen)
            and not settled(digest, record["gate"])
        }

    def objected(self, roster: Roster, seen: Seen, *, strangers: bool = True) -> set[str]:
        """The gates against which an objection stands.

        ``strangers``: an objection of a gate that is no more counts against the last gate.
        """
        gates = [*roster["gates"]]
        named = {record["gate"] for record in self.standing_objections(seen).values()}
        lost = {gates[-1]} if strangers and named - {*gates} else set()
        return named & {*gates} | lost

    def refused(
        self, digest: str, gate: str, roster: Roster, revision: str, seen: Seen
    ) -> str:  # fmt: skip
        """Why an ok that is looked at does not count: a rule, or nothing."""
        record = self.records[digest]
        if record.person in self.authors(seen):
            return "own-words"
        subject, before = record["subject"], self.past[digest]
        for earlier in roster["gates"][gate]["after"]:
            if earlier in gates_that_apply(roster, self.records[revision]):
                standing = self.stands(earlier, roster, subject, before, strangers=False)
                if not standing.passed:
                    return "wrong-order"
        if self.given_earlier(record.person, gate, roster, revision, seen):
            return "two-gates"
        return ""

    def given_earlier(
        self, person: str, gate: str, roster: Roster, revision: str, seen: Seen
    ) -> bool:  # fmt: skip
        """Whether somebody spoke for a gate listed earlier that they may not fill as well."""
        return any(
            ok.person == person
            for other in earlier_and_not_shared(roster, gate)
            for ok in (
                *self.looked_at(other, roster, revision, seen).values(),
                *self.approvals(other, roster, revision),
            )
        )

    def approvals(self, gate: str, roster: Roster, revision: str) -> list[Record]:
        """The approvals of templates for a gate that are current and fit a revision."""
        binds, to = roster["gates"][gate]["recipients"], self.records[revision]["recipients"]
        if binds and to["digest"]:
            return []
        return [
            approval
            for digest, approval in self.stated.approvals.items()
            if approval["gate"] == gate
            and digest in roster["preapproved"]
            and is_one_of(self.records[revision], approval, self._values(revision))
        ]

    def _values(self, revision: str) -> Mapping[str, str]:
        """What was on record where a revision was written."""
        before = [self.records[one] for one in (revision, *self.past[revision])]
        return values(self.stated, {one for record in before for one in record["after"]})

    def beforehand(self, gate: str, roster: Roster, revision: str, seen: Seen) -> set[str]:
        """Who counts in a gate for a text that they approved before it was a message."""
        if gate == [*roster["gates"]][-1]:
            return set()
        authors = self.authors(seen)
        return {
            approval.person
            for approval in self.approvals(gate, roster, revision)
            if approval.person not in authors
            and not self.given_earlier(approval.person, gate, roster, revision, seen)
        }

    def stands(
        self, gate: str, roster: Roster, revision: str, seen: Seen, *, strangers: bool = True
    ) -> Standing:
        """How a gate stands for a revision, under a trust version, seen from some records."""
        looked_at = self.looked_at(gate, roster, revision, seen)
        refused = {d: self.refused(d, gate, roster, revision, seen) for d in looked_at}
        by = frozenset(looked_at[digest].person for digest, why in refused.items() if not why)
        by |= self.beforehand(gate, roster, revision, seen)
        if gate in self.objected(roster, seen, strangers=strangers):
            return Standing(by=by, rule="standing-objection")
        if len(by) >= roster["gates"][gate]["needs"]:
            return Standing(by=by)
        stale = self._passed_another(gate, roster, revision, seen)
        return Standing(
            by=by,
            rule=next(filter(None, refused.values()), "stale-verdict" if stale else "open-gate"),
        )

    def _passed_another(self, gate: str, roster: Roster, revision: str, seen: Seen) -> bool:
        """Whether somebody said ok to what does not carry over, and even if it is withdrawn."""
        authors, recipients = self.authors(seen), roster["gates"][gate]["recipients"]
        return any(
            digest in seen
            and record["gate"] == gate
            and record.person not in authors
            and not self.carries_over(record["subject"], revision, recipients=recipients)
            for digest, record in self.kind("ok", VALID)
        )


def earlier_and_not_shared(roster: Roster, gate: str) -> list[str]:
    """The gates listed before one that nobody may fill together with it."""
    listed = [*roster["gates"]]
    earlier = listed[: listed.index(gate)]
    return [other for other in earlier if not shared(roster, gate, other)]


def shared(roster: Roster, gate: str, other: str) -> bool:
    """Whether one person may fill both gates."""
    return sorted([gate, other]) in roster["may_share"]


def gates_that_apply(roster: Roster, revision: Record) -> list[str]:
    """All gates, but for a relaxed audience with just its channels and lists."""
    gates = [*roster["gates"]]
    rule = roster["relaxed"].get(revision["audience"])
    if rule is None or not revision["channels"]:
        return gates
    same = all(
        name in rule["channels"] and rule["channels"][name] == settings
        for name, settings in revision["channels"].items()
    )
    recipients = revision["recipients"]
    known = recipients["digest"] == "" or recipients["digest"] in rule["recipients"]
    return [gate for gate in gates if gate in rule["gates"]] if same and known else gates


def _projection(revision: Record, *, recipients: bool) -> tuple[Any, ...]:
    fields = (*WORDS, "recipients") if recipients else WORDS
    return tuple(revision[field] for field in fields)
