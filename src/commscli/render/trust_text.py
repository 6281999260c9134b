"""The roster, its versions and its gates, as text and as JSON documents."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from commscli.domain.trust import Ended, Trust
from commscli.domain.trust_changes import changes
from commscli.gates.case import Case
from commscli.render.documents import Document, plain_document
from commscli.render.escaping import one_line
from commscli.render.human import Paint, paragraph


def trust_text(trust: Trust, digest: str, paint: Paint) -> str:
    """Return who is on the roster, and which gates a message passes."""
    return "\n".join(_trust(trust, digest, paint)) + "\n"


def _trust(trust: Trust, digest: str, paint: Paint) -> Iterator[str]:
    yield f"trust version {trust.version} ({digest[:12]}) of {one_line(trust.repository)}"
    yield f"admins: {', '.join(trust.admins)}; {trust.quorum} must sign a change"
    yield paint("people", "bold")
    for person in trust.people.values():
        roles = ", ".join(trust.roles_of(person.id)) or "no role"
        service = " (a service)" if person.is_service else ""
        yield from paragraph(f"{person.id}  {person.name}{service}: {roles}", "  ", "      ")
        for key in person.keys:
            yield f"      {key.algorithm} {key.fingerprint}"
    yield paint("gates", "bold")
    yield from _gates(trust)
    terms = changes(_without_terms(trust), trust)
    if terms:
        yield paint("besides", "bold")
    for term in terms:
        yield from paragraph(term, "  ", "      ")


def _without_terms(trust: Trust) -> Trust:
    """Return the trust as if nothing had been eased, ended or accepted: to say what has."""
    return replace(
        trust, commits="recorded", relaxed={}, preapproved=(), emergency=None, ended=Ended(),
        compromised=(), accepted=(),
    )  # fmt: skip


def _gates(trust: Trust) -> Iterator[str]:
    for gate in trust.gates.values():
        people = ", ".join(trust.judges_of(gate.id)) or "nobody"
        after = f", after {', '.join(gate.after)}" if gate.after else ""
        binds = "words and recipients" if gate.recipients else "words"
        text = f"{gate.id}: {gate.needs} of {gate.role} ({people}){after}; binds {binds}"
        yield from paragraph(text, "  ", "      ")
    for pair in trust.may_share:
        yield f"  one person may count in both {' and '.join(sorted(pair))}"


def trust_document(trust: Trust, digest: str) -> Document:
    """Return ``comms/trust@1``."""
    return plain_document("trust", {
        "repository": trust.repository,
        "version": trust.version,
        "digest": digest,
        "quorum": trust.quorum,
        "admins": list(trust.admins),
        "people": [
            {
                "id": p.id, "name": p.name, "email": p.email, "kind": p.kind,
                "roles": list(trust.roles_of(p.id)),
                "keys": [key.fingerprint for key in p.keys],
            }
            for p in trust.people.values()
        ],
        "gates": _gate_documents(trust),
        **_terms(trust),
    })  # fmt: skip


def _terms(trust: Trust) -> Document:
    emergency = trust.emergency
    return {
        "commits": trust.commits,
        "relaxed": [
            {"audience": audience, "gates": list(relaxed.gates),
             "channels": {name: dict(s) for name, s in relaxed.channels.items()},
             "recipients": list(relaxed.recipients)}
            for audience, relaxed in trust.relaxed.items()
        ],
        "preapproved": list(trust.preapproved),
        "emergency": {
            "people": list(emergency.people), "needs": emergency.needs,
            "templates": list(emergency.templates), "audiences": list(emergency.audiences),
        } if emergency else None,
        "ended": {"people": sorted(trust.ended.people),
                  "keys": sorted(key.fingerprint for key in trust.ended.keys)},
        "compromised": [
            {"key": c.key.fingerprint, "keep": sorted(c.keep), "why": c.why}
            for c in trust.compromised
        ],
        "accepted": [
            {"rule": a.rule, "subject": a.subject, "why": a.why} for a in trust.accepted
        ],
    }  # fmt: skip


def _gate_documents(trust: Trust) -> list[Document]:
    return [
        {
            "gate": gate.id, "role": gate.role, "needs": gate.needs, "after": list(gate.after),
            "recipients": gate.recipients, "people": list(trust.judges_of(gate.id)),
        }
        for gate in trust.gates.values()
    ]  # fmt: skip


def admins_text(trust: Trust) -> str:
    """Return who the admins are, and how many must sign."""
    return f"{', '.join(trust.admins)}; {trust.quorum} must sign a change\n"


def admins_document(trust: Trust) -> Document:
    """Return ``comms/trust-admins@1``."""
    return plain_document("trust-admins", {"admins": list(trust.admins), "quorum": trust.quorum})


def gates_text(trust: Trust, worries: Sequence[str], paint: Paint) -> str:
    """Return the gates, and whether they can be passed."""
    lines = list(_gates(trust))
    for worry in worries:
        first, *more = paragraph(f"warning: {worry}", "", "    ")
        lines += [first.replace("warning", paint("warning", "yellow"), 1), *more]
    return "\n".join(lines) + "\n"


def gates_document(trust: Trust, worries: Sequence[str]) -> Document:
    """Return ``comms/gates@1``."""
    return plain_document("gates", {"gates": _gate_documents(trust), "worries": list(worries)})


def chain_text(case: Case, paint: Paint) -> str:
    """Return the versions in force, oldest first, and those that never were."""
    lines = []
    for link in case.chain.links:
        commit = case.history.commits[link.commit].id
        count = len(link.trust.people)
        people = "1 person" if count == 1 else f"{count} people"
        version = f"{link.trust.version:>4}  {link.digest[:12]}"
        signed = ", ".join(sorted(link.signatures))
        lines.append(f"{version}  {people:<10}  commit {commit[:12]}  signed by {signed}")
    for refusal in case.chain.refusals:
        text = f"{refusal.file.path} is not in force: it {refusal.why}"
        lines += [paint(line, "red") for line in paragraph(text, "", "    ")]
    return "\n".join(lines) + "\n"


def chain_document(case: Case) -> Document:
    """Return ``comms/trust-log@1``."""
    return plain_document("trust-log", {
        "versions": [
            {
                "version": link.trust.version, "digest": link.digest,
                "commit": case.history.commits[link.commit].id,
                "signed": sorted(link.signatures),
            }
            for link in case.chain.links
        ],
        "refused": [
            {"path": r.file.path, "digest": r.file.digest, "why": r.why}
            for r in case.chain.refusals
        ],
    })  # fmt: skip
