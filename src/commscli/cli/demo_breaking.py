"""Somebody tampers with what was sent, with plain git and ssh-keygen; the check says what it sees.

Each attack is done for real, in a throwaway clone, without any help of this program.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from commscli.cli.demo_stage import Stage, copy_of
from commscli.cli.demo_story import StoryBroke, an_ok, sent_records
from commscli.cli.exits import Exit
from commscli.ledger import git
from commscli.ledger.signing import make_key, open_signer

MALLORY = ("-c", "user.name=Mallory", "-c", "user.email=mallory@example.com",
           "-c", "commit.gpgsign=false")  # fmt: skip
WHEN = "2026-11-22T12:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One attack. ``do`` does it in a clone and tells it; ``seen`` says how the check sees it."""

    do: Callable[[Stage, Path], Iterator[str]]
    seen: str
    ends: Exit = Exit.REFUSED


def break_it(stage: Stage, name: str) -> None:
    """Do one of the attacks in a throwaway clone, and run the check there.

    Raises:
        StoryBroke: if the check does not see it: a bug.
    """
    attack = BREAKS[name]
    head = git.run(["rev-parse", "--short=8", "HEAD"], cwd=stage.hub).decode().strip()
    clone = copy_of(stage, f"broken-{name}-{head}")
    told = "\n".join(attack.do(stage, clone))
    sys.stdout.write(f"In a throwaway clone, {told}\n\n$ comms check\n")
    sys.stdout.flush()
    ran = stage.comms("rob", "check", folder=clone)
    sys.stdout.write(f"{ran.out}\n{attack.seen}\n")
    sys.stdout.write(f"\ncomms check ended with {ran.status}; the real repository is untouched.\n")
    if ran.status != attack.ends:
        raise StoryBroke(f"the check did not see {name} as it should", remedy="please report this")


def _commit(clone: Path, message: str) -> None:
    """Commit as Mallory, at one moment: done again, it is the same commit, and no rollback."""
    git.run(["add", "--all", "."], cwd=clone)
    moment = {"GIT_AUTHOR_DATE": WHEN, "GIT_COMMITTER_DATE": WHEN}
    git.run(
        [*MALLORY, "commit", "--quiet", "-m", message], cwd=clone, env={**git.HERMETIC, **moment}
    )


def _comma(stage: Stage, clone: Path) -> Iterator[str]:
    sent = next(p for p in sent_records(stage) if "all-customers" in str(p))
    draft = clone / sent.parent.parent.relative_to(stage.desk) / "draft.md"
    before = draft.read_text()
    line = next(line for line in before.split("\n---\n", 1)[1].splitlines() if ", " in line)
    draft.write_text(before.replace(line, line.replace(", ", " ", 1), 1))
    _commit(clone, "Fix a comma")
    yield f"Mallory takes one comma out of\n  {draft.relative_to(clone)}"
    yield f"- {line}\n+ {line.replace(', ', ' ', 1)}"


def _drop_objection(stage: Stage, clone: Path) -> Iterator[str]:
    records = (stage.desk / "incidents").glob("*/messages/*/records/*-objected-*.yaml")
    path = next(iter(sorted(records))).relative_to(stage.desk)
    for file in (path, path.with_name(f"{path.name}.sig")):
        git.run(["rm", "--quiet", str(file)], cwd=clone)
    _commit(clone, "Tidy up")
    yield "Mallory removes Lea's objection, as if Legal had never said no:"
    yield f"  git rm {path}"
    yield f"  git rm {path}.sig"
    yield '  git commit -m "Tidy up"'


