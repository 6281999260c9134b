"""Is this clone, this key and this roster fit for an incident? Said before there is one."""

from collections.abc import Iterator
from dataclasses import dataclass

from commscli.domain.trust_lint import admin_worries, worries
from commscli.errors import CommsError
from commscli.ledger import git, syncing
from commscli.ledger.clone_lock import only_writer
from commscli.ledger.journal import recover
from commscli.ledger.writer import require_branch
from commscli.workflow.incident.clock_files import clocks_of_repository
from commscli.workflow.incident.overview import clock_is_wrong
from commscli.workflow.incident.working_days import require_holidays
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing that was looked at: ``ok``, ``warning`` or ``error``, and what to do."""

    what: str
    level: str
    text: str
    remedy: str = ""


def examine(session: Session) -> tuple[Answer, ...]:
    """Look at everything that a command would need, and go on after each fault."""
    looks = (
        _git, _branch, _leftovers, _trust, _pin, _key, _settings, _remote, _clock, _roster, _config,
    )  # fmt: skip
    answers: list[Answer] = []
    for look in looks:
        try:
            answers += look(session)
        except CommsError as fault:
            name = look.__name__.strip("_")
            answers.append(Answer(what=name, level="error", text=fault.text, remedy=fault.remedy))
    return tuple(answers)


def _git(session: Session) -> Iterator[Answer]:
    version = git.run(["version"], cwd=session.repository.home).decode().split()[2]
    numbers = tuple(int(n) for n in version.split(".")[:2])
    if numbers < (2, 34):
        text, remedy = f"git {version}: expected 2.34 or newer", "install a newer git"
        yield Answer(what="git", level="error", text=text, remedy=remedy)
    else:
        yield Answer(what="git", level="ok", text=f"git {version}")


def _branch(session: Session) -> Iterator[Answer]:
    branch = require_branch(session.repository)
    yield Answer(what="branch", level="ok", text=branch.removeprefix("refs/heads/"))


def _leftovers(session: Session) -> Iterator[Answer]:
    with only_writer(session.repository.own_folder):
        undone = recover(session.repository)
    if undone:
        text = f"a write that was interrupted has been taken back: {', '.join(undone)}"
        yield Answer(what="leftovers", level="warning", text=text, remedy="do it again")


def _trust(session: Session) -> Iterator[Answer]:
    trust = session.trust
    text = f"version {trust.version}, {len(trust.people)} on the roster, quorum {trust.quorum}"
    yield Answer(what="trust", level="ok", text=text)


def _pin(session: Session) -> Iterator[Answer]:
    session.require_pin()
    pin = session.case.pin
    yield Answer(what="pin", level="ok", text=f"{pin.genesis[:16] if pin else ''}")


def _key(session: Session) -> Iterator[Answer]:
    actor = session.actor
    actor.signer.sign(b"comms doctor", namespace="comms-doctor@v1")
    roles = ", ".join(session.trust.roles_of(actor.person.id)) or "no role"
    admin = " and admin" if actor.person.id in session.trust.admins else ""
    text = f"{actor.signer.public.fingerprint} is {actor.person.id}: {roles}{admin}"
    yield Answer(what="key", level="ok", text=text)


def _settings(session: Session) -> Iterator[Answer]:
    settings = load_settings(session)
    clocks_of_repository(session)  # says what is wrong with them, while nothing runs yet
    require_holidays(settings.organisation.holidays)
    playbooks = tuple(settings.playbooks.values())  # each is read here, for its mistakes
    text = f"audiences {len(settings.audiences)}, playbooks {len(playbooks)}"
    yield Answer(what="settings", level="ok", text=text)


def _remote(session: Session) -> Iterator[Answer]:
    if not syncing.has_remote(session.repository):
        text, remedy = "none: nobody else sees what you record", "git remote add origin URL"
        yield Answer(what="remote", level="warning", text=text, remedy=remedy)
        return
    if session.circumstances.offline:
        yield Answer(what="remote", level="warning", text="not asked (--offline)")
        return
    syncing.fetch(session.repository, require_branch(session.repository), session.network)
    yield Answer(what="remote", level="ok", text="it answers")


def _clock(session: Session) -> Iterator[Answer]:
    wrong = clock_is_wrong(session)
    if wrong:
        remedy = "set this machine's clock; times in records are claims, and no gate rests on them"
        yield Answer(what="clock", level="warning", text=wrong, remedy=remedy)


def _roster(session: Session) -> Iterator[Answer]:
    about_admins = frozenset(admin_worries(session.trust))
    for worry in worries(session.trust):
        remedy = (
            "comms trust admins --add ID, and --quorum 2 once there are three, by an admin"
            if worry in about_admins
            else "comms trust role ID --role ROLE, or comms trust add, by an admin"
        )
        yield Answer(what="roster", level="warning", text=worry, remedy=remedy)


def _config(session: Session) -> Iterator[Answer]:
    wanted = {"pull.rebase": "false", "gpg.format": "ssh", "commit.gpgsign": "true"}
    for key, value in wanted.items():
        if session.repository.config(key) != value:
            text = f"git's {key} is not {value}: a plain git pull could lose signatures"
            remedy = f"git config --local {key} {value}"
            yield Answer(what="config", level="warning", text=text, remedy=remedy)
