"""A remote that refused once is asked again before the next message leaves."""

from pathlib import Path

from tests.support.cast import Cast

pytest_plugins = ["tests.support.cast_fixtures"]

REFUSE_THE_THIRD = """\
#!/bin/sh
count=$(cat "$GIT_DIR/pushes" 2>/dev/null || echo 0)
count=$((count + 1))
echo $count > "$GIT_DIR/pushes"
[ $count -ne 3 ] || { echo "down for a moment" >&2; exit 1; }
"""


def hook(hub: Path) -> None:
    path = hub / "hooks" / "pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text(REFUSE_THE_THIRD, encoding="utf-8")
    path.chmod(0o755)


def test_the_intent_of_the_next_message_is_shared_all_the_same(small: Cast) -> None:
    """The push that tells of the first send fails; the second must not leave unannounced.

    The first two are its lock and its intent.
    """
    messages = small.declare("internal", "customers")
    for message in messages:
        small.passed(message, "approval", "release")
    ana = small.ana
    ana.done("sync")
    hook(small.hub)

    ran = ana("send", *messages)

    assert ran.code == 0, ran.err
    assert "down for a moment" in ran.err
    shared = ana.git("ls-tree", "-r", "--name-only", "origin/main")
    assert all(f"/{m}/records/" in shared for m in messages)
    assert shared.count("-send-intent-") == 4, "two intents, each with its signature"
