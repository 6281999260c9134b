"""How many histories to try, and which: a few by default, very many with ``COMMS_DEEP=1``.

``COMMS_SEED`` chooses other histories; the same seed draws the same ones.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, seed, settings

DEEP = os.environ.get("COMMS_DEEP", "") not in ("", "0")
SEED = int(os.environ.get("COMMS_SEED", "1"))
Test = TypeVar("Test", bound=Callable[..., Any])


def examples(quick: int, many: int) -> int:
    return many if DEEP else quick


def drawn(quick: int, many: int, *, also: int = 0, shrink: bool = True) -> Callable[[Test], Test]:
    """Run a test on so many drawn values. ``also``: what tells this drawing from another."""
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    wanted = settings(
        max_examples=examples(quick, many),
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=[*HealthCheck],
    )
    return lambda test: seed(1000 * SEED + also)(wanted(test))
