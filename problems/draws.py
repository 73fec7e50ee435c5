"""Inputs that the small language of runs has no word for. Each function takes a numpy generator first."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Floats = NDArray[np.float64]
Integers = NDArray[np.int8]

ALPHABET = 4
LENGTH = 5
STEEP = 36
"""The shift of a steep rescaling."""


def _embedded(tokens: Sequence[int] | NDArray[np.int64]) -> Floats:
    """One-hot tokens beside one-hot positions, (5, 9)."""
    return np.hstack([np.eye(ALPHABET)[np.asarray(tokens)], np.eye(LENGTH)])


def abcda(rng: Rng) -> Floats:
    """q3b's example."""
    return _embedded([0, 1, 2, 3, 0])


def five_tokens(rng: Rng) -> Floats:
    """Five random tokens."""
    return _embedded(rng.integers(0, ALPHABET, LENGTH))


def strengths(rng: Rng) -> Floats:
    """One from 0 to 20 for each of 256 patterns; both ends and whole numbers are among them."""
    steady = [*[0.0] * 8, *[20.0] * 8, *range(1, 20)]
    drawn: Floats = rng.permutation([*steady, *rng.uniform(0, 20, 256 - len(steady))])
    return drawn


def generators(rng: Rng) -> list[list[int]]:
    """Seeds of generators, and how many numbers were drawn from each before: one of them twice, in random order."""
    first, second = (int(seed) for seed in rng.choice(2**31, 2, replace=False))
    made = [[first, 0], [first, 0], [first, 5], [second, 0]]
    return [made[place] for place in rng.permutation(len(made))]


def _shaped(rng: Rng, values: Floats, ndim: int) -> Floats:
    """The values in random order, in a tensor of `ndim` dimensions whose sides differ as far as their number allows."""
    shape, left = [], values.size
    for _ in range(ndim - 1):
        side = next((side for side in (2, 3, 5, 7) if left % side == 0 and side not in shape), 1)
        shape.append(side)
        left //= side
    return rng.permutation(values).reshape(*shape, left)


def even_values(rng: Rng, n: int, ndim: int) -> Floats:
    """`n` different weights that fill a range evenly: no centroid of a k-means on them is ever left without weights."""
    return _shaped(rng, np.arange(n) + rng.uniform(-0.2, 0.2, n) - rng.uniform(0, n), ndim)


def weights(rng: Rng, n: int, ndim: int, magnitude: int, close: int) -> Floats:
    """`n` weights of either sign, none as large as another, of about 10**magnitude: `close` together, or one is 0."""
    sizes = 1 + np.arange(n) * 2e-4 if close else np.abs(rng.standard_normal(n))
    if n > 1 and not close:
        sizes[0] = 0.0
    return _shaped(rng, 10.0**magnitude * sizes * rng.choice([-1.0, 1.0], n), ndim)


def kept(rng: Rng, n: int, count: int) -> NDArray[np.bool_]:
    """A random mask that keeps `count` of n, neither the first ones nor the last ones; all if there are not so many."""
    inner = 1 + rng.permutation(max(n - 2, 0))
    places = [*inner, 0] if count == 1 else [0, n - 1, *inner]
    mask = np.zeros(n, dtype=np.bool_)
    mask[places[:count]] = True
    return mask


def channels(rng: Rng, layers: int, wide: int) -> list[int]:
    """Channels of an image, and of the outputs of so many layers, as many as in large networks if `wide` is 1."""
    counts = 2 * rng.integers(350, 450, layers + 1) + 1 if wide else rng.integers(1, 12, layers + 1)
    return [int(count) for count in counts]


def pooled_layers(rng: Rng, layers: int) -> list[int]:
    """Numbers of about half of the layers, one that is followed by another among them if there is one."""
    chosen = {layer for layer in range(1, layers + 1) if rng.random() < 0.5}
    return sorted(chosen | {int(rng.integers(1, layers))} if layers > 1 else chosen)


