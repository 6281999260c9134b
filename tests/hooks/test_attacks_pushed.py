"""Every attack of ``tests/attacks`` again, pushed for real to a bare repository with the hook.

The tests there make each attack in a repository and check it. Here the same tests run, and
whenever one of them checks, the attacked branch is also pushed by force to a bare repository
that holds the honest history and the hook. What the check does not pass the hook refuses,
naming the same rules, and no ref moves; what it passes is taken.
"""

import importlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from _pytest.fixtures import FixtureFunctionDefinition

from commscli.domain.history import Pin
from commscli.domain.report import Level, Outcome, Report
from commscli.ledger import pins
from commscli.workflow.proof.passed_tips import PassedTips
from tests.attacks.staging import Stage
from tests.hooks.hostile_client import pack, send
from tests.hooks.hub import Hub, Pushed, push
from tests.support.repos import Answer, Desk, Repo, git
from tests.support.story import Story

TIMED = "test_bombs"
"""Its tests look at the clock, and a push takes time of its own; test_refs pushes a bomb."""
ATTACKS = Path(__file__).parents[1] / "attacks"
MODULES = sorted(f"tests.attacks.{p.stem}" for p in ATTACKS.glob("test_*.py") if p.stem != TIMED)
pytest_plugins = ["tests.support.key_fixtures", "tests.support.cast_fixtures"]

TRUNK = "refs/heads/main"
SPELLINGS = 2

