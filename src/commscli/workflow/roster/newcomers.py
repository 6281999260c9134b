"""Who is to be put on the roster, as an admin writes it down: people, their keys, their roles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from commscli.documents.models.people import PeopleFile
from commscli.documents.validate import read_document
from commscli.domain.presets import ROLES
from commscli.errors import BadInput
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings

ADMIN = "admin"
WITNESS = "forge-witness"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to put on the roster."""

    id: str
    name: str
    email: str
    key: str
    roles: Sequence[str]
    kind: str = "person"
    contact: str = ""


def people_from(path: Path) -> list[NewPerson]:
    """Return everybody in a people file.

    Raises:
        BadInput: with every problem and its place.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror}", remedy="--from FILE") from None
    found = read_document(PeopleFile, data, path=str(path))
    return [
        NewPerson(
            id=id_,
            name=person.name,
            email=person.email,
            key=_key_text(person.public_key, path.parent),
            roles=person.roles,
            kind=person.kind,
            contact=person.contact,
        )
        for id_, person in found.people.items()
    ]


def _key_text(text: str, folder: Path) -> str:
    if text.split(" ", 1)[0].startswith(("ssh-", "ecdsa-", "sk-")):
        return text
    return key_file(folder / Path(text).expanduser())


def key_file(path: Path) -> str:
    """Return the key in a public key file.

    Raises:
        BadInput: if it cannot be read, or holds a private key.
    """
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        raise BadInput(f"{path} is no public key", remedy="name the .pub file") from None
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror}", remedy="name the .pub file") from None
    if "PRIVATE KEY" in text:
        raise BadInput(
            f"{path} is a private key: nobody needs to have it but its owner",
            remedy=f"name the public half, {path}.pub",
            code="private-key",
        )
    return text.strip()


def known_roles(session: Session, names: Sequence[str]) -> list[str]:
    """Return the ids of roles, by id or by what the organisation calls them.

    Raises:
        BadInput: naming the first that nobody knows: a slip would make a role without a duty.
    """
    settings, trust = load_settings(session), session.trust
    known = {
        *trust.roles, *settings.organisation.roles, *(gate.role for gate in trust.gates.values()),
    }  # fmt: skip
    return checked_roles([settings.role_id(name) for name in names], known)


def checked_roles(ids: Sequence[str], more: Iterable[str] = ()) -> list[str]:
    """Return the ids of roles, where each is one that the process knows, or one of ``more``.

    Raises:
        BadInput: naming the first that is neither.
    """
    known = {ADMIN, WITNESS, *ROLES, *more}
    for id_ in ids:
        if id_ not in known:
            near = get_close_matches(id_, known, n=1)
            raise BadInput(
                f"there is no role {id_!r}" + (f": did you mean {near[0]}?" if near else ""),
                remedy=f"one of {', '.join(sorted(known))}; comms.yaml names more under roles",
                code="no-role-called",
            )
    return list(ids)
