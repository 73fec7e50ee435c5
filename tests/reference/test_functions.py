"""The reference's functions against second ways to the same results, and every run against its reference.

No sandbox: reference and planted variants are trusted. What a run says about them is what students read.
"""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.utils.flop_counter
from homework import ASSIGNMENT

from grader.cache import Cache
from grader.checks.base import Context
from grader.checks.code_call import CallCheck
from grader.checks.convert import detached, to_torch_value
from grader.runner.preload import seed_present_devices
from grader.runner.values import Tensor
from grader.sandbox.base import Observation
from grader.submission.model import Submission
from reference import circuits, lora, oracles, soft_prompts, tinyml

seed_present_devices()  # as in the sandbox
RUNS = {check.id: check for part in ASSIGNMENT.parts for check in part.checks if isinstance(check, CallCheck)}
MISTAKES = [(id, mistake) for id, run in RUNS.items() for mistake in run.spec.mistakes]


def draw(name, *arguments):
    return ASSIGNMENT.author_code.draw(name)(*arguments)


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


DRAWN = Cache()
"""What the secret of this file drew, and what is right for it: the same for every function."""


def judged(run, function, secret=b"a secret of the tests", cache=DRAWN):
    """What a run says about a function, called here; `cache` holds what the same secret drew for another function."""
    context = Context(Submission("tested", {}), None, secret, cache)
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


@pytest.mark.parametrize(("v", "z"), [(1, 0), (3, 1), (4, 4)])
def test_the_rank_of_a_head_is_what_its_output_matrix_leaves_of_its_value_matrix(v, z):
    W_V = torch.zeros(5, 7, dtype=torch.float64)
    W_V[:v, :v] = torch.eye(v)
    W_O = normal(7, 5)
    W_O[:, :z] = 0
    formula = circuits.exact_rank()
    predicted = formula.subs({symbol: {"v": v, "z": z}[symbol.name] for symbol in formula.free_symbols})
    assert torch.linalg.matrix_rank(W_O @ W_V) == int(predicted)


def test_a_zero_head_reads_and_writes_nothing():
    P_read, P_write = circuits.read_write_projectors(torch.zeros(4, 2), torch.zeros(2, 4))
    assert not P_read.any()
    assert not P_write.any()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_macs_of_a_pruned_network_are_what_the_formula_says_and_what_torch_counts(share):
    """Counted by torch while the network runs, two FLOP for each MAC."""
    before, pooled, side = [3, 20, 40, 30, 10], [1, 3], 13
    after = [3, *(round(count * (1 - share)) for count in before[1:-1]), 10]

    def counted(channels):
        image = torch.zeros(1, 3, side, side)
        with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
            for layer, (c_in, c_out) in enumerate(pairwise(channels), start=1):
                image = torch.nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)(image)
                image = torch.nn.functional.max_pool2d(image, 2) if layer in pooled else image
        return counter.get_total_flops() // 2

    for channels in (before, after):
        assert tinyml.network_macs(channels, 3, side, pooled) == counted(channels)
    layers = [tinyml.conv_macs(a, b, 3, s, s) for (a, b), s in zip(pairwise(before), (13, 6, 6, 3), strict=True)]
    formula = tinyml.network_ratio()
    macs = {"M_f": layers[0], "M_b": sum(layers[1:-1]), "M_l": layers[-1], "p": share}
    predicted = float(formula.subs({symbol: macs[symbol.name] for symbol in formula.free_symbols}))
    assert counted(after) / counted(before) == pytest.approx(predicted)


def test_latency_that_follows_the_model_is_fitted_exactly_and_predicted():
    macs = torch.tensor([10.0, 49.0, 100.0], dtype=torch.float64)
    overhead, slope = tinyml.fit_latency(macs, 2 + 0.03 * macs)
    assert (overhead, slope) == pytest.approx((2, 0.03))
    share = {"f": overhead / (overhead + 100 * slope), "r": 0.49}
    formula = tinyml.latency_ratio()
    predicted = float(formula.subs({symbol: share[symbol.name] for symbol in formula.free_symbols}))
    assert predicted == pytest.approx((overhead + 49 * slope) / (overhead + 100 * slope))


@pytest.mark.parametrize("seed", range(3))
def test_training_ends_at_the_floor_that_singular_values_set_and_never_below(seed):
    rng = np.random.default_rng(seed)
    values = [2.0, 1.4, 0.7, 0.3]
    D = torch.from_numpy(draw("with_singular_values", rng, 6, 5, values))
    at = {**dict(zip(lora.SINGULAR_VALUES, values, strict=True)), lora.m: 6, lora.l: 5}
    floor = float(lora.loss_floor().subs(at))
    A, B = lora.best_update(D, 2)
    assert (A @ B - D).square().mean().item() == pytest.approx(floor)
    assert D.square().mean().item() == pytest.approx(float(lora.loss_at_the_start().subs(at)))
    start = torch.from_numpy(rng.standard_normal((6, 2)) / 2), torch.zeros(2, 5, dtype=torch.float64)
    trained = lora.train(torch.zeros_like(D), *start, torch.eye(6, dtype=torch.float64), D, 3.0, 400)
    assert floor * (1 - 1e-9) <= (trained - D).square().mean().item() == pytest.approx(floor, rel=1e-3)


