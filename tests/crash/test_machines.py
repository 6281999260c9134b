"""Two machines of one person: both at once, one after the other's death, and one that wakes up."""

import os
import signal
from pathlib import Path

import pytest

from commscli.delivery.ledger import NAME, Step, read
from tests.support.cast import Cast, Clone
from tests.support.dying import command
from tests.support.runner import program
from tests.support.scenes import Stages, of_mails, staged
from tests.support.sends import second_machine
from tests.support.servers import mail_server

pytest_plugins = ["tests.support.scene_fixtures"]


def sent_from(clone: Clone) -> bool:
    """Whether a machine has sent anything itself."""
    return any(
        line.step is Step.ACCEPTED
        for file in clone.folder.glob(f".git/comms/sends/*/{NAME}")
        for line in read(file.parent).values()
    )


@pytest.mark.parametrize("round_", range(4))
def test_two_machines_at_once_send_it_once(stages: Stages, tmp_path: Path, round_: int) -> None:
    scene = stages.scene("hook" if round_ % 2 else "mail", tmp_path)
    machines = (scene.cast.ana, second_machine(scene.cast))
    both = [scene.begun(*program("send", scene.message), clone=one) for one in machines]
    ended = [(process.communicate()[1].decode(), process.returncode) for process in both]
    assert sorted(map(sent_from, machines)) == [False, True], "one sends"
    for (said, code), sent in zip(ended, map(sent_from, machines), strict=True):
        told = "was sent by ana" in " ".join(said.split())
        assert code == 0 if sent else code == 75 or told, said
    assert dict(scene.truth.copies()) == dict.fromkeys(scene.people, 1)
    for machine in machines:
        machine.done("sync")
        machine.done("check")
    scene.assert_sent()


@pytest.mark.parametrize(
    ("point", "number"),
    [("intent", 1), ("attempting", 2), ("wire", 2), ("read", 2), ("recorded", 2), ("all-sent", 1)],
)
def test_a_machine_that_died_is_taken_over_and_comes_back(
    stages: Stages, tmp_path: Path, point: str, number: int
) -> None:
    scene = stages.scene("mail", tmp_path)
    scene.killed(point, number)
    got = scene.truth.copies()
    home = second_machine(scene.cast)
    assert home("send", scene.message).code == 75, "it is another machine's"
    ran = home("send", scene.message, "--take-over", "it fell into the river")
    assert ran.code == 6, ran.err
    assert scene.truth.copies() == got, "what nobody knows of is not sent"
    seen = scene.seen(home)
    assert not seen.accepted, "none was on record"
    assert seen.doubt == set(scene.people)

    back = scene.send()
    assert back.code == 75
    assert "it fell into the river" in " ".join(back.err.split())
    assert scene.truth.copies() == got, "who was taken over from sends nothing"

    scene.resolved(seen, home)
    home.done("send", scene.message)
    assert dict(scene.truth.copies()) == dict.fromkeys(scene.people, 1)
    late = scene.cast.ana.done("send", scene.message)
    assert "nothing was sent again" in " ".join(late.err.split())
    scene.assert_sent(home)


@pytest.mark.parametrize(("point", "number"), [("locked", 1), ("unshared", 1)])
def test_a_machine_that_died_before_it_began_keeps_nobody_from_sending(
    stages: Stages, tmp_path: Path, point: str, number: int
) -> None:
    """It has the lock, and no intent: nothing can have left."""
    scene = stages.scene("mail", tmp_path)
    scene.killed(point, number)
    home = second_machine(scene.cast)
    busy = home("send", scene.message)
    assert busy.code == 75
    assert "--take-over WHY" in " ".join(busy.err.split())
    home.done("send", scene.message, "--take-over", "it fell into the river")
    assert dict(scene.truth.copies()) == dict.fromkeys(scene.people, 1)
    late = scene.cast.ana.done("send", scene.message)
    assert "nothing was sent again" in " ".join(late.err.split())
    scene.assert_sent(home)


@pytest.mark.parametrize("point", ["before-attempting", "wire", "read", "recorded"])
def test_a_machine_that_slept_through_a_take_over_notices_and_stops(
    stages: Stages, tmp_path: Path, point: str
) -> None:
    scene = stages.scene("mail", tmp_path)
    asleep = command(point, 1, "send", scene.message, more=("--stop", "--lease", "0"))
    with scene.begun(*asleep) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        home = second_machine(scene.cast)
        assert home("send", scene.message, "--take-over", "it does not answer").code == 6
        doubt = scene.seen(home, asleep=True).doubt
        assert doubt == set(scene.people)
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 75, said.decode()
    assert "it does not answer" in " ".join(said.decode().split())
    seen = scene.seen(home)
    assert seen.got.total() == 1, "the one that it had in hand, and no other"
    scene.resolved(seen, home)
    home.done("send", scene.message)
    assert dict(scene.truth.copies()) == dict.fromkeys(scene.people, 1)
    scene.assert_sent(home)


