"""The learning-rate sweep against a plain loop, and on a GPU against the CPU.

    python benchmarks/bench_lr.py                   ratios of the batched sweep to a torch.optim loop, interleaved
    python benchmarks/bench_lr.py --device cuda     same numbers as the CPU, then 8 and 512 seeds on the GPU
    python benchmarks/bench_lr.py --figure DIR      also draws the 512 seeds (8 on a CPU); needs matplotlib

Prints Markdown, which `docs/benchmarks.md` holds as it is. Needs torch and numpy.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measuring import markdown

from reference.experiments.engine import Sweep, sweep
from reference.experiments.given import BATCH_SIZES, N_STEPS, SETTINGS, load
from reference.experiments.protocol import REFERENCE_SEEDS, STEPS
from reference.lr_scaling import train_one

METHOD = """
The whole grid of a setting at once (all learning rates and seeds of a batch size share one matrix product) against
single runs by `torch.optim`, a sample of them extrapolated to the grid. One thread on the CPU. Times are wall seconds;
ratios come from rounds that alternate, so that a busy machine slows both sides.
"""
ON_GPU = """
The sweep on a GPU beside the same on one core of a CPU: how far the losses differ, and what 8 and 512 seeds take.
"""
ROUNDS = 3
LOOP_SEEDS = (0, 1)
LARGE = range(512)


def main() -> None:
    """Measure and print one line for each setting."""
    options = _options()
    torch.set_num_threads(1)
    on_gpu = options.device == "cuda"
    markdown.section("The learning-rate sweep", ON_GPU if on_gpu else METHOD)
    markdown.machine(f"torch {torch.__version__}", _device_name(options.device))
    sweeps = _on_gpu() if on_gpu else _on_cpu()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of the process: {peak:.0f} MiB.\n")
    if options.figure:
        _draw(sweeps, options.figure)


def _on_cpu() -> list[Sweep]:
    markdown.head("", "runs", "batched, s", "loop, s", "ratio", "in matrix products")
    return [_against_loop(setting) for setting in SETTINGS]


def _against_loop(setting: str) -> Sweep:
    """The whole grid at once against single runs, a sample of them extrapolated to the grid."""
    rates = STEPS.learning_rates[load(setting).optimizer]
    runs = len(BATCH_SIZES) * len(rates) * len(REFERENCE_SEEDS)
    sampled = [(size, rates[len(rates) // 2], seed) for size in BATCH_SIZES for seed in LOOP_SEEDS]
    X, y, make_model, optimizer = load(setting)

    def loop() -> None:
        for size, lr, seed in sampled:
            train_one(make_model, optimizer, X, y, lr=lr, batch_size=size, n_steps=N_STEPS, seed=seed)

    def batched() -> Sweep:
        return sweep(setting, STEPS, REFERENCE_SEEDS)

    loop()  # both are warm from here on
    batched()
    rounds = [(_seconds(loop) * runs / len(sampled), _seconds(batched)) for _ in range(ROUNDS)]
    ratio = median(slow / fast for slow, fast in rounds)
    slow, fast = (median(column) for column in zip(*rounds, strict=True))
    times = (f"{fast:.3f}", f"{slow:.1f}", f"{ratio:.0f}×", f"{_gemm_share(batched):.0%}")
    markdown.row(setting, f"{runs}", *times)
    return batched()


def _on_gpu() -> list[Sweep]:
    """Agreement with the CPU on stable runs, then times for 8 and for 512 seeds."""
    if not torch.cuda.is_available():
        raise SystemExit("bench_lr: no GPU that torch can use")
    markdown.head("", "beside the CPU", "8 seeds: CPU, GPU", "512 seeds", "the CPU's rate", "GPU memory")
    large = []
    for setting in SETTINGS:
        cpu = sweep(setting, STEPS, REFERENCE_SEEDS)
        gpu = sweep(setting, STEPS, REFERENCE_SEEDS, device="cuda")
        again = sweep(setting, STEPS, REFERENCE_SEEDS, device="cuda")
        repeats = np.array_equal(gpu.mse, again.mse, equal_nan=True)
        on_cpu = _seconds(partial(sweep, setting, STEPS, REFERENCE_SEEDS))
        small = min(_seconds(partial(_synchronised, setting, REFERENCE_SEEDS)) for _ in range(ROUNDS))
        torch.cuda.reset_peak_memory_stats()
        started = time.perf_counter()
        large.append(_synchronised(setting, LARGE))
        big = time.perf_counter() - started
        memory = torch.cuda.max_memory_allocated() / 2**20
        alike = f"{_agreement(cpu, gpu)}; repeats itself: {repeats}"
        times = (f"{on_cpu:.3f}, {small:.3f} s", f"{big:.3f} s", f"{64 * on_cpu / big:.0f}×", f"{memory:.0f} MiB")
        markdown.row(setting, alike, *times)
    return large


def _synchronised(setting: str, seeds: Any) -> Sweep:
    done = sweep(setting, STEPS, seeds, device="cuda")
    torch.cuda.synchronize()
    return done


def _agreement(one: Sweep, other: Sweep) -> str:
    """Largest relative difference over runs that end below the loss they start from, and over all finite ones."""
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.abs(other.mse / one.mse - 1)
        stable = (one.mse < 0.9) & (_next_rate(one.mse) < 2)
        settled = np.nanmax(relative[stable])
        finite = np.nanmedian(relative[one.mse < 10])
    status = (np.isfinite(one.mse) == np.isfinite(other.mse)).mean()
    return f"stable runs within {settled:.1e}, median {finite:.1e}, finite alike {status:.2%}"


def _next_rate(mse: Any) -> Any:
    """The loss at the next larger learning rate: where that is stable too, this one does not amplify rounding."""
    return np.concatenate([mse[:, 1:], np.full_like(mse[:, :1], np.inf)], axis=1)


def _gemm_share(run: Callable[[], Any]) -> float:
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        run()
    events = profile.key_averages()
    products = {"aten::bmm", "aten::mm", "aten::baddbmm", "aten::addmm"}
    total = sum(event.self_cpu_time_total for event in events)
    return float(sum(event.self_cpu_time_total for event in events if event.key in products) / total)


def _seconds(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _draw(sweeps: list[Sweep], folder: Path) -> None:
    from reference.experiments.figures import draw, save
    from reference.experiments.fit import slopes
    from reference.experiments.sweep import expected_optima, heading

    folder.mkdir(parents=True, exist_ok=True)
    found = [slopes(one) for one in sweeps]
    for slope in found:
        print(f"{slope.setting:12s} slope {slope.exponent}, saturation {slope.saturation}")
    title = heading(STEPS, len(sweeps[0].seeds))
    print(*save(draw(sweeps, found, title, expected=expected_optima(STEPS)), folder / "lr-bench"))


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" and torch.cuda.is_available() else device


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--figure", type=Path, help="folder for a figure of the sweeps")
    return parser.parse_args()


if __name__ == "__main__":
    main()
