"""Five hundred recipients, and a send that is killed ten times: who got it, and what is known.

``python -m tests.crash.five_hundred [SEED]`` plays it over real SMTP, and prints what each kill
left. The moments of the kills are random: some mails after the last one, and a moment later.
"""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.cast import Cast, assemble
from tests.support.runner import program
from tests.support.scenes import Scene, Seen, mails, staged

PEOPLE, KILLS = 500, 10
MOST = 40
"""Mails between two kills, at most: ten kills must come before the end."""
MOMENT = 0.004
"""Seconds: about what one mail takes, so that a kill hits any part of it."""
PATIENCE = 60.0


@dataclass(slots=True)
class Story:
    """What each kill left, and how it ended."""

    kills: list[Seen] = field(default_factory=list)
    code: int = 0
    """Of the last run, which nobody killed."""
    after: Seen | None = None
    resolved: Counter[str] = field(default_factory=Counter)
    """The copies that everybody has, when a person has resolved what was in doubt."""
    seconds: float = 0.0


def killed_after(scene: Scene, mails_more: int, moment: float) -> int:
    """Send until so many mails more are there, and a moment later kill it; return how it ended."""
    ana, before = scene.cast.ana, len(scene.truth.to())
    with subprocess.Popen(
        program("send", scene.message), cwd=ana.folder, env=ana.environ(),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        until = time.monotonic() + PATIENCE
        while len(scene.truth.to()) < before + mails_more and process.poll() is None:
            assert time.monotonic() < until, "it sends nothing"
            time.sleep(0.001)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        return process.wait()


def played(cast: Cast, seed: int, *, connections: int = 1) -> Story:
    """Play it from the list to the last record."""
    chance = random.Random(seed)  # noqa: S311 - the moments of the kills
    story, started = Story(), time.monotonic()
    with mails(f", connections: {connections}") as truth:
        scene = staged(cast, truth, PEOPLE)
        while len(story.kills) < KILLS:
            code = killed_after(scene, chance.randint(1, MOST), chance.uniform(0, MOMENT))
            assert code == -signal.SIGKILL, "it was killed before its end"
            story.kills.append(scene.seen())
        story.code = scene.send().code
        story.after = scene.seen()
        scene.resolved(story.after)
        if story.after.doubt:
            assert scene.send().code == 0
        scene.assert_sent()
        story.resolved = truth.copies()
    story.seconds = time.monotonic() - started
    return story


def table(story: Story) -> Iterator[str]:
    """Yield what happened, line by line."""
    yield f"{'':>10}  {'on record':>9}  {'in doubt':>8}  {'got it':>6}  {'most copies':>11}"
    rows: Sequence[tuple[str, Seen | None]] = [
        *((f"kill {number}", seen) for number, seen in enumerate(story.kills, 1)),
        ("the end", story.after),
    ]
    for name, seen in rows:
        if seen is not None:
            most = max(seen.got.values(), default=0)
            yield (f"{name:>10}  {len(seen.accepted):>9}  {len(seen.doubt):>8}  "
                   f"{len(seen.got):>6}  {most:>11}")  # fmt: skip
    copies = Counter(story.resolved.values())
    told = ", ".join(f"{people} people {number}" for number, people in sorted(copies.items()))
    yield f"copies, when what was in doubt has been asked: {told}"
    yield f"{story.seconds:.0f} seconds"


def main() -> None:
    """Play it in a folder that goes away."""
    seed = int(sys.argv[1]) if sys.argv[1:] else 1
    with TemporaryDirectory() as folder:
        cast = assemble(Path(folder) / "small", "small")
        for line in table(played(cast, seed)):
            print(line)  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    main()
