"""Phrases that say what a symbol is."""

import pytest

from grader.assignment.symbols import PHRASES, describe


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_kind_that_the_documentation_lists_is_understood(phrase):
    assert describe(phrase)


def test_a_vector_is_a_matrix_of_one_column():
    assert describe("unit vector n") == {**describe("matrix n x 1"), "orthogonal": True}
