"""JSON from outside: strict, bounded, and nothing in it is ever more than text."""

import json
from typing import Any, NoReturn

from commscli.errors import BadInput, Place

MAX_BYTES = 1024 * 1024
_BOM = "\ufeff"


def load_json(text: str, *, path: str) -> Any:
    """Return a JSON value; numbers stay the text that they are.

    Raises:
        BadInput: if it is too long, no JSON, nested too deeply, or has a key twice.
    """
    size = len(text.encode(errors="surrogatepass"))
    if size > MAX_BYTES:
        raise _refused(f"{size} bytes: expected at most {MAX_BYTES}", Place(path=path))
    try:
        return json.loads(
            text.removeprefix(_BOM),
            parse_int=str,
            parse_float=str,
            parse_constant=_no_constant,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as fault:
        place = Place(path=path, line=fault.lineno, column=fault.colno)
        raise _refused(f"not JSON: {fault.msg}", place) from None
    except RecursionError:
        raise _refused("nested too deeply", Place(path=path)) from None
    except ValueError as fault:
        raise _refused(str(fault), Place(path=path)) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _refused(text: str, place: Place) -> BadInput:
    return BadInput(
        f"{place.path} cannot be used: {text}",
        remedy="give the payload as the tool sent it",
        code="bad-document",
        place=place,
    )
