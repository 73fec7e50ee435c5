"""Draws sweeps: U-curves above, the best learning rate against the batch size below.

Owns how they look. Colours are a luminance ramp, and each curve carries its batch size as a number, so the
figure reads without colour. Files are reproducible: no dates, no random ids. Series have ids (`gid`) by which
a report or a test finds them in the SVG.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter
from numpy.typing import NDArray

from reference.experiments.engine import Sweep
from reference.experiments.fit import Slopes, band, log_losses
from reference.experiments.protocol import PRE_CRITICAL

Floats = NDArray[np.float64]

TITLES = {
    "linear_sgd": "Linear regression + SGD",
    "mlp_sgd": "MLP + SGD",
    "mlp_adam": "MLP + Adam",
    "linear_adam": "Linear regression + Adam",
}
DIVERGENCE = 5.0
"""Curves end where the mean log loss passes log 5: beyond, the cliff would flatten the rest."""
KEY = "Rings: the best learning rate at the batch size written beside them. Bands: ±2 standard errors."
LABEL_PLACES = ((0, -12), (13, -3), (-13, -3))
"""Offsets from a ring, in points, in the order in which they are tried."""
INK = "#1a1a1a"
FIT = "#0b4f8a"
OWN = "#b3460b"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lr-scaling",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": INK,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "legend.frameon": False,
    "legend.fontsize": 8,
}


def draw(
    sweeps: Sequence[Sweep],
    found: Sequence[Slopes],
    heading: str,
    *,
    expected: Mapping[str, Floats] | None = None,
    own: Mapping[str, tuple[Sequence[int], Floats]] | None = None,
) -> Any:
    """One column per sweep.

    Args:
        sweeps: what was measured.
        found: its optima and slopes, in the same order.
        heading: one line above everything.
        expected: setting -> noise-free optima, one per batch size, drawn dashed.
        own: setting -> a student's batch sizes and optima (nan where there is none), drawn over the others.

    Returns:
        A matplotlib figure.
    """
    with mpl.rc_context(STYLE):
        n = len(sweeps)
        figure, grid = plt.subplots(2, n, figsize=(3.7 * n + 0.4, 6.6), squeeze=False, layout="constrained")
        figure.suptitle(f"{heading}\n{KEY}", x=0.012, ha="left", fontsize=9.5, color=INK, linespacing=1.5)
        limits = _octaves([slopes.eta_star_interval for slopes in found])
        for (top, bottom), sweep, slopes in zip(grid.T, sweeps, found, strict=True):
            _u_curves(top, sweep, slopes)
            _optima(bottom, sweep, slopes, (expected or {}).get(sweep.setting))
            if own and sweep.setting in own:
                _own_optima(bottom, sweep.setting, *own[sweep.setting])
            bottom.set_ylim(*limits)
        grid[1, 0].legend(loc="best", handlelength=2.6)
        grid[0, 0].set_ylabel("final mean squared error")
        grid[1, 0].set_ylabel("best learning rate η*")
        figure.draw_without_rendering()  # fixes the layout, which the labels' places depend on
        for top, sweep, slopes in zip(grid[0], sweeps, found, strict=True):
            _name_curves(top, sweep, slopes)
        figure.set_layout_engine("none")
    return figure


def save(figure: Any, stem: Path) -> list[Path]:
    """Write `stem.svg` and `stem.png`; the same figure gives the same bytes."""
    paths = [stem.with_name(stem.name + ending) for ending in (".svg", ".png")]
    with mpl.rc_context(STYLE):
        figure.savefig(paths[0], format="svg", metadata={"Date": None})
        figure.savefig(paths[1], format="png", dpi=160)
    plt.close(figure)
    return paths


def _u_curves(axes: Any, sweep: Sweep, slopes: Slopes) -> None:
    losses = log_losses(sweep)
    centre = losses.mean(axis=2)
    margin = 2 * losses.std(axis=2, ddof=1) / np.sqrt(losses.shape[2]) if losses.shape[2] > 1 else 0 * centre
    rates = np.array(sweep.learning_rates)
    shades = mpl.colormaps["viridis"](np.linspace(0.0, 0.82, len(sweep.batch_sizes)))
    for k, (size, shade) in enumerate(zip(sweep.batch_sizes, shades, strict=True)):
        shown = centre[k] < np.log(DIVERGENCE)
        low, high = np.exp(centre[k] - margin[k])[shown], np.exp(centre[k] + margin[k])[shown]
        # A band is capped as a curve is: one diverged seed would stretch it over the whole panel.
        axes.fill_between(rates[shown], low, np.minimum(high, DIVERGENCE), color=shade, alpha=0.18, lw=0)
        gid = f"{sweep.setting}-u-{size}"
        axes.plot(rates[shown], np.exp(centre[k])[shown], color=shade, lw=1.4, gid=gid)
    etas, bottoms = _rings(sweep, slopes)
    axes.scatter(etas, bottoms, s=20, facecolor="white", edgecolor=shades, linewidth=1.4, zorder=5)
    axes.set(yscale="log", title=TITLES[sweep.setting], xlabel="learning rate")
    axes.set_xscale("log", base=2)
    low, high = axes.get_ylim()
    axes.set_ylim(low / (high / low) ** 0.08, high)
    _base_two(axes.xaxis, every=2)
    if high / low < 300:
        axes.yaxis.set_major_locator(mpl.ticker.LogLocator(base=10, subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())


def _rings(sweep: Sweep, slopes: Slopes) -> tuple[Floats, Floats]:
    """Where the optima lie on their curves: learning rates and losses."""
    centre = log_losses(sweep).mean(axis=2)
    at, grid = np.log(slopes.eta_star), np.log(sweep.learning_rates)
    return slopes.eta_star, np.exp([np.interp(x, grid, curve) for x, curve in zip(at, centre, strict=True)])


def _name_curves(axes: Any, sweep: Sweep, slopes: Slopes) -> None:
    """Write batch sizes beside their rings where there is room, the smallest and the largest first.

    The rest can be counted: the batch size doubles from curve to curve.
    """
    optima = np.column_stack(_rings(sweep, slopes))
    rings = axes.transData.transform(optima) * 72 / axes.figure.dpi
    taken = [(x, y, 6.0) for x, y in rings]
    n = len(rings)
    for k in [0, n - 1, *range(1, n - 1)]:
        name = str(sweep.batch_sizes[k])
        width = 5.0 * len(name)
        for dx, dy in LABEL_PLACES:
            x, y = rings[k] + (dx, dy + 3)
            if all(abs(x - a) > (width + w) / 2 or abs(y - b) > 8 for a, b, w in taken):
                taken.append((x, y, width))
                label = axes.annotate(name, optima[k], (dx, dy), textcoords="offset points", ha="center")
                label.set(fontsize=7, color=INK, zorder=6, in_layout=False)
                label.set_bbox({"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.4})
                break


def _optima(axes: Any, sweep: Sweep, slopes: Slopes, expected: Floats | None) -> None:
    sizes = np.array(sweep.batch_sizes, dtype=float)
    fitted = sizes <= PRE_CRITICAL[-1]
    axes.axvspan(sizes[0] / 1.25, PRE_CRITICAL[-1] * 1.25, color="#f2f2f2", lw=0, zorder=0)
    low, high = band(slopes, sweep.batch_sizes)
    axes.fill_between(sizes, low, high, color=FIT, alpha=0.15, lw=0, gid=f"{sweep.setting}-band")
    line = 2.0**slopes.intercept * sizes**slopes.exponent.value
    axes.plot(sizes[fitted], line[fitted], color=FIT, lw=1.8, label="fit on B ≤ 16, 95 % band")
    axes.plot(sizes[fitted.sum() - 1 :], line[fitted.sum() - 1 :], color=FIT, lw=1.4, ls=(0, (1, 1.6)))
    if expected is not None:
        gid = f"{sweep.setting}-exact"
        axes.plot(sizes, expected, color=INK, lw=1.2, ls=(0, (5, 2.5)), label="exact expectation", gid=gid)
    errors = np.abs(slopes.eta_star_interval - slopes.eta_star)
    axes.errorbar(
        sizes,
        slopes.eta_star,
        yerr=errors,
        fmt="o",
        ms=4.8,
        mfc="white",
        mec=INK,
        mew=1.3,
        ecolor=INK,
        elinewidth=1.0,
        capsize=2,
        zorder=4,
        label="measured",
        gid=f"{sweep.setting}-optima",
    )
    interval = f"95 % CI {slopes.exponent.low:.2f} to {slopes.exponent.high:.2f}"
    title = f"slope {slopes.exponent.value:.2f}  ({interval})".replace("-", "−")
    axes.set_title(title, fontsize=9, fontweight="normal")
    axes.set_xlabel("batch size B")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_ticks(sizes)
    _base_two(axes.yaxis, every=1)


def _own_optima(axes: Any, setting: str, sizes: Sequence[int], etas: Floats) -> None:
    axes.plot(sizes, etas, "D-", color=OWN, ms=4.2, lw=1.1, zorder=6, label="yours", gid=f"{setting}-own")


def _octaves(intervals: Sequence[Floats]) -> tuple[float, float]:
    """The same whole octaves for every lower panel: else noise around a flat line would look like a trend."""
    logs = np.log2(np.concatenate([interval.ravel() for interval in intervals]))
    return 2.0 ** (np.floor(logs.min()) - 0.5), 2.0 ** (np.ceil(logs.max()) + 0.5)


def _base_two(axis: Any, every: int) -> None:
    axis.set_major_locator(mpl.ticker.LogLocator(base=2.0**every, numticks=40))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"$2^{{{round(np.log2(value))}}}$"))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(mpl.ticker.NullLocator())
