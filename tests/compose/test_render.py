"""Rendering: what comes out, which texts had a part in it, and what is refused with its line."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.compose.render import Draft, render
from commscli.compose.sources import MAX_BYTES, MAX_TEMPLATES, template_texts
from commscli.errors import BadInput
from tests.compose.rendering import FACTS, template, words

FIRST = 9
"""The line of the file on which the body of a test's template begins."""


def draft(body: str, facts: dict[str, str] | None = None, **others: str) -> Draft:
    sources = {"t": template(body)} | {name: template(text) for name, text in others.items()}
    return render(name="t", sources=sources, facts=facts or {}, words=words())


def problems(body: str, facts: dict[str, str] | None = None, **others: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        draft(body, facts, **others)
    return [str(problem) for problem in caught.value.problems]


# What comes out


def test_facts_words_and_filters() -> None:
    body = (
        "{{ start | when }}: {{ impact | sentence }} {{ cause | default('unknown') }}\n"
        "{{ words.organisation | upper }} {{ words.incident }} {{ data_loss | phrase }}\n"
    )
    facts = {"start": FACTS["start"], "impact": "nobody can pay", "data_loss": "none."}
    assert draft(body, facts).body == (
        "09:14 GMT on 22 November 2026: Nobody can pay. unknown\nEXAMPLE LTD Checkout outage none\n"
    )


def test_slots_stay_in_the_draft_in_their_one_spelling() -> None:
    body = "{{send.time}} {{ send.next_update }} {{- recipient.first_name }}\n"
    assert draft(body).body == (
        "{{ send.time }} {{ send.next_update }}{{ recipient.first_name }}\n"
    )


def test_blocks_leave_no_gaps_and_one_newline_at_the_end() -> None:
    gaps = "{% block x %}{% endblock %}\n\n\n{% if words.one_to_one %}\nno\n{% endif %}"
    body = f"a\n\n{gaps}\n\nb  \n\n\n"
    assert draft(body).body == "a\n\nb\n"


def test_a_subject_is_inherited_from_the_nearest_that_has_one() -> None:
    sources = {
        "t": template("{% extends 'phase' %}", subject=""),
        "phase": template("{% extends 'base' %}", subject="{{ words.incident }}  is {{ impact }}"),
        "base": template("x", subject="never"),
    }
    said = render(name="t", sources=sources, facts={"impact": "bad"}, words=words())
    assert said.subject == "Checkout outage is bad"


def test_without_any_subject_the_template_is_refused() -> None:
    with pytest.raises(BadInput, match="no subject") as caught:
        render(name="t", sources={"t": template("x", subject="")}, facts={}, words=words())
    assert str(caught.value.place) == "templates/t.md:1"


def test_the_same_input_gives_the_same_bytes() -> None:
    body = "{{ impact }} {{ start | when }}"
    assert draft(body, FACTS) == draft(body, dict(reversed(FACTS.items())))


# The chain


def test_the_chain_names_every_text_by_its_exact_bytes_from_the_template_to_its_base() -> None:
    sources = {
        "t": template("{% extends 'phase' %}{% block b %}{% include 'part' %}{% endblock %}"),
        "phase": template("{% extends 'base' %}{% from 'macros' import m %}"),
        "base": template("{% block b %}{% endblock %}"),
        "part": template("part"),
        "macros": template("{% macro m() %}{% endmacro %}"),
        "unused": template("x"),
    }
    chain = render(name="t", sources=sources, facts={}, words=words()).chain
    assert [name for name, _ in chain] == ["t", "phase", "base", "part", "macros"]
    for name, digest in chain:
        assert digest == hashlib.sha256(sources[name].encode()).hexdigest()


def test_a_text_that_this_rendering_did_not_reach_is_in_the_chain_all_the_same() -> None:
    body = "{% if cause is defined %}{% include 'part' %}{% endif %}x"
    without, with_cause = draft(body, part="y"), draft(body, {"cause": "c"}, part="y")
    assert without.chain == with_cause.chain
    assert len(without.chain) == 2


# Missing facts


def test_every_missing_fact_is_named_with_its_true_line_and_one_command() -> None:
    with pytest.raises(BadInput, match="3 facts are missing for t: start, end, own_key") as caught:
        draft("a\n{{ start | when }}\n\nb {{ end }}\n{% if own_key %}x{% endif %}\n{{ start }}")
    assert [str(problem) for problem in caught.value.problems] == [
        "templates/t.md:10: the fact `start` (when the first effect was there) is missing",
        "templates/t.md:12: the fact `end` (when the last effect was gone) is missing",
        "templates/t.md:13: the fact `own_key` is missing",
        "templates/t.md:14: the fact `start` (when the first effect was there) is missing",
    ]
    assert caught.value.remedy == "comms fact set start=… end=… own_key=…"
    assert caught.value.code == "missing-facts"


def test_a_fact_missing_in_an_included_text_or_a_macro_or_the_subject_has_its_own_place() -> None:
    sources = {
        "t": template("{% include 'part' %}{% from 'macros' import m %}{{ m() }}",
                      subject="about {{ services }}"),
        "part": template("x\ny {{ end }}"),
        "macros": template("{% macro m() %}\n\n{{ start }}{% endmacro %}"),
    }  # fmt: skip
    with pytest.raises(BadInput) as caught:
        render(name="t", sources=sources, facts={}, words=words())
    assert [str(problem.place) for problem in caught.value.problems] == [
        "templates/t.md:6", "templates/part.md:10", "templates/macros.md:11",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "use",
    ["{{ x }}", "{{ x | upper }}", "{{ x | when }}", "{% if x %}{% endif %}", "{{ x == 'a' }}",
     "{{ 'a' != x }}", "{{ 'a' in x }}", "{{ x < 'b' }}", "{{ x and 'b' }}", "{{ not x }}"],
)  # fmt: skip
def test_every_use_of_a_missing_fact_counts(use: str) -> None:
    assert problems(use) == [f"templates/t.md:{FIRST}: the fact `x` is missing"]


def test_asking_whether_a_fact_is_known_is_no_use_of_it() -> None:
    body = "{% if x is defined %}{{ x }}{% else %}not known{% endif %}{{ x | default('!') }}"
    assert draft(body).body == "not known!\n"
    assert draft(body, {"x": ""}).body == "not known!\n", "an empty fact was taken back"


# Templates that cannot be used

ATTACKS = {
    "attributes of text": "{{ ''.__class__.__mro__ }}",
    "attributes of words": "{{ words.__class__ }}",
    "attributes by filter": "{{ words | attr('__class__') }}",
    "attributes by subscript": "{{ words['__class__'] }}",
    "attributes of a slot": "{{ recipient.__class__ }}",
    "attributes of a value": "{{ words.organisation.format }}",
    "format strings": "{{ '{0.__class__}'.format(1) }}",
    "format filter": "{{ '%999999999d' | format(1) }}",
    "format operator": "{{ '%999999999d' % 1 }}",
    "a huge range": "{{ range(999999999) }}",
    "loops": "{% for x in 'abc' %}{% endfor %}",
    "a huge product": "{{ 'a' * 999999999 }}",
    "a huge power": "{{ 9 ** 9 ** 9 }}",
    "doubling by assignment": "{% set a = 'a' %}{% set a = a ~ a %}",
    "globals: cycler": "{{ cycler.__init__.__globals__ }}",
    "globals: lipsum": "{{ lipsum() }}",
    "globals: namespace": "{% set n = namespace() %}",
    "self": "{{ self.__init__ }}",
    "self by call": "{{ self.b() }}",
    "a call of a fact": "{{ impact() }}",
    "a call of a method": "{{ impact.upper() }}",
    "the whole of the words": "{{ words }}",
    "debug": "{{ words | pprint }}",
    "import with state": "{% import 't' as t %}",
    "filter block": "{% filter upper %}x{% endfilter %}",
    "call block": "{% call m() %}{% endcall %}",
    "stars": "{% macro m() %}{% endmacro %}{{ m(*impact) }}",
    "a name from a fact": "{% include impact %}",
    "a list of names": "{% include ['t'] %}",
    "a silent gap": "{% include 'nowhere' ignore missing %}",
    "autoescape": "{% autoescape true %}{% endautoescape %}",
    "deep nesting": "{% if a is defined %}" * 60 + "{% endif %}" * 60,
    "deep brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "a number without end": "{{ " + "9" * 9000 + " }}",
    "itself, included": "{% include 't' %}",
    "itself, extended": "{% extends 't' %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "a macro that doubles": (
        "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}{{ " + "m(" * 25 + "'a'" + ")" * 25 + " }}"
    ),
    "a macro in the place of words": "{% macro words() %}{% endmacro %}{{ words.organisation }}",
    "a macro that is not there": "{% from 'other' import nothing %}{{ nothing() }}",
    "two bases": "{% extends 'other' %}{% extends 'other' %}",
    "a block twice": "{% block a %}{% endblock %}{% block a %}{% endblock %}",
    "arguments that do not fit": "{{ impact | upper(1, 2, 3) }}",
    "no time": "{{ impact | when }}",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_template_must_not_do_is_refused_with_its_line(attack: str) -> None:
    with pytest.raises(BadInput) as caught:
        draft(f"x\n{ATTACKS[attack]}", {"impact": "nobody can pay"}, other="o")
    assert caught.value.code == "bad-template"
    for problem in caught.value.problems:
        assert str(problem.place) in {"templates/t.md:10", "templates/t.md:9"}


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("impact()", "`impact()`: only macros and super() can be called"),
        ("range(9)", "`range()`: only macros and super() can be called"),
        ("impact.x", "`.x` is not available here"),
        ("impact[0]", "`[…]` is not available here"),
        ("impact ~ impact", "`~` is not available here"),
    ],
)
def test_it_is_refused_before_anything_runs(expression: str, said: str) -> None:
    [found] = problems(f"{{% if never is defined %}}{{{{ {expression} }}}}{{% endif %}}")
    assert said in found


