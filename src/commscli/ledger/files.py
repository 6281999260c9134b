"""The bytes of records and trust versions, and which key signed each."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from commscli.domain.history import RecordFile, Signature, Stray, TrustEntry, TrustFile
from commscli.domain.ids import Digest
from commscli.domain.records import Record
from commscli.domain.trust import Trust
from commscli.ledger import record_files, trust_files
from commscli.ledger.gathering import Gathered
from commscli.ledger.line_grammar import MAX_BYTES, GrammarFault, too_long
from commscli.ledger.objects import Content, Objects
from commscli.ledger.record_files import UnknownKind, digest_of, is_record_name
from commscli.ledger.signature_checks import SignatureChecks
from commscli.ledger.signed import signature_of
from commscli.ledger.sshsig import MOST_OCTETS

_TRUST = re.compile(r"trust/\d{4,}\.yaml")
_TRUST_SIGNATURE = re.compile(r"trust/(?P<version>\d{4,})\.(?P<person>[a-z][a-z0-9_-]*)\.sig")
FILES_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record lies: its content, its signature if any, and the commits that add it."""

    path: str
    blob: str
    signature: str | None
    introduced: tuple[int, ...]


def read_records(
    objects: Objects, gathered: Gathered
) -> tuple[tuple[RecordFile, ...], tuple[Stray, ...]]:
    """Return every record of the history, and what lies among them without being one."""
    places, strays = record_places(gathered)
    with SignatureChecks() as checks:
        return read_places(objects, places, checks), strays


def record_places(gathered: Gathered) -> tuple[list[Place], tuple[Stray, ...]]:
    """Return where records lie, and what lies among them without being one."""
    found = gathered.introductions
    places: list[Place] = []
    strays: list[Stray] = []
    for path, introductions in found.items():
        if path.startswith("trust/"):
            continue
        name = path.rsplit("/", 1)[1]
        if is_record_name(name):
            places += _signed(path, introductions, found.get(f"{path}.sig", []))
        elif name.endswith(".sig"):
            brought = {commit for _, commit in found.get(path.removesuffix(".sig"), ())}
            strays += _strays(path, introductions, "came without its record", brought)
        else:
            strays += _strays(path, introductions, "is no record")
    return places, tuple(strays)


def _strays(
    path: str,
    introductions: Iterable[tuple[str, int]],
    fault: str,
    brought: Collection[int] = frozenset(),
) -> Iterator[Stray]:
    """Yield what does not belong there, once for each commit but those that bring what it needs.

    What a merge alone brought is told of as that.
    """
    commits = dict.fromkeys(commit for _, commit in introductions if commit >= 0)
    yield from (Stray(path=path, fault=fault, commit=c) for c in commits if c not in brought)


def _signed(
    path: str, introductions: Iterable[tuple[str, int]], signatures: Iterable[tuple[str, int]]
) -> Iterator[Place]:
    """Pair each content with the signature that came in the very same commit, or with none.

    A record that lay there unsigned was nobody's word, and whoever signs it later has not said
    it before. Each pair is a file of its own: a copy cannot make a good one unsigned.
    """
    beside = {commit: blob for blob, commit in signatures if commit >= 0}
    pairs: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for blob, commit in introductions:
        pairs[blob, beside.get(commit)] += [commit] if commit >= 0 else []
    for (blob, signature), commits in pairs.items():
        yield Place(path=path, blob=blob, signature=signature, introduced=tuple(commits))


