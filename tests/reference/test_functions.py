"""The reference's functions against second ways to the same results, and every run against its reference.

No sandbox: reference and planted variants are trusted. What a run says about them is what students read.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from grader.assignment.load import load_assignment
from grader.cache import Cache
from grader.checks.base import Context
from grader.checks.code_call import CallCheck
from grader.checks.convert import detached, to_torch_value
from grader.runner.values import Tensor
from grader.sandbox.base import Observation
from grader.submission.model import Submission
from reference import circuits, lora, oracles, soft_prompts, tinyml

ASSIGNMENT = load_assignment(Path(__file__).parents[2])
RUNS = {check.id: check for part in ASSIGNMENT.parts for check in part.checks if isinstance(check, CallCheck)}
MISTAKES = [(id, mistake) for id, run in RUNS.items() for mistake in run.spec.mistakes]


def normal(*shape):
    return torch.randn(shape, dtype=torch.float64)


def on_the_wire(value):
    if isinstance(value, torch.Tensor):
        return Tensor.from_torch(value)
    if isinstance(value, np.ndarray):
        return Tensor.from_numpy(value)
    if isinstance(value, list | tuple):
        return [on_the_wire(member) for member in value]
    if isinstance(value, dict):
        return {key: on_the_wire(member) for key, member in value.items()}
    return value


def judged(run, function, secret=b"a secret of the tests", cache=None):
    """What a run says about a function, called here; `cache` holds what the same secret drew for another function."""
    context = Context(Submission("tested", {}), None, secret, Cache() if cache is None else cache)
    author_code, observations = run.part.author_code, []
    for i, case in enumerate(run.cases(context)):
        torch.manual_seed(i)
        args = [to_torch_value(value) for value in case.args]
        if run.spec.observe:
            args = [function, *args]
        try:
            value = detached((author_code.observer(run.spec.observe) if run.spec.observe else function)(*args))
        except Exception as error:  # noqa: BLE001  # as the sandbox does
            observations.append(Observation(case.preview(), "raised", message=str(error)))
        else:
            observations.append(Observation(case.preview(), "returned", on_the_wire(value)))
    return run.judge(context, observations)


@pytest.mark.parametrize("id", RUNS)
def test_the_reference_passes(id):
    outcome = judged(RUNS[id], RUNS[id].part.author_code.oracle(RUNS[id].spec.call))
    assert outcome.verdict == "correct", outcome


@pytest.mark.parametrize(("id", "mistake"), MISTAKES, ids=[f"{id}-{mistake.code}" for id, mistake in MISTAKES])
@pytest.mark.filterwarnings("ignore")
def test_a_planted_mistake_is_named(id, mistake):
    outcome = judged(RUNS[id], RUNS[id].part.author_code.mistake(mistake.code))
    assert outcome.credit == 0
    assert mistake.says in outcome.message


def test_there_are_enough_planted_mistakes():
    assert len({mistake.code for _, mistake in MISTAKES}) >= 60


def test_training_agrees_with_torch_s_own_sgd():
    inputs = [normal(5, 4), normal(5, 2), normal(2, 4), normal(6, 5), normal(6, 4), 0.05, 7]
    assert torch.allclose(lora.train(*inputs), oracles.train(*inputs), rtol=1e-12)


def test_meta_gradient_agrees_with_autograd():
    H = [matrix + matrix.T for matrix in (normal(4, 4), normal(4, 4))]
    inputs = [normal(4), H[0], normal(4), H[1], normal(4), 0.3]
    assert torch.allclose(soft_prompts.meta_gradient(*inputs), oracles.meta_gradient(*inputs), rtol=1e-12)


def test_the_svd_s_channels_add_up_to_the_matrix():
    W, x = normal(5, 2) @ normal(2, 5), normal(5)
    assert torch.allclose(circuits.svd_apply(W, x), W @ x)


def test_a_zero_head_reads_and_writes_nothing():
    P_read, P_write = circuits.read_write_projectors(torch.zeros(4, 2), torch.zeros(2, 4))
    assert not P_read.any()
    assert not P_write.any()


def test_quantization_agrees_with_its_definition_one_value_at_a_time():
    S, Z = tinyml.quantization_params(-1.3, 2.1, 4)
    for x in torch.linspace(-2, 3, 41, dtype=torch.float64):
        nearest = min(range(-8, 8), key=lambda q: abs(S * (q - Z) - x))
        assert tinyml.quantize(x, 4, S, Z).item() == nearest
