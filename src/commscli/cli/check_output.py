"""What ``comms check`` prints, in the format that was asked for, whatever the outcome."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commscli.errors import BadInput

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.domain.report import Report

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab")


def chosen(form: str, *, as_json: bool) -> str:
    """Return the format that two options name together; ``--json`` is one of its names.

    Raises:
        BadInput: if there is no such format, or the two name different ones.
    """
    if form not in FORMATS:
        raise BadInput(f"--format {form}: expected {', '.join(FORMATS)}", code="usage")
    if as_json and form not in {"text", "json"}:
        raise BadInput(f"--json and --format {form}: choose one", code="usage")
    return "json" if as_json else form


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a check prints, and what it adds to the summary of a GitHub step, if there is one."""

    text: str
    summary: Path | None
    added: Callable[[int], str]


def output_of(
    run: "State", report: "Report", form: str, *, every: bool, strict: bool, **more: Any
) -> Output:
    """Return what is to be printed of a report; ``more`` are further keys of the JSON document."""
    from commscli.render.check_summary import check_summary  # noqa: PLC0415 - lazy

    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    return Output(
        text=_written(run, report, form, every=every, strict=strict, **more),
        summary=Path(summary) if form == "github" and summary else None,
        added=lambda room: check_summary(report, room, strict=strict),
    )


def print_check(run: "State", output: Output) -> None:
    """Print it. In a GitHub workflow the step's summary gets it too, as far as there is room."""
    sys.stdout.write(output.text)
    sys.stdout.flush()
    if output.summary is not None:
        _append_summary(run, output, output.summary)


def _written(
    run: "State", report: "Report", form: str, *, every: bool, strict: bool, **more: Any
) -> str:
    from commscli.render.documents import check_document, written  # noqa: PLC0415 - lazy

    if form == "json":
        return written(check_document(report) | more)
    if form == "sarif":
        from commscli.compose.library import shipped  # noqa: PLC0415 - lazy
        from commscli.render.sarif import sarif_document  # noqa: PLC0415 - lazy

        pages = {n.removesuffix(".md"): data.decode() for n, data in shipped("rules").items()}
        return written(sarif_document(report, pages))
    if form == "junit":
        from commscli.render.junit import junit_text  # noqa: PLC0415 - lazy

        return junit_text(report, strict=strict)
    if form == "github":
        from commscli.render.annotations import annotations  # noqa: PLC0415 - lazy

        return annotations(report, strict=strict)
    if form == "gitlab":
        from commscli.render.code_quality import code_quality  # noqa: PLC0415 - lazy

        return written(code_quality(report))
    from commscli.render.check_text import check_text  # noqa: PLC0415 - lazy

    return check_text(report, run.paint(), every=every, strict=strict)


def _append_summary(run: "State", output: Output, path: Path) -> None:
    """Add to the step's summary. That it cannot be written does not change the answer."""
    from commscli.render.check_summary import LIMIT  # noqa: PLC0415 - lazy

    try:
        with path.open("ab") as file:
            text = output.added(LIMIT - file.tell())
            file.write(text.encode())
    except OSError as fault:
        run.tell(f"note: the summary of the step was not written: {path}: {fault.strerror}")
        return
    if not text:
        run.tell("note: the summary of the step is full: nothing was added")
