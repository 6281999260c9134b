"""Evidence for a stranger: one file with the history, the pin, and a page that says how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from commscli.documents.placing import require_no_links
from commscli.domain.history import Pin, RecordFile
from commscli.domain.ids import CommitId
from commscli.domain.report import Level, Outcome, Report
from commscli.domain.trust import Trust
from commscli.errors import BadInput, CommsError, Refused, Undecided
from commscli.gates.case import Case, IncidentCase
from commscli.gates.chain import Link
from commscli.ledger import bundles, evidence_files, pins
from commscli.ledger.snapshot import Snapshot, snapshot
from commscli.workflow.messages.naming import pick_incident
from commscli.workflow.proof.bundle_checking import check_evidence
from commscli.workflow.roster.trusting import pin_of
from commscli.workflow.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A file that somebody signed, its signature, and the version whose roster has the key."""

    path: str
    signature: str
    person: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the page beside the history says."""

    name: str
    repository: str
    incident: str
    title: str
    head: CommitId
    pin: Pin
    outcome: str
    red: tuple[str, ...]
    incidents: int
    sent: tuple[str, ...]
    """Each send, in words; those of a drill, if it is one, are no evidence of any."""
    drill: bool
    trust_version: int
    versions: tuple[tuple[str, str], ...]
    """Path and digest of every trust version in force, oldest first."""
    trust_signatures: tuple[Signed, ...]
    records: tuple[Signed, ...]
    left_out: tuple[str, ...]
    signers: Mapping[int, tuple[tuple[str, str], ...]]
    """Version → who signs with which key, for every version that a line above needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """An evidence file that was written, and checked as a stranger would check it."""

    path: Path
    digest: str
    size: int
    proof: Proof


Page = Callable[[Proof], str]
"""Writes the page."""


def bundle(
    session: Session, reference: str, path: Path | None, page: Page, *, anyway: bool
) -> Bundled:
    """Write the evidence of an incident into one file.

    Raises:
        Refused: if the check finds errors; `Undecided` if it cannot decide. Unless ``anyway``.
        BadInput: if there is such a file already.
    """
    case = session.case
    incident = pick_incident(case, reference)
    report = session.report
    if not anyway:
        _require_green(report)
    drill = "DRILL-" if incident.incident and incident.incident.drill else ""
    name = f"{drill}{incident.id}-{report.head[:12]}.zip"
    path = path or session.repository.home / "outbox" / name
    with snapshot(session.repository, report.head) as files:
        proof = _proof(session, incident, report, path.name, files)
    _write(session, path, proof, page(proof))
    _require_good(session, path, report)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Bundled(path=path, digest=digest, size=path.stat().st_size, proof=proof)


def _require_green(report: Report) -> None:
    if report.outcome is Outcome.PASS:
        return
    why = "; ".join(_red(report)[:4])
    text = f"the check does not pass, and evidence would say so: {why}"
    remedy = "mend it (comms check), or say --anyway: the page in it then tells what is red"
    if report.outcome is Outcome.UNDECIDED:
        raise Undecided(text, remedy=remedy, code="undecided")
    raise Refused(text, remedy=remedy, code="unsound")


def _red(report: Report) -> list[str]:
    errors = [f"{f.rule}: {f.text}" for f in report.findings if f.level is Level.ERROR]
    return [*report.reasons, *errors]


def _write(session: Session, path: Path, proof: Proof, page: str) -> None:
    require_no_links(session.repository.home, path.absolute())
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="comms-") as folder:
        whole = Path(folder) / evidence_files.BUNDLE
        with whole.open("wb") as file:
            bundles.write(session.repository, proof.head, file)
        try:
            evidence_files.write(path, page.encode(), pins.write(proof.pin), whole)
        except FileExistsError:
            raise BadInput(
                f"{path} is there already", remedy="-o ANOTHER-FILE, or remove it", code="taken"
            ) from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _require_good(session: Session, path: Path, report: Report) -> None:
    """Check the file as a stranger does, so that nobody hands out what would not hold."""
    try:
        found = check_evidence(session.circumstances, path, genesis=_first(session.case).digest)
        if found.head != report.head or (report.outcome, found.outcome) == (
            Outcome.PASS, Outcome.FAIL,
        ):  # fmt: skip
            raise Refused(f"{path} does not hold what the check here found", code="unsound")
    except CommsError:
        path.unlink(missing_ok=True)
        raise


