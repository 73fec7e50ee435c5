"""Units and amounts: exact factors, fields in percent, bare numbers, `B` for bytes or a billion."""

from fractions import Fraction

import pytest

from grader.maths.decide import decide
from grader.maths.reading import units
from grader.maths.reading.question import Question, Tolerance


@pytest.mark.parametrize(
    ("word", "symbol", "factor"),
    [
        ("GB", "GB", 10**9),
        ("gigabytes", "GB", 10**9),
        ("Gigabytes", "GB", 10**9),
        ("GiB", "GiB", 2**30),
        ("gibibyte", "GiB", 2**30),
        ("bit", "bit", Fraction(1, 8)),
        ("Mb", "Mbit", Fraction(10**6, 8)),
        ("kilobits", "kbit", 125),
        ("ms", "ms", Fraction(1, 1000)),
        ("µs", "µs", Fraction(1, 10**6)),
        ("minutes", "min", 60),
        ("days", "day", 86_400),
        ("kWh", "kWh", 3_600_000),
        ("PFLOPS", "PFLOPS", 10**15),
        ("exaflops", "EFLOP", 10**18),
        ("kg", "kg", 1_000),
        ("tonnes", "t", 10**6),
        ("USD", "USD", 1),
        ("tokens", "token", 1),
    ],
)
def test_a_word_is_worth_its_exact_factor(word, symbol, factor):
    found = units.find(word)
    assert (found.symbol, found.factor) == (symbol, factor)


@pytest.mark.parametrize("word", ["", "x", "gB", "GBs", "kmin", "mB", "furlong", "giB", "T"])
def test_other_words_are_no_units(word):
    assert units.find(word) is None


def test_what_is_shown_reads_back_as_the_same_unit():
    for word in ("megabytes", "KB", "ns", "mW", "TB", "Gbits", "cents", "petaflops", "us"):
        found = units.find(word)
        again = units.find(found.symbol)
        assert (again.factor, again.dimensions) == (found.factor, found.dimensions)


def verdict(question, answer):
    return decide(question, answer).verdict


def test_a_bare_number_has_the_fields_unit():
    question = Question("p.time", "quantity", "2", unit="min")
    assert [verdict(question, answer) for answer in ("2", "120 s", "2 s", "2 min")] == [
        "equal",
        "equal",
        "different",
        "equal",
    ]
    assert decide(question, "120 s").value == "2"


def test_B_is_bytes_where_bytes_are_asked_and_a_billion_elsewhere():
    assert verdict(Question("p.size", "quantity", "2e9", unit="B"), "2000000000 B") == "equal"
    assert verdict(Question("p.cost", "quantity", "2e9", unit="USD"), "$2B") == "equal"
    assert verdict(Question("p.count", "number", "2e9"), "2B") == "equal"


def test_a_percent_field_takes_percent_with_and_without_its_sign():
    question = Question("p.share", "number", "1.03", tolerance=Tolerance(rel=0.01), percent=True)
    answers = ("1.03", "1.03 %", "1.03 percent", "0.0103", "103 %")
    assert [verdict(question, answer) for answer in answers] == ["equal", "equal", "equal", "different", "different"]
    assert verdict(Question("p.share", "number", "0.45"), "45 %") == "equal"


def test_what_a_field_counts_may_be_named():
    question = Question("p.gpus", "number", "20")
    assert [verdict(question, answer) for answer in ("20 GPUs", "20 gpu", "20 cows")] == ["equal", "equal", "invalid"]


@pytest.mark.parametrize(
    ("within", "unit", "right", "wrong"),
    [
        ((0.58, float("inf")), None, ["0.58", "1e900"], ["0.57", "-1"]),
        ((float("-inf"), 2.0), None, ["2", "-1e900"], ["2.0001"]),
        ((0.1, 0.3), None, ["0.1", "0.3"], ["0.09999", "0.30001"]),
        ((20.0, 30.0), "degC", ["25", "20 °C", "300 K", "80 °F"], ["19.9", "25 K", "100 °F"]),
        ((68.0, 86.0), "degF", ["70", "68 °F", "300 K", "25 °C"], ["60", "25 °F", "300 °C"]),
        ((1.0, 2.0), "GB", ["1", "1500 MB", "2e9 B"], ["0.9", "2.1 GB", "3"]),
    ],
)
def test_a_range_is_in_the_fields_unit_and_may_be_open_on_one_side(within, unit, right, wrong):
    question = Question("p.share", "quantity" if unit else "number", "", within=within, unit=unit)
    assert {verdict(question, answer) for answer in right} == {"equal"}
    assert {verdict(question, answer) for answer in wrong} == {"different"}


def test_an_absolute_tolerance_is_in_the_fields_unit():
    question = Question("p.time", "quantity", "2", unit="min", tolerance=Tolerance(abs=0.5))
    assert [verdict(question, answer) for answer in ("2.5 min", "150 s", "151 s")] == ["equal", "equal", "different"]


@pytest.mark.parametrize(
    ("answer", "value"),
    [("2 GB", "2000000000"), ("1/3", "0." + "3" * 40), ("1e-20", "1e-20"), ("1.50 TB", "1500000000000")],
)
def test_a_value_is_exact_decimal_text_in_the_fields_unit(answer, value):
    assert decide(Question("p.size", "quantity", "1", unit="B"), answer).value == value


def test_an_answer_may_be_in_the_unit_that_a_fields_name_spells_out():
    question = Question("p.bytes_per_token", "quantity", "8", unit="B")
    answers = ("8 B", "8 B/token", "8 bytes per token", "8 B/s", "8 tokens")
    assert [verdict(question, answer) for answer in answers] == ["equal", "equal", "equal", "different", "different"]
