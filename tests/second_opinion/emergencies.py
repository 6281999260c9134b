"""Emergencies: who let a message out before its gates had looked, and who ratified it since."""

from collections.abc import Collection, Mapping

from tests.second_opinion.passing import Message, Seen, Standing, earlier_and_not_shared, shared
from tests.second_opinion.rosters import EMERGENCY, Roster
from tests.second_opinion.worth import VALID

SKIPPED = "emergency-send"


def deciders(message: Message, roster: Roster, revision: str, seen: Seen) -> set[str]:
    """The people who together let a revision out, or nobody where no emergency covers it."""
    rule, record = roster["emergency"], message.records[revision]
    covered = (
        rule
        and record["audience"] in rule["audiences"]
        and record["template"]
        and record["template"][0][0] in rule["templates"]
    )
    if not covered:
        return set()
    given = message.looked_at(EMERGENCY, roster, revision, seen).values()
    return {ok.person for ok in given if ok.person in rule["people"]} - message.authors(seen)


def skipped_gates(
    message: Message, roster: Roster, revision: str, seen: Seen, gates: Mapping[str, Standing]
) -> Collection[str]:
    """The gates that an emergency skipped: those open or stale, none that is objected to."""
    who = deciders(message, roster, revision, seen)
    if not who or len(who) < roster["emergency"]["needs"]:
        return set()
    return {
        gate
        for gate, standing in gates.items()
        if not standing.passed and standing.rule != "standing-objection"
    }


def ratified(message: Message, intent: str, gate: str, roster: Roster) -> bool:
    """Whether those whose gate was skipped have agreed to that send since.

    Nobody counts who speaks for another gate of it, unless trust lists the pair.
    """
    subject, seen = message.records[intent]["subject"], message.past[intent]
    unfit = message.authors(seen) | deciders(message, roster, subject, seen)

    def agreed(one: str) -> set[str]:
        return {
            record.person
            for digest, record in message.kind("ratified", VALID)
            if record["of"] == intent
            and record["gate"] == one
            and intent in message.past[digest]
            and roster.may_write(record.person, "ratified", one)
        }

    others = [one for one in roster["gates"] if one != gate and not shared(roster, one, gate)]
    earlier = [one for one in others if one in earlier_and_not_shared(roster, gate)]
    elsewhere = {who for other in earlier for who in agreed(other)}
    elsewhere |= {
        ok.person
        for other in others
        for ok in (
            *message.looked_at(other, roster, subject, seen).values(),
            *message.approvals(other, roster, subject),
        )
    }
    needs: int = roster["gates"][gate]["needs"]
    return len(agreed(gate) - unfit - elsewhere) >= needs
