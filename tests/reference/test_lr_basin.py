"""Basins and noise of a saved table: what honest readings give agrees, what is no such number is told why."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.files.author_code import AuthorCode
from reference import lr_scaling

from test_lr_evidence import REFERENCE, with_losses  # isort: skip

ROOT = Path(__file__).parents[2]
LIBRARY = AuthorCode(ROOT)
TABLES = {"reference": REFERENCE} | {
    name: (ROOT / "tests" / "sample_class" / name / "lr_scaling.csv").read_bytes()
    for name in ("perfect_text", "perfect_latex")
}
SETTINGS = ("linear_sgd", "mlp_sgd", "mlp_adam")


def read(name, data=REFERENCE):
    return LIBRARY.property_function(f"lr_basin:{name}")(data)


def agrees(name, found, claimed):
    return LIBRARY.property_function(f"lr_basin:{name}_agrees")(found, claimed) is None


def losses(data, setting, size):
    """Learning rates, and losses [learning rates, seeds]; what diverged counts as 100."""
    runs = {}
    for line in data.decode().splitlines()[1:]:
        own, at, lr, _, loss = line.split(",")
        if (own, int(at)) == (setting, size):
            runs.setdefault(float(lr), []).append(float(loss or "nan"))
    rates = sorted(runs)
    return rates, torch.tensor([runs[lr] for lr in rates], dtype=torch.float64).nan_to_num(nan=100.0).clamp(max=100.0)


@pytest.mark.parametrize("mean", [lambda table: table.log().mean(dim=1).exp(), lambda table: table.mean(dim=1)])
@pytest.mark.parametrize("data", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_width_that_the_own_functions_give_agrees(setting, data, mean):
    rates, table = losses(data, setting, 32)
    left, right = lr_scaling.basin(rates, mean(table), 1.25)
    width = math.log2(right / left)
    found = read(f"{setting}_basin", data)
    assert agrees("basin", found, width)
    for wrong in (right / left, right - left, 2 * width, width / 2, 0.0, -width):
        assert not agrees("basin", found, wrong)


def test_a_grid_that_ends_inside_the_basin_is_to_be_widened():
    rates, table = losses(REFERENCE, "linear_sgd", 32)
    best = rates[int(table.log().mean(dim=1).argmin())]
    lines = [line for line in REFERENCE.decode().splitlines() if not line.startswith("linear_sgd,32,")]
    kept = [
        line
        for line in REFERENCE.decode().splitlines()
        if line.startswith("linear_sgd,32,") and float(line.split(",")[2]) <= best * 1.5
    ]
    assert "widen it" in read("linear_sgd_basin", "\n".join(lines + kept).encode())


@pytest.mark.parametrize("data", TABLES.values(), ids=TABLES)
def test_noise_may_be_read_with_either_deviation_and_either_best_rate(data):
    found = read("linear_sgd_noise", data)
    for unbiased in (True, False):
        spreads = []
        for size in (1, 256):
            _, table = losses(data, "linear_sgd", size)
            row = table[int(table.mean(dim=1).argmin())]
            spreads.append(float(row.std(unbiased=unbiased) / row.mean()))
        assert agrees("noise", found, spreads[0] / spreads[1])
        assert not agrees("noise", found, spreads[1] / spreads[0])
        assert not agrees("noise", found, (spreads[0] / spreads[1]) ** 2)


def slopes(data, setting):
    """The exponent with each seed left out, and with all of them, by the reference's own functions."""
    sizes = (1, 2, 4, 8, 16)
    tables = [losses(data, setting, size) for size in sizes]

    def slope(kept):
        best = torch.cat([lr_scaling.optimal_lr(grid, table[None, :, kept]) for grid, table in tables])
        return lr_scaling.fit_exponent(sizes, best)[0]

    seeds = list(range(tables[0][1].shape[1]))
    return slope(seeds), [slope([seed for seed in seeds if seed != out]) for out in seeds]


@pytest.mark.parametrize("data", TABLES.values(), ids=TABLES)
def test_how_far_apart_exponents_are_agrees_with_the_own_functions(data):
    (linear, linear_left_out), (mlp, mlp_left_out) = (slopes(data, setting) for setting in SETTINGS[:2])
    error = math.hypot(lr_scaling.jackknife(linear_left_out), lr_scaling.jackknife(mlp_left_out))
    found = read("exponents_apart", data)
    assert found == pytest.approx((linear - mlp) / error, rel=0.02)
    assert agrees("apart", found, (linear - mlp) / error)
    for wrong in (linear - mlp, (linear - mlp) / error**2, (mlp - linear) / error):
        assert not agrees("apart", found, wrong)


def test_the_jackknife_is_the_standard_error_of_a_mean():
    values = np.random.default_rng(0).standard_normal(9)
    left_out = [np.delete(values, k).mean() for k in range(9)]
    assert lr_scaling.jackknife(left_out) == pytest.approx(values.std(ddof=1) / 3)


NUMBERS = ("linear_sgd_basin", "mlp_sgd_basin", "mlp_adam_basin", "linear_sgd_noise", "exponents_apart")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("loss", ["nan", "inf", "0", "0.5", "1e308", "1e-320"])
def test_a_table_of_one_number_gives_none(name, loss):
    assert isinstance(read(name, with_losses(lambda *_: loss)), str)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_file_that_cannot_be_read_gives_a_sentence(name):
    assert "no column" in read(name, b"")


def test_seeds_that_do_not_scatter_give_no_ratio():
    data = REFERENCE.decode().splitlines()
    same = {}
    for k, line in enumerate(data[1:], start=1):
        cell = line.split(",")
        if cell[:2] == ["linear_sgd", "256"]:
            cell[4] = same.setdefault(cell[2], cell[4])
            data[k] = ",".join(cell)
    assert "same loss" in read("linear_sgd_noise", "\n".join(data).encode())


def test_seeds_that_did_not_run_with_every_batch_size_are_left_out_of_the_jackknife():
    lines = REFERENCE.decode().splitlines()
    kept = [lines[0]]
    for line in lines[1:]:
        setting, size, _, seed, _ = line.split(",")
        if setting != "mlp_sgd" or (int(seed) < 4) == (int(size) == 1):
            kept.append(line)
    assert "0 seeds ran with every batch size" in read("exponents_apart", "\n".join(kept).encode())
