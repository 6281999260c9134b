"""A chair in the demo: a clone of one's own, a key, and one message that waits."""

import os
import shlex
import sys
from pathlib import Path

from commscli.cli.demo_stage import CAST, Player, Stage, program
from commscli.cli.demo_story import StoryBroke, an_ok
from commscli.errors import BadInput

_ORDER = ("customer-liaison", "messaging-officer", "legal-officer", "elt-approver",
          "incident-commander")  # fmt: skip
_VERB = {"elt-approver": ("approve", "--gate", "approval"),
         "incident-commander": ("approve", "--gate", "release")}  # fmt: skip


def sit(stage: Stage, role: str) -> None:
    """Prepare a chair; print the shell line that sits down in it."""
    player = _player(role)
    message = _wait_for(stage, player)
    chair = stage.folder / player.id
    if not chair.exists():
        _run(stage, player.id, "join", str(stage.hub), str(chair), "--pin", str(stage.pin),
             folder=stage.folder)  # fmt: skip
    _run(stage, player.id, "sync", folder=chair)
    variables = stage.environment(player.id)
    wanted = ("COMMS_KEY", "COMMS_PIN", "COMMS_RECIPIENTS", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    exports = " ".join(f"{name}={shlex.quote(variables[name])}" for name in wanted)
    sys.stdout.write(f"cd {shlex.quote(str(chair))} && export {exports} && {program()} next\n")
    sys.stderr.write(_guide(stage, player, message))


def _player(role: str) -> Player:
    wanted = role.lower()
    for player in CAST[1:8]:
        if wanted == player.id or any(wanted in held for held in player.roles):
            return player
    names = ", ".join(held for p in CAST[1:8] for held in p.roles)
    raise BadInput(f"nobody in the demo is called {role!r}", remedy=f"--as one of: {names}")


def _wait_for(stage: Stage, player: Player) -> str:
    """Declare a small incident whose one message waits for just this person."""
    declared = _run(
        stage, "ana", "new", "Refund mails arrive late", "--severity", "2",
        "--fact", "start=09:14", "--fact", "services=refund mails",
        "--fact", "impact=customers wait longer than an hour for their refund mail",
    )  # fmt: skip
    incident = declared.strip()
    if player.id == "tess":
        return incident
    message = _run(stage, "tess", "-i", incident, "draft", "all-customers").strip()
    for role in _ORDER:
        if role in player.roles:
            break
        before = next(p for p in CAST if role in p.roles)
        verb, *gate = _VERB.get(role, ("review",))
        ok = () if verb == "approve" else ("--ok",)
        _run(stage, before.id, verb, f"{incident}/{message}", *gate, *ok)
    return f"{incident}/{message}"


def _run(stage: Stage, person: str, *argv: str, folder: Path | None = None) -> str:
    ran = stage.comms(person, *argv, folder=folder)
    if ran.status != 0:
        raise StoryBroke(f"{ran.typed} ended with {ran.status}:\n{ran.err}", remedy="report this")
    return ran.out


def _guide(stage: Stage, player: Player, message: str) -> str:
    lines = [f"You are {player.name}, {player.roles[0]}. {message} waits for you."]
    if not set(player.roles) & set(_ORDER[:3]):
        return "\n".join([*lines, "Run the line above; one key does it, q leaves.", ""])
    base = f"COMMS_PIN={shlex.quote(str(stage.pin))} {program()} -C {shlex.quote(str(stage.desk))}"
    eli, tess = (f"{base} --key {shlex.quote(str(stage.key(who)))}" for who in ("eli", "tess"))
    lines += [
        "Run the line above, press b, and say what must change. Then the executive is refused:",
        f"  {eli} approve {message}",
        "until the spokesperson mends it, and you, in your chair, say ok:",
        f"  {tess} revise {message}",
        "",
    ]
    return "\n".join(lines)


def verify_line(stage: Stage, person: str) -> str:
    """Return a command that verifies one record with OpenSSH alone, and write what it needs."""
    line = stage.key(person).with_suffix(".pub").read_text().split()[:2]
    signers = stage.folder / "allowed_signers"
    signers.write_text(f'{person} namespaces="comms-record@v1" {" ".join(line)}\n')
    record = shlex.quote(os.path.relpath(an_ok(stage, person)))
    return (
        f"ssh-keygen -Y verify -f {shlex.quote(os.path.relpath(signers))} -I {person} "
        f"-n comms-record@v1 \\\n         -s {record}.sig \\\n         < {record}"
    )
