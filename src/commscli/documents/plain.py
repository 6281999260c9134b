"""The values of a document without its model: written as JSON, and read back for who only looks.

To build the models and to read the files takes longer than all else that a look does. What was
read back has the attributes of the model, and can be asked and never be changed or written.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commscli.documents.models.channel_settings import stated
from commscli.documents.models.playbook_cells import PlaybookCells
from commscli.documents.models.playbook_triggers import SaysWhen

if TYPE_CHECKING:
    from pydantic import BaseModel


class Plain:
    """The values of a model."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} is to be read, not set")


class PlainPlaybook(Plain, PlaybookCells):
    """The values of a playbook, which answers as its model does."""


class PlainWhen(Plain, SaysWhen):
    """The values of the trigger of an escalation."""


class PlainChannel(Plain):
    """The values of a channel."""

    def settings(self) -> dict[str, str]:
        """Return what a record states of it; a name that Python keeps for itself ends in ``_``."""
        return stated({name.rstrip("_"): value for name, value in self.__dict__.items()})


KINDS: Mapping[str, type[Plain]] = {"Playbook": PlainPlaybook, "When": PlainWhen}
CHANNEL = "Channel"
"""How the name of the model of every channel ends."""


@cache
def models_stamp() -> str:
    """Return what is another one wherever the models may be others than they were.

    A version in the making changes them under the same number.
    """
    files = sorted(Path(__file__).with_name("models").glob("*.py"))
    stats = ((file.name, file.stat()) for file in files)
    told = "".join(f"{name} {stat.st_size} {stat.st_mtime_ns}\n" for name, stat in stats)
    return sha256(told.encode()).hexdigest()[:16]


def to_json(value: Any) -> Any:
    """Return a value of a model, or a model, as what JSON can hold.

    Raises:
        TypeError: if there is something in it that is not written here.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, timedelta):
        return {"seconds": int(value.total_seconds())}
    if isinstance(value, list | tuple):
        return [to_json(one) for one in value]
    if isinstance(value, dict):
        return {"keys": {key: to_json(one) for key, one in value.items()}}
    if hasattr(value, "model_fields_set"):
        return {"model": type(value).__name__, "values": _fields(value)}
    raise TypeError(f"{type(value).__name__} is not written here")


def _fields(model: "BaseModel") -> dict[str, Any]:
    return {name: to_json(getattr(model, name)) for name in type(model).model_fields}


def from_json(value: Any) -> Any:
    """Return what was written.

    Raises:
        KeyError, TypeError, AttributeError: if it was not written here.
    """
    if isinstance(value, list):
        return tuple(from_json(one) for one in value)
    if not isinstance(value, dict):
        return value
    if "seconds" in value:
        return timedelta(seconds=value["seconds"])
    if "keys" in value:
        return {key: from_json(one) for key, one in value["keys"].items()}
    name = value["model"]
    kind = KINDS.get(name) or (PlainChannel if name.endswith(CHANNEL) else Plain)
    return kind({key: from_json(one) for key, one in value["values"].items()})
