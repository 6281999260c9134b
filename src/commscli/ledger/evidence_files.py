"""The file in which evidence travels: a zip of three files, stored as they are.

A zip opens with a double click on any machine. Nothing in it is compressed (the bundle already
is), so that the same evidence has the same bytes, and no few bytes unpack to many. Nothing of
it is ever unpacked to a name that it chose.
"""

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import IO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from commscli.errors import BadInput

BUNDLE, PIN, PAGE = "repository.bundle", "pin", "VERIFY.md"
CAPS: Mapping[str, int] = {PAGE: 16 * 1024 * 1024, PIN: 64 * 1024, BUNDLE: 2 * 1024**3}
"""How many bytes each file may have."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_REGULAR = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An evidence file that is open: the bundle as a stream, and the pin that came with it."""

    bundle: IO[bytes]
    pin: bytes | None


def write(path: Path, page: bytes, pin: bytes, bundle: Path) -> None:
    """Write the three files, with fixed times and modes.

    Raises:
        FileExistsError: if there is such a file already.
    """
    with path.open("xb") as file, ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr(_info(PAGE, len(page)), page)
        archive.writestr(_info(PIN, len(pin)), pin)
        with (
            bundle.open("rb") as source,
            archive.open(_info(BUNDLE, bundle.stat().st_size), "w") as entry,
        ):
            copyfileobj(source, entry)


def _info(name: str, size: int) -> ZipInfo:
    info = ZipInfo(name, _EPOCH)
    info.create_system = _UNIX
    info.external_attr = _REGULAR
    info.compress_type = ZIP_STORED
    info.file_size = size
    return info


@contextmanager
def opened(path: Path) -> Iterator[Evidence]:
    """Open an evidence file, or a git bundle by itself.

    Raises:
        BadInput: if it is neither, or is anything but the three files, stored as they are.
    """
    with _stream(path) as file:
        if file.read(2) == b"# ":
            file.seek(0)
            yield Evidence(bundle=file, pin=None)
            return
        file.seek(0)
        try:
            archive = ZipFile(file)
        except (BadZipFile, ValueError, OverflowError, NotImplementedError) as fault:
            raise _refused(path, f"no zip and no git bundle: {fault}") from None
        with archive:
            entries = _entries(path, archive)
            try:
                pin = archive.read(entries[PIN]) if PIN in entries else None
                with archive.open(entries[BUNDLE]) as bundle:
                    yield Evidence(bundle=bundle, pin=pin)
            except (BadZipFile, NotImplementedError, EOFError) as fault:
                raise _refused(path, f"a damaged zip: {fault}") from None


def _stream(path: Path) -> IO[bytes]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(path, "no plain file")
        if path.stat().st_size > sum(CAPS.values()) + 2**20:
            raise _refused(path, "larger than any evidence")
        return path.open("rb")
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror}", remedy="--bundle FILE") from None


def _entries(path: Path, archive: ZipFile) -> dict[str, ZipInfo]:
    infos = archive.infolist()
    entries = {info.filename: info for info in infos}
    if BUNDLE not in entries:
        raise _refused(path, f"a zip without {BUNDLE}")
    for info in infos:
        if info.filename not in CAPS or infos.count(info) > 1 or len(entries) != len(infos):
            raise _refused(path, f"a zip with other files: {info.filename!r:.80}")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in {0, stat.S_IFREG} or info.flag_bits & _ENCRYPTED:
            raise _refused(path, f"a zip in which {info.filename} is no plain file")
        if info.compress_type != ZIP_STORED or info.file_size != info.compress_size:
            raise _refused(path, f"a zip that was packed again: unpack it, and check its {BUNDLE}")
        if info.file_size > CAPS[info.filename]:
            raise _refused(path, f"a zip whose {info.filename} has {info.file_size} bytes")
    return entries


def _refused(path: Path, why: str) -> BadInput:
    return BadInput(
        f"{path} is no evidence: it is {why}",
        remedy="comms bundle INCIDENT makes one; ask whoever gave you this for it",
        code="bad-bundle",
    )
