"""Files that go with a message: which may, what they are, and how a mail carries them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from commscli.errors import BadInput

Attachments = tuple[tuple[str, bytes], ...]
"""Names and bytes, in the order of the names."""

MOST = 10
MOST_BYTES = 10 * 1024 * 1024
"""Of all of them together; a mail makes a third more of it."""
LONGEST_NAME = 100
_LONGEST_BYTES = 200
"""Of a name: file systems take 255, and what is being written has a longer one for a moment."""
_OF_SYSTEMS = frozenset('/\\:*?"<>|')
"""What is no name, or part of a path, on one system or another."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
"""Letters, by what Unicode says of them, of which nothing is to be seen."""
_SELECTORS = range(0xFE00, 0xFE10)
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt")
                      for n in range(1, 10))})  # fmt: skip

KINDS: Mapping[str, str] = MappingProxyType({
    "csv": "text/csv", "docx": "application/vnd.openxmlformats-officedocument"
    ".wordprocessingml.document", "gif": "image/gif", "ics": "text/calendar",
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "json": "application/json", "md": "text/markdown",
    "odt": "application/vnd.oasis.opendocument.text", "pdf": "application/pdf",
    "png": "image/png", "pptx": "application/vnd.openxmlformats-officedocument"
    ".presentationml.presentation", "txt": "text/plain", "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
})  # fmt: skip
"""By ending; of our own, because a system's table makes other bytes on another machine."""
_ANYTHING = "application/octet-stream"


def require_fit(attachments: Mapping[str, int]) -> None:
    """Refuse files that no message takes, by their names and sizes in bytes.

    Raises:
        BadInput: naming the first that does not fit, and why.
    """
    folded: dict[str, str] = {}
    for name in attachments:
        fault = name_fault(name)
        other = folded.setdefault(name.casefold(), name)
        if not fault and other != name:
            fault = f"some systems take it for {other}"
        if fault:
            raise BadInput(
                f"{name!r} cannot be the name of an attachment: {fault}",
                remedy="give the file another name, and attach that",
                code="bad-attachment",
            )
    if len(attachments) > MOST:
        raise BadInput(
            f"{len(attachments)} attachments: a message has at most {MOST}",
            remedy="put them into one archive, or where the message can link to them",
            code="bad-attachment",
        )
    total = sum(attachments.values())
    if total > MOST_BYTES:
        raise BadInput(
            f"the attachments have {total} bytes together: at most {MOST_BYTES}",
            remedy="put them where the message can link to them",
            code="bad-attachment",
        )


def name_fault(name: str) -> str:
    """Return why a file that is attached cannot be called so, or nothing."""
    import unicodedata  # noqa: PLC0415 - only where something is attached

    if not name or name.startswith(".") or name != name.strip(" ") or name.endswith("."):
        return "a name begins with no dot or space, and ends with none"
    if name.startswith("-"):
        return "it looks like an option"
    if len(name) > LONGEST_NAME or len(name.encode(errors="replace")) > _LONGEST_BYTES:
        return f"expected at most {LONGEST_NAME} characters, {_LONGEST_BYTES} as bytes"
    for character in name:
        kind = unicodedata.category(character)
        space = kind == "Zs" and character != " "
        hidden = character in _BLANK or ord(character) in _SELECTORS
        if character in _OF_SYSTEMS or kind in _UNSEEN or space or hidden:
            return f"the character U+{ord(character):04X} in it is not seen, or part of a path"
    if unicodedata.normalize("NFC", name) != name:
        return "its accents stand apart from their letters (not NFC)"
    if name.partition(".")[0].casefold() in _DEVICES:
        return "some systems have a device of that name"
    return ""


def kind_of(name: str, data: bytes) -> str:
    """Return the media type of a file by its ending; text only where it is UTF-8."""
    kind = KINDS.get(name.rpartition(".")[2].lower(), _ANYTHING) if "." in name else _ANYTHING
    if kind.startswith("text/"):
        try:
            data.decode()
        except UnicodeDecodeError:
            return _ANYTHING
    return kind


def encoded(attachments: Iterable[tuple[str, bytes]]) -> tuple[bytes, ...]:
    """Return each file as a part of a mail, without what parts it from the next."""
    from email.message import MIMEPart  # noqa: PLC0415 - costs start-up time
    from email.policy import SMTP  # noqa: PLC0415 - as above

    def part_of(name: str, data: bytes) -> bytes:
        kind, _, subtype = kind_of(name, data).partition("/")
        part = MIMEPart(policy=SMTP)
        params = {"charset": "utf-8"} if kind == "text" else {}
        part.set_content(
            data, kind, subtype, disposition="attachment", filename=name, params=params
        )
        return part.as_bytes()

    return tuple(part_of(name, data) for name, data in attachments)