def test_texts_that_include_each_other_often_end_at_the_budget() -> None:
    doubling = {f"d{n}": template(f"{{% include 'd{n + 1}' %}}" * 2) for n in range(15)}
    sources = {"t": template("{% include 'd0' %}"), **doubling, "d15": template("x")}
    with pytest.raises(BadInput, match="more than 1000 calls and loads"):
        render(name="t", sources=sources, facts={}, words=words())


def test_a_long_way_round_to_itself_is_a_circle() -> None:
    found = problems("{% extends 'a' %}", a="{% include 'b' %}", b="\n{% include 't' %}")
    assert found == [
        "templates/t.md:9: t is made of itself, through a",
        "templates/a.md:9: a is made of itself, through b",
        "templates/b.md:10: b is made of itself, through t",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a\n\n{{ oops\n", "templates/t.md:11: not a template: unexpected end of template"),
        ("a\n{% if x %}\n", "templates/t.md:10: not a template: Unexpected end of template"),
        ("{% nonsense %}\n", "templates/t.md:9: not a template: Encountered unknown tag"),
        ("\n{{ start | whn }}", "templates/t.md:10: unknown filter `whn`: did you mean `when`?"),
        ("{{ a is none }}", "templates/t.md:9: unknown test `none`"),
        ("{{ words.organization }}", "templates/t.md:9: unknown `words` word `organization`: did"),
        ("{{ send.now }}", "templates/t.md:9: unknown `send` word `now`: expected one of time"),
        ("{{ recipient.Name }}", "templates/t.md:9: `recipient.Name`: expected a column in small"),
        ("{% include 'pa' %}", "templates/t.md:9: there is no template pa: did you mean part?"),
    ],
)  # fmt: skip
def test_a_fault_has_the_line_of_the_file(body: str, expected: str) -> None:
    [found] = problems(body, part="x")
    assert found.startswith(expected)


def test_the_faults_of_all_texts_are_named_together() -> None:
    found = problems("{% include 'a' %}{% include 'b' %}{{ x ~ y }}", a="{{ z.y }}", b="{{")
    assert [line.split(": ")[0] for line in found] == ["templates/t.md:9"]
    found = problems("{% include 'a' %}{% include 'b' %}", a="{{ z.y }}", b="{{")
    assert [line.split(": ")[0] for line in found] == ["templates/a.md:9", "templates/b.md:9"]


def test_an_unknown_template_lists_what_is_near() -> None:
    sources = {"base/resolution/all-customers": template("x"), "zzz": template("x")}
    with pytest.raises(BadInput, match="did you mean base/resolution/all-customers") as caught:
        render(name="base/resolution/all-customer", sources=sources, facts={}, words=words())
    assert caught.value.remedy == "comms template list"


def test_a_text_without_front_matter_or_with_a_bad_one_is_refused() -> None:
    for text, place in [("x\n", "templates/t.md:1"), ("---\ntitle: T\n---\nx", "templates/t.md:2")]:
        with pytest.raises(BadInput) as caught:
            render(name="t", sources={"t": text}, facts={}, words=words())
        assert str(caught.value.problems[0].place).startswith(place)


def test_a_subject_obeys_the_same_rules_and_stands_alone() -> None:
    for subject in ("{{ ''.x }}", "{% include 't' %}", "{{"):
        with pytest.raises(BadInput) as caught:
            render(name="t", sources={"t": template("x", subject=subject)}, facts={}, words=words())
        assert str(caught.value.problems[0].place) == "templates/t.md:6"


def test_templates_are_the_markdown_files_by_their_name() -> None:
    files = {"base/a.md": "ä\n".encode(), "README.txt": b"x"}
    assert template_texts(files) == {"base/a": "ä\n"}
    with pytest.raises(BadInput, match=r"templates/b\.md is not text"):
        template_texts({"b.md": b"\xff"})


def test_a_text_and_their_number_have_limits() -> None:
    [found] = problems("x" * MAX_BYTES)
    assert f"expected at most {MAX_BYTES}" in found
    many = {f"p{n}": f"{{% include 'p{n + 1}' %}}" for n in range(MAX_TEMPLATES)}
    many |= {"t": "{% include 'p0' %}", f"p{MAX_TEMPLATES}": "x"}
    sources = {name: template(body) for name, body in many.items()}
    with pytest.raises(BadInput, match=f"more than {MAX_TEMPLATES} templates"):
        render(name="t", sources=sources, facts={}, words=words())


# What comes in through facts and words


@pytest.mark.parametrize(
    "value", ["{{ recipient.iban }}", "{% raw %}", "{# x #}", "a\nb", "\u202e"]
)
def test_a_value_cannot_bring_slots_or_hidden_characters_into_a_draft(value: str) -> None:
    with pytest.raises(BadInput, match="impact: "):
        draft("x", {"impact": value})
    bad_title = words()
    object.__setattr__(bad_title, "incident", value)
    with pytest.raises(BadInput, match="the title of the incident: "):
        render(name="t", sources={"t": template("x")}, facts={}, words=bad_title)


@pytest.mark.parametrize("key", ["words", "send", "recipient", "self", "__class__", "Impact"])
def test_a_fact_cannot_take_the_place_of_something_else(key: str) -> None:
    with pytest.raises(BadInput, match="cannot be the key of a fact"):
        draft("x", {key: "value"})


@given(st.text())
def test_any_text_is_a_draft_or_a_refusal_and_never_a_crash(body: str) -> None:
    try:
        assert draft(body).body.endswith("\n")
    except BadInput as refusal:
        known = refusal.code in {"bad-template", "missing-facts"}
    else:
        known = True
    assert known


pieces = st.lists(
    st.sampled_from(["{{ ", " }}", "{% ", " %}", "if x", "endif", "block b", "endblock", "x", "(",
                     ")", "|", "when", "'a'", ".", "words", "super()", "macro m()", "endmacro",
                     "m()", "include 't'", "\n", "not ", " is defined", "{#", "#}", "raw", "-%}"]),
    max_size=20,
).map("".join)  # fmt: skip


@given(pieces)
def test_any_order_of_jinja_is_a_draft_or_a_refusal(body: str) -> None:
    try:
        known = draft(body).subject == "S"
    except BadInput as refusal:
        known = bool(refusal.problems)
    assert known
