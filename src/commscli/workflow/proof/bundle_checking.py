"""The check of an evidence file: offline, in a place of its own, and safe against what is in it.

Whoever made the file could have made up everything in it, its pin too. So a pin that only came
with the file decides nothing: the digest must be compared with somebody, by another way.
"""

import re
from dataclasses import replace
from pathlib import Path

from commscli.domain.history import Pin
from commscli.domain.ids import Digest, is_digest
from commscli.domain.report import PinUsed, Report
from commscli.errors import BadInput
from commscli.ledger import bundles, evidence_files, pins
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.proof.checking import check
from commscli.workflow.session import Session

INSIDE = "the evidence itself"


def check_evidence(circumstances: Circumstances, path: Path, *, genesis: str = "") -> Report:
    """Judge the history in an evidence file, or in a git bundle.

    ``genesis`` is the digest of the first trust version, as somebody was told it.

    Raises:
        BadInput: if it is no such file.
        Undecided: if its objects cannot be read.
    """
    told = _digest(genesis)
    with (
        evidence_files.opened(path) as evidence,
        bundles.opened(evidence.bundle, path.name) as repository,
    ):
        here = replace(circumstances, folder=repository.git_dir)
        session = Session(circumstances=here, repository=repository)
        inside = _inside(repository.git_dir, evidence.pin)
        if told:
            return _by_word(session, told, inside)
        if session.pin_for(session.case.history) is not None or inside is None:
            return check(session)
        return _by_its_own(session, inside, path)


def _digest(text: str) -> Digest | None:
    """Read a digest as people write one down: in groups, in capitals."""
    plain = re.sub(r"[\s:.-]", "", text).lower()
    if not plain:
        return None
    if is_digest(plain):
        return Digest(plain)
    raise BadInput(
        f"--genesis {text}: expected the 64 hexadecimal digits of the first trust version",
        remedy="comms trust pin prints them, on a line that begins with genesis",
        code="usage",
    )


def _inside(folder: Path, data: bytes | None) -> Pin | None:
    if data is None:
        return None
    file = folder / "pin"
    file.write_bytes(data)
    try:
        return pins.read(file)
    except BadInput:  # nobody's pin: as if there were none
        return None


def _with(session: Session, pin: Pin, source: str) -> Report:
    file = session.repository.git_dir / "pin"
    file.write_bytes(pins.write(pin))
    here = replace(session.circumstances, pin=str(file))
    report = check(Session(circumstances=here, repository=session.repository))
    used = PinUsed(source=source, digest=pin.genesis) if report.pin else None
    return replace(report, pin=used)


def _by_word(session: Session, genesis: Digest, inside: Pin | None) -> Report:
    named = (f.trust.repository for f in session.case.history.trusts if f.trust
             and f.digest == genesis)  # fmt: skip
    repository = next(named, inside.repository if inside else "unknown")
    return _with(session, Pin(repository=repository, genesis=genesis), "--genesis")


def _by_its_own(session: Session, inside: Pin, path: Path) -> Report:
    report = _with(session, inside, INSIDE)
    reason = (
        f"the pin came with {path.name} itself, and whoever made that could have made up all of "
        f"it. Ask an admin, by another way, for the digest of their first trust version, and "
        f"compare: {inside.genesis}. Then: --genesis DIGEST, or --pin FILE"
    )
    return replace(report, reasons=(reason, *report.reasons))
