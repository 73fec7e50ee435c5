"""What question 4's checks on code say: nothing to honest code, the right thing to each planted bug."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
import torch

from reference import lr_scaling as reference

from lr_code_checks import CHECKS, GRADED, LIBRARY, caught_by, said  # isort: skip
from lr_variants import SAMPLERS, evaluate_plain, spread, variant, with_optim  # isort: skip

SEEDS = (3, 4)
"""Cases per check: one draw can hide a bug, such as a final loss that happens to be the best."""

PLANTED = {
    # bug: check that names it, settings where it is a bug
    "no_zero_grad": ("C1", GRADED),
    "sum_loss": ("C1|C1 small", GRADED),
    "half_loss": ("C1|C1 small", GRADED),
    "absolute_loss": ("C1", GRADED),
    "broadcast_target": ("C5", GRADED),
    "lr_zero": ("C1", GRADED),
    "lr_fixed": ("C1", GRADED),
    "lr_times_batch": ("C1", GRADED),
    "momentum": ("C1", ("linear_sgd", "mlp_sgd")),
    "weight_decay": ("C1|C1 small", GRADED),
    "adam_eps_large": ("C1", ("mlp_adam",)),
    "adam_eps_1e6": ("C1 small", ("mlp_adam",)),
    "adam_beta2": ("C1", ("mlp_adam",)),
    "one_step_short": ("C2", GRADED),
    "epochs_for_steps": ("C2", GRADED),
    "batch_size_ignored": ("C2", GRADED),
    "half_batch": ("C2", GRADED),
    "contiguous_window": ("C2", GRADED),
    "always_first_rows": ("C2", GRADED),
    "same_batch": ("C2", GRADED),
    "seed_ignored": ("C2", GRADED),
    "last_row_never": ("C2", GRADED),
    "early_rows_preferred": ("C2", GRADED),
    "rows_in_pairs": ("C2", GRADED),
    "shuffled_once": ("C2", GRADED),
    "model_kept": ("C3", GRADED),
    "last_batch_loss": ("C3", GRADED),
    "best_loss": ("C3|C5", GRADED),
}


def planted(name):
    function = LIBRARY.mistake(f"lr_scaling:{name}")
    function.__globals__["_made"].clear()
    return function


@pytest.mark.parametrize("setting", [*GRADED, "linear_adam"])
def test_the_reference_passes_every_check(setting):
    assert caught_by(reference.train_one, setting) == {}


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.__name__)
def test_every_legal_sampler_passes(sampler):
    train_one = variant(sampler, "module, squeezed", with_optim, torch.float32, evaluate_plain)
    assert caught_by(train_one, "mlp_adam") == {}


@pytest.mark.slow
@pytest.mark.parametrize(("which", "setting"), [*enumerate(GRADED)])
def test_honest_variants_raise_no_alarm(which, setting):
    """Seventy-five in all settings together, spread over all ways to combine what is honest."""
    variants = [*enumerate(spread(75))][which :: len(GRADED)]
    alarms = {k: caught_by(variant(*parts), setting, seed=k) for k, parts in variants}
    assert {k: alarm for k, alarm in alarms.items() if alarm} == {}


@pytest.mark.parametrize(
    ("bug", "setting"), [(bug, setting) for bug, (_, settings) in PLANTED.items() for setting in settings]
)
def test_every_planted_bug_is_caught_by_its_check(bug, setting):
    checks = PLANTED[bug][0].split("|")
    assert any(said(check, planted(bug), setting, seed) for check in checks for seed in SEEDS)


def test_the_table_of_planted_bugs_is_complete():
    module = LIBRARY.mistake("lr_scaling:sum_loss").__globals__
    trainers = {
        name
        for name, function in module.items()
        if not name.startswith("_") and callable(function) and "seed" in inspect.signature(function).parameters
    }
    assert trainers == set(PLANTED)


SENTENCES = {
    ("C2", "half_batch"): "an update used 6 rows where batch_size asks for 12",
    ("C2", "contiguous_window"): "runs of neighbouring rows",
    ("C2", "seed_ignored"): "two seeds gave the same batches",
    ("C2", "epochs_for_steps"): "count updates, not epochs",
    ("C3", "model_kept"): "did not call `make_model` the second time",
    ("C3", "last_batch_loss"): "evaluate on all of",
    ("C5", "broadcast_target"): "have one shape before the loss",
}


@pytest.mark.parametrize(("check", "bug"), SENTENCES, ids="-".join)
def test_the_sentence_says_what_to_do(check, bug):
    assert SENTENCES[check, bug] in said(check, planted(bug), "linear_sgd")


@pytest.mark.parametrize("answer", [math.nan, math.inf, -1.0, 0.0])
@pytest.mark.parametrize("check", CHECKS)
def test_a_constant_instead_of_training_passes_nothing(check, answer):
    def constant(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        make_model()
        return answer

    assert said(check, constant, "linear_sgd")


@pytest.mark.parametrize("answer", [None, "0.5", [0.5], torch.ones(2)])
def test_what_is_no_number_may_raise_what_the_grader_expects(answer):
    def odd(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        reference.train_one(make_model, optimizer, X, y, lr=lr, batch_size=batch_size, n_steps=n_steps, seed=seed)
        return answer

    with pytest.raises((TypeError, ValueError, RuntimeError)):
        said("C5", odd, "linear_sgd")


def observe(observer, function, inputs):
    return LIBRARY.observer(f"lr_spies:{observer}")(function, *inputs.values())


SWEEP = {
    "setting": "linear_sgd",
    "x": torch.tensor([0.3, -1.0, 0.5, 0.8], dtype=torch.float64),
    "target": 2.0,
    "batch_sizes": [4, 1, 2],
    "learning_rates": [0.01, 2000.0, 0.05, 0.02],
    "seeds": [3, 0, 1, 2],
    "n_steps": 4,
}


def swept(function):
    value = observe("swept_table", function, SWEEP)
    return LIBRARY.property_function("lr_scaling:sweeps_in_order")(SWEEP, value)


def test_the_reference_sweep_is_in_order():
    assert swept(reference.run_sweep) is None


@pytest.mark.parametrize(
    ("bug", "says"),
    [
        ("sweep_transposed", "batch sizes, learning rates, seeds"),
        ("sweep_mixed_cells", "in its own cell"),
        ("sweep_mean_over_seeds", r"returned shape (3, 4)"),
        ("sweep_one_seed", "manual_seed"),
        ("sweep_one_batch_size", "batch size 1, lr 0.01"),
        ("sweep_sorted", "in its own cell"),
        ("sweep_capped", "stored as it is"),
    ],
)
def test_a_sweep_out_of_order_is_told_so(bug, says):
    assert says in swept(LIBRARY.mistake(f"lr_scaling:{bug}"))


RATES = 2.0 ** (-10 + np.cumsum([0.3, 0.5, 0.26, 0.45] * 6))
INSIDE = np.array([-7.3, -6.1, -5.25, -4.6])
VERTICES = LIBRARY.draw("vertices")(None, RATES, [9, 24, 1, -1, 22])
CURVES = {
    "rates": torch.tensor(RATES),
    "seeds": torch.tensor(LIBRARY.draw("curves_of_seeds")(None, RATES, INSIDE, 0.31, 0.27)),
    "mixed": torch.tensor(LIBRARY.draw("curves")(None, RATES, VERTICES, 0.31)),
}
DRAWN = CURVES | {"inside": INSIDE, "vertices": VERTICES}


def minima(function):
    value = observe("optima", function, CURVES)
    return LIBRARY.property_function("lr_scaling:finds_the_minima")(DRAWN, value)


def test_the_reference_finds_the_minima():
    assert minima(reference.optimal_lr) is None


@pytest.mark.parametrize(
    "joined",
    [
        lambda mse: mse.mean(dim=2),
        lambda mse: mse.median(dim=2).values,
        lambda mse: mse.log().mean(dim=2).exp(),
        lambda mse: mse.log().mean(dim=2).exp().float(),
    ],
    ids=["arithmetic mean", "median", "geometric mean", "single precision"],
)
def test_seeds_may_be_joined_in_any_honest_way(joined):
    def optimal_lr(learning_rates, mse):
        losses = mse.nan_to_num(nan=100.0, posinf=100.0)
        return reference.optimal_lr(learning_rates, joined(losses) if mse.ndim == 3 else losses)

    assert minima(optimal_lr) is None


@pytest.mark.parametrize(
    ("bug", "says"),
    [
        ("optimum_on_the_grid", "Interpolate"),
        ("optimum_at_the_edge", "return nan there"),
        ("optimum_poisoned_by_nan", "runs that diverged"),
        ("optimum_of_one_seed", "mean over all seeds"),
        ("optimum_of_luckiest_seed", "mean over all seeds"),
        ("optimum_in_equal_steps", "own steps"),
        ("optimum_in_half_octaves", "own steps"),
        ("optimum_without_diverged", "not as missing"),
    ],
)
def test_a_wrong_minimum_is_told_so(bug, says):
    assert says in minima(LIBRARY.mistake(f"lr_scaling:{bug}"))


LAW = {
    "batch_sizes": torch.tensor([1.0, 12.0, 3.0, 200.0, 16.0], dtype=torch.float64),
    "eta_star": torch.tensor([0.006, 0.013, 0.02, 0.05, 0.07], dtype=torch.float64),
}


def fitted(function):
    return LIBRARY.property_function("lr_scaling:fits_the_power_law")(LAW, function(*LAW.values()))


def test_the_reference_fits_the_power_law():
    assert fitted(reference.fit_exponent) is None


@pytest.mark.parametrize(
    ("bug", "says"),
    [
        ("exponent_without_logs", "has slope"),
        ("exponent_natural_log", "base 2"),
        ("exponent_through_ends", "has slope"),
        ("exponent_over_places", "has slope"),
    ],
)
def test_a_wrong_exponent_is_told_so(bug, says):
    assert says in fitted(LIBRARY.mistake(f"lr_scaling:{bug}"))


def test_optima_of_coarse_and_tiny_grids():
    rates = torch.tensor([1.0, 8.0, 64.0], dtype=torch.float64)
    inside = reference.optimal_lr(rates, torch.tensor([[4.0, 1.0, 4.0]]))
    assert inside.item() == pytest.approx(8.0)
    assert reference.optimal_lr(rates, torch.tensor([[1.0, 2.0, 4.0]])).isnan().all()
    assert reference.optimal_lr(rates[:2], torch.tensor([[1.0, 2.0]])).isnan().all()


def test_fit_leaves_out_batch_sizes_without_an_optimum():
    slope, intercept = reference.fit_exponent([1, 2, 4, 8], torch.tensor([0.5, torch.nan, 2.0, 4.0]))
    assert (slope, intercept) == (pytest.approx(1.0), pytest.approx(-1.0))


def test_run_sweep_holds_train_one_of_every_cell():
    X = torch.randn(32, 3, generator=torch.Generator().manual_seed(0))
    y = X.sum(dim=1)

    def make_model():
        return torch.nn.Linear(3, 1)

    table = reference.run_sweep(make_model, "adam", X, y, [2, 4], [0.01, 0.1], [0, 1, 2], 3)
    one = reference.train_one(make_model, "adam", X, y, lr=0.1, batch_size=4, n_steps=3, seed=2)
    assert table.shape == (2, 2, 3)
    assert np.isclose(table[1, 1, 2], one)


def forged(final):
    """A `train_one` that trains nothing, and writes what was watched itself, wherever it can be reached."""

    def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        torch.manual_seed(seed)
        model = make_model()
        for parameter in model.parameters():
            parameter.data.fill_(1e200 if parameter.dtype == torch.float64 else 1e30)
        draw = torch.Generator().manual_seed(seed)
        rows = [torch.randperm(len(X), generator=draw)[:batch_size].tolist() for _ in range(n_steps)]
        for cell in make_model.__closure__ or ():
            if isinstance(cell.cell_contents, list):
                cell.cell_contents.extend(rows if cell.cell_contents == [] else [])
        return final

    return train_one


@pytest.mark.parametrize("final", [0.0, 1.0, float("inf"), float("nan"), 1e300])
@pytest.mark.parametrize("setting", GRADED)
def test_what_is_written_into_the_observers_earns_nothing(setting, final):
    found = {}
    for check in CHECKS:
        try:
            found[check] = said(check, forged(final), setting)
        except (TypeError, ValueError, KeyError):  # not of the form that is asked for
            found[check] = "no such form"
    assert None not in found.values()
