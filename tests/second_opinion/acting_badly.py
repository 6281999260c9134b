"""What attackers and accidents do: to files, folders, merges and histories."""

from typing import Any

from tests.second_opinion.acting_well import gate_of, judge_of, subject_of
from tests.second_opinion.histories import (
    MESSAGES,
    Act,
    LeftOut,
    Tale,
    can_happen,
    pick,
)
from tests.support.story import File, Story

RECORD = "comms-record@v1"


def protected(story: Story) -> list[str]:
    return sorted(p for p in story.tree if p.startswith("trust/") or "/records/" in p)


def records(story: Story) -> list[str]:
    return [path for path in protected(story) if path.endswith(".yaml") and "/records/" in path]


@can_happen
def remove(_: Tale, story: Story, act: Act) -> None:
    """Delete a protected file; rarely put it back at once."""
    path = pick(protected(story), 8 * act.a + act.who)
    file = story.tree[path]
    story.commit({path: None}, by="tom")
    if act.b > 5:
        story.commit({path: file}, by="tom")


@can_happen
def change_bytes(_: Tale, story: Story, act: Act) -> None:
    path = pick(protected(story), 8 * act.a + act.who)
    data = story.tree[path].data
    at = (31 * act.b) % max(1, len(data))
    changed = data[:at] + bytes([(data[at] if data else 0) ^ 1]) + data[at + 1 :]
    story.commit({path: File(data if act.b > 5 else changed, "100755" if act.b > 5 else "100644")})


@can_happen
def move(_: Tale, story: Story, act: Act) -> None:
    """Copy or move a record (mostly with its signature) to another message or name."""
    path = pick(records(story), 8 * act.a + act.who)
    other = MESSAGES[MESSAGES[0] in path]
    new = {
        0: path.replace(MESSAGES[0], other).replace(MESSAGES[1], other),
        1: path.replace("-ok-", "-suggested-").replace("-drafted-", "-ok-"),
        2: path.replace("2026", "2025", 1),
        3: path.replace("/records/2026", "/records/2025"),
    }[act.b % 4]
    files: dict[str, Any] = {new: story.tree[path]}
    if act.b < 6 and f"{path}.sig" in story.tree:
        files[f"{new}.sig"] = story.tree[f"{path}.sig"]
    if act.a % 2 and new != path:
        files |= {path: None, f"{path}.sig": None}
    story.commit(files, by="tom")


@can_happen
def put_a_stray(_: Tale, story: Story, act: Act) -> None:
    """Lay down what does not belong where records and versions are."""
    folder = f"{story.folder}/records"
    path, file = pick([
        (f"{folder}/notes.txt", File(b"notes\n")),
        ("trust/README.md", File(b"read\n")),
        (f"{folder}/20261122T091400Z-ok-00000000.yaml", File(b"no record\n")),
        (f"{folder}/20261122T091400Z-ok-00000000.yaml.sig", File(b"no signature\n")),
        (f"{folder}/link", File(b"/etc/passwd", "120000")),
        ("trust/0077.yaml", File(b"no version\n")),
        ("templates/records/notes.txt", File(b"notes\n")),
        (f"{folder}/20261122T091400Z-ok-00000000.yaml", File(b"no record\n", "100755")),
    ], act.b)  # fmt: skip
    story.commit({path: file}, by="tom")


@can_happen
def put_an_odd_name(_: Tale, story: Story, act: Act) -> None:
    """Names that some systems take for others, and folders and links where none may be."""
    folder, other = f"{story.folder}/records", "incidents/2026-11-29-other"
    path, file = pick([
        (f"{folder}/inner/20261122T091400Z-ok-00000000.yaml", File(b"x\n")),
        ("trust/inner/0002.yaml", File(b"x\n")),
        ("Trust/0001.yaml", File(b"x\n")),
        (f"{story.folder}/Records/x", File(b"x\n")),
        (f"{story.folder}/Draft.md", File(b"Other words.\n")),
        ("incidents/link", File(b"..", "120000")),
        ("inc\u0131dents/x", File(b"x\n")),
        ("incidents/2026-11-22-checkout-outage\u200b/x", File(b"x\n")),
        ("INCIDENTS/x", File(b"x\n")),
        ("Templates/records/x", File(b"x\n")),
        (f"{other}/records", File(b"..", "120000")),
        (f"{other}/messages/m/attachments", File(b"..", "120000")),
        ("incidents/\u00fcber/records/20261122T091400Z-ok-00000000.yaml", File(b"x\n")),
        ("README.MD", File(b"x\n")),
        (f"{other}/Report.md", File(b"x\n")),
        ("incidents/2026-11-22-Checkout-outage/report.md", File(b"x\n")),
    ], 8 * (act.a % 2) + act.b)  # fmt: skip
    story.commit({path: file}, by="tom")