def test_a_machine_that_slept_while_it_waited_tries_nothing_again(small: Cast) -> None:
    """A server that puts a mail off gets it again, but not from who was taken over from."""
    with mail_server() as box:
        box.answer = "451 later"
        scene = staged(small, of_mails(box))
        asleep = command("put-off", 1, "send", scene.message, more=("--stop", "--lease", "0"))
        with scene.begun(*asleep) as process:
            _, status = os.waitpid(process.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            home = second_machine(small)
            assert home("send", scene.message, "--take-over", "it does not answer").code == 6
            box.answer = "250 OK"
            process.send_signal(signal.SIGCONT)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 75, said.decode()
        assert not scene.truth.copies()


def test_what_can_be_asked_needs_no_person_after_a_take_over(
    stages: Stages, tmp_path: Path
) -> None:
    for kind in ("statuspage", "slack"):
        scene = stages.scene(kind, tmp_path / kind)
        scene.killed("read", 1)
        home = second_machine(scene.cast)
        home.done("send", scene.message, "--take-over", "it fell into the river")
        assert scene.truth.copies().total() == 1
        assert scene.send().code == 0
        scene.assert_sent(home)


@pytest.mark.parametrize("why", [(), ("--why", "it is late")])
def test_a_machine_that_slept_before_it_began_finds_it_sent(
    stages: Stages, tmp_path: Path, why: tuple[str, ...]
) -> None:
    """Whatever reason it has for a first send: it is not the first any more."""
    scene = stages.scene("mail", tmp_path)
    asleep = command("locked", 1, "send", scene.message, *why, more=("--stop",))
    with scene.begun(*asleep) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        home = second_machine(scene.cast)
        if why:  # another send, by its name: its lock is another one
            home.done("send", scene.message)
        else:
            home.done("send", scene.message, "--take-over", "it does not answer")
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 75, said.decode()
    assert dict(scene.truth.copies()) == dict.fromkeys(scene.people, 1)
    scene.assert_sent(home)


def test_a_machine_that_slept_when_all_was_sent_adds_no_second_record(
    stages: Stages, tmp_path: Path
) -> None:
    scene = stages.scene("mail", tmp_path)
    asleep = command("all-sent", 1, "send", scene.message, more=("--stop",))
    with scene.begun(*asleep) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        home = second_machine(scene.cast)
        assert home("send", scene.message, "--take-over", "it does not answer").code == 6
        scene.resolved(scene.seen(home, asleep=True), home)
        home.done("send", scene.message)
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 75, said.decode()
    assert "ana has recorded meanwhile how this send of" in " ".join(said.decode().split())
    assert dict(scene.truth.copies()) == dict.fromkeys(scene.people, 1)
    home.done("sync")
    scene.assert_sent(home)


def test_what_the_machine_that_slept_recorded_is_not_recorded_again(
    stages: Stages, tmp_path: Path
) -> None:
    """The other way round: it wakes up, and knows what left, before the other one ends."""
    scene = stages.scene("mail", tmp_path)
    asleep = command("all-sent", 1, "send", scene.message, more=("--stop",))
    with scene.begun(*asleep) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        home = second_machine(scene.cast)
        assert home("send", scene.message, "--take-over", "it does not answer").code == 6
        scene.resolved(scene.seen(home, asleep=True), home)
        other = command("all-sent", 1, "send", scene.message, more=("--stop",))
        with scene.begun(*other, clone=home) as second:
            _, status = os.waitpid(second.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            process.send_signal(signal.SIGCONT)
            assert process.wait(60) == 0
            second.send_signal(signal.SIGCONT)
            assert second.wait(60) == 75
    assert dict(scene.truth.copies()) == dict.fromkeys(scene.people, 1)
    home.done("sync")
    scene.assert_sent(home)


def test_who_was_left_out_gets_nothing_after_a_kill(stages: Stages, tmp_path: Path) -> None:
    for place, taken_over in (("here", False), ("there", True)):
        scene = stages.scene("mail", tmp_path / place)
        left_out = scene.people[1]
        scene.killed("intent", 1, "send", scene.message, "--without", left_out, "--why", "asked us")
        here = second_machine(scene.cast) if taken_over else scene.cast.ana
        if taken_over:
            assert here("send", scene.message, "--take-over", "gone").code == 6
            here.done("resolve", scene.message, "--recipient", "all", "--not-sent", "--why", "x")
        here.done("send", scene.message)
        assert dict(scene.truth.copies()) == dict.fromkeys(set(scene.people) - {left_out}, 1)
        here.done("check")
