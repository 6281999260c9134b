"""Templates and playbooks: of the repository one is in, or the shipped ones outside of any."""

from commscli.compose.library import Kind, shipped
from commscli.documents.characters import read_text
from commscli.documents.front_matter import split
from commscli.documents.models.heads import TemplateHead
from commscli.documents.models.playbook import Playbook
from commscli.documents.validate import read_document, validate
from commscli.errors import BadInput
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.session import Session


def _files(circumstances: Circumstances, kind: Kind, ending: str) -> dict[str, str]:
    try:
        session = Session.open(circumstances)
    except BadInput as fault:
        if fault.code != "no-repository":
            raise
        found = shipped(kind)
    else:
        with snapshot(session.repository, tip(session.repository)) as files:
            found = dict(files.files(kind)) or shipped(kind)
    return {
        name.removesuffix(ending): read_text(data, f"{kind}/{name}")
        for name, data in found.items()
        if name.endswith(ending)
    }


def templates(circumstances: Circumstances) -> dict[str, str]:
    """Return every template by its name."""
    return _files(circumstances, "templates", ".md")


def playbooks(circumstances: Circumstances) -> dict[str, str]:
    """Return every playbook by its id; what lies in folders below is no playbook."""
    found = _files(circumstances, "playbooks", ".yaml")
    return {name: text for name, text in found.items() if "/" not in name}


def template_heads(circumstances: Circumstances) -> dict[str, str]:
    """Return the title of every template."""
    titles = {}
    for name, text in templates(circumstances).items():
        head = split(text, f"templates/{name}.md").head
        titles[name] = validate(TemplateHead, head).title if head is not None else ""
    return titles


def playbook_titles(circumstances: Circumstances) -> dict[str, str]:
    """Return the title of every playbook."""
    return {
        name: read_document(Playbook, text.encode(), path=f"playbooks/{name}.yaml").title
        for name, text in playbooks(circumstances).items()
    }
