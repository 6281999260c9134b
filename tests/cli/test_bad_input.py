"""What people get wrong: a code, a reason, a place, the next command; and nothing is written."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.cast import Cast, Clone
from tests.support.keys import make_key
from tests.support.runner import Ran, comms, environment

pytest_plugins = ["tests.support.cast_fixtures"]
M = "investigation-all-customers-1"
I = "2026-11-22-checkout-outage"  # noqa: E741 - as short as the table wants it


@pytest.fixture(scope="module")
def told_once(small_once: Cast, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """A cast in the middle of an incident; no case here may change it."""
    cast = small_once.copy(tmp_path_factory.mktemp("told"))
    cast.declare("customers")
    cast.ana.done("new", "Late invoices", "--severity", "3")
    cast.bo.done("sync")
    return cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command line, how it ends, and what it says (as regular expressions)."""

    argv: str
    code: int = 2
    says: str
    then: str = ""
    who: str = "ana"


CASES = [
    Case(argv="status -i nope", says="no incident is called 'nope'", then=f"name one with -i: {I}"),
    Case(argv="log", says=f"2 incidents could be meant: {I}, 2026-11-22-late", then=f"-i {I}"),
    Case(argv="-i late show cust", says="no message is called 'cust'", then="comms draft"),
    Case(argv="show nope", says="no message is called 'nope'", then=f"there are {M}"),
    Case(argv="show cust@7", says="has no revision '7'", then="there is @1"),
    Case(argv="show cust@beef", says="has no revision 'beef'", then="there is @1"),
    Case(argv=f"-i {I} draft nobody", says="no audience is called 'nobody'", then="audiences.yaml"),
    Case(argv=f"-i {I} draft --phase nope cust", says="'nope' is no phase", then="one of det"),
    Case(argv=f"-i {I} draft customers", code=1, says="still in work", then=f"comms revise {M}"),
    Case(
        argv=f"-i {I} draft internal --template base/nope",
        says="there is no template base/nope", then="comms template list",
    ),
    Case(
        argv=f"-i {I} draft internal --phase resolution",
        says=r"templates/base/resolution/internal-stakeholders.md:\d+: the fact `end`",
        then="comms fact set end=…",
    ),
    Case(argv=f"-i {I} draft internal", who="bo", code=4, says="takes technical-slt", then="ana"),
    Case(argv="new", says="a title and a severity", then="comms new"),
    Case(argv="new x --severity 9", says="'9' is no severity", then="SEV-2"),
    Case(argv="new x --severity 1 --playbook nope", says="no playbook", then="playbook list"),
    Case(argv="new x --severity 1 --phase monitoring", says="not in monitoring", then="phase"),
    Case(argv="new x --severity 1 --phase nope", says="'nope' is no phase", then="phase"),
    Case(argv="new x --severity 1 --fact nope", says="expected KEY=VALUE", then="impact="),
    Case(argv="new x --severity 1 --fact start=soon", says="'soon' is no time", then="09:14"),
    Case(argv="new x --severity 1 --id No", says="cannot be an incident's id", then="--id no"),
    Case(argv=f"new x --severity 1 --id {I}", code=1, says="already declared", then="another --id"),
    Case(argv="new x --severity 1 --from nope.yaml", says="nope.yaml: No such file", then="YAML"),
    Case(argv="review cust", says="say one of --ok", then="--ok"),
    Case(argv="review cust --ok --suggest x", says="not --ok and --suggest", then="--ok"),
    Case(argv="review --ok", says="name a message, or --all", then="comms next"),
    Case(argv="review cust --edit", says="nobody to edit it", then="--file FILE"),
    Case(argv="review cust --ok --gate nope", says="no gate 'nope'", then="approval, release"),
    Case(argv="review cust --ok", code=4, says="ana judges no gate", then="comms trust show"),
    Case(argv="approve --all", code=1, says="nothing waits on you", then="comms status"),
    Case(argv="release cust", who="bo", code=1, says="release of .* comes after approval",
         then="comms status"),
    Case(argv="withdraw cust --why x", code=1, says="has no verdict", then="comms show"),
    Case(argv="withdraw cust", says="say why", then="--why TEXT"),
    Case(argv="send", says="name a message, or --released", then="comms next"),
    Case(argv="send --released", code=1, says="nothing is released", then="comms status"),
    Case(argv="send cust", code=1, says=r"approval \(open\): 1 missing, could: bo", then="status"),
    Case(argv="send cust", who="bo", code=4, says="takes business-responder", then="ask ana"),
    Case(argv=f"-i {I} phase nope", says="'nope' is no phase", then="one of detection"),
    Case(argv=f"-i {I} phase investigation", code=1, says="already in", then="comms status"),
    Case(argv=f"-i {I} severity 9", says="'9' is no severity", then="SEV-2"),
    Case(argv=f"-i {I} skip nope --why x", says="no audience", then="audiences.yaml"),
    Case(argv=f"-i {I} skip cust", says="say why", then="--why TEXT"),
    Case(argv=f"-i {I} skip customers --why x --phase nope", says="is no phase", then="one of"),
    Case(argv=f"-i {I} fact nope", says="No such command 'nope'", then="comms fact --help"),
    Case(argv=f"-i {I} fact set Impact=x", says="Impact", then=""),
    Case(argv="revise cust", says="nobody to edit it, and no file", then="--file FILE"),
    Case(argv="revise cust --file nope.md", says="nope.md: No such file", then="--file FILE"),
    Case(argv="revise cust --take bo", code=1, says="bo proposed no wording", then="comms show"),
    Case(argv="diff cust --since nope", says="nope has no verdict", then="comms show"),
    Case(argv="explain stale", says="no rule is called 'stale'", then="explain stale-verdict"),
    Case(argv="template show nope", says="no template is called", then="comms template list"),
    Case(argv="playbook show nope", says="no playbook is called", then="comms playbook list"),
    Case(argv="check --format nope", says="--format nope: expected", then="comms check --help"),
    Case(argv="check --pin nope", says="there is no pin at nope", then="comms trust pin"),
    Case(argv="trust role nope --role admin", says="is called 'nope'", then="there are ana, bo"),
    Case(argv="trust role bo --role legal-oficer", says="did you mean legal-officer", then="admin"),
    Case(argv="trust role bo", says="name a role", then="--role R"),
    Case(argv="trust role bo --role admin", who="bo", code=4, says="is no admin", then="ask ana"),
    Case(argv="trust remove nope", says="is called 'nope'", then="there are ana, bo"),
    Case(argv="trust gates --needs nope=2", says="no gate 'nope'", then="approval, release"),
    Case(argv="trust gates --needs approval=x", says="a whole number", then="--help"),
    Case(argv="trust gates --preset nope", says="expected full or small", then="--help"),
    Case(argv="trust add lea", says="--public-key are needed", then="comms trust add lea"),
    Case(argv="trust add --from nope.yaml", says="nope.yaml: No such file", then="--from FILE"),
    Case(argv="trust nope", says="No such command 'nope'", then="comms trust --help"),
    Case(argv="sync --offline", says="--offline", then="comms sync"),
    Case(argv="init --organisation x", says="--person, --name, --email missing", then="--help"),
    Case(argv="init --organisation x --person x --name x --email e@x.example", code=1,
         says="has a trust already", then="comms join"),
    Case(argv="nope", says="No such command 'nope'", then="comms --help"),
    Case(argv="status --nope", says="No such option", then="comms status --help"),
    Case(argv="status --format nope", says="No such option", then="comms status --help"),
    Case(argv="--color pink status", says="expected auto, always or never", then="--help"),
    Case(argv="-C nope status", says="nope is no folder", then="-C DIR"),
    Case(argv="--key nope status", code=0, says="", then=""),
    Case(argv="--key nope next", code=4, says="no key at 'nope'", then="ssh-keygen"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.argv)
def test_it_is_said_and_nothing_is_written(told_once: Cast, case: Case) -> None:
    clone = getattr(told_once, case.who)
    before = clone.state()

    ran = clone(*case.argv.split())

    assert ran.code == case.code, ran.err
    assert clone.state() == before
    if case.code:
        assert_says(ran, case.says, case.then)


def assert_says(ran: Ran, says: str, then: str = "") -> None:
    """A reason, and a next step; never a word of Python."""
    assert ran.err.startswith("error: "), ran.err
    assert re.search(says, ran.err), ran.err
    following = [line for line in ran.err.splitlines() if line.startswith("next: ")]
    assert following, ran.err
    assert then in following[-1], ran.err
    assert "Traceback" not in ran.err
    assert "bug:" not in ran.err


# States of the clone


def broken(make: Callable[[Clone], object], says: str, then: str, code: int = 2) -> object:
    return pytest.param(make, says, then, code, id=make.__name__)


def detached(clone: Clone) -> None:
    clone.git("checkout", "--quiet", "--detach")


def unborn(clone: Clone) -> None:
    clone.git("checkout", "--quiet", "--orphan", "other")


def merging(clone: Clone) -> None:
    head = clone.git("rev-parse", "HEAD")
    (clone.folder / ".git" / "MERGE_HEAD").write_text(head)


def rebasing(clone: Clone) -> None:
    (clone.folder / ".git" / "rebase-merge").mkdir()


def program_in_config(clone: Clone) -> None:
    clone.git("config", "core.sshCommand", "touch pwned")


@pytest.mark.parametrize(
    ("make", "says", "then", "code"),
    [
        broken(detached, "HEAD is detached", "git switch", 2),
        broken(unborn, "no commit yet", "comms init", 3),
        broken(merging, "a merge is in progress", "git merge --abort"),
        broken(rebasing, "a rebase is in progress", "git rebase --abort"),
        broken(program_in_config, "core.sshcommand", "--unset"),
    ],
)
def test_a_clone_in_no_state_to_write(
    small: Cast, make: Callable[[Clone], object], says: str, then: str, code: int
) -> None:
    ana = small.ana
    make(ana)
    ana.clean = False
    before = ana.state()
    ran = ana("new", "x", "--severity", "1")
    assert ran.code == code
    assert_says(ran, says, then)
    assert ana.state() == before
    assert not (ana.folder / "pwned").exists()


def test_a_folder_that_is_in_no_repository(tmp_path: Path, small: Cast) -> None:
    ran = comms("status", cwd=tmp_path.parent, environ=small.ana.environ())
    assert ran.code == 2
    assert_says(ran, "is not in a git repository", "comms init")


def test_a_bare_repository_is_checked_and_not_written(small: Cast) -> None:
    environ = small.ana.environ()
    assert comms("check", cwd=small.hub, environ=environ).code == 0
    ran = comms("new", "x", "--severity", "1", cwd=small.hub, environ=environ)
    assert ran.code == 2
    assert_says(ran, "this repository is bare", "git clone")


def test_a_folder_that_is_gone(small: Cast) -> None:
    folder = small.root / "gone"
    folder.mkdir()
    script = f"import os; os.rmdir({str(folder)!r}); import commscli.__main__ as m; m.sys.argv"
    command = [sys.executable, "-c", f"{script}[1:] = ['status']; raise SystemExit(m.main())"]
    done = subprocess.run(
        command, cwd=folder, env=small.ana.environ(), capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"the folder that you are in is gone" in done.stderr


def test_what_is_staged_stays_staged(small: Cast) -> None:
    ana = small.ana
    (ana.folder / "notes.txt").write_text("mine")
    ana.git("add", "notes.txt")
    ana.clean = False
    ana.done("new", "x", "--severity", "1")
    assert ana.git("status", "--porcelain") == "A  notes.txt\n"
    assert "notes.txt" not in ana.git("show", "--stat", "HEAD")


# Keys


def test_a_key_that_nobody_on_the_roster_owns(small: Cast) -> None:
    key = make_key(small.root, "stranger")
    ran = small.ana("new", "x", "--severity", "1", COMMS_KEY=str(key))
    assert ran.code == 4
    assert_says(ran, "is nobody's on this roster", "comms trust add")


def test_a_locked_key_is_never_asked_for(small: Cast) -> None:
    key = small.key("ana")
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "secret", "-f", str(key)], check=True,
                   capture_output=True)  # fmt: skip
    before = small.ana.state()
    ran = small.ana("new", "x", "--severity", "1", "--no-input", real=True)
    assert ran.code == 4
    assert_says(ran, "is locked", "ssh-add")
    assert small.ana.state() == before