def near_levels(rng: Rng, bits: int, S: float, n: int, ndim: int) -> Floats:
    """Real values inside and outside the range of a quantization, many of them nearly halfway between two."""
    most = 3 * 2 ** (bits - 1)
    steps = np.concatenate([[-most, most], rng.integers(-most, most, n - 2, endpoint=True)])
    beside = np.where(rng.random(n) < 0.5, rng.uniform(0, 0.49, n), rng.uniform(0.45, 0.499, n))
    beside *= rng.choice([-1.0, 1.0], n)
    return _shaped(rng, S * (steps + beside), ndim)


def scale(rng: Rng, magnitude: int, whole: int) -> float:
    """A scale of about 10**magnitude; a whole number if `whole` is 1, one itself if 2, halfway between two if 3."""
    k = int(rng.integers(2, 10))
    return [float(10.0**magnitude * rng.uniform(1, 10)), float(k), 1.0, 1000.5 + k][whole]


def levels(rng: Rng, bits: int, n: int) -> NDArray[np.int64]:
    """Signed integers (n,) of this many bits, the smallest and the largest among them."""
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return rng.permutation(np.concatenate([[least, most], rng.integers(least, most, n - 2, endpoint=True)]))


def stored(rng: Rng, bits: int, *shape: int) -> NDArray[np.int8]:
    """Signed integers of this many bits as int8, often the smallest and the largest."""
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    drawn = rng.integers(least, most, shape, endpoint=True)
    ends = rng.choice([least, most], shape)
    return np.where(rng.random(shape) < 0.2, ends, drawn).astype(np.int8)


def zero_point(rng: Rng, bits: int) -> int:
    """Any integer of this many bits but 0, which hides that it was forgotten."""
    drawn = int(rng.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))
    return drawn + (drawn >= 0)


def output_zero_point(rng: Rng, bits: int, relu: int) -> int:
    """The smallest integer where `relu` is 1, as after a ReLU; otherwise one not far from the middle."""
    quarter = max(1, 2 ** (bits - 3))
    return -(2 ** (bits - 1)) if relu == 1 else int(rng.choice([-1, 1]) * rng.integers(1, quarter, endpoint=True))


def bias(
    rng: Rng, bits: int, q_x: Integers, q_w: Integers, Z_x: int, Z_w: int, rescale: Sequence[int], padding: int
) -> NDArray[np.int32]:
    """A bias (outputs,) as int32. Of two in three it takes away what zero points add to a sum over so many inputs.

    Their outputs then lie within the range, where rounding shows; others lie above or below it. Where the rescaling is
    steep, the first sum of each output is one that ends up nearly halfway between two integers.
    """
    if rescale[1] == STEEP:
        wanted = _nearly_halfway(rng, bits, rescale[0], len(q_w))
        return (wanted - _first_sums(q_x, q_w, Z_x, Z_w, padding)).astype(np.int32)
    mean, deviation = _sums(bits, q_w[0].size, Z_x, Z_w)
    most = max(2, round(0.8 * deviation))
    moved = np.where(rng.random(len(q_w)) < 2 / 3, mean, 0)
    return (rng.integers(-most, most, len(q_w), endpoint=True) - moved).astype(np.int32)


def rescaling(rng: Rng, bits: int, inputs: int, Z_x: int, Z_w: int, steep: int) -> list[int]:
    """An odd multiplier and a shift, which bring sums over so many inputs to about the range of `bits` bits.

    No sum is then halfway between two integers: an odd multiple of half a step would need a sum of 2**(shift - 1). If
    `steep` is 1, sums must be nearly as large as 32 bits allow.
    """
    multiplier = int(rng.integers(2**12, 2**13)) * 2 + 1
    wanted = rng.uniform(0.2, 0.5) * 2**bits / _sums(bits, inputs, Z_x, Z_w)[1]
    return [multiplier, STEEP if steep else int(np.floor(np.log2(multiplier / wanted)))]


def _first_sums(q_x: Integers, q_w: Integers, Z_x: int, Z_w: int, padding: int) -> NDArray[np.int64]:
    """What the first row of inputs, or the first window of an image, gives for each output without a bias."""
    inputs = q_x[0] if q_w.ndim == 2 else np.pad(q_x, [(0, 0), *[(padding, padding)] * 2], constant_values=Z_x)
    window = inputs[tuple(slice(side) for side in q_w.shape[1:])].astype(np.int64) - Z_x
    sums: NDArray[np.int64] = ((q_w.astype(np.int64) - Z_w) * window).reshape(len(q_w), -1).sum(axis=1)
    return sums


