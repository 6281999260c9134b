"""``imports`` in ``comms.yaml``: which facts an organisation's own tools state, and where."""

from typing import Annotated

from pydantic import AfterValidator, Field

from commscli.documents.alerts.json_paths import EXPECTED, is_path
from commscli.domain.facts import checked_key
from commscli.errors import BadInput


def _path(text: str) -> str:
    if is_path(text):
        return text
    raise ValueError(f"expected {EXPECTED}, found `{text}`")


def _key(text: str) -> str:
    try:
        return checked_key(text)
    except BadInput as fault:
        raise ValueError(fault.text) from None


FactName = Annotated[str, AfterValidator(_key)]
JsonPath = Annotated[str, AfterValidator(_path)]
FactPaths = Annotated[dict[FactName, JsonPath], Field(min_length=1)]