def test_an_agent_that_is_gone(small: Cast) -> None:
    key = small.key("ana")
    socket = str(small.root / "no-agent")
    ran = small.ana("new", "x", "--severity", "1", COMMS_KEY=f"{key}.pub", SSH_AUTH_SOCK=socket)
    assert ran.code == 0, "the private half lies beside it"
    (small.root / "alone").mkdir()
    alone = shutil.copy(f"{key}.pub", small.root / "alone" / "id.pub")
    ran = small.ana("new", "y", "--severity", "1", COMMS_KEY=str(alone), SSH_AUTH_SOCK=socket)
    assert ran.code == 4
    assert_says(ran, "no ssh-agent answers", "ssh-add")


def test_no_key_at_all(small: Cast) -> None:
    small.ana.git("config", "--unset", "user.signingkey")
    ran = small.ana("new", "x", "--severity", "1", COMMS_KEY="")
    assert ran.code == 4
    assert_says(ran, "no key to sign with", "--key FILE or COMMS_KEY")


# Files that people write


def in_commit(small: Cast, path: str, text: str | bytes) -> Clone:
    small.ana.edit(path, text)
    return small.ana


def test_settings_with_many_faults_are_told_all_at_once(small: Cast) -> None:
    ana = small.ana
    ana.edit("comms.yaml", "organisation: ''\ntimezone: Mars/Base\ndomain: example.com\nnope: 1\n")
    ana.edit("channels.yaml", "channels:\n  mail: {adapter: pigeon}\n")
    ana.edit("audiences.yaml", "audiences:\n  all:\n    name: All\n    channels: []\n")
    before = ana.state()
    ran = ana("status")
    assert ran.code == 2
    for place in ("comms.yaml:1:15", "comms.yaml:2:11", "comms.yaml:4:1", "channels.yaml:2:19",
                  "audiences.yaml:3:5: `detail` is missing", "audiences.yaml:4:15"):  # fmt: skip
        assert place in ran.err, ran.err
    assert_says(ran, "unknown key `nope`", "edit comms.yaml:1:15")
    assert ana.state() == before


