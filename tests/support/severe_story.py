"""A severe security incident, from the declaration to its close nine days later.

Seven people play it, each with a key, a home and a clone, around one bare repository. Every
command is a process of its own: the program as it is installed. The time is the story's.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.support.cast import Cast, Clone
from tests.support.runner import Ran

INCIDENT = "2026-11-22-customer-records-copied"
REVIEWERS = ("cleo", "mia", "lea")
LOOKS: Mapping[str, tuple[str, ...]] = {
    "status": ("ben", "status"),
    "next-lead": ("ben", "next"),
    "next-reviewer": ("lea", "next"),
    "log": ("ben", "log"),
    "clock-list": ("ben", "clock", "list"),
    "report": ("ben", "report"),
    "metrics": ("ben", "metrics"),
    "check-clocks": ("ben", "check", "--clocks"),
}
"""What is looked at, and by whom; before the lead is handed over, Ana looks in Ben's place."""
MOMENTS: Mapping[str, frozenset[str]] = {
    "early": frozenset({"log", "report", "metrics", "check-clocks"}),
    "mid": frozenset({"report", "log"}),
    "late": frozenset({"report"}),
    "end": frozenset(),
    "closed": frozenset({"next-lead", "next-reviewer", "log", "clock-list", "metrics"}),
}
"""When they look, and what they leave out then."""
LOOKED = tuple(f"{at}/{look}" for at, out in MOMENTS.items() for look in LOOKS if look not in out)

FACTS = (
    "start=2026-11-22 07:50",
    "services=the customer portal",
    "impact=somebody who should not could read customer records",
)
WORDS = """\
We are investigating a security incident that concerns the customer portal.

We do not yet know whether personal data are concerned. What is certain, we tell you here.

Our next update follows by {{ send.next_update }}, even if nothing has changed by then.

Example Ltd
"""


@dataclass(slots=True)
class Severe:
    """The people of the story; ``seen`` is what they looked at, by ``moment/look``."""

    cast: Cast
    seen: dict[str, Ran] = field(default_factory=dict)

    def types(self, person: str, *argv: str, stdin: str = "", code: int = 0) -> Ran:
        """Somebody types a command, which starts the program and ends with that code."""
        clone: Clone = getattr(self.cast, person)
        ran = clone(*argv, stdin=stdin.encode(), real=True)
        assert ran.code == code, f"{person}$ comms {argv}: {ran.code}\n{ran.out}{ran.err}"
        return ran

    def at(self, time: str) -> None:
        """Set everybody's clock to a UTC time of the day, or of another day."""
        day = time if " " in time else f"{self.cast.now:%Y-%m-%d} {time}"
        self.cast.now = datetime.fromisoformat(f"{day}+00:00")

    def look(self, moment: str) -> None:
        """Let the lead and a reviewer look at what there is to see now."""
        lead = "ana" if moment == "early" else "ben"
        self.types(lead, "sync")
        for name, (person, *argv) in LOOKS.items():
            if name not in MOMENTS[moment]:
                named = ("-i", INCIDENT, *argv) if moment == "closed" else argv
                ran = self.types(lead if person == "ben" else person, *named)
                self.seen[f"{moment}/{name}"] = ran

    def drafted(self, *argv: str) -> list[str]:
        """Let Ana draft; return the revisions, as a reviewer names the one that was read."""
        return [f"{message}@1" for message in self.types("ana", "draft", *argv).ids]

    def judged(self, words: list[str], *times: str, by: Sequence[str] = REVIEWERS) -> None:
        """Let reviewers pass these revisions, one person after the other."""
        for person, time in zip(by, times, strict=True):
            self.at(time)
            self.types(person, "review", *words, "--ok")

    def gone(
        self,
        words: list[str],
        approved: str,
        released: str,
        sent: str,
        send: Sequence[str] = ("--released",),
    ) -> None:
        """Let Eve approve these revisions, Ivo release them, and Ana send all that is released."""
        self.at(approved)
        self.types("eve", "approve", *words)
        self.at(released)
        self.types("ivo", "release", *words)
        self.at(sent)
        self.types("ana", "send", *send)


def play(cast: Cast) -> Severe:
    """Play it through; the six phases, one after the other, with what goes wrong in them."""
    severe = Severe(cast=cast)
    _list_of_customers(cast)
    _investigation(severe)
    _identification(severe)
    _correction_and_remedy(severe)
    _back_again(severe)
    _resolution(severe)
    _aftercare(severe)
    return severe


def _list_of_customers(cast: Cast) -> None:
    """Give Ben the list that Ana has, by another way than the repository."""
    assert cast.join("ben").code == 0
    mine = cast.ben.folder / "recipients"
    shutil.copytree(cast.ana.folder / "recipients", mine, dirs_exist_ok=True)


def _investigation(severe: Severe) -> None:
    """Lea objects and settles it; the first words are out after thirteen minutes."""
    facts = [word for fact in FACTS for word in ("--fact", fact)]
    severe.types("ana", "new", "Customer records copied", "--severity", "1", "--playbook",
                 "security-incident", *facts)  # fmt: skip
    severe.at("09:21")
    internal, strategic, public = severe.drafted()
    severe.judged([internal, strategic, public], "09:23", "09:24", by=("cleo", "mia"))
    severe.at("09:25")
    severe.types("lea", "next")
    severe.types("lea", "review", "internal", "--ok")
    severe.types(
        "lea",
        "review",
        "all-customers",
        "--object",
        "Who is told what the law asks for is not decided: promise nothing of it.",
    )
    severe.types("lea", "estimate", "strategic", "5m", "--gate", "legal")
    severe.at("09:26")
    severe.look("early")
    severe.at("09:27")
    severe.types("ana", "revise", "all-customers", "--file", "-", stdin=WORDS)
    public = public.replace("@1", "@2")
    severe.judged([public], "09:28", "09:29", by=("cleo", "mia"))
    severe.judged([strategic, public], "09:30", by=("lea",))
    severe.gone([internal, strategic, public], "09:31", "09:32", "09:33")


