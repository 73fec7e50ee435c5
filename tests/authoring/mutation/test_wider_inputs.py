"""Wider inputs: larger shapes and other scales where an author set no bound, and never beyond one that is written."""

from pathlib import Path

import numpy as np
import pytest

from grader.authoring.mutation.wider_inputs import CASES, WAYS, widened
from grader.checks.base import Context, PartFacts
from grader.checks.registry import kinds
from grader.files.author_code import AuthorCode
from grader.submission.load import from_files
from grader.submission.model import SubmissionSource

SECRET = b"s"
SUBMISSION = from_files(SubmissionSource("reference", Path()), {}, ())


@pytest.fixture
def check(tmp_path):
    def build(**keys):
        part = PartFacts("p", "p", {}, AuthorCode(tmp_path))
        entry = kinds()["call"]
        return entry.build(part, "0", entry.spec.model_validate({"call": "m.f", "points": 1} | keys))

    return build


def drawn(check, way, secret=SECRET):
    wider = widened(check, way)
    return wider.cases(Context(SUBMISSION, None, secret))  # type: ignore[arg-type]  # no judge is asked


def all_names(check, name):
    return [case.names[name] for way in range(WAYS) for seed in range(9) for case in drawn(check, way, bytes([seed]))]


def test_a_size_that_only_shapes_have_may_be_larger(check):
    one = check(sizes={"m": "1..3", "k": "2..2"}, inputs={"A": "normal(m, k)"})
    assert max(all_names(one, "m")) > 3
    assert {len(case.names["A"]) for case in drawn(one, 1)} == {case.names["m"] for case in drawn(one, 1)}


@pytest.mark.parametrize(
    "inputs",
    [
        {"A": "normal(m)", "m": "m"},
        {"share": "m / 3"},
        {"A": "integers(0, m, 4)"},
        {"A": "normal(m + 1)"},
        {"A": "draws.some(m)"},
        {"A": "uniform(0, m)"},
    ],
)
def test_a_size_with_another_meaning_keeps_its_bounds(check, inputs):
    one = check(sizes={"m": "1..3"}, inputs=inputs)
    assert all(widened(one, way).spec.sizes["m"] == (1, 3) for way in range(WAYS))


def test_normal_numbers_come_on_any_scale_and_whole(check):
    one = check(sizes={"m": "3..3"}, inputs={"A": "2 * normal(m, 40)", "b": "normal()"})
    sizes = [float(np.abs(case.names["A"]).max()) for way in range(WAYS) for case in drawn(one, way)]
    assert min(sizes) < 1e-2 < 1e2 < max(sizes)
    whole = [case.names["A"] for case in drawn(one, WAYS - 1)]
    assert all((A.round() == A).all() and (A == 0).any() for A in whole)


def test_bounded_draws_stay_within_their_bounds(check):
    one = check(inputs={"u": "uniform(2, 3, 5)", "n": "integers(1, 4)", "s": "loguniform(1e-3, 1)"})
    assert all(2 <= u.min() <= u.max() <= 3 for u in all_names(one, "u"))
    assert set(all_names(one, "n")) <= {1, 2, 3, 4}


def test_what_is_drawn_for_everybody_is_drawn_otherwise(check):
    one = check(property="p", holds="a:b", sizes={"m": "1..3"}, always=({"m": 1},), inputs={"A": "normal(m)"})
    first, second = drawn(one, 0, b"one"), drawn(one, 0, b"two")
    assert len(first) == CASES
    assert [case.preview() for case in first] != [case.preview() for case in second]


def test_inputs_without_a_draw_are_tried_once(check):
    assert len(drawn(check(inputs={"n": "3"}), 0)) == 1
