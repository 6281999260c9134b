"""Trust proposals and changes of the trust, as text and as JSON documents."""

from collections.abc import Iterator, Sequence

from commscli.render.documents import Document, plain_document
from commscli.render.escaping import one_line
from commscli.render.human import Paint, paragraph
from commscli.workflow.roster.looking import Sight
from commscli.workflow.roster.signing import Changed
from commscli.workflow.roster.versions import Tally

_STYLES = {"open": "yellow", "stale": "red", "unusable": "red", "in-force": "dim"}


def sights_text(sights: Sequence[Sight], paint: Paint) -> str:
    """Return the proposals, each with what it changes and who can still sign."""
    if not sights:
        return "no trust version is proposed\n"
    return "\n".join(line for sight in sights for line in _sight(sight, paint)) + "\n"


def _sight(sight: Sight, paint: Paint) -> Iterator[str]:
    trust = sight.proposal.trust
    version = f"  version {trust.version}, after {sight.follows}" if trust and sight.follows else ""
    state = paint(sight.state, _STYLES[sight.state])
    yield f"{paint(sight.proposal.id, 'bold')}  {state}{version}"
    if sight.why:
        yield from paragraph(f"it {sight.why}", "    ")
    for change in sight.changes:
        yield from paragraph(change, "  - ", "    ")
    for fault in (*sight.uncounted, *sight.worries):
        yield from paragraph(f"warning: {fault}", "    ", "        ")
    if sight.tally and sight.state in {"open", "stale"}:
        yield from paragraph(f"signed by {', '.join(sight.tally.signed) or 'nobody'}", "    ")
    if sight.state == "open" and sight.tally:
        yield from paragraph(lacking_words(sight.tally), "    ")
        yield f"    comms trust sign {sight.proposal.id}"
    elif sight.state == "stale":
        yield f"    comms trust propose --rebase {sight.proposal.id}"


def sight_text(sight: Sight, paint: Paint) -> str:
    """Return one proposal for whoever is about to sign it: in words, then every line of it."""
    lines = [*_sight(sight, paint)]
    if sight.lines:
        lines.append("every line that differs:")
        lines += [f"  {paint(one_line(x), 'green' if x[0] == '+' else 'red')}" for x in sight.lines]
    return "\n".join(lines) + "\n"


def lacking_words(tally: Tally) -> str:
    """Say how many signatures are missing yet, and whose they could be."""
    parts = [
        f"{part.count} more of the admins of version {part.version} must sign: "
        f"{' or '.join(part.could) or 'and nobody is left who can'}"
        for part in tally.lacking
    ]
    return "; and ".join(parts) or "it is signed by all who must"


def changed_text(changed: Changed) -> str:
    """Return what was written, on a line."""
    number = changed.trust.trust.version
    if changed.in_force:
        return f"trust version {number}\n"
    return f"proposal {changed.id}\n"


def changed_words(changed: Changed, *, changes: bool) -> str:
    """Say beside the data what an admin should hear: how far it is, and what to do next."""
    lines = []
    if changes or not changed.in_force:
        for change in changed.changes:
            lines += paragraph(change, "  - ", "    ")
    if changed.state == "proposed":
        lines += paragraph(f"not in force yet: {lacking_words(changed.tally)}", "", "    ")
        lines.append(f"next: comms trust sign {changed.id}")
    elif changed.state == "dropped":
        lines += paragraph("dropped; what was signed stays in the history, and stays signed: "
                           "only another version in force ends that", "", "    ")  # fmt: skip
    lines += [f"warning: {worry}" for worry in changed.worries]
    return "\n".join(lines)


def changed_document(changed: Changed) -> Document:
    """Return ``comms/trust-recorded@1``."""
    return plain_document("trust-recorded", {
        "version": changed.trust.trust.version,
        "digest": changed.trust.digest,
        "commit": changed.written.commit,
        "shared": changed.written.shared,
        "worries": list(changed.worries),
        "state": changed.state,
        "proposal": "" if changed.in_force else changed.id,
        "changes": list(changed.changes),
        **_tally(changed.tally),
    })  # fmt: skip


def _tally(tally: Tally | None) -> Document:
    lacking = tally.lacking if tally else ()
    return {
        "signed": list(tally.signed) if tally else [],
        "lacking": [
            {"version": part.version, "count": part.count, "could": list(part.could)}
            for part in lacking
        ],
    }


def sights_document(sights: Sequence[Sight]) -> Document:
    """Return ``comms/trust-proposals@1``."""
    return plain_document("trust-proposals", {"proposals": [_document(s) for s in sights]})


def _document(sight: Sight) -> Document:
    trust = sight.proposal.trust
    return {
        "proposal": sight.proposal.id,
        "digest": sight.proposal.digest,
        "state": sight.state,
        "why": sight.why,
        "version": trust.version if trust else 0,
        "follows": sight.follows,
        "changes": list(sight.changes),
        "lines": list(sight.lines),
        "uncounted": list(sight.uncounted),
        "worries": list(sight.worries),
        **_tally(sight.tally),
    }
