"""Which regulatory clocks there are, where a file lists them."""

from collections.abc import Iterator, Mapping

from commscli.documents.characters import read_text
from commscli.documents.strict_yaml import load


def known_clocks(files: Mapping[str, bytes]) -> frozenset[str] | None:
    """Return the ids in ``clocks.yaml`` and ``clocks/*.yaml``; ``None`` without any such file.

    A file has them under ``clocks``, as keys or as entries with an ``id``, or is one clock itself.

    Raises:
        BadInput: if such a file cannot be read.
    """
    paths = [
        path for path in files
        if path == "clocks.yaml" or (path.startswith("clocks/") and path.endswith(".yaml"))
    ]  # fmt: skip
    if not paths:
        return None
    return frozenset(id_ for path in paths for id_ in _ids(path, files[path]))


def _ids(path: str, data: bytes) -> Iterator[str]:
    value = load(read_text(data, path), path=path).value
    listed = value.get("clocks")
    if isinstance(listed, dict):
        yield from listed
    elif isinstance(listed, list):
        yield from (str(entry["id"]) for entry in listed if isinstance(entry, dict))
    else:
        yield path.rpartition("/")[2].removesuffix(".yaml")
