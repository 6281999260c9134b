"""With ``--json`` every command prints one document, and it fits its published schema."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types, and no stubs are locked
import pytest

from tests.support.cast import Cast
from tests.support.runner import comms, environment

pytest_plugins = ["tests.support.cast_fixtures"]
SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"
NAMES = sorted(path.stem for path in SCHEMAS.glob("*.json"))
OUTWARD = {"turn", "progress", "resolved", "canary", "sending", "bounces"}
"""What goes to a web hook, or needs a send in doubt or a bounce: the tests of those hold it
against this."""
MESSAGE = "investigation-all-customers-1"


def closed(schema: Any) -> Any:
    """The schema as the tests want it: no key that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in schema else inner


def schema_of(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def fits(document: Any) -> str:
    """Hold a document against the schema that it names; return its name."""
    name = str(document["schema"]).removeprefix("comms/").removesuffix("@1")
    jsonschema.Draft202012Validator(closed(schema_of(name))).validate(document)
    return name


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema_and_says_what_it_is_of(name: str) -> None:
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"comms/{name}@1"
    assert schema["properties"]["schema"] == {"const": f"comms/{name}@1"}
    assert schema["description"]


def test_every_document_of_every_command_fits(small: Cast) -> None:
    ana, bo = small.ana, small.bo
    seen = set()

    def said(run: Callable[..., Any], *argv: str, code: int = 0, stdin: bytes = b"") -> None:
        ran = run(*argv, "--json", stdin=stdin)
        assert ran.code == code, (argv, ran.err)
        seen.add(fits(ran.json))

    for argv in (
        ["new", "Checkout outage", "--severity", "1", "--fact", "start=09:14", "--fact",
         "services=card payments", "--fact", "impact=nobody can pay", "--drill"],
        ["draft", "--questions"], ["draft"], ["status"], ["next"], ["log"], ["fact", "list"],
        ["fact", "regions=north"],
        ["severity", "2"], ["rules"], ["explain", "open-gate"], ["doctor"], ["sync"],
        ["trust", "show"], ["trust", "log"], ["trust", "pin"], ["trust", "gates"],
        ["trust", "admins"], ["trust", "propose"],
        ["trust", "role", "bo", "--role", "legal-officer"], ["template", "list"],
        ["template", "show", "base/message"],
        ["template", "approve", "base/detection/all-customers", "--show"],
        ["template", "check"], ["template", "diff", "base/message"],
        ["template", "preview", "occasions/correction"],
        ["playbook", "list"], ["playbook", "check"], ["playbook", "preview", "client-support"],
        ["playbook", "show", "service-outage"], ["check"], ["show", MESSAGE],
        ["preview", MESSAGE], ["skip", "internal", "--why", "in the room"],
        ["hook", "install"], ["hook", "run", "pre-commit"],
        ["clock", "list", "--all"], ["clock", "start", "gdpr-33", "--why", "we are aware"],
        ["clock", "met", "gdpr-33", "--why", "notified"],
    ):  # fmt: skip
        said(ana, *argv)
    said(bo, "sync")
    said(bo, "approve", MESSAGE, "--object", "too long")
    said(bo, "withdraw", MESSAGE, "--why", "it is not")
    said(bo, "review", MESSAGE, "--gate", "approval", "--object", "hm", "--private")
    (file,) = (bo.folder / ".git" / "comms" / "private").iterdir()
    said(bo, "show", MESSAGE, "--private", str(file))
    said(bo, "withdraw", MESSAGE, "--why", "it is not")
    said(bo, "show", MESSAGE)
    said(ana, "sync")
    said(ana, "revise", MESSAGE, "--file", "-", stdin=b"Other words.\n")
    said(ana, "diff", MESSAGE)
    said(bo, "sync")
    said(bo, "approve", MESSAGE)
    said(bo, "release", MESSAGE)
    said(ana, "send", MESSAGE, "--dry-run")
    said(ana, "send", MESSAGE)
    said(ana, "send", MESSAGE)
    said(ana, "status")
    said(ana, "nudge")
    said(ana, "escalate")
    said(ana, "check")
    said(ana, "bundle", "checkout")
    said(ana, "metrics")
    said(ana, "report")
    said(ana, "report", "--open", "--drills")
    said(ana, "phase", "identification", "--why", "found")
    said(bo, "approve", MESSAGE, code=1)
    ana.clean = False  # a playbook that was begun is for its author to commit
    said(ana, "playbook", "new", "hack")
    for begun in documents_of_beginners(small):
        seen.add(fits(begun))
    assert sorted({*seen, *OUTWARD}) == NAMES, "each schema is exercised here"


def documents_of_beginners(cast: Cast) -> list[Any]:
    home = cast.root / "homes" / "beginner"
    environ = environment(home, COMMS_KEY=str(cast.key("bo")))
    person = ["--organisation", "N", "--person", "bo", "--name", "Bo", "--email", "bo@example.com"]
    init = comms("init", "begun", *person, "--json", cwd=cast.root, environ=environ)
    pin = ["--pin", str(cast.pin)]
    join = comms("join", str(cast.hub), "joined", *pin, "--json", cwd=cast.root, environ=environ)
    new = environment(home)
    make = ["join", str(cast.hub), "made", *pin, "--no-passphrase", "--json"]
    unknown = comms(*make, cwd=cast.root, environ=new)
    assert (init.code, join.code, unknown.code) == (0, 0, 4)
    return [init.json, join.json, unknown.json]


FAILURES: Sequence[tuple[list[str], int]] = [
    (["status", "-i", "nope"], 2),
    (["show", "nope"], 2),
    (["nope"], 2),
    (["trust"], 2),
    (["send", "--released"], 1),
    (["approve", "--all"], 1),
    (["--key", "nope", "next"], 4),
    (["check", "nope"], 3),
    (["check", "--pin", "nope"], 2),
    (["explain", "nope"], 2),
    (["revise", "nope"], 2),
    (["draft"], 2),
    (["log"], 2),
]


@pytest.mark.parametrize(("argv", "code"), FAILURES, ids=str)
def test_failures_are_one_document_too(small: Cast, argv: list[str], code: int) -> None:
    ran = small.ana(*argv, "--json")
    assert ran.code == code
    name = fits(ran.json)
    assert name == ("check" if argv[0] == "check" else "error")
    if name == "error":
        assert ran.json["exit"] == code
        assert ran.json["remedy"]


def test_a_check_in_no_repository_is_still_a_check(small: Cast, tmp_path: Path) -> None:
    ran = comms("check", "--json", cwd=tmp_path.parent, environ=small.ana.environ())
    assert ran.code == 2
    assert fits(ran.json) == "check"
    assert ran.json["outcome"] == "undecided"
    assert ran.json["error"]["code"] == "no-repository"


CHECK = {
    "": {"schema", "outcome", "tool", "head", "trust", "pin", "reasons", "checked", "messages",
         "findings"},
    "trust": {"version", "digest"},
    "checked": {"incidents", "messages", "sent", "records", "commits"},
    "messages": {"incident", "message", "state", "revision", "gates"},
    "gates": {"gate", "state", "by", "missing", "could"},
    "findings": {"id", "rule", "level", "incident", "message", "path", "line", "commit", "text",
                 "remedy", "help"},
}  # fmt: skip
STATUS = {
    "incidents": {"id", "title", "stage", "phase", "severity", "drill", "cells", "clocks"},
    "cells": {"phase", "audience", "required", "state", "message", "waiting_for"},
    "waiting_for": {"gate", "people", "estimate", "overdue"},
    "clocks": {"clock", "due", "state", "reason"},
}


def test_the_published_keys_of_check_and_status_are_there(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    small.bo.done("sync")
    small.bo.done("approve", message, "--gate", "approval", "--object", "wrong")
    small.ana.done("draft", "internal")
    small.ana.done("sync")

    check = small.ana.done("check", "--json").json
    assert check.keys() >= CHECK[""]
    assert check["pin"].keys() >= {"source", "digest"}
    for key in ("trust", "checked"):
        assert check[key].keys() >= CHECK[key]
    for key in ("messages", "findings"):
        assert all(entry.keys() >= CHECK[key] for entry in check[key])
        assert check[key]
    assert check["messages"][0]["gates"][0].keys() >= CHECK["gates"]

    (incident,) = small.ana.done("status", "--json").json["incidents"]
    assert incident.keys() >= STATUS["incidents"]
    assert all(cell.keys() >= STATUS["cells"] for cell in incident["cells"])
    waits = [wait for cell in incident["cells"] for wait in cell["waiting_for"]]
    assert waits
    assert all(wait.keys() >= STATUS["waiting_for"] for wait in waits)
    assert len(incident["clocks"]) > 1
    assert all(clock.keys() >= STATUS["clocks"] for clock in incident["clocks"])
    fits(small.ana.done("status", "--json").json)
