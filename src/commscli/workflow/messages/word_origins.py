"""Where the words of a revision are from: its template, a text approved beforehand, or a person.

The manifest names the template's files by their digests; they are looked for in the commits
that brought the message's revisions. Where one cannot be found, or is no template by today's
grammar, that is said, and every word counts as written for the incident.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from commscli.compose.library import shipped
from commscli.compose.literals import body_lines, subject_lines
from commscli.compose.origins import (
    Known,
    Line,
    first_difference,
    line_origins,
    passed_lines,
    subject_origins,
)
from commscli.compose.sources import gather, path_of
from commscli.delivery.payload import Words
from commscli.documents.front_matter import split
from commscli.documents.models.organisation import Organisation
from commscli.documents.validate import read_document
from commscli.domain.ids import CommitId, Digest
from commscli.domain.order import Placed
from commscli.domain.records import Drafted, TemplateOk
from commscli.domain.report import GateState, GateVerdict
from commscli.errors import BadInput
from commscli.gates.message import MessageCase
from commscli.ledger.snapshot import snapshot
from commscli.workflow.messages.reading import draft_bytes, drafted
from commscli.workflow.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A gate that was passed beforehand: by whom, from which template, to be seen again when."""

    gate: str
    people: tuple[str, ...]
    template: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """Why gates are open although words for this cell were approved beforehand.

    ``line`` is the first one that is other than what was approved, where that is why.
    """

    gates: tuple[str, ...]
    people: tuple[str, ...]
    why: str
    line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where the words are from. ``unknown`` says why the template's own could not be told."""

    template: str
    subject: Line
    lines: tuple[Line, ...]
    approved: tuple[Approved, ...]
    differs: tuple[Differs, ...]
    unknown: str = ""


def origins(session: Session, message: MessageCase, digest: Digest, words: Words) -> Origins:
    """Return where the words of a revision are from."""
    body = drafted(message, digest)
    approvals = _approvals(session, message, body)
    try:
        known, unknown = [_of_template(session, message, body)], ""
    except BadInput as fault:
        known, unknown = [], fault.text
    known += [_of_text(ok) for _, ok in approvals]
    one_line = words.subject.replace("\n", " ")  # nothing has validated what a hand edited
    subject = subject_origins(one_line, (line for each in known for line in each.subjects))
    return Origins(
        template=str(body.template[0][0]) if body.template else "",
        subject=subject,
        lines=line_origins(words.body, (line for each in known for line in each.lines)),
        approved=tuple(_approved(message, digest, body)),
        differs=tuple(_differing(session, message, digest, approvals)),
        unknown=unknown,
    )


def _of_template(session: Session, message: MessageCase, body: Drafted) -> Known:
    """Return the lines of the template that a revision names.

    Raises:
        BadInput: if it names none, or a file of it is not there, or none by today's grammar.
    """
    if not body.template:
        raise BadInput("it was made of no template")
    texts = {**_found(session, message, body)}
    missing = [name for name, _ in body.template if name not in texts]
    if missing:
        raise BadInput(f"the words of {missing[0]} as they were then are not in the repository")
    chain = gather(body.template[0][0], texts)
    name = _organisation(session, message)
    return Known(subjects=subject_lines(chain, name), lines=body_lines(chain, name))


def _found(session: Session, message: MessageCase, body: Drafted) -> Mapping[str, str]:
    """Return the named templates whose bytes have the recorded digests, wherever they are."""
    wanted = {path_of(str(name)): (str(name), str(digest)) for name, digest in body.template}
    found: dict[str, str] = {}

    def take(path: str, data: bytes | None) -> None:
        name, digest = wanted[path]
        if data is not None and name not in found and sha256(data).hexdigest() == digest:
            found[name] = data.decode(errors="replace")

    for commit in _commits(session, message):
        with snapshot(session.repository, commit) as files:
            for path in wanted:
                take(path, files.read(path))
        if len(found) == len(wanted):
            return found
    for path, data in shipped("templates").items():
        if f"templates/{path}" in wanted:
            take(f"templates/{path}", data)
    return found