def test_a_channel_that_nobody_has_set_up(small: Cast) -> None:
    ana = in_commit(small, "channels.yaml", "channels:\n  mail: {adapter: file, as: eml}\n")
    assert_says(ana("status"), "audiences.yaml: .* uses the channel", "channels.yaml has mail")


def test_a_draft_that_names_an_unknown_channel(small: Cast) -> None:
    small.declare("customers")
    words = b"---\nsubject: s\nchannels: [pigeon]\n---\nText.\n"
    ran = small.ana("revise", "cust", "--file", "-", stdin=words)
    assert ran.code == 2
    assert_says(ran, "names the channel pigeon", "channels: [intranet")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (b"caf\xe9\n", r"the new words:1:\d+: .*UTF-8"),
        (b"Hello {{ name }}.\n", r"draft.md:\d+:\d+: .*name"),
        (b"Hello [NAME] \n{{ recipient.first_name }}\n", r"draft.md:\d+:\d+: .*recipient"),
        (b"a\n\n\x1b[31mred\n", r":\d+(:\d+)?: .*U\+001B"),
        (b"---\nsubject: a\nsubject: b\nchannels: [mail]\n---\nx\n", r":3:1: the key `subject`"),
        (b"---\nsubject: s\nchannels: [status-page]\n---\n{{ send.next_update }}\n",
         "next_update in the front matter is empty"),
        (b"---\nsubject: s\nchannels: [status-page]\n---\n\n", "there are no words"),
        (b"", "there are no words"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_recorded(small: Cast, words: bytes, says: str) -> None:
    small.declare("customers")
    before = small.ana.state()
    ran = small.ana("revise", "cust", "--file", "-", stdin=words)
    assert ran.code == 2
    assert_says(ran, says)
    assert small.ana.state() == before


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (b"email,name\n", "the list has no rows"),
        (b"email,first_name\ncaf\xe9@x.example,K\n", r"\.csv:\d+: byte \d+ of the line is not"),
        (b"name\nKim\n", r"\.csv:\d: no column email"),
        (b"email,Name\n", r"\.csv:\d:2: column 'Name'"),
        (b'email\n"open\n', r"\.csv:\d: not CSV"),
    ],
)
def test_lists_that_cannot_be_used(small: Cast, rows: bytes, says: str) -> None:
    small.declare()
    (small.ana.folder / "recipients" / "strategic-customers.csv").write_bytes(rows)
    ran = small.ana("draft", "strategic")
    assert ran.code == 2
    assert_says(ran, says)