def _identification(severe: Severe) -> None:
    """Ana hands the lead to Ben; while Legal reads, the promised time passes."""
    severe.at("09:45")
    severe.types("ana", "handover", "--to", "ben", "--why", "the board wants me in its call")
    severe.at("09:50")
    severe.types(
        "lea",
        "clock",
        "start",
        "gdpr-33",
        "--at",
        "09:48",
        "--why",
        "the log of the portal shows names and addresses that were read",
    )
    severe.at("09:52")
    severe.types(
        "ben",
        "fact",
        "set",
        "breach=names and addresses were read",
        "aware=2026-11-22 09:48",
        "people_affected=350",
        "cause=a link to an export that asked for no login",
        "measures=the export was switched off",
        "contact_point=privacy@example.com",
    )
    severe.types("ben", "phase", "identification", "--why", "the export of the portal was open")
    severe.at("09:54")
    words = severe.drafted()
    severe.judged(words, "09:56", "09:58", by=("cleo", "mia"))
    severe.at("10:20")
    severe.look("mid")
    severe.judged(words, "10:21", by=("lea",))
    severe.gone(words, "10:22", "10:23", "10:24")


def _correction_and_remedy(severe: Severe) -> None:
    """More people are concerned than the customers were told; and a remedy is in place."""
    severe.at("10:30")
    severe.types(
        "ben",
        "fact",
        "set",
        "people_affected=1200",
        "mistaken=350 people are concerned",
        "correction=about 1200 people are concerned",
        "remedy=all keys of the portal were replaced",
        "remedy_applied=2026-11-22 10:28",
    )
    severe.at("10:31")
    (right,) = severe.types(
        "ana",
        "correct",
        "identification-all-customers-1",
        "--why",
        "the first count left out one of the two exports",
    ).ids
    severe.at("10:32")
    severe.types("ben", "phase", "monitoring")
    severe.at("10:33")
    words = [f"{right}@1", *severe.drafted("strategic", "all-customers")]
    severe.judged(words, "10:35", "10:37", "10:39")
    severe.gone(words, "10:41", "10:42", "10:43")


def _back_again(severe: Severe) -> None:
    """It was not over: the phase goes back while a message says the contrary."""
    severe.at("11:05")
    severe.types("ana", "draft", "internal")
    severe.at("11:06")
    severe.types("ben", "phase", "investigation", "--why", "records are read again, by another way")
    severe.at("11:07")
    severe.types("ben", "drop", "monitoring-internal-stakeholders-1", "--why", "it is not over")
    severe.at("11:08")
    severe.types(
        "ben",
        "said",
        "--where",
        "by phone, to each strategic customer",
        "--text",
        "It is not over. We call again by noon.",
    )
    severe.at("11:10")
    words = severe.drafted("internal", "all-customers")
    severe.judged(words, "11:15", "11:17", by=("cleo", "mia"))
    severe.at("11:20")
    severe.look("late")
    severe.judged(words, "11:21", by=("lea",))
    severe.gone(words, "11:22", "11:23", "11:24")


def _resolution(severe: Severe) -> None:
    """It is over for good; the analysis for our own people passes its reviews with it."""
    severe.at("12:30")
    severe.types(
        "ben",
        "fact",
        "set",
        "end=2026-11-22 12:05",
        "resolution=both exports ask for a login, and every key is new",
        "data_loss=No data were changed or lost.",
        "postmortem_due=2026-11-25 17:00",
    )
    severe.types("ben", "phase", "resolution")
    severe.at("12:32")
    words = severe.drafted()
    ahead = severe.drafted("internal", "--phase", "analysis")
    severe.judged([*words, *ahead], "12:40", "12:45", "12:50")
    severe.gone([*words, *ahead], "12:55", "12:56", "12:58", send=words)
    severe.at("2026-11-23 08:30")
    severe.types("ben", "phase", "analysis")
    severe.at("08:50")
    severe.types("ana", "send", "--released")


def _aftercare(severe: Severe) -> None:
    """The authority is told in time, the investors too late; the postmortem is published."""
    severe.at("16:00")
    severe.types(
        "lea",
        "clock",
        "start",
        "sec-8k-105",
        "--at",
        "15:30",
        "--why",
        "the board decided that it is material",
    )
    severe.at("2026-11-24 10:15")
    severe.types(
        "lea",
        "clock",
        "met",
        "gdpr-33",
        "--at",
        "10:00",
        "--why",
        "filed with the authority, reference 4711",
    )
    severe.at("2026-11-25 09:00")
    severe.types(
        "ben",
        "fact",
        "set",
        "postmortem=https://status.example.com/4711",
        "summary=Somebody read records of 1200 customers through two open exports.",
        "actions=Every export asks for a login, and a test looks for those that do not.",
        "prevention=a test that asks each export without a login",
    )
    severe.types("ben", "phase", "publishing")
    severe.at("09:05")
    words = severe.drafted("all-customers")
    severe.judged(words, "10:00", "10:10", "10:20")
    severe.gone(words, "10:30", "10:40", "10:45")
    severe.at("2026-12-01 09:00")
    severe.look("end")
    severe.types("lea", "clock", "met", "sec-8k-105", "--why", "filed, after a day of corrections")
    severe.at("09:30")
    severe.types("ben", "close", "--why", "every action of the postmortem has an owner")
    severe.look("closed")
