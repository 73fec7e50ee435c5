"""Observed against expected: exact where it should be, tolerant where it may be, and clear about the difference."""

import re

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.checks.compare_values import DEFAULT, EXACT, differ
from grader.maths.reading.question import Tolerance

T = torch.tensor
MATRIX = T([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (MATRIX, MATRIX),
        (MATRIX * (1 + 1e-10), MATRIX),
        (MATRIX.float() * (1 + 1e-5), MATRIX),
        (MATRIX.tolist(), MATRIX),
        ([T(1.0), T(2)], [1.0, 2]),
        (T([1.0, 2.0]), [1.0, 2.0]),
        (2, 2),
        (2, 2.0),
        ([MATRIX[0], MATRIX[1].float()], MATRIX),
        (MATRIX.float().double() * (1 + 1e-6), MATRIX),
        (float(T(1 / 3)), 1 / 3),
        (T(2, dtype=torch.uint8), 2),
        (T([2, 3], dtype=torch.uint64), T([2, 3])),
        ([1, 0], T([True, False])),
        (T([1.0, 0.0]), T([True, False])),
        (T([1, 0]), T([True, False])),
        (T([[3.0]], dtype=torch.float64), T(3.0, dtype=torch.float64)),
        (float("nan"), T(float("nan"))),
        (T(float("inf")), T(float("inf"))),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        ([], torch.zeros(0, dtype=torch.int64)),
        ([[], []], torch.zeros(2, 0, dtype=torch.int64)),
        (T([]), torch.zeros(0, dtype=torch.int64)),
        (torch.zeros(0, dtype=torch.int64), T([])),
        ({"a": 1}, {"a": 1}),
        ("x", "x"),
    ],
)
def test_equal(observed, expected):
    assert differ(observed, expected) is None


@pytest.mark.parametrize(
    ("observed", "expected", "says"),
    [
        (MATRIX.T, MATRIX, "transpose"),
        (-MATRIX, MATRIX, "sign is flipped"),
        (MATRIX * 8, MATRIX, "constant factor 8"),
        (MATRIX + 2, MATRIX, "constant 2"),
        (MATRIX * 0, MATRIX, "everything is zero"),
        (MATRIX.clone().fill_(float("nan")), MATRIX, "NaN"),
        (MATRIX / 0, MATRIX, "infinity"),
        (MATRIX[:1], MATRIX, "shape [2, 3] is wanted, [1, 3] came"),
        (T([2**64 - 1, 3], dtype=torch.uint64), T([-1, 3]), "1 of 2 entries differ"),
        (T([-1, 3]), T([2**64 - 1, 3], dtype=torch.uint64), "1 of 2 entries differ"),
        (T(2**64 - 1, dtype=torch.uint64), -1, "18446744073709551615"),
        (MATRIX.reshape(-1), MATRIX, "dimension may be missing"),
        (MATRIX * (1 + 1e-3) + 1e-3, MATRIX, "differ"),
        (MATRIX[:, :, None], MATRIX, "shape [2, 3] is wanted, [2, 3, 1] came"),
        (T([[3.0]]), T([3.0]), "shape [1] is wanted, [1, 1] came"),
        (T(3.0), T([3.0]), "shape [1] is wanted, [] came"),
        (T([]), torch.zeros(0, 3, dtype=torch.int64), "shape [0, 3] is wanted, [0] came"),
        (MATRIX.int(), MATRIX, "float64 values are wanted, int32 came"),
        (MATRIX > 0, MATRIX, "float64 values are wanted, bool came"),
        (True, 1.0, "values are wanted, Python's bool came"),
        (2.0, 2, "an integer type is wanted, Python's float came"),
        ([1, 2.0], T([1, 2]), "an integer type is wanted, Python's float came"),
        ([[2.0]], T([[2]]), "an integer type is wanted, Python's float came"),
        ([T(2.0)], T([2]), "an integer type is wanted, float32 came"),
        (3, T(True), "bool values are wanted, Python's int came"),
        (T([1.0, 2.0]), T([1, 2]), "an integer type is wanted, float32 came"),
        (MATRIX.half() / 3, MATRIX / 3, "the digits that float16 has"),
        (1.5, 1.0, "1 is wanted, 1.5 came"),
        (1.0002, 1.0, "1 is wanted, 1.0002 came"),
        (10**400, 2, "2 is wanted, a whole number of 401 digits or so came"),
        (10**400, 2.0, "larger than a tensor holds"),
        (float("inf"), 2.0, "an infinity came out"),
        ("yes", "no", "'no' is wanted, 'yes' came"),
        (MATRIX.to(torch.complex128), MATRIX, "complex"),
        ([1.0], [1.0, 2.0], "2 values are wanted, 1 came"),
        (3, [1.0, 2.0], "2 values are wanted, a whole number came"),
        (None, MATRIX, "None came"),
        ("text", 1.0, "a string came"),
        (2.5, 2, "whole numbers"),
        (T([1.0, 0.5]), T([True, False]), "bool values are wanted, float32 came"),
        (T([2, 0]), T([True, False]), "bool values are wanted, int64 came"),
        ([1, 3], T([1, 2]), "1 of 2 entries"),
        ({"a": 1}, {"b": 1}, "its keys: 'b' is missing, and 'a' does not belong"),
        ([1], {"b": 1}, "a mapping is wanted, a list came"),
        ({1, 2, 9}, {1, 2, 3}, "3 is missing, and 9 does not belong"),
        ([1, 2], {1, 2}, "a set is wanted, a list came"),
        (b"ab", b"ac", "b'ac' is wanted, b'ab' came"),
        (b"x" * 90 + b"a", b"x" * 90 + b"c", "…xxxxxxxxxxxxxxxxxxxxc' is wanted, …xxxxxxxxxxxxxxxxxxxxa' came"),
        (3, "no", "'no' is wanted, a whole number came"),
        (3, None, "None is wanted, a whole number came"),
        ("ab", b"ab", "b'ab' is wanted, a string came"),
        ({(1, 2): {3}}, {(1, 2): {4}}, "in result[(1, 2)]: 4 is missing, and 3 does not belong"),
        (T([True, True]), T([True, False]), "1 of 2 entries differ"),
    ],
)
def test_different(observed, expected, says):
    difference = differ(observed, expected)
    assert difference is not None
    assert says in difference.message


