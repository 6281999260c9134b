"""From a document to a model: everything that does not fit, each with its line and column."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from commscli.documents.characters import read_text
from commscli.documents.document import Document, Loc
from commscli.documents.known_keys import known_keys
from commscli.documents.strict_yaml import load, refuse
from commscli.errors import Problem

M = TypeVar("M", bound=BaseModel)
_SHOWN = 60


class Misplaced(ValueError):
    """What a model found wrong with several of its values: where below itself, and why.

    pydantic lets a validator of the whole model name only the model; this names the lines.
    """

    def __init__(self, faults: Iterable[tuple[Loc, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(text for _, text in self.faults))


def validate(model: type[M], document: Document) -> M:
    """Return the document as a model.

    Raises:
        BadInput: with every problem and its place. Rules that span several values are
            judged only once each value is right by itself.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as fault:
        errors = fault.errors(include_url=False)
    problems = [problem for error in errors for problem in _problems(error, model, document)]
    raise refuse(document.path, problems)


def read_document(model: type[M], data: bytes, *, path: str) -> M:
    """Return the bytes of a hand-edited file as a model.

    Raises:
        BadInput: as `read_text`, `load` and `validate` do.
    """
    return validate(model, load(read_text(data, path), path=path))


def _problems(error: ErrorDetails, model: type[BaseModel], doc: Document) -> Iterator[Problem]:
    loc, missing = _locate(error["loc"], doc)
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Misplaced):
        for below, text in cause.faults:
            yield Problem(text=text, place=doc.place((*loc, *below)))
    elif error["type"] == "missing":
        yield Problem(text=f"`{missing}` is missing", place=doc.place(loc))
    elif error["type"] == "union_tag_invalid":
        yield _unknown_tag(error, loc, doc)
    elif error["type"] == "extra_forbidden":
        yield Problem(text=_unknown(loc, model, doc), place=doc.key_place(loc))
    else:
        at_key = error["loc"][-1:] == ("[key]",)
        place = doc.key_place(loc) if at_key else doc.place(loc)
        yield Problem(text=_sentence(error, loc), place=place)


def _locate(path: tuple[int | str, ...], doc: Document) -> tuple[Loc, str]:
    """Return the way in the document, and the last step where it leads nowhere.

    pydantic's path also has steps that no document has: the tag of a union, ``[key]``.
    """
    loc: Loc = ()
    missing = ""
    for step in path:
        if (*loc, step) in doc.places:
            loc = (*loc, step)
            missing = ""
        else:
            missing = str(step)
    return loc, missing


def _unknown(loc: Loc, model: type[BaseModel], doc: Document) -> str:
    key = str(loc[-1])
    known = known_keys(model, loc[:-1], doc.value)
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"expected one of {', '.join(known)}"
    return f"unknown key `{key}`: {hint}"


def _unknown_tag(error: ErrorDetails, loc: Loc, doc: Document) -> Problem:
    context = error["ctx"]
    key = context["discriminator"].strip("'")
    text = f"unknown {key} `{context['tag']}`: expected one of {context['expected_tags']}"
    return Problem(text=text, place=doc.place((*loc, key)))


def _sentence(error: ErrorDetails, loc: Loc) -> str:
    context = error.get("ctx", {})
    cause = context.get("error")
    if cause is not None:
        return f"{_name(loc)}{cause}"
    expected = _EXPECTED.get(error["type"], "").format(**context) or error["msg"]
    quotes = " (put it in quotes)" if _is_unquoted_text(error) else ""
    return f"{_name(loc)}expected {expected}, found {_found(error['input'])}{quotes}"


def _is_unquoted_text(error: ErrorDetails) -> bool:
    return error["type"] == "string_type" and isinstance(error["input"], int)


def _name(loc: Loc) -> str:
    named = [str(step) for step in loc if isinstance(step, str)]
    return f"`{named[-1]}`: " if named else ""


def _found(value: Any) -> str:
    if isinstance(value, bool):
        return f"{str(value).lower()}"
    if isinstance(value, int):
        return f"the number {value}"
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = str(value)
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[:_SHOWN]}…`"


_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "keys with values",
    "greater_than": "a number greater than {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "int_type": "a whole number",
    "less_than_equal": "a number of at most {le}",
    "list_type": "a list",
    "literal_error": "{expected}",
    "mapping_type": "keys with values",
    "model_attributes_type": "keys with values",
    "model_type": "keys with values",
    "string_too_short": "text, not empty",
    "string_type": "text",
    "too_short": "a list of at least {min_length}",
    "tuple_type": "a list",
    "union_tag_not_found": "the key {discriminator}",
}
