"""Whatever a server calls a delivery: what a send writes of it, the checker reads."""

from hypothesis import given
from hypothesis import strategies as st

from commscli.delivery.channels.channel import delivery_of
from commscli.delivery.ledger import Line, Step
from commscli.delivery.payload import Payload
from commscli.domain.evidence import evidence_in, over_rows
from commscli.workflow.sends.standings import Standing, counts, evidence

IDS = st.text(max_size=300) | st.text(st.sampled_from("# @\n\r\t\x0b\x1c\x85\u2028é\ud800-x"))
ROWS = st.text("0123456789abcdef", min_size=64, max_size=64)


def standing(row: str, id_: str, step: Step, *, is_copy: bool = False) -> Standing:
    payload = Payload(channel="mail", row=row, to="kim@customer.example", name="", subject="",
                      text="", is_copy=is_copy)  # fmt: skip
    return Standing(delivery=delivery_of("x", payload), line=Line(step=step, id=id_))


@given(
    st.lists(st.tuples(ROWS | st.just(""), IDS, st.sampled_from(Step), st.booleans())),
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"))),
)
def test_the_checker_reads_what_a_send_writes(
    told: list[tuple[str, str, Step, bool]], remarks: list[str]
) -> None:
    found = [standing(row, id_, step, is_copy=copy) for row, id_, step, copy in told]
    read = evidence_in(evidence(found, remarks=remarks))
    assert read.fault == ""
    assert read.counts == counts(found)
    rows = [row for row, *_ in told if row]
    assert read.rows == ({"mail": over_rows(rows)} if rows else {})


@given(IDS)
def test_no_address_is_in_it(id_: str) -> None:
    assert b"@" not in evidence([standing("", id_, Step.ACCEPTED)])
