"""Reports of checks to be rendered: real ones from stories, and hostile ones made up whole."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from commscli.domain.ids import (
    CommitId,
    Digest,
    GateId,
    IncidentId,
    MessageId,
    PersonId,
)
from commscli.domain.report import (
    Checked,
    Finding,
    GateState,
    GateVerdict,
    Level,
    MessageState,
    MessageVerdict,
    PinUsed,
    Report,
    Since,
)
from commscli.domain.trust import Accepted, Trust
from commscli.gates.engine import check
from tests.support.story import Story, sent

OTHER = MessageId("investigation-internal-stakeholders-1")


def _two_sent() -> Story:
    story = sent()
    first, story.message = story.message, OTHER
    story.draft("For staff: card payments fail.\n", audience="internal-stakeholders")
    story.pass_gates()
    story.send()
    story.message = first
    return story


def _faulty() -> Story:
    """A message sent without Legal and unheard, a late objection, and a file that is no record."""
    story = Story()
    story.declare()
    story.draft()
    story.pass_gates(but=["legal"])
    side = story.aside()
    side.object("messaging", by="max")
    story.send()
    story.merge(side)
    story.message = OTHER
    story.draft("For staff: card payments fail.\n", audience="internal-stakeholders")
    story.pass_gates()
    story.send()
    story.object("accuracy")
    story.commit({"trust/notes.txt": b"hm\n"})
    return story


def _living_with_it() -> Story:
    story = _two_sent()
    story.commit({"trust/notes.txt": b"hm\n"})
    (found,) = story.report().findings
    fault = Accepted(rule=found.rule, subject=found.subject, why="a slip; nothing rests on it")

    def accepting(trust: Trust) -> Trust:
        return replace(trust, accepted=(fault,))

    story.change_trust(accepting)
    return story


STORIES: Mapping[str, Callable[[], Story]] = MappingProxyType({
    "pass": _two_sent,
    "fail": _faulty,
    "accepted": _living_with_it,
})  # fmt: skip
REPORTS: Mapping[str, Callable[[], Report]] = MappingProxyType({
    "pass": lambda: _two_sent().report(),
    "fail": lambda: _faulty().report(),
    "accepted": lambda: _living_with_it().report(),
    "undecided": lambda: check(_faulty().history(), None),
})  # fmt: skip

HOSTILE: Mapping[str, str] = MappingProxyType({
    "command": "::error file=x,line=1::all is well",
    "command after a line feed": "fine\n::set-output name=passed::true",
    "command after a carriage return": "fine\r::add-mask::fine\r\n::stop-commands::x",
    "escaped line feed": "fine%0A::warning::x%0d%25%3A%2C",
    "ends a property": "x,line=9,title=fine::fine",
    "old command": "fine ##[error]fine",
    "order to another system": "##vso[task.complete result=Succeeded;]fine ##teamcity[x]",
    "terminal": "\x1b[2J\x1b[32mpass\x1b[0m\x07\x9b31m\x08\x08",
    "link in a terminal": "\x1b]8;;https://evil.example\x1b\\pass\x1b]8;;\x1b\\",
    "right to left": "fine\u202ekcehc\u2066x\u2069\u200e\u200b\u061c",
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#60;",
    "end of CDATA": "]]><failure/><![CDATA[ <!-- --> ?> <!ENTITY x 'y'>",
    "link": "[pass](https://evil.example) ![x](https://evil.example/x.png) [0](1)",
    "reference": "[x]: https://evil.example\n[x] <https://evil.example> @everyone #1",
    "table": "| a | b |\n|---|---|\n| pass | 0 |",
    "fences": "```\n# pass\n````\n~~~\n``` ` ````` x",
    "fence": "``````",
    "heading": "\n# pass\n\n---\n\n<details open>",
    "placeholder": "{0} {1} {{x}} {",
    "quotes": "\"'\\ \\u001b \\n ${{ secrets.X }} $(id) `id` %s",
    "illegal in XML": "\x00\x01\x0e\x1f\ufffe\uffff",
    "spaces": "   \t  \u00a0\u3000 ",
    "long word": "x" * 10_000,
    "long and wide": "\U0001f4a5ẞ é" * 2_000,
    "nothing": "",
})  # fmt: skip
"""What whoever may push can try to bring into a name, a reason or a path."""
HOSTILE_FINDING = ("rule", "text", "remedy", "incident", "message", "path", "key", "who", "accept")
HOSTILE_ELSEWHERE = (
    "incident alone",
    "gate",
    "by",
    "could",
    "reason",
    "verdict",
    "reasons",
    "since",
    "pin",
)
FIELDS = (*HOSTILE_FINDING, *HOSTILE_ELSEWHERE)


def hostile(field: str, text: str, level: Level = Level.ERROR) -> Report:
    """A report with this text in one field, and all that is needed around it."""
    finding = Finding(
        rule="open-gate",
        level=level,
        text="it was open",
        remedy="comms show",
        incident="2026-11-22-checkout-outage",
        message="investigation-all-customers-1",
        path="incidents/2026-11-22-checkout-outage/records/a.yaml",
        commit=CommitId("a" * 40),
        digest=Digest("b" * 64),
        who=(PersonId("lea"),),
        accept=(PersonId("ada"),),
    )
    gate = GateVerdict(
        gate=GateId("legal"),
        state=GateState.OPEN,
        by=(),
        missing=1,
        could=(PersonId("lea"),),
        reason="nobody",
    )
    if field == "who":
        finding = replace(finding, who=(PersonId(text), PersonId("leo")))
    elif field == "accept":
        finding = replace(finding, accept=(PersonId(text),))
    elif field == "incident alone":
        finding = replace(finding, incident=text, message="")
    elif field in HOSTILE_FINDING:
        finding = replace(finding, **{field: text})  # type: ignore[arg-type]  # fields that are text
    elif field in {"gate", "reason"}:
        gate = replace(gate, **{field: text})  # type: ignore[arg-type]  # fields that are text
    elif field == "could":
        gate = replace(gate, could=(PersonId(text),))
    elif field == "by":
        gate = replace(gate, state=GateState.PASSED, by=(PersonId(text),))
    return _around(field, text, finding, gate)


def _around(field: str, text: str, finding: Finding, gate: GateVerdict) -> Report:
    named = text if field == "verdict" else ""
    verdict = MessageVerdict(
        incident=IncidentId(named or "2026-11-22-checkout-outage"),
        message=MessageId(named or "investigation-all-customers-1"),
        state=MessageState.SENT,
        revision=1,
        subject=Digest("b" * 64),
        gates=(gate,),
    )
    return Report(
        head=CommitId("a" * 40),
        trust_version=1,
        trust_digest=Digest("c" * 64),
        pin=PinUsed(source=text if field == "pin" else "pin", digest=Digest("c" * 64)),
        reasons=(text,) if field == "reasons" else (),
        checked=Checked(incidents=1, messages=1, sent=1, records=7, commits=9),
        messages=(verdict,),
        findings=(finding,),
        since=Since(commit=CommitId("a" * 40), whole=text) if field == "since" else None,
    )
