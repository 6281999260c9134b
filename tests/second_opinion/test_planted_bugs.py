"""The comparison can fail: small bugs planted in our checker are noticed, each within a few
hundred histories. Without this, agreement would prove nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given

from commscli.domain.history import History
from commscli.domain.history import Pin as OurPin
from commscli.domain.order import order
from commscli.domain.report import Level
from commscli.gates import chain, engine, message, preapproval, quorum, revisions, standing
from commscli.gates.catalog import RULES
from commscli.gates.engine import check
from commscli.gates.passing import Passing
from commscli.gates.revisions import Revisions
from commscli.gates.rules import sent_evidence
from tests.second_opinion import comparing
from tests.second_opinion.comparing import Answer
from tests.second_opinion.deep import drawn, examples
from tests.second_opinion.drawing import openings, stories
from tests.second_opinion.histories import Act, Opening, tell

WITHIN = examples(60, 600)
"""Among so many random histories, and the few below, a bug must show."""


def story(*what: str, **opening: Any) -> tuple[Opening, list[Act]]:
    """A history in words: ``ok who=1 a=2``."""
    acts = []
    for words in what:
        name, *numbers = words.split(" @ ")
        given_ = dict(part.split("=") for part in (numbers[0].split() if numbers else []))
        acts.append(Act(what=name, **{key: int(value) for key, value in given_.items()}))
    return Opening(**opening), acts


ALWAYS = (
    story("pass round", "send"),
    story("pass round", "object to @ a=2", "send"),
    story("pass round", "object to @ a=2 where=1", "send", "merge @ a=0"),
    story("pass round", "object to @ a=2", "settle @ a=0", "send"),
    story("pass round", "object to @ a=2", "settle @ a=0 who=6", "send"),
    story("pass round", "send", "object to @ a=2"),
    story("ok @ a=4", "ok @ a=3", "pass round", "send"),
    story("ok @ a=0", "ok @ a=1", "ok @ a=2", "ok @ a=4", "ok @ a=3", "send"),
    story("pass round", "draft @ a=2 who=1", "draft @ a=0 who=1", "send"),
    story("pass round", "change list @ a=1 b=1", "send"),
    story("draft @ a=2", "draft @ where=1 a=3", "merge @ a=0", "pass round", "send"),
    story("pass round", "send", "send @ a=1", "send @ a=0"),
    story("pass round", "send @ a=5"),
    story("pass round", "send @ a=16"),
    story("change list @ a=1 b=1", "pass round", "send @ a=2"),
    story("change list @ a=0 b=1", "pass round", "send @ a=2"),
    story("pass round", "send @ a=6"),
    story("pass round", "withdraw @ a=1", "withdraw @ a=2", "withdraw @ a=3", "send"),
    story("pass round", "send", "withdraw @ a=0 where=1", "withdraw @ a=3 where=1"),
    story("pass round", "merge @ where=1 a=0", "withdraw @ a=2 where=1", "send"),
    story("retire @ who=0 where=1", "pass round", "send"),
    story("take a role @ who=1 where=1", "pass round", "send"),
    story("pass round", "retire @ who=0", "send"),
    story("retire @ who=0 b=6", "pass round", "send", quorum=2),
    story("pass round", "declare a key lost @ who=0", "send"),
    story("pass round", "send", "declare a key lost @ who=1"),
    story("pass round", "send", "declare a key lost @ who=3"),
    story("change rights @ a=4 who=2", "pass round", "draft @ a=7", "pass round", "send"),
    story("give a role @ who=0 a=4", "forge @ b=0 a=2", "pass round", "send"),
    story("ok @ a=2 who=6", "ok @ a=2 who=7", "pass round", "send", doubled=(2,)),
    story("ok @ a=2 who=7", "ok @ a=0", "ok @ a=1", "ok @ a=3", "ok @ a=4", "send", doubled=(2,)),
    story("ok @ a=1 who=2", "ok @ a=2 who=0", "ok @ a=0", "ok @ a=3", "ok @ a=4", "send",
          doubled=(1,)),
    story("write oddly @ b=2 who=0", "write oddly @ b=1", "write oddly @ b=4", "send"),
    story("ok @ a=2 who=2", "ok @ a=0", "ok @ a=1", "ok @ a=3", "ok @ a=4", "send", doubled=(2,)),
    story("pass round", "object to @ a=2", "settle @ a=0 who=2", "send", doubled=(2,)),
    story("ok @ a=2 where=1", "merge @ a=0", "take a role @ who=0", "ok @ a=0", "ok @ a=1",
          "ok @ a=3", "ok @ a=4", "send"),
    story("ok @ a=3", "ok @ a=4", "change rights @ a=7 where=1", "send", relaxed=True),
    story("retire @ who=0", "bring back @ a=1", "pass round", "send"),
    story("pass round", "edit words", "send", "accept @ a=6"),
    story("state services", "approve a template @ a=5 who=1", "draft what was approved",
          "ok @ a=4", "send"),
    story("send what was approved"),
    story("approve a template @ b=6", "draft what was approved @ b=6", "ok @ a=4", "send"),
    story("send in an emergency", emergency=True),
    story("send in an emergency @ who=1", emergency=True),
    story("object to @ a=2", "send in an emergency", emergency=True),
    story("decide an emergency @ a=0", "send", "ratify all", emergency=True),
    story("pass round", "send", "accept", "accept @ a=1", "edit words", "accept", "accept @ a=6"),
    story("edit words", "send", "accept @ a=0", "accept @ a=1", "accept @ a=2", "accept @ a=6"),
    story("copy a version", "take a role @ who=0 where=1", "copy a version", "pass round", "send"),
    story("graft a root", "remove @ a=1", "put a stray", "merge in a record", "replay",
          "write what nobody knows @ who=3", "drop the commits signature", "move"),
    story("declare again", "turn to another incident @ a=7", "write oddly @ b=1"),
    story("draft with other words @ a=1", "forge @ b=5", "send what is none @ a=1"),
)  # fmt: skip
"""Histories of which each bug below has one to itself, whatever chance brings."""


@dataclass(frozen=True, slots=True)
class Known:
    """A history as our checker takes it, and the second opinion on it."""

    history: History
    pin: OurPin
    second: Answer


@cache
def pool() -> tuple[Known, ...]:
    found = []

    def keep(opening: Opening, acts: list[Act]) -> None:
        tale = tell(opening, acts)
        whole = comparing.finished(tale)
        second = comparing.of_second(comparing.second(tale, whole))
        known = Known(whole.history(), comparing.pins(tale, whole)[1], second)
        found.append(known)

    for opening, acts in ALWAYS:
        keep(opening, acts)
    drawn(WITHIN, WITHIN, also=300, shrink=False)(
        given(opening=openings, acts=stories(most=7))(keep)
    )()
    return tuple(found)


def noticed_after() -> int:
    """How many histories it takes until the two disagree; 0 if they never do."""
    for number, known in enumerate(pool(), 1):
        ours = comparing.of_ours(check(known.history, known.pin))
        if ours != known.second:
            return number
    return 0


Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]
BUGS: dict[str, Plant] = {}


def bug(plant: Plant) -> Plant:
    BUGS[plant.__name__.replace("_", " ")] = plant
    return plant


@bug
def objections_are_not_heard(patch: Patch) -> None:
    patch.setattr(Passing, "objections", lambda *_, **__: iter(()))


@bug
def what_lies_beside_a_send_is_not_looked_at(patch: Patch) -> None:
    patch.setattr(sent_evidence, "_lines", lambda *_: (None, ""))


@bug
def lines_about_anybody_will_do(patch: Patch) -> None:
    right = sent_evidence._line_faults

    def lax(found: Any, sent: Any, draft: Any) -> Any:
        return right(found, sent, replace(draft, recipients={"digest": "", "count": 0}))

    patch.setattr(sent_evidence, "_line_faults", lax)


@bug
def authors_may_judge(patch: Patch) -> None:
    patch.setattr(Passing, "authors", lambda *_: frozenset())


@bug
def earlier_gates_need_not_stand(patch: Patch) -> None:
    patch.setattr(Passing, "stands", lambda *_: True)


@bug
def one_person_fills_two_gates(patch: Patch) -> None:
    patch.setattr(Passing, "counts_earlier", lambda *_: None)


@bug
def withdrawals_do_nothing(patch: Patch) -> None:
    patch.setattr(Passing, "withdrawn", lambda *_: False)


@bug
def anybody_settles(patch: Patch) -> None:
    right = Passing.answered

    def lax(self: Passing, objection: Any, scope: int) -> bool:
        open_to_all = replace(self, attributable=frozenset(), _authors={})
        return right(open_to_all, objection, scope)

    patch.setattr(Passing, "answered", lax)


@bug
def any_relaxed_audience_is_relaxed_everywhere(patch: Patch) -> None:
    def lax(self: Passing, revision: Any) -> Any:
        body: Any = self.revisions.drafts[revision].body
        rule = self.trust.relaxed.get(body.audience)
        gates = tuple(self.trust.gates.values())
        return tuple(g for g in gates if rule is None or g.id in rule.gates)

    patch.setattr(Passing, "gates", lax)


@bug
def words_that_came_back_are_the_old_words(patch: Patch) -> None:
    def lax(self: Revisions, digest: Any, *, recipients: bool) -> Any:
        same = revisions.projection(self.drafts[digest], recipients=recipients)
        return frozenset(
            d for d, r in self.drafts.items()
            if revisions.projection(r, recipients=recipients) == same
        )  # fmt: skip

    patch.setattr(Revisions, "carried", lax)


@bug
def no_gate_binds_the_recipients(patch: Patch) -> None:
    right = revisions.projection
    patch.setattr(revisions, "projection", lambda record, **_: right(record, recipients=False))


@bug
def the_last_of_two_heads_is_the_head(patch: Patch) -> None:
    right = Revisions.heads
    patch.setattr(Revisions, "heads", lambda self, scope: right(self, scope)[-1:])


@bug
def clocks_give_the_order(patch: Patch) -> None:
    def by_clock(records: Any) -> Any:
        placed = sorted(records, key=lambda p: (p.record.at, p.digest))
        return order(
            replace(p, record=replace(p.record, after=[before.digest for before in placed[:n]]))
            for n, p in enumerate(placed)
        )

    patch.setattr(message, "order", by_clock)


@bug
def only_first_parents_were_seen(patch: Patch) -> None:
    right = chain._seen

    def lax(commits: Any, *more: Any) -> Any:
        return right([replace(c, parents=c.parents[:1]) for c in commits], *more)

    patch.setattr(chain, "_seen", lax)


@bug
def later_versions_judge_nothing(patch: Patch) -> None:
    patch.setattr(standing, "later_judges", lambda *_: [])


@bug
def sends_are_judged_by_one_version(patch: Patch) -> None:
    patch.setattr(message, "later_judges", lambda *_: [])


@bug
def every_version_judges_every_record(patch: Patch) -> None:
    def strict(_: Any, named: int, found: Any) -> Any:
        return list(found.links[named + 1 :])

    patch.setattr(standing, "later_judges", strict)


@bug
def roles_are_not_asked(patch: Patch) -> None:
    patch.setattr(standing, "_not_entitled", lambda *_: "")


@bug
def lost_keys_are_good_keys(patch: Patch) -> None:
    patch.setattr(standing, "_lost", lambda *_: "")


@bug
def one_admin_is_a_quorum(patch: Patch) -> None:
    right = quorum._lacking

    def lax(entry: Any, rosters: Any) -> str:
        return right(entry, [replace(by, quorum=1) for by in rosters])

    patch.setattr(quorum, "_lacking", lax)


@bug
def a_fork_of_the_trust_is_decided_by_chance(patch: Patch) -> None:
    right = chain._successors
    patch.setattr(chain, "_successors", lambda *a: right(*a)[:1])


@bug
def keys_may_change_hands(patch: Patch) -> None:
    patch.setattr(chain, "_reused", lambda *_: "")


@bug
def an_acceptance_covers_every_rule(patch: Patch) -> None:
    def lax(finding: Any, trust: Any) -> Any:
        named = {accepted.subject for accepted in trust.accepted}
        covered = named & {finding.commit, finding.digest, finding.path}
        return replace(finding, level=Level.ACCEPTED) if covered else finding

    patch.setattr(engine, "_accepted", lax)


@bug
def any_template_that_fits_is_current(patch: Patch) -> None:
    right = preapproval.Beforehand.fitting

    def lax(self: Any, revision: Any, seen: Any, _: Any) -> Any:
        return right(self, revision, seen, [placed.digest for placed in self.approvals])

    patch.setattr(preapproval.Beforehand, "fitting", lax)


@bug
def an_emergency_skips_objections(patch: Patch) -> None:
    from commscli.domain.report import GateState  # noqa: PLC0415 - beside its only use
    from commscli.gates import emergency  # noqa: PLC0415 - beside its only use

    patch.setattr(emergency, "_SKIPPED", frozenset(GateState))


@bug
def one_person_decides_an_emergency(patch: Patch) -> None:
    from commscli.gates import emergency  # noqa: PLC0415 - beside its only use

    right = emergency.decided_by

    def lax(*arguments: Any) -> Any:
        return (*right(*arguments), "somebody") if right(*arguments) else ()

    patch.setattr(emergency, "decided_by", lax)


def test_without_a_bug_there_is_nothing_to_notice() -> None:
    assert noticed_after() == 0


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[name](monkeypatch)

    assert noticed_after() > 0


@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule.id != "strict-commit"])
def test_a_rule_that_says_nothing_is_missed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for `strict-commit`, of which a story in memory knows nothing: see ``test_on_disk``."""
    left = tuple(one for one in RULES if one.id != rule)
    monkeypatch.setattr(engine, "RULES", left)

    assert noticed_after() > 0
