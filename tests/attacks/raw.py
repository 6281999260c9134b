"""Commits and trees written byte by byte, which git's own commands would refuse to write."""

from tests.attacks.staging import Stage
from tests.support.story import sign

WHO = "Xan <xan@example.com> 1795000000 +0000"


def put_commit(stage: Stage, data: bytes) -> str:
    """Make these bytes the newest commit."""
    made = stage.story.shelf.add("commit", data)
    stage.repo.write(stage.story).point(made)
    return made


def commit_tree(stage: Stage, tree: str) -> str:
    """Put a commit of a raw tree on top."""
    head = f"tree {tree}\nparent {stage.story.tip}\nauthor {WHO}\ncommitter {WHO}\n\nraw\n"
    return put_commit(stage, head.encode())


def headers(stage: Stage) -> dict[str, str]:
    """The headers of a commit in which Bea brings a fact, for writing in another way."""
    stage.story.fact("start", "09:14")
    node = stage.story.shelf.nodes[stage.story.head]
    parent = stage.story.shelf.nodes[node.parents[0]].id
    who = "bea <bea@example.com> 1795000000 +0000"
    tree = node.data.split(b"\n", 1)[0].decode().removeprefix("tree ")
    return {"tree": tree, "parent": parent, "author": who, "committer": who}


def written(values: dict[str, str], lines: str = "tree parent author committer") -> bytes:
    """These headers in this order, each on its line."""
    return "".join(f"{name} {values[name]}\n" for name in lines.split()).encode()


def header(name: str, value: bytes) -> bytes:
    """A header whose value has more than one line."""
    return name.encode() + b" " + value.rstrip(b"\n").replace(b"\n", b"\n ") + b"\n"


def signed_by(
    name: str, head: bytes, message: bytes = b"\nfact\n", namespace: str = "git"
) -> bytes:
    """The header with somebody's signature of a commit that has these headers and this message."""
    return header("gpgsig", sign(name, head + message, namespace))


def reported(stage: Stage) -> set[tuple[str, str]]:
    """What somebody is told who has seen nothing of this repository before."""
    report = stage.repo.report(stage.story.pin)
    return {(finding.rule, finding.level.value) for finding in report.findings}


def told(stage: Stage) -> set[tuple[str, str]]:
    """What a check tells of now, as rule and level."""
    return {(f["rule"], f["level"]) for f in stage.check().json["findings"]}