def _by_blob(introductions: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    blobs: dict[str, list[int]] = defaultdict(list)
    for blob, commit in introductions:
        blobs[blob] += [commit] if commit >= 0 else []
    return {blob: tuple(commits) for blob, commits in blobs.items()}


def read_places(
    objects: Objects, places: list[Place], checks: SignatureChecks
) -> tuple[RecordFile, ...]:
    """Return the records at places, which are used up, and who signed each.

    ``checks``: where their signatures join others that are being checked.
    """
    read = []
    places.reverse()
    while places:
        part = [places.pop() for _ in range(min(FILES_AT_ONCE, len(places)))]
        wanted = dict.fromkeys(i for one in part for i in (one.blob, one.signature) if i)
        blobs = dict(objects.contents(wanted, MAX_BYTES))
        for one in part:
            content = blobs[one.blob]
            number = _check(checks, content, blobs[one.signature] if one.signature else None)
            parsed = _parsed(content.data, content.size)
            read.append((one.path, content.digest, *parsed, number, one.introduced))
    found = checks.results()
    return tuple(
        RecordFile(
            path=path,
            digest=Digest(digest),
            record=record,
            fault=fault,
            unknown_kind=unknown,
            signature=found[number],
            introduced=commits,
        )
        for path, digest, record, fault, unknown, number, commits in read
    )


def record_file(
    path: str, data: bytes, armored: bytes | None, introduced: tuple[int, ...]
) -> RecordFile:
    """Return what these bytes are, and who signed them; a fault is part of the answer."""
    record, fault, unknown = _parsed(data, len(data))
    return RecordFile(
        path=path,
        digest=digest_of(data),
        record=record,
        fault=fault,
        unknown_kind=unknown,
        signature=signature_of(data, armored, record_files.NAMESPACE),
        introduced=introduced,
    )


def _parsed(data: bytes | None, size: int) -> tuple[Record | None, str, str]:
    """Return a record, or what is wrong with it, or the kind that only a newer version knows."""
    try:
        if data is None:
            raise too_long(size)
        return record_files.read(data), "", ""
    except UnknownKind as newer:
        return None, "", newer.kind
    except GrammarFault as wrong:
        return None, _told(wrong), ""


def _told(wrong: GrammarFault) -> str:
    return str(wrong) if wrong.line is None else f"line {wrong.line}: {wrong}"


def _check(checks: SignatureChecks, content: Content, armored: Content | None) -> int:
    if armored is None:
        return checks.add(b"", None, record_files.NAMESPACE)
    if content.data is None or armored.data is None:
        return checks.add_found(_too_long(armored.data))
    return checks.add(content.data, armored.data, record_files.NAMESPACE)


def _too_long(armored: bytes | None) -> Signature:
    """Say why a signature is not checked: it is too long, or else what it signs is."""
    if armored is None:
        return Signature(key=None, fault=f"the signature is longer than {MOST_OCTETS} bytes")
    return Signature(key=None, fault="what it signs is too long to be looked at")


def read_trusts(
    objects: Objects, gathered: Gathered
) -> tuple[tuple[TrustFile, ...], tuple[Stray, ...]]:
    """Return every trust version of the history with the signatures that came with it."""
    found = {p: i for p, i in gathered.introductions.items() if p.startswith("trust/")}
    beside: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    strays: list[Stray] = []
    for path, introductions in found.items():
        match = _TRUST_SIGNATURE.fullmatch(path)
        if match:
            version = f"trust/{match['version']}.yaml"
            brought = {commit for _, commit in found.get(version, ())}
            strays += _strays(path, introductions, "came without its trust version", brought)
            for blob, commit in introductions:
                beside[version, commit][match["person"]] = blob
        elif not _TRUST.fullmatch(path):
            strays += _strays(path, introductions, "is no trust version and no signature of one")
    files = [
        _trust_file(objects, path, blob, {commit: beside[path, commit] for commit in commits})
        for path, introductions in sorted(found.items())
        if _TRUST.fullmatch(path)
        for blob, commits in _by_blob(introductions).items()
    ]
    return tuple(files), tuple(strays)


def _trust_file(
    objects: Objects, path: str, blob: str, entries: Mapping[int, Mapping[str, str]]
) -> TrustFile:
    """Return a version: for each commit that brings it, the signatures that came in it."""
    ((_, content),) = objects.contents([blob], MAX_BYTES)
    trust: Trust | None = None
    fault = ""
    try:
        if content.data is None:
            raise too_long(content.size)
        trust = trust_files.read(content.data)
    except GrammarFault as wrong:
        fault = _told(wrong)
    return TrustFile(
        path=path,
        digest=Digest(content.digest),
        trust=trust,
        fault=fault,
        entries=tuple(
            TrustEntry(commit=commit, signatures=_trust_signatures(objects, content.data, signed))
            for commit, signed in entries.items()
        ),
    )


def _trust_signatures(
    objects: Objects, data: bytes | None, signed: Mapping[str, str]
) -> dict[str, Signature]:
    armored = objects.contents(signed.values(), MAX_BYTES)
    return {
        person: _too_long(there.data)
        if data is None or there.data is None
        else signature_of(data, there.data, trust_files.NAMESPACE)
        for person, (_, there) in zip(signed, armored, strict=True)
    }
