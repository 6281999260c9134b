"""What ``comms check`` prints, in the format that was asked for, whatever the outcome."""

import os
import sys
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


def print_check(
    run: "State", report: "Report", form: str, *, every: bool, strict: bool, **more: Any
) -> None:
    """Print a report; ``more`` are further keys of the JSON document.

    In a GitHub workflow the summary of the step gets it too, as far as there is room.
    """
    sys.stdout.write(_written(run, report, form, every=every, strict=strict, **more))
    sys.stdout.flush()
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if form == "github" and summary:
        _append_summary(run, report, Path(summary), strict=strict)


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


def _append_summary(run: "State", report: "Report", path: Path, *, strict: bool) -> None:
    """Add to the step's summary. That it cannot be written does not change the answer."""
    from commscli.render.check_summary import LIMIT, check_summary  # noqa: PLC0415 - lazy

    try:
        with path.open("ab") as file:
            text = check_summary(report, LIMIT - file.tell(), strict=strict)
            file.write(text.encode())
    except OSError as fault:
        run.tell(f"note: the summary of the step was not written: {path}: {fault.strerror}")
        return
    if not text:
        run.tell("note: the summary of the step is full: nothing was added")