def _first(case: Case) -> Link:
    if not case.chain.links:
        raise Undecided("there is no trust in force here", remedy="comms trust show")
    return case.chain.links[0]


def _proof(
    session: Session, incident: IncidentCase, report: Report, name: str, files: Snapshot
) -> Proof:
    _first(session.case)
    case = session.case
    there = {f"incidents/{incident.id}/{p}" for p, _ in files.files(f"incidents/{incident.id}")}
    own = [
        file
        for file in case.history.records
        if file.path in there and file.record and file.record.incident == incident.id
    ]
    records = [(file, _signed(file, case, there)) for file in sorted(own, key=lambda f: f.path)]
    versions = tuple(_version_signatures(case))
    good = tuple(signed for _, signed in records if signed is not None)
    needed = {signed.version for signed in (*versions, *good)}
    return Proof(
        name=name,
        repository=session.trust.repository,
        incident=incident.id,
        title=incident.incident.title if incident.incident else "",
        head=report.head,
        pin=pin_of(session),
        outcome=str(report.outcome),
        red=tuple(_red(report)),
        incidents=len(case.incidents),
        sent=tuple(_sent(incident)),
        drill=bool(incident.incident and incident.incident.drill),
        trust_version=report.trust_version,
        versions=tuple((_path(link), link.digest) for link in case.chain.links),
        trust_signatures=versions,
        records=good,
        left_out=tuple(file.path for file, signed in records if signed is None),
        signers={
            link.trust.version: tuple(_keys(link.trust))
            for link in case.chain.links
            if link.trust.version in needed
        },
    )


def _path(link: Link) -> str:
    return f"trust/{link.trust.version:04d}.yaml"


def _signed(file: RecordFile, case: Case, there: set[str]) -> Signed | None:
    """Return who signed a record, if its own roster says that this is their key."""
    record, key = file.record, file.signature.key
    number = case.chain.number(record.trust) if record else None
    if record is None or key is None or number is None or f"{file.path}.sig" not in there:
        return None
    trust = case.chain.links[number].trust
    if trust.owner_of(key) != record.person:
        return None
    return Signed(
        path=file.path,
        signature=f"{file.path}.sig",
        person=record.person,
        version=trust.version,
    )


def _version_signatures(case: Case) -> list[Signed]:
    """Return the signatures of every version, each by the roster that makes it count."""
    found = []
    before: Trust | None = None
    for link in case.chain.links:
        for person, signature in sorted(link.signatures.items()):
            for by in (before, link.trust):
                if by and signature.key and by.owner_of(signature.key) == person:
                    path = _path(link)
                    found.append(Signed(path=path, person=person, version=by.version,
                                        signature=f"{path[:-5]}.{person}.sig"))  # fmt: skip
                    break
        before = link.trust
    return found


def _keys(trust: Trust) -> list[tuple[str, str]]:
    return [
        (person.id, key.line)
        for person in trust.people.values()
        for key in person.keys
        if trust.owner_of(key) == person.id
    ]


def _sent(incident: IncidentCase) -> list[str]:
    told = []
    for message in incident.messages:
        for send in message.sends:
            gates = "; ".join(f"{v.gate}: {', '.join(v.by) or v.state}" for v in send.gates)
            number = message.revisions.number(send.subject)
            at = send.sent.record.at if send.sent else "no outcome recorded"
            told.append(f"{message.message}, revision {number}, {at} ({gates})")
    return told
