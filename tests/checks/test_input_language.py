"""Inputs: a small language, a seed, and nothing that could run."""

import re

import numpy as np
import pytest

from grader.checks.input_language import DrawError, SeededGenerator, evaluate
from grader.files.author_code import AuthorCode


@pytest.fixture
def draw(tmp_path):
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "draws.py").write_text("def twice(rng, n):\n    return [2] * n\n")
    author_code = AuthorCode(tmp_path)
    return lambda text, seed=0, **names: evaluate(text, names, np.random.default_rng(seed), author_code)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("normal(m, 3)", (2, 3)),
        ("uniform(0, 1, m*2)", (4,)),
        ("loguniform(1, 10, m)", (2,)),
        ("zeros(m, m+1)", (2, 3)),
        ("symmetric(m)", (2, 2)),
        ("low_rank(5, 4, m)", (5, 4)),
        ("stochastic(m, 3)", (2, 3)),
        ("one_hot(4, m)", (4, 2)),
        ("boolean(m)", (2,)),
        ("integers(0, 9, m)", (2,)),
        ("eye(m)", (2, 2)),
    ],
)
def test_arrays_have_the_shape_that_is_written(draw, text, shape):
    assert draw(text, m=2).shape == shape


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*m + 1", 5),
        ("m^3", 8),
        ("-2^(m-1)", -2),
        ("2^(m-1) - 1", 1),
        ("-m", -2),
        ("[m, 1.5]", [2, 1.5]),
        ("max(m, 7)", 7),
        ("draws.twice(3)", [2, 2, 2]),
    ],
)
def test_arithmetic_and_lists(draw, text, value):
    assert draw(text, m=2) == value


def test_properties_of_draws(draw):
    assert np.allclose(draw("stochastic(3, 4)").sum(axis=1), 1)
    assert np.array_equal(draw("symmetric(4)"), draw("symmetric(4)").T)
    assert np.linalg.matrix_rank(draw("low_rank(6, 5, 2)")) == 2
    assert len(draw("each(3, normal(2))")) == 3
    assert isinstance(draw("generator()"), SeededGenerator)
    assert isinstance(draw("uniform(1, 2)"), float)
    assert draw("integers(3, 3)") == 3


def test_a_seed_decides_everything(draw):
    assert np.array_equal(draw("normal(5)", seed=1), draw("normal(5)", seed=1))
    assert not np.array_equal(draw("normal(5)", seed=1), draw("normal(5)", seed=2))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("normal(x)", "'x' is neither a size nor an earlier input"),
        ("norml(3)", "'norml' is no draw — allowed:"),
        ("__import__('os')", "is no draw"),
        ("m.shape", "is no input"),
        ("(lambda: 1)()", "is no draw"),
        ("normal(3", "cannot be read"),
        ("normal(-3)", "negative"),
        ("1/0", "division"),
        ("draws.missing(1)", "no function 'missing'"),
    ],
)
def test_what_cannot_be_drawn_is_the_authors_mistake(draw, text, says):
    with pytest.raises(DrawError, match=re.escape(says)):
        draw(text, m=2)
