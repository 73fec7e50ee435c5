"""The batched sweep against one torch.optim loop per run, and against exact expectations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from reference.experiments import exact
from reference.experiments.baseline import reference_slopes, reference_sweep
from reference.experiments.engine import Runs, sweep
from reference.experiments.fit import EdgeOptimum, gap, slopes
from reference.experiments.given import BATCH_SIZES, N_STEPS, SETTINGS, load
from reference.experiments.protocol import PROTOCOLS, REFERENCE_SEEDS, SAMPLES_SEEN, STEPS, Protocol
from reference.lr_scaling import fit_exponent, optimal_lr, row_generator, train_one

RATES = {"sgd": (2.0**-9, 2.0**-7), "adam": (2.0**-9, 2.0**-7)}
"""Stable at every batch size, so that rounding does not grow."""


def loop(make_model, optimizer, X, y, lr, size, n_steps, seed):
    """The plain loop: torch's own modules, loss and optimizers, one run, no batching."""
    torch.manual_seed(seed)
    model = make_model().to(X.dtype)
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    rows = row_generator(seed, size)
    for _ in range(n_steps):
        batch = torch.randint(len(X), (size,), generator=rows)
        rule.zero_grad()
        nn.functional.mse_loss(model(X[batch])[:, 0], y[batch]).backward()
        rule.step()
    with torch.no_grad():
        return nn.functional.mse_loss(model(X)[:, 0], y).item()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [1, 16, 256])
@pytest.mark.parametrize("setting", SETTINGS)
def test_all_runs_at_once_end_where_single_runs_end(setting, size, dtype):
    X, y, make_model, optimizer = load(setting)
    rates, seeds = RATES[optimizer], (0, 5)
    batched = Runs(make_model, optimizer, X, y, rates, seeds, dtype=dtype).train(size, N_STEPS)
    single = [
        [loop(make_model, optimizer, X.to(dtype), y.to(dtype), lr, size, N_STEPS, s) for s in seeds] for lr in rates
    ]
    np.testing.assert_allclose(batched, single, rtol=1e-5)


def three_layers():
    return nn.Sequential(nn.Linear(64, 5), nn.Tanh(), nn.Linear(5, 3), nn.ReLU(), nn.Linear(3, 1))


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_module_without_a_layout_of_its_own_trains_just_the_same(optimizer):
    X, y, _, _ = load("mlp_sgd")
    batched = Runs(three_layers, optimizer, X, y, (0.01, 0.02), (0, 1)).train(8, 6)
    single = [[loop(three_layers, optimizer, X, y, lr, 8, 6, seed) for seed in (0, 1)] for lr in (0.01, 0.02)]
    np.testing.assert_allclose(batched, single, rtol=1e-5)


@pytest.mark.parametrize("setting", SETTINGS)
def test_train_one_is_that_same_run(setting):
    X, y, make_model, optimizer = load(setting)
    given = {"lr": RATES[optimizer][1], "batch_size": 16, "n_steps": N_STEPS, "seed": 3}
    assert train_one(make_model, optimizer, X, y, **given) == pytest.approx(
        loop(make_model, optimizer, X, y, given["lr"], 16, N_STEPS, 3), rel=1e-6
    )


def test_the_same_seeds_give_the_same_numbers():
    tiny = Protocol("steps", 0.01, lambda size: 4, {"sgd": (0.01, 0.02), "adam": (0.01, 0.02)})
    first, second = (sweep("mlp_adam", tiny, (2, 7)) for _ in range(2))
    assert np.array_equal(first.mse, second.mse)
    assert first.mse.shape == (len(BATCH_SIZES), 2, 2)


BOUNDS = {"linear_sgd": (0.75, 1.25), "mlp_sgd": (0.40, 1.25), "mlp_adam": (-0.35, 0.35), "linear_adam": (-0.35, 0.35)}


@pytest.mark.parametrize("setting", SETTINGS)
def test_reference_slopes_lie_inside_the_graded_intervals(setting):
    found = reference_slopes()[setting]
    low, high = BOUNDS[setting]
    assert low < found.exponent.low < found.exponent.value < found.exponent.high < high
    assert found.saturation.value <= 0.4


