"""The lines beside a ``sent`` record: there, counting the same, about those who were approved."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from commscli.domain.evidence import evidence_in, over_rows
from commscli.domain.records import DeliveredLate, Drafted
from commscli.domain.report import Outcome
from tests.support.repos import both_ways, only
from tests.support.story import File, Put, Story

ROWS = [sha256(name.encode()).hexdigest() for name in ("kim", "lou", "max")]
LINES = "".join(f"status {row} accepted queued as {n}\n" for n, row in enumerate(sorted(ROWS)))
ALL = {"status": {"accepted": 3}}


def to_people() -> Story:
    """A message to three people by name, passed by everybody."""
    story = Story()
    story.declare()
    story.draft(recipients={"digest": over_rows(ROWS), "count": 3})
    story.pass_gates()
    return story


def ended(story: Story, lines: str, *, put: str | None = None, **changed: Any) -> None:
    digest = sha256(lines.encode()).hexdigest()
    written = lines if put is None else put
    folder = f"incidents/{story.incident}/messages/{story.message}/evidence"
    files: Put = {f"{folder}/{digest[:16]}.txt": written.encode()} if written else {}
    intent = story.begin_send()
    story.end_send(intent, put=files, **{"counts": ALL, "evidence": digest, **changed})


@pytest.mark.parametrize(
    "lines",
    [LINES, f"# ana took it over\n{LINES}", LINES.replace(" queued as 0", ""),
     LINES.replace("accepted queued as 1", "withheld")],
)  # fmt: skip
def test_lines_that_bear_it_out(lines: str, tmp_path: Path) -> None:
    story = to_people()
    left_out = lines.count("withheld")
    counts = {"accepted": 3 - left_out, **({"withheld": left_out} if left_out else {})}
    ended(story, lines, counts={"status": counts})
    report = both_ways(story, tmp_path / "git")
    assert report.findings == ()
    assert report.outcome is Outcome.PASS


SECOND = sorted(ROWS)[1]


@pytest.mark.parametrize(
    ("lines", "changed", "says"),
    [
        (LINES, {"put": ""}, "does not lie beside it"),
        (LINES, {"put": LINES + "# more\n"}, "does not lie beside it"),
        (LINES, {"counts": {"status": {"accepted": 2}}}, "counts otherwise than its evidence"),
        (LINES, {"counts": {"status": {"rejected": 3}}}, "counts otherwise than its evidence"),
        (LINES.replace(SECOND, "f" * 64), {}, "other recipients than those that were approved"),
        (LINES.replace(f"status {SECOND} accepted queued as 1\n", ""),
         {"counts": {"status": {"accepted": 2}}}, "other recipients"),
        (LINES.replace(SECOND, min(ROWS)), {}, "other recipients"),
        (f"{LINES}status kim@customer.example accepted\n", {}, "line 4 is none that a send"),
        (LINES.replace("status ", "status  "), {}, "line 1 is none that a send"),
    ],
)  # fmt: skip
def test_lines_that_do_not(lines: str, changed: dict[str, Any], says: str, tmp_path: Path) -> None:
    story = to_people()
    ended(story, lines, **changed)
    finding = next(f for f in both_ways(story, tmp_path / "git").findings if says in f.text)
    assert finding.rule == "sent-evidence"
    assert finding.level.value == "error"


def test_late_news_without_its_lines(tmp_path: Path) -> None:
    story = to_people()
    ended(story, LINES)
    intent = next(p.digest for p in story.placed() if p.record.kind == "send-intent")
    late = DeliveredLate(intent=intent, counts={"status": {"bounced": 1}}, evidence="e" * 64)
    story.record("delivered-late", late, by="rob")
    assert (
        "delivered-late names evidence"
        in only(both_ways(story, tmp_path / "git"), "sent-evidence").text
    )


def test_a_link_is_no_evidence(tmp_path: Path) -> None:
    story = to_people()
    digest = sha256(LINES.encode()).hexdigest()
    path = f"incidents/{story.incident}/messages/{story.message}/evidence/{digest[:16]}.txt"
    link = File(data=LINES.encode(), mode="120000")
    story.end_send(story.begin_send(), put={path: link}, counts=ALL, evidence=digest)
    assert (
        "does not lie beside it" in only(both_ways(story, tmp_path / "git"), "sent-evidence").text
    )


def test_what_is_no_text_is_no_evidence() -> None:
    assert evidence_in(b"\xff\xfe").fault
    assert evidence_in(b"").counts == {}


def test_a_revision_knows_its_list() -> None:
    story = to_people()
    (drafted,) = [p.record.body for p in story.placed() if p.record.kind == "drafted"]
    assert isinstance(drafted, Drafted)
    assert drafted.recipients["digest"] == over_rows(list(reversed(ROWS)))