@pytest.mark.parametrize("dtype", [torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8])
@pytest.mark.parametrize("Z", [-128, 0, 100, 127])
def test_every_type_of_integer_is_dequantized_without_overflow(dtype, Z):
    ends = [torch.iinfo(dtype).min, torch.iinfo(dtype).max] if dtype in (torch.int8, torch.uint8) else [-128, 127]
    assert tinyml.dequantize(torch.tensor(ends, dtype=dtype), 0.5, Z).tolist() == [0.5 * (q - Z) for q in ends]


def simulated(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, product):
    """The layer in real numbers, from what its integers stand for, then quantized."""
    S_x, S_w = 0.03, 0.7
    real = product(S_x * (q_x.double() - Z_x), S_w * (q_w.double() - Z_w), S_x * S_w * q_b.double())
    return tinyml.quantize(real, bits, S_x * S_w / (multiplier / 2**shift), Z_y)


@pytest.mark.parametrize("steep", [0, 1])
@pytest.mark.parametrize("relu", [0, 1])
@pytest.mark.parametrize("bits", [2, 4, 8])
def test_layers_on_integers_are_their_simulation_in_real_numbers_entry_by_entry(bits, relu, steep):
    rng = np.random.default_rng(bits)
    zeros = (draw("zero_point", rng, bits), draw("zero_point", rng, bits), draw("output_zero_point", rng, bits, relu))
    q_x, q_w = (torch.from_numpy(draw("stored", rng, bits, *shape)) for shape in ((20, 9), (7, 9)))
    rescale = draw("rescaling", rng, bits, 9, *zeros[:2], steep)
    q_b = torch.from_numpy(draw("bias", rng, bits, q_x.numpy(), q_w.numpy(), *zeros[:2], rescale, 0))
    linear = (q_x, q_w, q_b, *zeros, *rescale, bits)
    assert torch.equal(tinyml.quantized_linear(*linear), simulated(*linear, product=torch.nn.functional.linear))
    q_x, q_w = (torch.from_numpy(draw("stored", rng, bits, *shape)) for shape in ((3, 9, 8), (5, 3, 2, 3)))
    rescale = draw("rescaling", rng, bits, 18, *zeros[:2], steep)
    q_b = torch.from_numpy(draw("bias", rng, bits, q_x.numpy(), q_w.numpy(), *zeros[:2], rescale, 1))
    conv = (q_x, q_w, q_b, *zeros, *rescale, bits)
    convolved = partial(torch.nn.functional.conv2d, stride=2, padding=1)
    assert torch.equal(tinyml.quantized_conv(*conv, stride=2, padding=1), simulated(*conv, product=convolved))


def test_an_absorbed_relu_is_the_relu_of_the_same_layer_in_real_numbers():
    rng = np.random.default_rng(0)
    q_x, q_w = (torch.from_numpy(draw("stored", rng, 8, *shape)) for shape in ((50, 6), (4, 6)))
    rescale = draw("rescaling", rng, 8, 6, -5, 17, 0)
    q_b = torch.from_numpy(draw("bias", rng, 8, q_x.numpy(), q_w.numpy(), -5, 17, rescale, 0))
    layer = (q_x, q_w, q_b, -5, 17, -128, *rescale, 8)
    with_relu = simulated(*layer, product=lambda *given: torch.nn.functional.linear(*given).relu())
    assert (with_relu == -128).any()
    assert torch.equal(tinyml.quantized_linear(*layer), with_relu)


@pytest.mark.parametrize("forgotten", [3, 4])
def test_a_forgotten_zero_point_moves_every_entry_that_its_formula_moves(forgotten):
    """Rescaled by 1/2 and not clamped, the entries show it one by one."""
    rng = np.random.default_rng(1)
    q_x, q_w = (torch.from_numpy(draw("stored", rng, 3, *shape)) for shape in ((5, 2), (4, 2)))
    layer = [q_x, q_w, torch.zeros(4, dtype=torch.int32), 1, -2, 0, 2, 1, 8]
    right = tinyml.quantized_linear(*layer)
    values = {"Z_x": 1, "Z_w": -2, "n": 2}
    layer[forgotten] = 0
    other = q_w.long().sum(1).expand(5, 4) if forgotten == 3 else q_x.long().sum(1)[:, None].expand(5, 4)
    own, partner = ("Z_x", "Z_w") if forgotten == 3 else ("Z_w", "Z_x")
    moved = values[own] * (other - values["n"] * values[partner])
    assert torch.equal(tinyml.quantized_linear(*layer) - right, moved)


def test_quantization_agrees_with_its_definition_one_value_at_a_time():
    S, Z = tinyml.quantization_params(-1.3, 2.1, 4)
    for x in torch.linspace(-2, 3, 41, dtype=torch.float64):
        nearest = min(range(-8, 8), key=lambda q: abs(S * (q - Z) - x))
        assert tinyml.quantize(x, 4, S, Z).item() == nearest