@pytest.mark.parametrize("model", ["linear", "mlp"])
def test_adam_needs_far_less_scaling_than_sgd(model):
    found = reference_slopes()
    assert gap(found[f"{model}_sgd"], found[f"{model}_adam"]).low > 0.3


def test_simulated_losses_scatter_around_the_exact_expectation():
    losses = exact.expected_losses(STEPS)
    near = losses < 5 * losses.min(axis=1, keepdims=True)
    near &= np.arange(losses.shape[1]) <= losses.argmin(axis=1)[:, None]  # beyond, a few seeds carry the mean
    ratio = reference_sweep("linear_sgd").mse.mean(axis=2)[near] / losses[near]
    assert 0.97 < np.median(ratio) < 1.03
    assert 0.8 < ratio.min() < ratio.max() < 1.25


def test_the_exact_exponent_is_the_measured_one():
    eta = optimal_lr(STEPS.learning_rates["sgd"], torch.from_numpy(exact.expected_losses(STEPS)))
    slope, _ = fit_exponent(BATCH_SIZES[:5], eta[:5])
    assert slope == pytest.approx(0.954, abs=0.02)
    assert reference_slopes()["linear_sgd"].exponent.value == pytest.approx(slope, abs=0.05)


@pytest.mark.slow
def test_stored_expectations_are_those_of_the_recursion():
    rates = STEPS.learning_rates["sgd"]
    again = exact.given_rows((1, 64), rates[4:8], N_STEPS)
    stored = exact.expected_losses(STEPS)[[0, BATCH_SIZES.index(64)], 4:8]
    np.testing.assert_allclose(again, stored, rtol=1e-7)


def test_fresh_and_given_rows_hardly_differ_when_there_are_many():
    given = exact.expected_losses(STEPS)
    fresh = exact.fresh_rows(BATCH_SIZES, STEPS.learning_rates["sgd"], STEPS.n_steps, exact.teacher_energy(0.01), 1e-4)
    near = given < 2 * given.min(axis=1, keepdims=True)
    np.testing.assert_allclose(fresh[near], given[near], rtol=0.15)


def test_noise_free_isotropic_optimum_is_the_textbook_one(monkeypatch):
    """eta* = B / (B + d + 1) / 2 for squared error with its factor 2, after any number of steps."""
    monkeypatch.setattr(exact, "feature_variances", lambda: torch.ones(64, dtype=torch.float64))
    excess = np.append(np.full(64, 1 / 64), 0.0)  # no bias to learn
    rates = 2.0 ** np.arange(-9, 0, 0.02)
    losses = exact.fresh_rows((4,), tuple(rates), lambda size: 1, excess, 0.0)
    assert rates[losses[0].argmin()] == pytest.approx(0.5 * 4 / (4 + 65), rel=0.05)


def test_fixed_samples_make_sgd_linear():
    eta = optimal_lr(SAMPLES_SEEN.learning_rates["sgd"], torch.from_numpy(exact.expected_losses(SAMPLES_SEEN)))
    assert fit_exponent(BATCH_SIZES[:5], eta[:5])[0] == pytest.approx(1.0, abs=0.03)


def test_an_optimum_on_the_edge_asks_for_a_wider_grid():
    narrow = Protocol("steps", 0.01, lambda size: 4, {"sgd": (2.0**-12, 2.0**-11, 2.0**-10), "adam": ()})
    with pytest.raises(EdgeOptimum, match=r"batch size 1 .* add higher learning rates"):
        slopes(sweep("linear_sgd", narrow, REFERENCE_SEEDS))


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "low", "high"), [("linear_sgd", 0.9, 1.1), ("mlp_adam", 0.4, 0.75)])
def test_fixed_samples_give_sgd_one_and_adam_about_a_half(setting, low, high):
    found = slopes(sweep(setting, PROTOCOLS["samples"], REFERENCE_SEEDS))
    assert low < found.exponent.value < high
