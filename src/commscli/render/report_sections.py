"""The report in sections, before it is Markdown or a page: headings, rows, tables of text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from commscli.domain.clocks.clock import State
from commscli.domain.facts import KEYS
from commscli.domain.moments import is_moment, moment, stamp
from commscli.domain.wall_time import when
from commscli.render.measure_words import disagreement, first_word, kept_of, lasted
from commscli.render.story_text import told_in
from commscli.workflow.afterwards.reporting import Change, IncidentReport, Opinion

NOT_RECORDED = "not recorded"
_EXPOSURE = (
    "services", "symptoms", "impact", "customers_affected", "regions", "data_loss", "workaround",
)  # fmt: skip
_OF_A_BREACH = (
    "aware", "breach", "data_categories", "people_affected", "records_affected", "consequences",
)  # fmt: skip
_RESOLUTION = ("remedy", "remedy_applied", "expected_outcome", "resolution")
_PREVENTION = ("prevention", "actions", "postmortem", "postmortem_due")
_TOLD_ELSEWHERE = {
    *_EXPOSURE, *_OF_A_BREACH, *_RESOLUTION, *_PREVENTION, "start", "end", "severity", "cause",
    "summary", "reporter",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows below a head; without rows, ``empty`` says so."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading: labelled lines, then tables. Every text in it may be anybody's."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    tables: tuple[tuple[str, Table], ...] = ()


def sections(report: IncidentReport) -> Iterator[Section]:
    """Yield what an incident response report has, then how communication went."""
    facts = report.incident.facts
    yield Section(title="Summary", lines=(("", facts.get("summary") or NOT_RECORDED),))
    yield _date(report)
    reporter = report.incident.reporter or facts.get("reporter") or NOT_RECORDED
    yield Section(title="Reporter", lines=(("", reporter),))
    yield Section(title="Severity", lines=tuple(_severity(report)))
    yield Section(title="Timeline of response", tables=(("", _timeline(report)),))
    exposed = (*_EXPOSURE, *(key for key in _OF_A_BREACH if facts.get(key)))
    yield Section(title="Exposure and impacts", lines=tuple(_facts(report, exposed)))
    yield Section(title="Suspected root cause", lines=(("", facts.get("cause") or NOT_RECORDED),))
    yield Section(title="Resolution", lines=tuple(_resolution(report)))
    yield Section(
        title="Mitigation and prevention",
        lines=tuple(_facts(report, _PREVENTION)),
        tables=(("Follow-ups", _follow_ups(report)),),
    )
    other = [key for key in sorted(facts) if key not in _TOLD_ELSEWHERE]
    other = [key for key in other if not key.startswith("follow_up_")]
    if other:
        yield Section(title="Other facts", lines=tuple(_facts(report, other)))
    if report.laws:
        yield Section(title="Clocks of laws", tables=(("", _laws(report)),))
    yield _communication(report)


def _laws(report: IncidentReport) -> Table:
    """Tell each clock from what it ran, by when, and how that ended: late ones are told too."""
    rows = []
    for clock in sorted(report.laws, key=lambda one: (one.started, one.id)):
        due = _time(report, stamp(clock.due)) if clock.due else "without undue delay"
        met = f", {_time(report, stamp(clock.met))}" if clock.met else ""
        state = f"{'met too late' if clock.state is State.BROKEN else clock.state}{met}"
        rows.append((clock.id, clock.reason, _time(report, stamp(clock.started)), due, state))
    return Table(head=("Clock", "What", "From", "Due", "State"), rows=tuple(rows), empty="none")


def _date(report: IncidentReport) -> Section:
    incident, facts = report.incident, report.incident.facts
    start, end = facts.get("start", ""), facts.get("end", "")
    lines = [("Began", _time(report, start)), ("Ended", _time(report, end))]
    if is_moment(start) and is_moment(end):
        lines.append(("Lasted", lasted((moment(end) - moment(start)).total_seconds())))
    by = _person(report, incident.declared_by)
    lines.append(("Declared", f"{_time(report, incident.declared_at)}, by {by}"))
    return Section(title="Date of incident", lines=tuple(lines))


def _severity(report: IncidentReport) -> Iterator[tuple[str, str]]:
    yield "", report.incident.severity
    if len(report.severities) > 1:
        yield from ((change.value, _since(report, change)) for change in report.severities)


def _since(report: IncidentReport, change: Change) -> str:
    return f"from {_time(report, change.at)}" + (f": {change.why}" if change.why else "")


def _timeline(report: IncidentReport) -> Table:
    rows = []
    for event in report.events:
        about = f"{event.message}: " if event.message else ""
        void = "" if event.valid else " [counts for nothing]"
        person = _person(report, event.person)
        text = f"{about}{told_in(event, report.settings.zone)}{void}"
        rows.append((_short_time(report, event.at), person, text))
    return Table(
        head=(f"Time ({report.settings.zone})", "Who", "What"), rows=tuple(rows), empty=NOT_RECORDED
    )


def _facts(report: IncidentReport, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    for key in keys:
        value = report.incident.facts.get(key, "")
        timed = key in KEYS and KEYS[key].kind == "time"
        label = key.replace("_", " ").capitalize()
        yield label, _time(report, value) if timed else value or NOT_RECORDED


def _resolution(report: IncidentReport) -> Iterator[tuple[str, str]]:
    yield from _facts(report, _RESOLUTION)
    resolved = [change.at for change in report.phases if change.value == "resolution"]
    yield "Confirmed", _time(report, resolved[-1]) if resolved else NOT_RECORDED
    yield "Closed", report.incident.closed or NOT_RECORDED


def _follow_ups(report: IncidentReport) -> Table:
    rows = tuple(
        (f.what, f.owner or NOT_RECORDED, f.due or NOT_RECORDED, "done" if f.done else "open")
        for f in report.follow_ups
    )
    return Table(head=("What", "Owner", "Due", "State"), rows=rows, empty=NOT_RECORDED)


def _communication(report: IncidentReport) -> Section:
    one = report.measures
    lines = [
        ("First acknowledgement", first_word(one.acknowledgement)),
        ("Promised updates kept", kept_of(one.kept, one.broken)),
        ("Suggestions", str(one.total("suggestions"))),
    ]
    if one.disagreements:
        lines.append(("Clocks", disagreement(one)))
    return Section(
        title="How communication went",
        lines=tuple(lines),
        tables=(
            ("Cadence", _cadence(report)),
            ("Promises", _promises(report)),
            ("Gates", _gates(report)),
            ("Objections", _objections(report)),
            ("Skips", _skips(report)),
        ),
    )


def _cadence(report: IncidentReport) -> Table:
    rows = tuple(
        (audience_name(report, a.audience), str(a.sends), lasted(a.first.seconds),
         lasted(a.longest_gap))
        for a in report.measures.audiences
    )  # fmt: skip
    head = ("Audience", "Sends", "First after", "Longest silence")
    return Table(head=head, rows=rows, empty="nothing was sent")


def _promises(report: IncidentReport) -> Table:
    rows = tuple(
        (
            _short_time(report, stamp(promise.due)),
            audience_name(report, promise.audience),
            promise.message,
            f"{promise.state}, {lasted(promise.late)} late" if promise.late else promise.state,
        )
        for promise in report.measures.promises
    )
    return Table(head=("Due", "Audience", "Promised in", "State"), rows=rows, empty="none")


def _gates(report: IncidentReport) -> Table:
    gates = dict.fromkeys(g.gate for m in report.measures.messages for g in m.gates)
    rows = []
    for message in report.measures.messages:
        times: Mapping[str, str] = {
            g.gate: lasted(g.seconds) if g.seconds is not None else g.how for g in message.gates
        }
        cells = (times.get(gate, "-") for gate in gates)
        rows.append((message.message, str(message.revisions), *cells, lasted(message.to_send)))
    head = ("Message", "Revisions", *(gate.capitalize() for gate in gates), "To send")
    return Table(head=head, rows=tuple(rows), empty="no message was drafted")


def _objections(report: IncidentReport) -> Table:
    rows = tuple(
        (
            _short_time(report, one.at),
            _person(report, one.person),
            f"{one.message}: {one.text}",
            _outcome(report, one),
        )
        for one in report.objections
    )
    return Table(head=("Time", "Who", "What", "State"), rows=rows, empty="none")


def _outcome(report: IncidentReport, one: Opinion) -> str:
    if one.stands:
        return "stands"
    return f"settled by {_person(report, one.settled_by)}" if one.settled_by else "withdrawn"


def _skips(report: IncidentReport) -> Table:
    rows = tuple(
        (phase, audience_name(report, audience), why)
        for (phase, audience), why in report.incident.skipped.items()
    )
    return Table(head=("Phase", "Audience", "Why"), rows=rows, empty="none")


def audience_name(report: IncidentReport, audience: str) -> str:
    """Return what the organisation calls an audience."""
    known = report.settings.audiences.get(audience)
    return known.name if known else audience


def _person(report: IncidentReport, person: str) -> str:
    return report.names.get(person, person)


def _time(report: IncidentReport, text: str) -> str:
    if not text:
        return NOT_RECORDED
    return when(text, report.settings.zone) if is_moment(text) else text


def _short_time(report: IncidentReport, text: str) -> str:
    """Return a time of day; with the day, where the incident went on over several."""
    zone = report.settings.zone
    days = {moment(event.at).astimezone(zone).date() for event in report.events}
    local = moment(text).astimezone(zone)
    one_day = days <= {local.date()}
    return f"{local:%H:%M}" if one_day else f"{local:%Y-%m-%d}\u00a0{local:%H:%M}"