def test_every_bad_row_is_named(small: Cast) -> None:
    small.declare()
    rows = "email,name\nnope,A\nkim@x.example,B,C\nkim@x.example,D\nKIM@x.example,E\n"
    (small.ana.folder / "recipients" / "strategic-customers.csv").write_text(rows)
    ran = small.ana("draft", "strategic")
    assert ran.code == 2
    for line in ("'nope' is no mail address", "3 cells, and 2 columns", "stands in line 5 already"):
        assert line in ran.err
    assert_says(ran, r"\.csv:3: 'nope'", "mend the rows")


def test_a_list_that_is_not_there(small: Cast) -> None:
    small.declare()
    (small.ana.folder / "recipients" / "strategic-customers.csv").unlink()
    ran = small.ana("draft", "strategic")
    assert ran.code == 2
    assert_says(ran, "no list of recipients called strategic-customers", "recipients/")


def test_people_and_facts_from_files_with_faults(small: Cast) -> None:
    file = small.root / "bad.yaml"
    file.write_text("people:\n  lea:\n    name: Lea\n    email: nope\n    roles: legal\n")
    ran = small.ana("trust", "add", "--from", str(file))
    assert ran.code == 2
    assert_says(ran, r"bad.yaml:4:12")
    assert_says(ran, "`public_key` is missing")
    file.write_bytes(b"impact: \xff\n")
    assert_says(small.ana("fact", "import", str(file)), r"bad.yaml:1:9: .*UTF-8")
    file.write_text("impact: [a]\n")
    assert_says(small.ana("new", "x", "--severity", "1", "--from", str(file)), "expected one text")