def _fake_approver(stage: Stage, clone: Path) -> Iterator[str]:
    eli = an_ok(stage, "eli")
    text = eli.read_text().replace('text: ""', 'text: "go ahead"')
    digest = sha256(text.encode()).hexdigest()
    stamp = eli.name.partition("-")[0]
    path = eli.relative_to(stage.desk).with_name(f"{stamp}-ok-{digest[:8]}.yaml")
    key = clone.parent / "keys" / "mallory"
    if not key.exists():
        make_key(key, comment="mallory", passphrase=False)
    _sign(clone / path, text.encode(), key, "comms-record@v1")
    _commit(clone, "Approval by Eli")
    yield "Mallory writes another approval by Eli, the executive, and signs it"
    yield "with a key of her own, for she does not have his:"
    yield "  ssh-keygen -t ed25519 -f mallory"
    yield f"  ssh-keygen -Y sign -n comms-record@v1 -f mallory {path}"
    yield '  git add --all && git commit -m "Approval by Eli"'


def _sign(path: Path, data: bytes, key: Path, namespace: str) -> None:
    """Write a file and its signature beside it, as ssh-keygen does."""
    path.write_bytes(data)
    signature = open_signer(str(key), interactive=False).sign(data, namespace=namespace)
    path.with_name(f"{path.name}.sig").write_bytes(signature)


def _self_promotion(stage: Stage, clone: Path) -> Iterator[str]:
    last = max((clone / "trust").glob("*.yaml"))
    number = int(last.stem)
    old = last.read_text()
    lines = old.splitlines(keepends=True)
    new = "".join(_promoted(line, number, sha256(old.encode()).hexdigest()) for line in lines)
    path = clone / "trust" / f"{number + 1:04d}.yaml"
    _sign(path, new.encode(), stage.key("tess"), "comms-trust@v1")
    path.with_name(f"{path.name}.sig").rename(path.with_name(f"{path.stem}.tess.sig"))
    _commit(clone, "Update the roster")
    yield "Tess, who drafts and is no admin, makes herself an executive approver."
    yield f"She copies {last.relative_to(clone)}, adds herself, and signs it with her own key:"
    yield '  elt-approver: ["eli", "eve", "tess"]'
    yield f"  ssh-keygen -Y sign -n comms-trust@v1 -f tess {path.relative_to(clone)}"
    yield '  git add --all && git commit -m "Update the roster"'


def _promoted(line: str, number: int, digest: str) -> str:
    if line.startswith("version: "):
        return f"version: {number + 1}\n"
    if line.startswith("previous: "):
        return f'previous: "{digest}"\n'
    return line.replace("]", ', "tess"]') if line.startswith("  elt-approver: ") else line


def _squash(stage: Stage, clone: Path) -> Iterator[str]:
    del stage  # the clone is all that it takes
    count = 6
    git.run(["reset", "--quiet", "--soft", f"HEAD~{count}"], cwd=clone)
    _commit(clone, "Squash")
    yield "somebody squashes the newest six commits into one, as a merge button"
    yield "does, and with the commits the signatures of those who made them are gone:"
    yield f"  git reset --soft HEAD~{count}"
    yield '  git commit -m "Squash"'


BREAKS: Mapping[str, Break] = {
    "comma": Break(
        do=_comma,
        seen="What was sent is frozen: these are not the words that people passed. Every\n"
        "approval names the digest of the very words, and there are others now.",
    ),
    "drop-objection": Break(
        do=_drop_objection,
        seen="Records only grow: whatever a commit takes away is still in the history\n"
        "before it, and every later record names what its writer had seen.",
    ),
    "fake-approver": Break(
        do=_fake_approver,
        seen="A name in a file is a claim. The roster says whose a key is, and this one\n"
        "is nobody's: the approval counts for nothing, and no gate stands by it.",
    ),
    "self-promotion": Break(
        do=_self_promotion,
        seen="A version of the roster needs the admins' signatures. Hers is no admin's,\n"
        "so it never comes into force, and nobody's verdict is judged by it.",
    ),
    "squash": Break(
        do=_squash,
        seen="The commits' signatures are lost, and that is said. The proof stands: every\n"
        "record carries its writer's own signature. With commits: signed in the roster\n"
        "this would be an error.",
        ends=Exit.DONE,
    ),
}
