"""The summary of the report as a message of its own, with every gate that a message has."""

from collections.abc import Callable, Sequence

from commscli.documents.front_matter import HeadValue, join
from commscli.errors import Refused
from commscli.workflow.afterwards.measuring import INSIDE
from commscli.workflow.afterwards.reporting import IncidentReport, report_on
from commscli.workflow.messages.drafting import Wanted, draft
from commscli.workflow.recording import Recorded
from commscli.workflow.session import Session

COLLEAGUES = "internal-stakeholders"
PHASE = "analysis"
Message = Callable[[IncidentReport], tuple[str, str]]
"""Makes the subject and the body."""


def draft_summary(session: Session, audiences: Sequence[str], message: Message) -> Recorded:
    """Draft the summary in the phase analysis, for colleagues alone.

    Raises:
        Refused: for an audience that is not of colleagues: until the postmortem nobody else is
            told what is only preliminary.
        BadInput: as `draft` does.
    """
    session.refresh()
    report = report_on(session)
    known = report.settings.audiences

    def words(audience: str) -> bytes:
        told = known[audience]
        if told.detail not in INSIDE:
            raise Refused(
                f"{told.name} gets no preliminary summary: it is for those who help",
                remedy=f"comms draft --from-report {COLLEAGUES}",
                code="not-for-them",
            )
        subject, body = message(report)
        head: dict[str, HeadValue] = {"subject": subject, "channels": list(told.channels)}
        if told.one_to_one:
            head["recipients"] = told.recipients
        return join(head, body).encode()

    return draft(session, Wanted(audiences=audiences or (COLLEAGUES,), phase=PHASE, words=words))