@can_happen
def merge_evilly(tale: Tale, story: Story, act: Act) -> None:
    """A merge that drops, changes or brings something."""
    other = pick([other for other in tale.branches if other is not story], act.who)
    path = pick(protected(story), 8 * act.a + act.b)
    file = story.tree[path]
    new = path.replace("2026", "2027") if "2026" in path else "trust/0050.yaml"
    puts: dict[int, dict[str, File | None]] = {
        0: {path: None},
        1: {path: File(file.data + b"x: 1\n")},
        2: {new: file},
        3: {f"{story.folder}/draft.md": File(b"Words of a merge.\n")},
    }
    story.merge(other, put=puts[act.a % 4])


@can_happen
def merge_in_a_record(tale: Tale, story: Story, act: Act) -> None:
    """A good record with its signature, which no ordinary commit ever brought."""
    other = pick([other for other in tale.branches if other is not story], act.who)
    side = story.aside()
    gate = gate_of(side, act.a)
    side.ok(gate, by=judge_of(side, gate, act.who), subject=subject_of(side, act.b))
    new = {path: file for path, file in side.tree.items() if path not in story.tree}
    story.merge(other, put=new)
    if act.b > 5:
        story.merge(side)


@can_happen
def edit_words(_: Tale, story: Story, act: Act) -> None:
    """Change the draft or what is attached without a word about it."""
    name, mode = ("draft.md", "100644") if act.a < 5 else ("attachments/new.txt", "100644")
    path = f"{story.folder}/{name}"
    content: File | None = File(f"Words {act.b % 3}.\n".encode(), "100755" if act.b == 7 else mode)
    if act.b == 6 and path in story.tree:
        content = None
    story.commit({path: content} if content else {path: None}, by="tom")


@can_happen
def pick_files(tale: Tale, story: Story, act: Act) -> None:
    """Bring another branch's newest files in a commit of one's own (a cherry-pick, a squash)."""
    other = pick([other for other in tale.branches if other is not story], act.who)
    new = {p: f for p, f in other.tree.items() if p not in story.tree}
    if act.a % 4 == 0:
        new = {p: f for p, f in new.items() if p.startswith("trust/")}
    elif act.a % 4 == 1:
        new = {p: f for p, f in new.items() if "/records/" in p}
    elif act.a % 4 == 2:
        chosen = pick([p for p in new if p.endswith(".yaml") and "/records/" in p], act.b)
        new = {p: f for p, f in new.items() if p in {chosen, f"{chosen}.sig"}}
    if not new:
        raise LeftOut
    story.commit(new, by=pick(("tom", "ada", "lea", ""), act.b))


@can_happen
def graft_a_root(_: Tale, story: Story, act: Act) -> None:
    """Merge a history that has nothing to do with this one."""
    side = story.aside()
    side.head = -1
    side.commit({"notes.md": b"%d\n" % act.a}, by="tom")
    story.merge(side)


@can_happen
def rewrite(tale: Tale, story: Story, act: Act) -> None:
    """At the end, make as if a file had never been there, or always been another."""
    path = pick(protected(story), 8 * act.a + act.who)
    data = story.tree[path].data
    at = (31 * act.b) % max(1, len(data))
    flipped = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if data else b"?"
    tale.rewritten[path] = None if act.b < 4 else flipped


@can_happen
def copy_a_version(tale: Tale, story: Story, act: Act) -> None:
    """Enter a trust version once more where it is not, with its signatures, some, or none."""
    other = pick([other for other in tale.branches if other is not story], act.who)
    new = [p for p in other.tree if p.startswith("trust/") and p not in story.tree]
    keep = act.b % 3
    files = {p: other.tree[p] for p in new if p.endswith(".yaml") or keep == 0 or "ada" in p}
    if keep == 2:
        files = {p: f for p, f in files.items() if p.endswith(".yaml")}
    if not files:
        raise LeftOut
    story.commit(files, by=pick(("leo", "ada", ""), act.a))


ON_DISK = ("put an odd name",)
"""What the tests' own reading of a story does not see."""
NAMES = (
    "remove", "change bytes", "move", "put a stray", "put a stray", "merge evilly",
    "merge in a record", "edit words", "edit words", "pick files", "pick files", "graft a root",
    "rewrite", "copy a version",
)  # fmt: skip