def _nearly_halfway(rng: Rng, bits: int, multiplier: int, count: int) -> NDArray[np.int64]:
    """Sums that a steep rescaling brings into the range of `bits` bits, within 2e-7 of halfway between two integers."""
    # More are tried than any multiplier is large: they go through all places, so some lie in the range. Products wrap
    # around at 2**64, of which 2**STEEP is a divisor.
    steps, half = 2**STEEP, 2 ** (STEEP - 1)
    off = np.arange(-(2**13), 2**13)
    products = (half + off[off != 0]).astype(np.uint64) * np.uint64(pow(multiplier, -1, steps)) + np.uint64(half)
    sums = (products % np.uint64(steps)).astype(np.int64) - half
    return rng.choice(sums[np.abs(sums) * multiplier < 0.4 * 2**bits * steps], count)


def _sums(bits: int, inputs: int, Z_x: int, Z_w: int) -> tuple[int, float]:
    """Mean and standard deviation of sums over products of integers as `stored` draws them, less their zero points."""
    spread, x, w = 0.33 * 2**bits, -0.5 - Z_x, -0.5 - Z_w
    return round(inputs * x * w), float(spread * np.sqrt(inputs * (spread**2 + x**2 + w**2)))


def _orthonormal(rng: Rng, rows: int, columns: int) -> Floats:
    return np.linalg.qr(rng.standard_normal((rows, columns)))[0]


def with_singular_values(rng: Rng, rows: int, columns: int, values: Sequence[float]) -> Floats:
    """(rows, columns) with these singular values, and no others but zero."""
    count = len(values)
    matrix: Floats = (_orthonormal(rng, rows, count) * np.array(values)) @ _orthonormal(rng, columns, count).T
    return matrix


def separated(rng: Rng, rows: int, columns: int, magnitude: int) -> Floats:
    """(rows, columns) of full rank, each singular value a third to a half of the one before."""
    shares = np.concatenate([[1.0], rng.uniform(1 / 3, 1 / 2, min(rows, columns) - 1)])
    return with_singular_values(rng, rows, columns, list(10.0**magnitude * np.cumprod(shares)))


def of_rank(rng: Rng, d: int, rank: int, magnitude: int) -> Floats:
    """(d, d) with `rank` singular values, from 10**magnitude down to a ten-thousandth of it; the others are zero."""
    sigma = 10.0**magnitude * np.logspace(0, -4, rank) if rank > 1 else np.full(rank, 10.0**magnitude)
    return (_orthonormal(rng, d, rank) * sigma) @ _orthonormal(rng, d, rank).T


def along_all_channels(rng: Rng, W: Floats, strongest: float = 1.0) -> Floats:
    """A token (d,) of which even the weakest channel of W makes a hundredth of the strongest's output, or more.

    The strongest reads `strongest` of what it would.
    """
    _, sigma, Vt = np.linalg.svd(W)
    read = sigma > 1e-9 * sigma[0] if sigma[0] else np.zeros(len(sigma), dtype=bool)
    share = np.where(read, np.sqrt(sigma[0] / np.where(read, sigma, 1.0)), 1.0)
    share[0] *= strongest
    token: Floats = Vt.T @ (share * rng.uniform(0.5, 1.5, len(sigma)) * rng.choice([-1.0, 1.0], len(sigma)))
    return token


def value_matrix(rng: Rng, W_O: Floats, met: int, unmet: int, magnitude: int) -> Floats:
    """(h, d), `met` of whose dimensions W_O (d, h) reads on, while `unmet` others reach what W_O sends to zero.

    The singular values of W_O times it begin at 10**magnitude; the second is 3e-9 of that, and the third, which is
    meant to count as zero, 3e-10.
    """
    d, h = W_O.shape
    _, sigma, Vt = np.linalg.svd(W_O)
    rank = int(np.linalg.matrix_rank(W_O, rtol=1e-9))
    wanted = 10.0**magnitude * np.array([1.0, 3e-9, 3e-10, 0.3, 0.2, 0.1])[: min(met, rank)]
    lost = min(unmet, h - rank, d - len(wanted))
    rows = _orthonormal(rng, d, len(wanted) + lost).T
    columns = Vt[: len(wanted)].T * (wanted / sigma[: len(wanted)])
    beyond = Vt[rank : rank + lost].T * (10.0**magnitude / max(sigma[0], 1e-9))
    product: Floats = np.hstack([columns, beyond]) @ rows
    return product


