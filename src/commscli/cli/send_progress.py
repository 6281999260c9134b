"""How a long send goes on: a bar on a terminal, a line of JSON now and then anywhere else."""

import json
import sys
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from commscli.delivery.channels.channel import Delivery
    from commscli.delivery.ledger import Step
    from commscli.workflow.sends.pace import Told
    from commscli.workflow.sends.send_plan import Plan

FIRST, BETWEEN = 2.0, 5.0
"""Seconds before the first line, and between two: a short send says nothing at all."""


class Progress:
    """Says on stderr how far a send has come; what it sent is said at the end by others."""

    def __init__(self) -> None:
        """Say nothing yet."""
        self._bar: Any = None

    def __enter__(self) -> Self:
        """Begin with the first delivery."""
        return self

    def __exit__(self, *_fault: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = None

    def of(self, plan: "Plan") -> "Told":
        """Return who hears of each delivery."""
        return self._drawn(plan) if sys.stderr.isatty() else _written(plan)

    def _drawn(self, plan: "Plan") -> "Told":
        from rich.console import Console  # noqa: PLC0415 - lazy
        from rich.progress import (  # noqa: PLC0415 - lazy
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bar  # noqa: PLC0415 - lazy

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                   TimeRemainingColumn())  # fmt: skip
        bar = Bar(*columns, console=Console(stderr=True), transient=True)
        task = bar.add_task(plan.message, total=plan.count)
        bar.start()
        self._bar = bar
        return lambda _delivery, _step: bar.advance(task)


def _written(plan: "Plan") -> "Told":
    began = time.monotonic()
    last = began - BETWEEN
    steps: dict[str, int] = {}

    def told(delivery: "Delivery", step: "Step") -> None:
        nonlocal last
        steps[str(step)] = steps.get(str(step), 0) + 1
        now = time.monotonic()
        if now - began < FIRST or now - last < BETWEEN:
            return
        last = now
        line = {
            "schema": "comms/sending@1", "message": f"{plan.incident}/{plan.message}",
            "channel": delivery.payload.channel, "of": plan.count, "steps": dict(steps),
        }  # fmt: skip
        sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stderr.flush()

    return told