def _commits(session: Session, message: MessageCase) -> Iterator[CommitId]:
    """Yield the commits that brought revisions, the first one's first: it was rendered there."""
    for digest in message.revisions.drafts:
        for number in message.standings[digest].file.introduced:
            yield session.case.history.commits[number].id


def _organisation(session: Session, message: MessageCase) -> str:
    commit = next(_commits(session, message))
    with snapshot(session.repository, commit) as files:
        data = files.read("comms.yaml")
    if data is None:
        return ""
    return str(read_document(Organisation, data, path="comms.yaml").organisation)


_Approvals = list[tuple[Placed, TemplateOk]]


def _approvals(session: Session, message: MessageCase, body: Drafted) -> _Approvals:
    """Return the approvals that trust lists for this audience and phase, of this template."""
    name = body.template[0][0] if body.template else ""
    return [
        (placed, ok)
        for placed in message.now.beforehand.approvals
        if isinstance(ok := placed.record.body, TemplateOk)
        and placed.digest in session.trust.preapproved
        and (ok.template, ok.audience, ok.phase) == (name, body.audience, body.phase)
    ]


def _of_text(ok: TemplateOk) -> Known:
    parts = split(ok.text, "draft.md")
    head = parts.head.value if parts.head is not None else None
    subject = head.get("subject") if isinstance(head, dict) else ""
    return passed_lines(str(subject), parts.body)


def _approved(message: MessageCase, digest: Digest, body: Drafted) -> Iterator[Approved]:
    fitting = message.now.beforehand.fitting(
        body, message.revisions.seen(digest), message.now.trust.preapproved
    )
    found = list(fitting)
    for verdict in _preapproved(message, digest):
        own = [p for p in found if p.record.gate == verdict.gate and p.record.person in verdict.by]
        texts = [p.record.body for p in own if isinstance(p.record.body, TemplateOk)]
        yield Approved(
            gate=verdict.gate,
            people=tuple(dict.fromkeys(p.record.person for p in own)) or verdict.by,
            template=texts[0].template if texts else "",
            until=min((ok.until for ok in texts if ok.until), default=""),
        )


def _preapproved(message: MessageCase, digest: Digest) -> list[GateVerdict]:
    if digest != message.verdict.subject:
        return []
    return [v for v in message.verdict.gates if v.state is GateState.PREAPPROVED]


def _differing(
    session: Session, message: MessageCase, digest: Digest, approvals: _Approvals
) -> Iterator[Differs]:
    """Yield why approvals do not count, those for one reason together."""
    if digest != message.verdict.subject or message.sends:
        return
    waiting = {v.gate for v in message.verdict.gates if not v.state.passes}
    reasons: dict[tuple[str, str | None], list[Placed]] = {}
    for placed, ok in approvals:
        if placed.record.gate in waiting:
            reason = _why(session, message, digest, placed, ok)
            reasons.setdefault(reason, []).append(placed)
    for (why, line), found in reasons.items():
        yield Differs(
            gates=tuple(dict.fromkeys(p.record.gate for p in found)),
            people=tuple(dict.fromkeys(p.record.person for p in found)),
            why=why,
            line=line,
        )


def _why(
    session: Session, message: MessageCase, digest: Digest, placed: Placed, ok: TemplateOk
) -> tuple[str, str | None]:
    """Return why an approval does not count, and the first line that differs, if that is why."""
    body = drafted(message, digest)
    text = draft_bytes(session, message, digest).decode(errors="replace")
    line = first_difference(ok.text, text)
    if line is not None:
        return "the words differ", line
    if ok.channels != body.channels:
        return "the channels are others, or set up otherwise", None
    if body.attachments:
        return "there are attachments", None
    if placed.record.person in message.now.authors(message.ordered.everything):
        return f"{placed.record.person} wrote some of it", None
    if body.is_addressed:
        return "the list of recipients was never looked at", None
    return "a gap is filled with something else than the fact on record then", None
