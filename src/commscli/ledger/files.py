"""The bytes of records and trust versions, and which key signed each."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from commscli.domain.history import RecordFile, Signature, Stray, TrustFile
from commscli.domain.records import Record
from commscli.domain.trust import Trust
from commscli.ledger import record_files, trust_files
from commscli.ledger.gathering import Gathered
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.objects import Objects
from commscli.ledger.record_files import UnknownKind, digest_of, is_record_name
from commscli.ledger.signed import signature_of

_TRUST = re.compile(r"trust/\d{4,}\.yaml")
_TRUST_SIGNATURE = re.compile(r"trust/(?P<version>\d{4,})\.(?P<person>[a-z][a-z0-9_-]*)\.sig")
FILES_AT_ONCE = 512


def read_records(
    objects: Objects, gathered: Gathered
) -> tuple[tuple[RecordFile, ...], tuple[Stray, ...]]:
    """Return every record of the history, and what lies among them without being one."""
    found = {p: i for p, i in gathered.introductions.items() if not p.startswith("trust/")}
    strays = []
    places: list[tuple[str, str, tuple[int, ...], str | None]] = []
    for path, introductions in found.items():
        name = path.rsplit("/", 1)[1]
        if is_record_name(name):
            signed = found.get(f"{path}.sig", [])
            places += [(path, *one) for one in _signed(introductions, signed)]
        elif not (name.endswith(".sig") and path.removesuffix(".sig") in found):
            fault = "is a signature without its record" if name.endswith(".sig") else "is no record"
            strays.append(Stray(path=path, fault=fault, commit=introductions[0][1]))
    return tuple(_read_all(objects, places)), tuple(strays)


def _signed(
    introductions: Iterable[tuple[str, int]], signatures: Iterable[tuple[str, int]]
) -> list[tuple[str, tuple[int, ...], str | None]]:
    """Pair each content with the signature that came in the same commit, or at all.

    A copy with another signature is a file of its own: it cannot make the first one unsigned.
    """
    beside = {commit: blob for blob, commit in signatures}
    anywhere = min(beside.values(), default=None)
    pairs: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for blob, commit in introductions:
        pairs[blob, beside.get(commit, anywhere)] += [commit] if commit >= 0 else []
    return [(blob, tuple(commits), signature) for (blob, signature), commits in pairs.items()]


def _by_blob(introductions: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    blobs: dict[str, list[int]] = defaultdict(list)
    for blob, commit in introductions:
        blobs[blob] += [commit] if commit >= 0 else []
    return {blob: tuple(commits) for blob, commits in blobs.items()}


def _read_all(
    objects: Objects, places: list[tuple[str, str, tuple[int, ...], str | None]]
) -> Iterator[RecordFile]:
    for first in range(0, len(places), FILES_AT_ONCE):
        part = places[first : first + FILES_AT_ONCE]
        wanted = {blob for _, blob, _, _ in part} | {sig for *_, sig in part if sig}
        blobs = dict(objects.read_many("blob", sorted(wanted)))
        for path, blob, commits, sig in part:
            yield record_file(path, blobs[blob], blobs[sig] if sig else None, commits)


def record_file(
    path: str, data: bytes, armored: bytes | None, introduced: tuple[int, ...]
) -> RecordFile:
    """Return what these bytes are, and who signed them; a fault is part of the answer."""
    record: Record | None = None
    fault = unknown = ""
    try:
        record = record_files.read(data)
    except UnknownKind as newer:
        unknown = newer.kind
    except GrammarFault as wrong:
        fault = str(wrong) if wrong.line is None else f"line {wrong.line}: {wrong}"
    return RecordFile(
        path=path,
        digest=digest_of(data),
        record=record,
        fault=fault,
        unknown_kind=unknown,
        signature=signature_of(data, armored, record_files.NAMESPACE),
        introduced=introduced,
    )


def read_trusts(
    objects: Objects, gathered: Gathered
) -> tuple[tuple[TrustFile, ...], tuple[Stray, ...]]:
    """Return every trust version of the history with the signatures that came with it."""
    found = {p: i for p, i in gathered.introductions.items() if p.startswith("trust/")}
    wanted = sorted({blob for introductions in found.values() for blob, _ in introductions})
    blobs = dict(objects.read_many("blob", wanted))
    strays = [
        Stray(path=path, fault="is no trust version and no signature of one", commit=i[0][1])
        for path, i in found.items()
        if not _TRUST.fullmatch(path) and not _TRUST_SIGNATURE.fullmatch(path)
    ]
    files = [
        _trust_file(path, blob, commits, found, blobs)
        for path, introductions in sorted(found.items())
        if _TRUST.fullmatch(path)
        for blob, commits in _by_blob(introductions).items()
    ]
    return tuple(files), tuple(strays)


def _trust_file(
    path: str,
    blob: str,
    commits: tuple[int, ...],
    found: Mapping[str, list[tuple[str, int]]],
    blobs: Mapping[str, bytes],
) -> TrustFile:
    trust: Trust | None = None
    fault = ""
    try:
        trust = trust_files.read(blobs[blob])
    except GrammarFault as wrong:
        fault = str(wrong) if wrong.line is None else f"line {wrong.line}: {wrong}"
    return TrustFile(
        path=path,
        digest=digest_of(blobs[blob]),
        trust=trust,
        fault=fault,
        signatures=_trust_signatures(blobs, blob, _beside(path, commits, found)),
        introduced=commits,
    )


def _trust_signatures(
    blobs: Mapping[str, bytes], blob: str, beside: Iterable[tuple[str, str]]
) -> dict[str, Signature]:
    """Return a signature for each person: of several, one that holds."""
    found: dict[str, Signature] = {}
    for person, sig in beside:
        if person not in found or found[person].key is None:
            found[person] = signature_of(blobs[blob], blobs[sig], trust_files.NAMESPACE)
    return found


def _beside(
    path: str, commits: tuple[int, ...], found: Mapping[str, list[tuple[str, int]]]
) -> Iterator[tuple[str, str]]:
    """Yield who signed, for signatures that came in the very commit of the version."""
    for candidate, introductions in found.items():
        match = _TRUST_SIGNATURE.fullmatch(candidate)
        if match and path == f"trust/{match['version']}.yaml":
            for blob, commit in introductions:
                if commit in commits:
                    yield match["person"], blob