def test_a_private_key_is_not_taken_for_a_public_one(small: Cast) -> None:
    ran = small.ana("trust", "add", "lea", "--name", "Lea", "--email", "lea@example.com",
                    "--public-key", str(small.key("bo")), "--role", "legal-officer")  # fmt: skip
    assert ran.code == 2
    assert_says(ran, "is a private key", ".pub")


# The pin


def test_no_pin(small: Cast) -> None:
    home = small.root / "homes" / "nobody"
    home.mkdir()
    environ = environment(home, COMMS_KEY=str(small.key("ana")))
    for argv, says in (
        (["check"], "undecided: there is no pin"),
        (["new", "x", "--severity", "1"], "no pin"),
    ):
        ran = comms(*argv, cwd=small.ana.folder, environ=environ)
        assert ran.code == 3
        assert says in ran.out + ran.err
    document = comms("check", "--json", cwd=small.ana.folder, environ=environ).json
    assert (document["outcome"], document["pin"]) == ("undecided", None)


def test_a_wrong_pin(small: Cast) -> None:
    pin = small.root / "wrong.pin"
    text = small.pin.read_text()
    pin.write_text(text.replace(re.findall(r"[0-9a-f]{64}", text)[0], "0" * 64))
    assert small.ana("check", "--pin", str(pin)).code == 3
    pin.write_text("nonsense\n")
    ran = small.ana("check", "--pin", str(pin))
    assert ran.code == 2
    assert_says(ran, r"wrong.pin:1", "comms trust pin")
    document = small.ana("check", "--pin", str(pin), "--json").json
    assert (document["schema"], document["outcome"]) == ("comms/check@1", "undecided")
    assert document["error"]["code"] == "bad-pin"


