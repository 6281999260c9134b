"""Facts from a YAML file: ``key: value`` lines."""

from pathlib import Path

from commscli.documents.characters import read_text
from commscli.documents.strict_yaml import load
from commscli.errors import BadInput, Place, Problem


def facts_from(path: Path) -> dict[str, str]:
    """Return the facts in a file.

    Raises:
        BadInput: if it is not a flat mapping of texts, with every problem and its place.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror}", remedy="name a YAML file of facts") from None
    document = load(read_text(data, str(path)), path=str(path))
    values = document.value
    if not isinstance(values, dict):
        raise BadInput(f"{path} is no list of facts", remedy="key: value, a line each")
    wrong = [
        Problem(text=f"{key}: expected one text", place=Place(path=str(path)))
        for key, value in values.items()
        if isinstance(value, dict | list)
    ]
    if wrong:
        raise BadInput(f"{path} cannot be used", remedy="key: value, a line each", problems=wrong)
    return {key: str(value) for key, value in values.items()}