def uneven_rates(rng: Rng, n: int) -> Floats:
    """Increasing learning rates, each between 2**0.25 and 2**0.5 times the one before."""
    steps = rng.uniform(0.25, 0.5, n - 1)
    return 2.0 ** (-11 + np.concatenate([[0.0], np.cumsum(steps)]))


def batch_sizes(rng: Rng, n: int) -> list[int]:
    """Different batch sizes in no order, hardly any a power of 2, the smallest and the largest far apart."""
    sizes = [rng.integers(1, 12), *rng.choice(np.arange(40, 400), n - 1, replace=False)]
    return [int(size) for size in rng.permutation(sizes)]


def curves(rng: Rng, rates: Floats, vertices: Floats, curvature: float) -> Floats:
    """Losses (batch sizes, lr) whose minima lie at these log2 of rates.

    Their logarithms are parabolas in log2 lr up to two octaves from there; further right they rise three times as fast.
    """
    t = np.log2(rates) - vertices[:, None]
    losses: Floats = np.exp(curvature * np.where(t > 2, 3 * t**2 - 8, t**2))
    return losses


def vertices(rng: Rng, rates: Floats, places: Sequence[int]) -> Floats:
    """Log2 of the rates at which curves are smallest: beside the grid's point of that number, or beyond its ends."""
    exponents = np.log2(rates)
    beyond = {-1: exponents[0] - 1.3, len(rates): exponents[-1] + 1.3}
    return np.array([beyond[k] if k in beyond else exponents[k] + 0.1 for k in places])


def curves_of_seeds(rng: Rng, rates: Floats, inside: Floats, curvature: float, spread: float) -> Floats:
    """Losses (batch sizes, lr, 3 seeds) on three levels, with diverged runs.

    The minimum of a single seed lies `spread` beside that of all, on either side, another seed's each time; the mean
    and the median over seeds know nothing of it. Some of the rates where only one run did not diverge show the
    smallest loss of all.
    """
    levels = np.exp(np.array([-7.0, -3.0, 0.0])[np.arange(len(inside)) % 3])
    slopes = np.stack([np.roll([1.0, 0.0, -1.0], row) for row in range(len(inside))])[:, None]
    tilts = slopes * (np.log2(rates) - inside[:, None])[:, :, None]
    curve = (levels[:, None] * curves(rng, rates, inside, curvature))[:, :, None]
    losses: Floats = curve * np.exp(2 * curvature * spread * tilts)
    losses[:, -2, -1] = np.inf
    losses[:, -1, -1] = np.nan
    losses[0, 1, :2], losses[0, 1, 2] = np.nan, 1e-3 * np.nanmin(losses[0])
    losses[1, -3, 1:], losses[1, -3, 0] = np.inf, 1e-3 * np.nanmin(losses[1])
    return losses


def bumpy_curve(rng: Rng, rates: Floats, factor: float, dips: int) -> Floats:
    """A U-shaped loss per rate, all well above or below `factor` times the smallest, which lies inside.

    With `dips` 1 a second stretch left of the basin, and with 2 one right of it, is nearly as low as the basin.
    """
    n, brim = len(rates), np.log(factor)
    first = int(rng.integers(4, n - 8))
    last = first + 4
    height = brim * rng.uniform(1.3, 4, n)
    height[first : last + 1] = brim * rng.uniform(0.2, 0.8, last + 1 - first)
    if dips == 1:
        height[first - 3 : first - 1] = brim * rng.uniform(0.2, 0.8)
    if dips == 2:
        height[last + 2 : last + 4] = brim * rng.uniform(0.2, 0.8)
    height[rng.choice([first, last])] = 0.0
    losses: Floats = 10.0 ** rng.uniform(-9, 1) * np.exp(height)
    return losses
