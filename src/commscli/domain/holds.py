"""Somebody said stop: a hold stands until it is lifted by somebody who saw it."""

from collections.abc import Container

from commscli.domain.ids import Digest
from commscli.domain.order import Ordered, Placed


def standing_holds(ordered: Ordered, valid: Container[Digest]) -> tuple[Placed, ...]:
    """Return the holds that no lift comes after; of two at the same time the stop wins."""
    lifted = 0
    for placed in ordered.of_kind("lifted", ordered.everything):
        if placed.digest in valid:
            lifted |= ordered.before(placed.digest)
    return tuple(
        placed
        for placed in ordered.of_kind("hold", ordered.everything & ~lifted)
        if placed.digest in valid
    )