def test_the_first_bad_place_is_told():
    wrong = MATRIX.clone()
    wrong[1, 2] = 7
    facts = dict(differ(wrong, MATRIX).details)
    assert facts["first at"] == "[1, 2]"
    assert facts["there, yours"] == "7"
    assert facts["there, wanted"] == "6"


def test_a_member_is_named():
    assert differ([MATRIX, -MATRIX], [MATRIX, MATRIX]).message.startswith("in result[1]: ")


@given(st.floats(min_value=1e-6, max_value=1e6), st.floats(min_value=-0.5, max_value=0.5))
def test_a_relative_change_beyond_the_tolerance_is_seen(scale, change):
    assume(abs(abs(change) - 1e-4) > 1e-12)
    observed, expected = MATRIX * scale * (1 + change), MATRIX * scale
    assert (differ(observed, expected) is None) == (abs(change) < 1e-4)


NUMBERS = st.one_of(st.floats(), st.sampled_from([0.0, 1.0, 1.0 + 1e-10, 1.001, float("nan"), float("inf")]))


@given(NUMBERS, NUMBERS, st.sampled_from([DEFAULT, EXACT, Tolerance(abs=0.1)]))
def test_numbers_compare_as_tensors_of_them_do(observed, expected, tolerance):
    came, wanted = T(observed, dtype=torch.float64), T(expected, dtype=torch.float64)
    found, of_tensors = differ(observed, expected, tolerance), differ(came, wanted, tolerance)
    assert (found is None) == (of_tensors is None)
    if found is not None and of_tensors is not None:  # all but the first fact, the type of what came, is the same
        assert (found.message, found.details[1:]) == (of_tensors.message, of_tensors.details[1:])


@pytest.mark.parametrize("special", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_finite_number_hides_no_difference_beside_it(special):
    wanted = T([special, 1.0], dtype=torch.float64)
    assert differ(wanted.clone(), wanted) is None
    assert differ(T([special, 2.0], dtype=torch.float64), wanted) is not None
    assert differ(T([1.0, 1.0], dtype=torch.float64), wanted) is not None
    assert differ(wanted, T([1.0, 1.0], dtype=torch.float64)) is not None


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=3),
    st.sampled_from(
        [
            T([]),
            T([[]]),
            T(1e300, dtype=torch.float64),
            T([1 + 2j]),
            T([5e-324], dtype=torch.float64),
            T([200], dtype=torch.uint8),
            T([60_000], dtype=torch.uint16),
            T([2**32 - 1], dtype=torch.uint32),
            T([2**64 - 1], dtype=torch.uint64),
            T([float("nan"), float("inf")]),
            T([True, False]),
            T([1.0], dtype=torch.bfloat16),
            MATRIX,
        ]
    ),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=2)),
)


