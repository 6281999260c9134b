"""Somebody changes one comma in what was sent, with plain git; the check says whose word died."""

import sys

from commscli.cli.demo_stage import Stage, copy_of
from commscli.cli.demo_story import StoryBroke, sent_records
from commscli.cli.exits import Exit
from commscli.ledger import git


def break_comma(stage: Stage) -> None:
    """Tamper in a throwaway clone, and run the check there."""
    clone = copy_of(stage, "broken-comma")
    sent = next(p for p in sent_records(stage) if "all-customers" in str(p))
    draft = clone / sent.parent.parent.relative_to(stage.desk) / "draft.md"
    before = draft.read_text()
    line = next(line for line in before.split("\n---\n", 1)[1].splitlines() if ", " in line)
    draft.write_text(before.replace(line, line.replace(", ", " ", 1), 1))
    who = ["-c", "user.name=Mallory", "-c", "user.email=mallory@example.com",
           "-c", "commit.gpgsign=false"]  # fmt: skip
    git.run([*who, "commit", "--quiet", "-am", "Fix a comma"], cwd=clone)
    sys.stdout.write(
        f"In a throwaway clone, Mallory takes one comma out of\n  {draft.relative_to(clone)}\n"
        f"- {line}\n+ {line.replace(', ', ' ', 1)}\n\n$ comms check\n"
    )
    sys.stdout.flush()
    ran = stage.comms("rob", "check", folder=clone)
    sys.stdout.write(ran.out)
    sys.stdout.write(f"\ncomms check ended with {ran.status}; the real repository is untouched.\n")
    if ran.status != Exit.REFUSED:
        raise StoryBroke("the check did not see the tampering", remedy="please report this")
