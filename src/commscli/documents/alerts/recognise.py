"""Which payload this is: by the name that somebody gave it, or else by its shape."""

from collections.abc import Mapping
from typing import Any

from commscli.documents.alerts import alertmanager, pagerduty
from commscli.documents.alerts.json_text import load_json
from commscli.documents.alerts.taking import PLAIN, Taken, Value, place_of, take, written
from commscli.errors import BadInput

_READERS = {pagerduty.NAME: pagerduty.read, alertmanager.NAME: alertmanager.read}
Imports = Mapping[str, Mapping[str, str]]
"""The mappings of an organisation: name → fact → path."""


def read_payload(text: str, *, name: str, form: str, imports: Imports) -> Taken:
    """Return the facts in a JSON payload.

    ``form`` is a mapping of the organisation, ``pagerduty`` or ``alertmanager``; without one the
    shape tells, and a flat object is facts as they are.

    Raises:
        BadInput: if it cannot be read, or nothing tells what it is.
    """
    reader = _READERS.get(form)
    if form and form not in imports and reader is None:
        raise BadInput(
            f"nothing is called {form!r} to import from",
            remedy=f"--from {', '.join([*imports, *_READERS])}; add one to comms.yaml: imports",
            code="no-import",
        )
    document = load_json(text, path=name)
    if form in imports:
        return take(document, imports[form], form=form, name=name)
    if reader is not None:
        return reader(document, name=name)
    if pagerduty.is_pagerduty(document):
        return pagerduty.read(document, name=name)
    if alertmanager.is_alertmanager(document):
        return alertmanager.read(document, name=name)
    return _flat(document, name, [*imports, *_READERS])


def _flat(document: Any, name: str, known: list[str]) -> Taken:
    nested = isinstance(document, dict) and any(
        isinstance(value, dict | list) for value in document.values()
    )
    if not isinstance(document, dict) or nested:
        raise BadInput(
            f"{name} is JSON of an unknown shape",
            remedy=f"--from NAME says what it is: {', '.join(known)}; comms.yaml can have more "
            "(imports)",
            code="no-import",
        )
    texts = {key: (written(value), place_of(name, f"$.{key}")) for key, value in document.items()}
    values = {key: Value(text=text, place=place) for key, (text, place) in texts.items() if text}
    left_out = [f"{key}: empty" for key, (text, _) in texts.items() if not text]
    return Taken(form=PLAIN, values=values, left_out=tuple(left_out))
