"""The kinds of values that documents are made of, each with its own words for what it wants."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from commscli.domain.durations import is_duration, is_offset, parse_duration
from commscli.domain.facts import is_key
from commscli.domain.ids import is_digest, is_folder, is_id
from commscli.domain.phases import is_phase
from commscli.domain.severity import SEVERITIES
from commscli.domain.text_message import is_phone

T = TypeVar("T")


class Strict(BaseModel):
    """A part of a document: values of exactly the stated type, and no unknown key."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def _expect(accepts: Callable[[str], bool], expected: str) -> AfterValidator:
    def check(text: str) -> str:
        if accepts(text):
            return text
        raise ValueError(f"expected {expected}, found `{text}`")

    return AfterValidator(check)


def _or_empty(accepts: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: text == "" or accepts(text)


def _is_line(text: str) -> bool:
    return "\n" not in text


def _is_some_line(text: str) -> bool:
    return _is_line(text) and text.strip() != ""


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, LookupError):
        return False
    return text != ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str) and is_duration(value):
        return parse_duration(value)
    raise ValueError(f"expected a length of time such as 30m, 2h or 1d, found `{value}`")


def _is_url(text: str) -> bool:
    """Whether a text is a whole address; one of this machine may do without encryption."""
    parts = urlsplit(text) if text.isascii() and text.isprintable() and " " not in text else None
    if parts is None or not parts.hostname:
        return False
    here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return parts.scheme == "https" or (parts.scheme == "http" and here)


_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9a-fA-F:]{2,45}\]?")
_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_COUNTRY = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{1,80}")

Line = Annotated[str, _expect(_is_line, "one line of text")]
SomeLine = Annotated[str, _expect(_is_some_line, "one line of text, not empty")]
Id = Annotated[str, _expect(is_id, "an id: small letters, digits and single hyphens")]
IdOrEmpty = Annotated[str, _expect(_or_empty(is_id), 'an id, or ""')]
Folder = Annotated[str, _expect(is_folder, "the name of a folder: small letters, digits, hyphens")]
Sha256 = Annotated[str, _expect(is_digest, "a SHA-256: 64 small hexadecimal digits")]
Phase = Annotated[str, _expect(is_phase, "a phase")]
Zone = Annotated[str, _expect(_is_zone, "an IANA time zone such as Europe/London")]
Domain = Annotated[str, _expect(lambda t: bool(_DOMAIN.fullmatch(t)), "a domain: example.com")]
Email = Annotated[str, _expect(lambda t: bool(_EMAIL.fullmatch(t)), "an address: ana@example.com")]
Host = Annotated[str, _expect(lambda t: bool(_HOST.fullmatch(t)), "a host: mail.example.com")]
HttpsUrl = Annotated[str, _expect(_is_url, "an https:// address")]
HttpsUrlOrEmpty = Annotated[str, _expect(_or_empty(_is_url), 'an https:// address, or ""')]
Handle = Annotated[
    str, _expect(lambda t: bool(_HANDLE.fullmatch(t)), "what the service calls it: C012AB3CD")
]
"""An id that somebody else's service gave: letters, digits, ``_`` and ``-``."""
HandleOrEmpty = Annotated[
    str,
    _expect(_or_empty(lambda t: bool(_HANDLE.fullmatch(t))), 'what the service calls it, or ""'),
]
PhoneOrEmpty = Annotated[
    str, _expect(_or_empty(is_phone), 'a telephone number such as +441632960000, or ""')
]
Day = Annotated[str, _expect(_is_day, "a day such as 2026-11-22")]
Country = Annotated[
    str, _expect(lambda t: bool(_COUNTRY.fullmatch(t)), "a country, or a part: GB or GB-ENG")
]
CountryOrEmpty = Annotated[
    str, _expect(_or_empty(lambda t: bool(_COUNTRY.fullmatch(t))), 'a country such as GB, or ""')
]
Offset = Annotated[str, _expect(is_offset, "an offset such as +30m")]
OffsetOrEmpty = Annotated[str, _expect(_or_empty(is_offset), 'an offset such as +30m, or ""')]
Severity = Annotated[str, _expect(lambda t: t in SEVERITIES, "a severity such as SEV-1")]
FactKey = Annotated[str, _expect(is_key, "the key of a fact, such as data_loss")]
TimeOfDayOrEmpty = Annotated[
    str,
    _expect(_or_empty(lambda t: bool(_TIME_OF_DAY.fullmatch(t))), 'a time such as 16:30, or ""'),
]
Duration = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string"})]

Several = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in the file, which nobody can change afterwards; its entries stay strict."""
