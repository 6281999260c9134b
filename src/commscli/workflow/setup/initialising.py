"""Make a repository for messages, or adopt one: the first trust, the settings, the library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from commscli.compose.library import shipped
from commscli.domain.history import Pin
from commscli.domain.ids import PersonId, RoleId, checked_id
from commscli.domain.presets import GATES, MAY, ROLES, SHARED
from commscli.domain.trust import Ended, Person, Trust
from commscli.domain.trust_lint import faults, worries
from commscli.errors import BadInput, Refused
from commscli.ledger import git, pins, trust_files
from commscli.ledger.repository import Repository, discover, set_setting
from commscli.ledger.signing import Signer
from commscli.ledger.snapshot import snapshot
from commscli.ledger.trust_files import TrustBytes
from commscli.ledger.writer import Change, commit, require_branch
from commscli.workflow.acting import signer
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.roster.newcomers import ADMIN, checked_roles
from commscli.workflow.setup.starting_ci import GITHUB, starting_ci
from commscli.workflow.setup.starting_files import starting_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What the first person says."""

    organisation: str
    person: str
    name: str
    email: str
    roles: Sequence[str]
    gates: str
    timezone: str
    domain: str
    ci: str = GITHUB


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A new comms repository. ``worries`` are what the admin should hear now.

    ``ci`` are the files by which a forge runs the check, and whether they were written now: what
    was there already stays as it is.
    """

    repository: Repository
    trust: TrustBytes
    pin: Pin
    pin_file: Path
    worries: tuple[str, ...]
    ci: Mapping[str, bool]


def begin(circumstances: Circumstances, folder: Path, beginning: Beginning) -> Begun:
    """Make the repository.

    Raises:
        Refused: if there is a trust already.
        BadInput: if what was said cannot be a trust.
    """
    own = signer(circumstances, _existing(folder))
    trust = _first_trust(beginning, own)
    repository = _repository(folder)
    ci = starting_ci(beginning.ci, branch=require_branch(repository).removeprefix("refs/heads/"))
    files = _new_files(repository, beginning, ci)
    written = {path: path in files for path in ci}
    signature = own.sign(trust.data, namespace=trust_files.NAMESPACE)
    files[trust.path] = trust.data
    files[trust_files.signature_path(1, beginning.person)] = signature
    made = commit(
        repository,
        Change(
            files=files,
            expected={},
            message=f"Begin the messages of {beginning.organisation}",
            person=next(iter(trust.trust.people.values())),
            at=circumstances.now,
            sign=lambda data: own.sign(data, namespace="git"),
        ),
    )
    configure(repository, circumstances)
    pin = Pin(repository=trust.trust.repository, genesis=trust.digest, checkpoint=made)
    return Begun(
        repository=repository,
        trust=trust,
        pin=pin,
        pin_file=pins.store(pin, circumstances.environ),
        worries=tuple(worries(trust.trust)),
        ci=written,
    )


def _existing(folder: Path) -> Repository | None:
    return discover(folder) if (folder / ".git").exists() else None


def _repository(folder: Path) -> Repository:
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git.run(["init", "--quiet", "--initial-branch=main", "."], cwd=folder)
    repository = discover(folder)
    if repository.work_tree is None or repository.work_tree != folder.resolve():
        raise BadInput(
            f"{folder} is inside another repository, or is a bare one",
            remedy="name a folder of its own",
        )
    require_branch(repository)
    return repository


def _first_trust(beginning: Beginning, own: Signer) -> TrustBytes:
    person = PersonId(checked_id(beginning.person, what="person"))
    for field, text in (("--name", beginning.name), ("--organisation", beginning.organisation)):
        if not text.strip():
            raise BadInput(f"{field} is empty", remedy=f"{field} TEXT")
    require_email(beginning.email)
    held = [RoleId(role) for role in checked_roles(beginning.roles) if role != ADMIN]
    gates = {gate.id: gate for gate in GATES[beginning.gates]}
    names = list(dict.fromkeys([*ROLES, *held]))
    trust = Trust(
        repository=str(uuid4()),
        version=1,
        previous="",
        quorum=1,
        admins=(person,),
        people={
            person: Person(
                id=person,
                name=beginning.name.strip(),
                email=beginning.email.strip(),
                kind="person",
                keys=(own.public,),
            )
        },
        roles={role: (person,) if role in held else () for role in names},
        gates=gates,
        may=dict(MAY),
        may_share=SHARED[beginning.gates],
        relaxed={},
        preapproved=(),
        emergency=None,
        commits="recorded",
        ended=Ended(),
        compromised=(),
        accepted=(),
    )
    wrong = faults(trust)
    if wrong:
        raise BadInput(f"this cannot be a trust: {'; '.join(wrong)}")
    return trust_files.write(trust)


def require_email(email: str) -> None:
    """Refuse what cannot be a mail address.

    Raises:
        BadInput: with what was found.
    """
    user, _, host = email.strip().rpartition("@")
    if not user or not host or any(c.isspace() or c in "<>" for c in email.strip()):
        raise BadInput(f"{email!r} is no mail address", remedy="--email name@example.com")


def _new_files(
    repository: Repository, beginning: Beginning, ci: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return what the repository lacks; what is there already stays as it is."""
    wanted: dict[str, bytes] = {
        **starting_files(
            organisation=beginning.organisation,
            timezone=beginning.timezone,
            domain=beginning.domain,
        ),
        **ci,
        **{f"templates/{name}": data for name, data in shipped("templates").items()},
        **{f"playbooks/{name}": data for name, data in shipped("playbooks").items()},
    }
    head = repository.resolve("HEAD")
    there: Mapping[str, bytes | None] = {}
    if head is not None:
        with snapshot(repository, head) as files:
            if files.names("trust"):
                raise Refused(
                    "this repository has a trust already",
                    remedy="comms trust show; comms join, to work in it",
                    code="begun",
                )
            there = {path: files.read(path) for path in wanted}
    home = repository.home
    return {p: d for p, d in wanted.items() if there.get(p) is None and not (home / p).exists()}


def configure(repository: Repository, circumstances: Circumstances) -> None:
    """Set the clone up: no rebasing pull, and commits signed with the same key."""
    key = circumstances.key or repository.config("user.signingkey")
    settings = {"pull.rebase": "false", "gpg.format": "ssh", "commit.gpgsign": "true"}
    if key and not key.startswith("key::"):
        settings["user.signingkey"] = str(Path(key).expanduser().absolute())
    for name, value in settings.items():
        set_setting(repository, name, value)
