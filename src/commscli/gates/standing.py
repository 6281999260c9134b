"""What each record is worth by itself, before anybody asks what it means.

A record is judged by the trust version that it names, which must be in the tree of every
commit that introduces it, and by every later version whose makers did not have the record
before them: "the admins who made V saw the record, or V judges it too". Parent order, main
lines and clocks mean nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from commscli.domain.history import History, RecordFile
from commscli.domain.ids import Digest, PersonId
from commscli.domain.moments import compact
from commscli.domain.records import Record
from commscli.domain.trust import Trust
from commscli.gates.chain import Chain, Link


class Worth(StrEnum):
    """Counts; was right and has been overtaken; was never right."""

    VALID = "valid"
    VOID = "void"
    ERROR = "error"
    NEWER = "newer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The worth of one record, by which rule, and why it is not valid.

    ``lost`` says that whoever has a lost key could have written it.
    """

    file: RecordFile
    worth: Worth
    rule: str = ""
    why: str = ""
    lost: bool = False

    @property
    def happened(self) -> bool:
        """Whether its writer surely did this, entitled at the time; a send cannot be undone."""
        return self.worth is Worth.VALID or (self.worth is Worth.VOID and not self.lost)


def standings(history: History, chain: Chain) -> tuple[Standing, ...]:
    """Return the worth of every record, wherever it lies and whoever signed it there."""
    return tuple(standing(file, chain) for file in history.records)


def standing(file: RecordFile, chain: Chain) -> Standing:
    """Judge one record by itself."""
    record = file.record
    if record is None:
        if file.unknown_kind and _by_somebody(file, chain):
            why = f"is of the kind {file.unknown_kind!r}, which this version cannot judge"
            return Standing(file=file, worth=Worth.NEWER, rule="record-grammar", why=why)
        fault = file.fault or f"nobody on the roster signed this {file.unknown_kind!r}"
        return _error(file, "record-grammar", f"is not a well-formed record: {fault}")
    if file.path != place_of(record, file.digest):
        return _error(file, "record-place", "says that it belongs at another place")
    if not file.introduced:
        return _error(file, "merged-record", "came into history by a merge alone")
    if file.signature.key is None:
        why = f"has no signature that counts: {file.signature.fault}"
        return _error(file, "record-signature", why)
    if chain.links and record.repository != chain.links[0].trust.repository:
        return _error(file, "record-place", "belongs to another repository")
    return _judge(file, record, chain)


def _by_somebody(file: RecordFile, chain: Chain) -> bool:
    """Whether the key is anybody's: a stranger's junk must not leave a history undecided."""
    key = file.signature.key
    return key is not None and any(link.trust.owner_of(key) for link in chain.links)


def _error(file: RecordFile, rule: str, why: str) -> Standing:
    return Standing(file=file, worth=Worth.ERROR, rule=rule, why=why)


def place_of(record: Record, digest: Digest) -> str:
    """Return the only path where a record may lie."""
    folder = f"incidents/{record.incident}" if record.incident else "templates"
    inner = f"messages/{record.message}/" if record.message else ""
    name = f"{compact(record.at)}-{record.kind}-{digest[:8]}.yaml"
    return f"{folder}/{inner}records/{name}"


def _judge(file: RecordFile, record: Record, chain: Chain) -> Standing:
    named = chain.number(record.trust)
    if named is None:
        return _error(file, "record-writer", "names a trust version that was never in force")
    if not _with_its_roster(file, named, chain):
        why = f"names trust version {chain.links[named].trust.version}, which its commit lacks"
        return _error(file, "record-writer", why)
    wrong = _not_entitled(file, record, chain.links[named].trust)
    if wrong:
        return _error(file, "record-writer", wrong)
    lost = _lost(file, chain)
    overtaken = lost or _overtaken(file, record, later_judges(file, named, chain))
    if overtaken:
        return Standing(
            file=file,
            worth=Worth.VOID,
            rule="overtaken-record",
            why=overtaken,
            lost=bool(lost),
        )
    return Standing(file=file, worth=Worth.VALID)


def _with_its_roster(file: RecordFile, named: int, chain: Chain) -> list[int]:
    """Return the commits that bring a record together with the version that it names.

    A copy on an older commit, which anybody can make, takes nothing from the record.
    """
    return [commit for commit in file.introduced if chain.held[commit] >> named & 1]


def later_judges(file: RecordFile, named: int, chain: Chain) -> list[Link]:
    """Return the later versions whose makers did not have the record before them."""
    known = 0
    for commit in _with_its_roster(file, named, chain):
        known |= chain.seen[commit]
    return [link for n, link in enumerate(chain.links) if n > named and not known >> n & 1]


def _not_entitled(file: RecordFile, record: Record, trust: Trust) -> str:
    key = file.signature.key
    owner = trust.owner_of(key) if key is not None else None
    if owner is None:
        fingerprint = key.fingerprint if key else "no key"
        return f"is signed by {fingerprint}, which is nobody's in trust version {trust.version}"
    if owner != record.person:
        return f"says that {record.person} wrote it, and the key is {owner}'s"
    if not trust.may_write(PersonId(owner), record.kind, record.gate):
        return _no_role(record, trust)
    return ""


def _no_role(record: Record, trust: Trust) -> str:
    gate = trust.gates.get(record.gate)
    if record.gate and gate is None:
        return f"is for the gate {record.gate}, which trust version {trust.version} does not have"
    roles = (gate.role,) if gate else trust.may.get(record.kind, ())
    needed = " or ".join(roles) if roles else "a role that may"
    return f"needs {needed}, which {record.person} does not hold in version {trust.version}"


def _overtaken(file: RecordFile, record: Record, later: list[Link]) -> str:
    for link in later:
        wrong = _not_entitled(file, record, link.trust)
        if wrong:
            return f"was overtaken by trust version {link.trust.version}: it {wrong}"
    return ""


def _lost(file: RecordFile, chain: Chain) -> str:
    if chain.current is None:
        return ""
    for lost in chain.current.trust.compromised:
        if lost.key == file.signature.key and file.digest not in lost.keep:
            return f"is signed by a key that was lost ({lost.key.fingerprint}): {lost.why}"
    return ""
