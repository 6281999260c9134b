"""A check's report as JUnit XML: a test a message, and one for all that belongs to none."""

from collections.abc import Iterator, Sequence
from itertools import chain
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from commscli.domain.report import Finding, Level, Report
from commscli.render.check_groups import Group, groups, shown, worst_first
from commscli.render.check_text import group_lines, summary_lines
from commscli.render.escaping import inert, safe
from commscli.render.human import Paint

_PLAIN = Paint(colour=False)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def junit_text(report: Report, *, strict: bool = False) -> str:
    """Return the document; with ``strict`` a warning fails its test, too."""
    failing = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
    all_groups = groups(report)
    messages = [group for group in all_groups if group.verdict is not None]
    rest = [group for group in all_groups if group.verdict is None]
    suite = Element("testsuite")
    for group in messages:
        _case(suite, group.incident, group.message, [group], failing)
    _case(suite, "comms", "the repository", rest, failing, [*map(shown, report.reasons)])
    out = SubElement(suite, "system-out")
    out.text = "\n".join(summary_lines(report, _PLAIN, strict=strict))
    counts = {
        "tests": str(len(suite.findall("testcase"))),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
    }
    suite.attrib.update({"name": "comms check", **counts, "time": "0"})
    document = Element("testsuites", {"name": "comms check", **counts, "time": "0"})
    document.append(suite)
    indent(document)
    return _HEAD + inert(tostring(document, encoding="unicode"), "&#{};") + "\n"


def _case(
    suite: Element,
    classname: str,
    name: str,
    of: Sequence[Group],
    failing: set[Level],
    undecided: Sequence[str] = (),
) -> None:
    place = {"classname": shown(classname), "name": shown(name), "time": "0"}
    case = SubElement(suite, "testcase", place)
    found = worst_first([*chain.from_iterable(group.findings for group in of)])
    wrong = [finding for finding in found if finding.level in failing]
    text = "\n".join([*undecided, *_lines(of)])
    # One failure or error a test, whatever the number of faults: some readers see only the first.
    if undecided:
        about = {"type": "undecided", "message": undecided[0]}
        SubElement(case, "error", about).text = text
    elif wrong:
        about = {"type": safe(wrong[0].rule), "message": _title(wrong)}
        SubElement(case, "failure", about).text = text
    elif text:
        SubElement(case, "system-out").text = text


def _title(wrong: Sequence[Finding]) -> str:
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"{safe(wrong[0].rule)}: {shown(wrong[0].text)}{more}"


def _lines(of: Sequence[Group]) -> Iterator[str]:
    for group in of:
        if group.findings or group.verdict is not None:
            yield from group_lines(group, _PLAIN)
