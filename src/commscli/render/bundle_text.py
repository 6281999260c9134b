"""An evidence file that was written: what is in it, and what its receiver needs besides."""

from commscli.render.documents import Document, plain_document
from commscli.render.escaping import one_line
from commscli.render.human import paragraph
from commscli.workflow.proof.bundling import Bundled


def bundle_text(made: Bundled) -> str:
    """Say what was written, and what must reach the receiver by another way."""
    proof = made.proof
    incidents = (
        "its one incident" if proof.incidents == 1 else f"all its {proof.incidents} incidents"
    )
    lines = [
        *(
            [f"DRILL: {one_line(proof.incident)} is an exercise; it proves no send"]
            if proof.drill
            else []
        ),
        *paragraph(
            f"{made.size} bytes, SHA-256 {made.digest[:16]}…: the whole history with {incidents}, "
            f"the pin, and VERIFY.md; no lists of recipients"
        ),
    ]
    if proof.red:
        lines += paragraph(f"warning: the check says {proof.outcome}, and so does the page")
    lines += [
        "tell the receiver this digest by another way; without it they cannot decide:",
        f"    {proof.pin.genesis}",
    ]
    return "\n".join(lines)


def bundle_document(made: Bundled) -> Document:
    """Return ``comms/bundle@1``."""
    proof = made.proof
    return plain_document("bundle", {
        "file": str(made.path),
        "sha256": made.digest,
        "bytes": made.size,
        "repository": proof.repository,
        "incident": proof.incident,
        "head": proof.head,
        "genesis": proof.pin.genesis,
        "trust": {"version": proof.trust_version, "digest": proof.pin.trust or ""},
        "outcome": proof.outcome,
        "red": list(proof.red),
        "records": len(proof.records),
        "drill": proof.drill,
        "sent": 0 if proof.drill else len(proof.sent),
        "rehearsed": len(proof.sent) if proof.drill else 0,
    })  # fmt: skip