@given(ANYTHING, ANYTHING)
def test_whatever_came_out_is_compared_and_never_an_error(observed, expected):
    differ(observed, expected)


@given(ANYTHING)
def test_everything_equals_itself(value):
    assert differ(value, value) is None


@pytest.mark.parametrize(
    ("tolerance", "near", "far"),
    [
        (Tolerance(rel=1e-2), 100.9, 101.1),
        (Tolerance(abs=0.05), 100.04, 100.06),
        (Tolerance(rel=1e-4, abs=0.5), 100.4, 100.6),
        (EXACT, 100.0, 100.00000000001),
    ],
)
def test_a_tolerance_is_relative_absolute_or_either(tolerance, near, far):
    assert differ(near, 100.0, tolerance) is None
    assert differ(T([far, 0.0], dtype=torch.float64), T([100.0, 0.0], dtype=torch.float64), tolerance) is not None


def fits(difference):
    """Whether what is said of a difference shows one: never the same twice, no factor 1, no constant 0."""
    facts = dict(difference.details)
    for words in (difference.message.removeprefix("in result"), facts.get("reason", "")):
        for wanted, came in re.findall(r"(\S+|'.*') (?:values )?(?:is|are) wanted, (\S+|'.*') came", words):
            assert wanted != came
        assert not re.search(r"factor -?1(\D?$|[^\d.e])|constant -?0$", words)
    assert facts.get("there, yours", "") != facts.get("there, wanted")
    assert facts.get("largest difference") != "0"


TYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool)
HOLDERS = (lambda tensor: tensor, lambda tensor: tensor.tolist(), lambda tensor: tensor.flatten()[0].item())
NEAR = (0.0, 1e-17, 1e-12, 1e-7, 0.99e-4, 1.1e-4, 1e-3, 0.3, -2.0, float("nan"), float("inf"))


@given(
    st.lists(st.sampled_from([0.0, 1.0, 2.0, 1e-30, 1e5]) | st.floats(-1e3, 1e3), min_size=1, max_size=4),
    st.sampled_from(NEAR),
    st.sampled_from(TYPES),
    st.sampled_from(TYPES),
    st.sampled_from(HOLDERS),
    st.sampled_from([DEFAULT, EXACT, Tolerance(rel=1e-12), Tolerance(abs=1e-6)]),
)
@settings(max_examples=150)
def test_no_message_shows_two_equal_numbers_or_a_factor_one(values, change, asked, given_type, holder, tolerance):
    exact = T(values, dtype=torch.float64)
    wanted, came = exact.to(asked), (exact * (1 + change)).to(given_type)
    for observed, expected in ((came, wanted), (holder(came), holder(wanted)), (came, holder(wanted))):
        difference = differ(observed, expected, tolerance)
        if difference is not None:
            fits(difference)


@given(st.integers(), st.integers(-3, 3), st.sampled_from([0, 60, 70, 400]))
def test_whole_numbers_of_any_length_are_told_apart(number, change, zeros):
    wanted = number * 10**zeros
    difference = differ(wanted + change, wanted)
    assert (difference is None) == (change == 0)
    if difference is not None:
        fits(difference)


@given(st.text(max_size=200), st.text(max_size=3), st.text(max_size=80))
def test_texts_that_differ_are_shown_where_they_do(before, inserted, after):
    difference = differ(before + inserted + after, before + after)
    if difference is not None:
        fits(difference)
        assert len(difference.message) < 1000


def test_whole_numbers_are_told_apart_beyond_what_floats_hold():
    assert differ(T([2**60 + 1]), T([2**60])) is not None


@pytest.mark.parametrize(
    ("observed", "expected", "shape"),
    [
        (1.5, 1.0, "[], Python's float"),
        ([1.0, 3], T([1.0, 2.0]), "[2], Python's float"),
        (T([1.0, 3.0]), T([1.0, 2.0]), "[2], float32"),
        (T(3), T(2), "[], int64"),
    ],
)
def test_the_type_of_what_came_is_told_as_its_author_knows_it(observed, expected, shape):
    assert dict(differ(observed, expected, DEFAULT).details)["shape"] == shape