def test_a_path_that_matches_nothing_outranks_everything(small: Cast) -> None:
    ran = small.ana("check", "nope", "--exit-zero")
    assert ran.code == 3
    assert "nope matches no incident" in ran.out


def test_joining_what_is_not_there(small: Cast) -> None:
    ran = comms("join", "nowhere.git", cwd=small.root, environ=small.bo.environ())
    assert ran.code == 2
    assert_says(ran, "nowhere.git cannot be cloned: repository 'nowhere.git' does not exist",
                "git ls-remote")  # fmt: skip
    assert not (small.root / "nowhere").exists()


def test_joining_with_a_pin_of_something_else(small: Cast) -> None:
    pin = small.root / "other.pin"
    pin.write_text(re.sub(r"[0-9a-f]{64}", "0" * 64, small.pin.read_text(), count=1))
    home = small.root / "homes" / "new"
    ran = comms("join", str(small.hub), "new", "--pin", str(pin), cwd=small.root,
                environ=environment(home, COMMS_KEY=str(small.key("bo"))))  # fmt: skip
    assert ran.code == 3
    assert not (small.root / "new").exists()


def test_joining_before_an_admin_has_added_me(small: Cast) -> None:
    home = small.root / "homes" / "new"
    ran = comms("join", str(small.hub), "new", "--pin", str(small.pin), "--no-passphrase",
                cwd=small.root, environ=environment(home))  # fmt: skip
    assert ran.code == 4
    assert ran.out.startswith("ssh-ed25519 ")
    assert "comms trust add" in ran.err
    assert (home / ".ssh" / "comms_ed25519.pub").read_text().startswith(ran.out.strip())


# The remote


def test_a_remote_that_refuses(small: Cast) -> None:
    hook = small.hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no entry >&2\nexit 1\n")
    hook.chmod(0o755)
    ran = small.ana("new", "x", "--severity", "1", "--json")
    assert ran.code == 0
    assert ran.json["shared"] is False
    assert "not yet shared" in ran.err
    told = small.ana("sync")
    assert told.code == 2
    assert_says(told, "refused: no entry", "comms sync")
    hook.unlink()
    assert small.ana.done("sync", "--json").json["pushed"] is True


def test_a_remote_that_hangs(small: Cast) -> None:
    slow = small.root / "slow"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    small.ana.git("remote", "set-url", "origin", "ssh://forge.example/hub.git")
    seconds, command = "0.3", str(slow)
    ran = small.ana("new", "x", "--severity", "1", real=True, COMMS_NETWORK_SECONDS=seconds,
                    GIT_SSH_COMMAND=command)  # fmt: skip
    assert ran.code == 0
    assert "not yet shared" in ran.err
    told = small.ana("sync", real=True, COMMS_NETWORK_SECONDS=seconds, GIT_SSH_COMMAND=command)
    assert told.code == 2
    assert_says(told, "no answer within", "--offline")


# The machine


def test_a_clock_that_is_wrong(small: Cast) -> None:
    small.declare()
    ran = small.ana("doctor", COMMS_NOW="2026-11-20T09:00:00Z")
    assert ran.code == 0
    assert "warning  clock: the last record says 2026-11-22T09:20:00Z" in ran.out
    told = small.ana("status", COMMS_NOW="yesterday")
    assert told.code == 2
    assert "COMMS_NOW is 'yesterday'" in told.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(small: Cast) -> None:
    objects = small.ana.folder / ".git" / "objects"
    before = small.ana.state()
    objects.chmod(0o555)
    ran = small.ana("--offline", "new", "x", "--severity", "1")
    objects.chmod(0o755)
    assert ran.code == 2
    assert_says(ran, "permission")
    assert small.ana.state() == before
