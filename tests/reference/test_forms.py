"""Results in every form that the contract allows: single precision, nested lists, numpy arrays.

What such a result says is what the reference says, so every run must accept it.
"""

import functools

import pytest
import torch
from test_functions import RUNS, judged

FUNCTIONS = {id: run.part.author_code.oracle(run.spec.call) for id, run in RUNS.items()}
WITH_GRADIENT = {"q6c_i.run.continue_from"}
"""What their results are worth lies in the gradient, which no other form carries."""
TESTED = [id for id, function in FUNCTIONS.items() if not isinstance(function, type) and id not in WITH_GRADIENT]
"""A module has no result of its own: its precision is that of the model it is given."""


def formed(form, value):
    if isinstance(value, torch.Tensor):
        return form(value.detach())
    if isinstance(value, list | tuple):
        return type(value)(formed(form, member) for member in value)
    return value


def single(value):
    return value.float() if value.dtype == torch.float64 else value


FORMS = {
    "float32": single,
    "nested lists": torch.Tensor.tolist,
    "numpy": torch.Tensor.numpy,
    "single-precision numpy": lambda value: single(value).numpy(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("id", TESTED)
def test_a_right_result_passes_in_every_form(id, form):
    function = FUNCTIONS[id]

    @functools.wraps(function)
    def student(*args, **kwargs):
        return formed(FORMS[form], function(*args, **kwargs))

    outcome = judged(RUNS[id], student)
    assert outcome.verdict == "correct", (outcome.message, outcome.details)
