"""Lists of recipients and what leaves to each: digests that tell nobody who is on the list."""

import csv
import subprocess
import sys
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.delivery.payload import OPEN, Words, payloads, rendered
from commscli.delivery.recipients import (
    MAX_BYTES,
    RecipientList,
    find_by_digest,
    find_list,
    read_list,
    salted,
)
from commscli.errors import BadInput

SALT = "# salt: " + "0" * 32 + "\n"
WORDS = Words(incident="i", message="m", subject="For {{ recipient.name }}",
              body="Dear {{ recipient.name }}, at {{ send.time }}.\n")  # fmt: skip
CHANNELS = {"mail": {"adapter": "file", "as": "eml"}}
NAMES = st.text(st.characters(whitelist_categories=["L", "N"], whitelist_characters=" ',\""),
                min_size=1, max_size=12).map(str.strip).filter(bool)  # fmt: skip
PEOPLE = st.lists(st.tuples(st.from_regex(r"[a-z]{1,8}", fullmatch=True), NAMES), min_size=1,
                  max_size=8, unique_by=lambda pair: pair[0])  # fmt: skip


def listed(folder: Path, people: list[tuple[str, str]], salt: str = SALT) -> RecipientList:
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["email", "name"])
    rows.writerows([f"{user}@example.com", name] for user, name in people)
    path = folder / "list.csv"
    path.write_text(salt + text.getvalue(), encoding="utf-8")
    return read_list(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists")


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_means_nothing(
    folder: Path, people: list[tuple[str, str]], random: Random
) -> None:
    first = listed(folder, people)
    mixed = list(people)
    random.shuffle(mixed)
    assert listed(folder, mixed) == first
    turned = "".join(f'"{n.replace(chr(34), chr(34) * 2)}",{u}@example.com\n' for u, n in people)
    (folder / "list.csv").write_text(SALT + "name,email\n" + turned, encoding="utf-8")
    assert read_list(folder / "list.csv").digest == first.digest


@given(PEOPLE)
def test_taking_a_row_out_leaves_the_others_as_they_were(
    folder: Path, people: list[tuple[str, str]]
) -> None:
    whole = listed(folder, [*people, ("zzzzzzzzz", "Last")])
    less = listed(folder, people)
    assert {row.digest for row in less.rows} < {row.digest for row in whole.rows}
    assert whole.digest != less.digest


@given(PEOPLE)
def test_another_salt_is_another_digest(folder: Path, people: list[tuple[str, str]]) -> None:
    other = "# salt: " + "1" * 32 + "\n"
    assert listed(folder, people).digest != listed(folder, people, other).digest


@given(PEOPLE)
def test_one_payload_a_row_with_its_own_values(folder: Path, people: list[tuple[str, str]]) -> None:
    found = listed(folder, people)
    out = list(payloads(WORDS, "mail", CHANNELS["mail"], found, {"send.time": "now"}))
    assert sorted(p.to for p in out) == sorted(f"{user}@example.com" for user, _ in people)
    assert [p.row for p in out] == [row.digest for row in found.rows]
    names = dict(people)
    for payload in out:
        name = names[payload.to.partition("@")[0]]
        assert payload.subject == f"For {name}"
        assert payload.text == f"Dear {name}, at now.\n"


@given(PEOPLE)
def test_what_is_approved_has_its_slots_open(folder: Path, people: list[tuple[str, str]]) -> None:
    found = listed(folder, people)
    assert rendered(WORDS, CHANNELS, found, OPEN) != rendered(
        WORDS, CHANNELS, found, {"send.time": "now"}
    )


def test_a_value_that_looks_like_a_slot_is_a_value(tmp_path: Path) -> None:
    found = listed(tmp_path, [("kim", "{{ send.time }}")])
    (payload,) = payloads(WORDS, "mail", CHANNELS["mail"], found, {"send.time": "now"})
    assert payload.text == "Dear {{ send.time }}, at now.\n"


def test_an_empty_cell_that_the_words_need_is_named_by_row_and_column(tmp_path: Path) -> None:
    found = listed(tmp_path, [("kim", "Kim"), ("lou", "")])
    with pytest.raises(BadInput, match=r"line 4 .* says nothing in name"):
        list(payloads(WORDS, "mail", CHANNELS["mail"], found, {"send.time": "now"}))


def test_copies_come_last_and_say_which_column_they_lack(tmp_path: Path) -> None:
    found = listed(tmp_path, [("kim", "Kim")])
    settings = {**CHANNELS["mail"], "copy": "legal@x.example cto@x.example legal@x.example"}
    out = list(payloads(WORDS, "mail", settings, found, {"send.time": "now"}))
    assert [(p.to, p.row != "", p.is_copy) for p in out] == [
        ("kim@example.com", True, False), ("legal@x.example", False, True),
        ("cto@x.example", False, True)]  # fmt: skip
    assert out[1].text == "Dear [name], at now.\n"


def test_a_salt_is_given_once(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email\nkim@example.com\n")
    assert salted(path)
    before = path.read_bytes()
    assert not salted(path)
    assert path.read_bytes() == before
    assert before.startswith(b"# salt: ")


@pytest.mark.parametrize("text", ["\ufeffemail\nkim@example.com\n", "email\r\nkim@example.com\r\n"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode())
    assert [row.values for row in read_list(path).rows] == [{"email": "kim@example.com"}]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "no column email"),
        ("email,email\n", "stands twice"),
        ("email\nkim@example.com\nKIM@example.com\n", "stands in line 3 already"),
        ('email,name\nkim@example.com,"a\nb"\n', "control character or line break"),
        ("email,name\nkim@example.com,a\u202eb\n", "control character"),
        ("email\nkim@example.com, lou@example.com\n", "2 cells, and 1 columns"),
        ('email\n"kim@example.com, lou@example.com"\n', "is no mail address"),
        ("email\n<kim@example.com>\n", "is no mail address"),
    ],
)
def test_bad_rows(tmp_path: Path, rows: str, says: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(SALT + rows, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_list(path)
    assert any(says in str(problem) for problem in caught.value.problems), caught.value.problems
    assert all(problem.place for problem in caught.value.problems)


def test_a_list_is_found_by_its_name_or_by_its_digest(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    (first / "broken.csv").write_text("nope\n")
    found = listed(second, [("kim", "Kim")])
    assert find_list("list", [first, second]) == second / "list.csv"
    assert find_by_digest(found.digest, [tmp_path / "none", first, second]) == found
    assert find_by_digest("0" * 64, [first, second]) is None
    with pytest.raises(BadInput) as caught:
        find_list("nope", [first, second])
    assert caught.value.remedy.count("nope.csv") == 2


READING = """
import re, resource, sys
from pathlib import Path
import commscli.workflow.sends.sending
from commscli.delivery.payload import OPEN, Words, rendered
from commscli.delivery.recipients import read_list
found = read_list(Path(sys.argv[1]))
words = Words(incident="i", message="m", subject="s", body="Dear {{ recipient.name }}.")
rendered(words, {"mail": {"adapter": "smtp"}}, found, OPEN)
# Not by getrusage, where there is another way: that counts what the parent had, too.
own = Path("/proc/self/status")
most = (int(re.search(r"VmHWM:\\s+(\\d+)", own.read_text())[1]) if own.exists()
        else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(len(found.rows), most // 1024)
"""


def test_a_hundred_thousand_rows_and_fifty_megabytes_fit_into_little_memory(
    tmp_path: Path,
) -> None:
    path = tmp_path / "big.csv"
    note = "x" * 450
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{SALT}email,name,note\n")
        file.writelines(
            f"p{n}@customer{n % 99}.example,Person {n},{note}\n" for n in range(100_000)
        )
    assert 48_000_000 < path.stat().st_size < MAX_BYTES
    done = subprocess.run([sys.executable, "-c", READING, str(path)], capture_output=True,
                          text=True, check=True)  # fmt: skip
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 100_000
    assert megabytes < 150
    with path.open("a", encoding="utf-8") as file:
        file.write("P7@CUSTOMER7.example,Again,x\n")
    with pytest.raises(BadInput) as caught:
        read_list(path)
    (problem,) = caught.value.problems
    assert "stands in line 10 already" in problem.text
    assert problem.place is not None
    assert problem.place.line == 100_003


def test_a_list_that_is_too_large_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadInput, match=f"expected at most {MAX_BYTES}"):
        read_list(path)