NOT_PUSHED: Mapping[str, Sequence[str]] = {
    "the objects of one clone are damaged, lent or withheld: nobody can push that": (
        "a_damaged_object_is_undecided_never_a_crash",
        "a_damaged_pack_is_undecided_or_no_matter",
        "a_good_object_at_the_end_of_a_thousand_deltas",
        "a_lender_that_hands_out_something_else",
        "a_pack_in_which_names_are_exchanged",
        "a_partial_clone_is_undecided",
        "a_pipe_that_nobody_writes_to",
        "a_shallow_clone_is_undecided_and_says_what_to_set",
        "a_shallow_clone_that_says_it_is_none",
        "a_store_that_is_a_link",
        "a_store_that_is_a_link_to_the_machine",
        "alternates_from_the_network_are_not_asked",
        "alternates_of_alternates_in_a_circle",
        "alternates_that_lead_elsewhere",
        "an_object_that_is_a_device",
        "an_object_that_is_a_pipe",
        "an_object_that_is_gone_is_undecided",
        "another_commit_under_the_name_of_the_newest",
        "deltas_that_are_made_of_each_other",
        "objects_that_another_repository_lends",
        "other_content_under_a_good_name_is_undecided",
        "reports_do_not_depend_on_how_a_repository_was_packed",
    ),
    "nobody has such objects: the test lets the checker's own SHA-1 collide": (
        "other_words_with_the_object_name_of_the_approved_ones",
        "another_record_with_the_object_name_of_a_good_one",
        "another_roster_with_the_object_name_of_the_first",
    ),
    "the branch is honest: the work tree, the environment or the pin of one machine is not": (
        "a_pin_for_another_repository_with_this_roster",
        "another_work_tree_of_the_same_repository",
        "git_alters_what_lies_on_disk",
        "the_branch_under_test_brings_programs_settings_and_a_pin",
        "the_words_are_shown",
        "the_work_tree_shows_other_words",
        "variables_that_git_would_obey",
        "what_a_page_would_not_show_is_shown",
        "what_hides_in_the_words_is_spelled_out",
        "without_a_pin_nothing_is_believed",
        "words_are_never_taken_for_a_template",
    ),
    "other refs of one clone, or an older tip: those are pushed in test_refs": (
        "an_old_mirror_is_old_news_and_still_says_so",
        "a_trunk_whose_name_is_no_text",
        "another_ref_with_the_name_of_the_branch",
        "replace_refs_show_nothing_else",
    ),
    "the test pushes by itself": (
        "a_branch_deleted_that_alone_has_an_objection",
        "a_push_under_any_name",
        "one_bad_ref_among_good_ones",
    ),
    "it is judged in memory, without a repository": (
        "a_copy_of_a_version_takes_no_objection_away",
        "a_version_that_names_one_person_twice_is_told_of",
        "an_attachment_with_a_line_feed_in_its_name_is_no_attachment",
        "an_ordinary_reader_of_yaml_reads_what_the_check_reads",
    ),
}
"""Attacks that are not pushed here: why, and the names of their tests."""
UNSEEN = {f"test_{name}" for names in NOT_PUSHED.values() for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check in the attacked repository came to: by these rules, or ``undecided``."""

    passes: bool
    rules: frozenset[str]

    @classmethod
    def of_answer(cls, answer: Answer) -> "Verdict":
        found = {f["rule"] for f in answer.json["findings"] if f["level"] == "error"}
        decided = answer.status in {0, 1}
        return cls(passes=answer.status == 0, rules=frozenset(found if decided else {"undecided"}))

    @classmethod
    def of_report(cls, report: Report) -> "Verdict":
        found = {f.rule for f in report.findings if f.level is Level.ERROR}
        decided = report.outcome is not Outcome.UNDECIDED
        passes = report.outcome is Outcome.PASS
        return cls(passes=passes, rules=frozenset(found if decided else {"undecided"}))


@dataclass(slots=True)
class Forge:
    """The bare repositories to which the attacks of one test are pushed."""

    folder: Path
    hubs: dict[Path, tuple[Hub, Story]] = field(default_factory=dict)
    checked: set[tuple[str, bytes]] = field(default_factory=set)
    pushes: int = 0

    def begin(self, stage: Stage) -> None:
        """Keep the honest history of a stage, as it is before the attack."""
        hub = Hub.make(self.folder / f"forge-{len(self.hubs)}")
        shutil.rmtree(hub.repo.path)
        words = ["clone", "-q", "--bare", "--template=", str(stage.repo.path), str(hub.repo.path)]
        git(*words, cwd=self.folder)
        hub.install()
        self.hubs[stage.repo.path] = hub, stage.story

    def push(self, path: Path, pin: bytes, verdict: Verdict) -> None:
        """Push what was checked, and hold the hook's answer against the check's."""
        if path not in self.hubs:
            return
        template, story = self.hubs[path]
        repo = Repo(path=path)
        base, head = template.refs[TRUNK], repo.git("rev-parse", "HEAD").strip()
        if head == base or (head, pin) in self.checked:
            return
        self.checked.add((head, pin))
        hub = Hub(repo=Repo(path=self.folder / f"hub-{len(self.checked)}.git"), desk=template.desk)
        shutil.copytree(template.repo.path, hub.repo.path)
        if pin:
            (hub.hooks / "comms-pin").write_bytes(pin)
            PassedTips.read(hub.hooks, hub.hooks / "comms-pin").keep({TRUNK: base})
        done = self._send(repo, story, hub, head)
        self.pushes += 1
        if verdict.passes and pin and "trunk-rewritten:" not in done.output:
            assert done.taken, done.output
            assert hub.refs[TRUNK] == head
            return
        assert not done.taken
        assert hub.refs[TRUNK] == base
        assert "comms refuses this push" in done.output
        if "trunk-rewritten:" not in done.output:  # nothing else is looked at then
            rules = verdict.rules if pin else {"undecided"}  # a receiver looks into no store
            assert rules - named_in(done) == set(), done.output

    def _send(self, repo: Repo, story: Story, hub: Hub, head: str) -> Pushed:
        """Push with git; what it refuses to send, send without it."""
        done = push(repo.path, hub.repo.path, f"+HEAD:{TRUNK}")
        if done.taken or "comms refuses" in done.output:
            return done
        there = set(hub.repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
                    .split())  # fmt: skip
        fresh = [name for name in story.shelf.objects if name not in there]
        updates = {TRUNK.encode(): (hub.refs[TRUNK], head)}
        return send(hub.repo.path, updates, pack(repo, fresh))


def named_in(done: Pushed) -> set[str]:
    return set(re.findall(r"^(?:remote: )? {2}([a-z-]+):", done.output, re.MULTILINE))


@pytest.fixture(autouse=True)
def forge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Forge]:
    """Push whatever is checked."""
    (tmp_path / "forge").mkdir()
    forge = Forge(tmp_path / "forge")
    make, check, checked, report = (
        Stage.of.__func__, Stage.check, Desk.checked, Repo.report,  # type: ignore[attr-defined]  # a class method
    )  # fmt: skip
    armed: list[Stage] = []

    def of(cls: type[Stage], *words: Any, **more: Any) -> Stage:
        stage: Stage = make(cls, *words, **more)
        forge.begin(stage)
        return stage

    def check_and_push(stage: Stage) -> Answer:
        armed.append(stage)  # while it checks, its repository names programs that must not run
        answer = check(stage)
        armed.pop()
        forge.push(stage.repo.path, pin_of(stage.desk), Verdict.of_answer(answer))
        return answer

    def checked_and_push(desk: Desk, path: Path) -> Answer:
        answer = checked(desk, path)
        if not armed:
            forge.push(path, pin_of(desk), Verdict.of_answer(answer))
        return answer

    def report_and_push(repo: Repo, pin: Pin) -> Report:
        found = report(repo, pin)
        forge.push(repo.path, pins.write(pin), Verdict.of_report(found))
        return found

    monkeypatch.setattr(Stage, "of", classmethod(of))
    monkeypatch.setattr(Stage, "check", check_and_push)
    monkeypatch.setattr(Desk, "checked", checked_and_push)
    monkeypatch.setattr(Repo, "report", report_and_push)
    yield forge
    if request.cls is not None:
        listed = request.node.originalname in UNSEEN
        assert listed == (forge.pushes == 0), "NOT_PUSHED lists them, and no others"


def pin_of(desk: Desk) -> bytes:
    return desk.pin.read_bytes() if desk.pin.exists() else b""


def staged(module: Any) -> dict[str, Callable[..., None]]:
    """The tests of a module that stage an attack on a repository."""
    tests = {n: f for n, f in vars(module).items() if n.startswith("test_") and callable(f)}
    return {
        name: test
        for name, test in tests.items()
        if "stage" in test.__code__.co_varnames[: test.__code__.co_argcount]
        or "Stage" in test.__code__.co_names
    }


def few(test: Callable[..., None]) -> Callable[..., None]:
    """The same test, and of an attack that has many spellings the first ones.

    The check's own tests try them all; what is new here is the way, which is the same for all.
    """
    assert isinstance(test, FunctionType)
    copy = FunctionType(
        test.__code__, test.__globals__, test.__name__, test.__defaults__, test.__closure__
    )
    copy.__dict__.update(test.__dict__)
    copy.__kwdefaults__ = test.__kwdefaults__
    copy.__dict__["pytestmark"] = [_few(mark) for mark in test.__dict__.get("pytestmark", [])]
    return copy


def _few(mark: pytest.Mark) -> pytest.Mark:
    if mark.name != "parametrize":
        return mark
    names, values = mark.args
    more: dict[str, Any] = dict(mark.kwargs)
    if isinstance(more.get("ids"), Iterable):
        more["ids"] = list(more["ids"])[:SPELLINGS]
    return pytest.mark.parametrize(names, list(values)[:SPELLINGS], **more).mark


class Unbound:
    """What a class has without its instances being handed to it."""

    def __init__(self, part: object) -> None:
        self._part = part

    def __get__(self, instance: object, owner: type | None = None) -> object:
        return self._part


def fixtures(module: Any) -> dict[str, Unbound]:
    """What the tests of a module need, for a class that has them too."""
    found = {n: f for n, f in vars(module).items() if isinstance(f, FixtureFunctionDefinition)}
    return {name: Unbound(fixture) for name, fixture in found.items()}


for _module in map(importlib.import_module, MODULES):
    _found = staged(_module)
    if _found:
        _name = "Test" + _module.__name__.rpartition(".test_")[2].title()
        _tests = {name: staticmethod(few(test)) for name, test in _found.items()}
        globals()[_name] = type(_name, (), {**fixtures(_module), **_tests})


def test_every_name_that_is_listed_is_a_test() -> None:
    names = {n for k, v in globals().items() if k.startswith("Test") for n in vars(v)}

    assert UNSEEN - names == set()
