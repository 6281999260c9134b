"""Which drafts say what is no longer so: facts that changed since the words were written."""

from dataclasses import dataclass

from commscli.domain.ids import Digest
from commscli.domain.incident import facts_digest, fold
from commscli.domain.records import Drafted
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.gates.standing import Worth
from commscli.workflow.incident.matrix import OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleFacts:
    """How the facts of a draft differ from those of now.

    ``changed`` have another value or none any more, with the value then and now; ``added``
    were not known yet. Both are empty where the records do not tell.
    """

    changed: tuple[tuple[str, str, str], ...] = ()
    added: tuple[str, ...] = ()

    @property
    def misleads(self) -> bool:
        """Whether the words may say something that is not so, and do not merely say less."""
        return bool(self.changed) or not self.added

    @property
    def text(self) -> str:
        """Say what happened after the words were written."""
        keys = ", ".join(key for key, _, _ in self.changed)
        if keys:
            return f"written before {keys} changed"
        if self.added:
            return f"written before {', '.join(self.added)} was known"
        return "written from other facts than those of now"


def stale_facts(case: IncidentCase, message: MessageCase) -> StaleFacts | None:
    """Return how the facts changed since the newest words of an unsent message, if they did."""
    subject = message.verdict.subject
    if case.incident is None or subject is None or message.verdict.state not in OPEN_STATES:
        return None
    record = message.revisions.drafts[subject]
    body, now = record.body, case.incident.facts
    if message.sends or not isinstance(body, Drafted) or body.facts == facts_digest(now):
        return None
    then = facts_of_writer(case, message, subject)
    if then is None or facts_digest(then) != body.facts:
        return StaleFacts()
    return StaleFacts(
        changed=tuple(
            (key, value, now.get(key, "")) for key, value in then.items() if now.get(key) != value
        ),
        added=tuple(key for key in now if key not in then),
    )


def facts_of_writer(
    case: IncidentCase, message: MessageCase, subject: Digest
) -> dict[str, str] | None:
    """Return the facts that the writer of a revision saw, by what its ``after`` reaches."""
    seen, ordered = 0, case.ordered
    for digest in message.revisions.drafts[subject].after:
        if digest in ordered.position:
            seen |= ordered.before(digest) | 1 << ordered.position[digest]
    valid = {d for d, s in case.standings.items() if s.worth is Worth.VALID}
    told = fold(
        case.id,
        (p for p in ordered.records if ordered.has(seen, p.digest) and p.digest in valid),
    )
    return dict(told.facts) if told else None
