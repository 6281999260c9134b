"""Two changes of one plain value brought together, or the place where they clash."""

from typing import Any

Value = Any
"""Text, whole numbers, true and false, lists and objects of these."""


class Clash(ValueError):
    """Both sides changed one thing, each in its own way. ``where`` says which."""

    def __init__(self, where: tuple[str, ...]) -> None:
        super().__init__(".".join(where) or "all of it")
        self.where = where


def three_way(base: Value, ours: Value, theirs: Value, where: tuple[str, ...] = ()) -> Value:
    """Return ours with what theirs changed in base.

    Objects come together key by key, lists entry by entry, in our order with what is new at
    the end; of anything else only one side may have changed it.

    Raises:
        Clash: where both did.
    """
    if _same(theirs, base) or _same(theirs, ours):
        return ours
    if _same(ours, base):
        return theirs
    if all(isinstance(value, dict) for value in (base, ours, theirs)):
        return _objects(base, ours, theirs, where)
    if all(isinstance(value, list) for value in (base, ours, theirs)):
        return _lists(base, ours, theirs)
    raise Clash(where)


def _same(one: Value, other: Value) -> bool:
    """Whether two values are written alike: the order of an object's keys counts."""
    return repr(one) == repr(other)


def _objects(
    base: dict[str, Value],
    ours: dict[str, Value],
    theirs: dict[str, Value],
    where: tuple[str, ...],
) -> dict[str, Value]:
    if [k for k in theirs if k in base] != [k for k in base if k in theirs]:
        raise Clash((*where, "(order)"))
    merged: dict[str, Value] = {}
    for key in (*ours, *(k for k in theirs if k not in ours)):
        inner = (*where, key)
        if key in ours and key in theirs:
            merged[key] = three_way(base.get(key), ours[key], theirs[key], inner)
            continue
        left = ours[key] if key in ours else theirs[key]
        if key not in base:
            merged[key] = left
        elif not _same(left, base[key]):  # one side changed what the other took away
            raise Clash(inner)
    return merged


def _lists(base: list[Value], ours: list[Value], theirs: list[Value]) -> list[Value]:
    def holds(values: list[Value], entry: Value) -> bool:
        return any(_same(value, entry) for value in values)

    kept = [e for e in ours if not holds(base, e) or holds(theirs, e)]
    return kept + [e for e in theirs if not holds(base, e) and not holds(ours, e)]
