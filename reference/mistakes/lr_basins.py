"""Wrong variants of what measures basins and errors in `lr_scaling.py`, each with one slip that students make."""

import math


def _crossings(x, y, brim, best):
    """Where the curve first crosses the brim, on both sides of `best`."""
    found = []
    for step in (-1, 1):
        k = best
        while y[k + step] <= brim:
            k += step
        found.append(float(x[k] + (brim - y[k]) / (y[k + step] - y[k]) * (x[k + step] - x[k])))
    return found


def basin_on_the_grid(learning_rates, losses, factor):
    inside = [k for k in range(len(losses)) if losses[k] <= factor * losses.min()]
    return learning_rates[inside[0]].item(), learning_rates[inside[-1]].item()


def basin_of_all_small_losses(learning_rates, losses, factor):
    x, y = learning_rates.log(), losses.log()
    brim = y.min() + math.log(factor)
    inside = [k for k in range(len(y)) if y[k] <= brim]
    left, _ = _crossings(x, y, brim, inside[0])
    _, right = _crossings(x, y, brim, inside[-1])
    return math.exp(left), math.exp(right)


def basin_in_rates(learning_rates, losses, factor):
    y = losses.log()
    return _crossings(learning_rates, y, y.min() + math.log(factor), int(y.argmin()))


def basin_in_losses(learning_rates, losses, factor):
    found = _crossings(learning_rates.log(), losses, factor * losses.min(), int(losses.argmin()))
    return [math.exp(edge) for edge in found]


def basin_one_outside(learning_rates, losses, factor):
    best, outside = int(losses.argmin()), losses > factor * losses.min()
    return (
        max(learning_rates[k].item() for k in range(best) if outside[k]),
        min(learning_rates[k].item() for k in range(best, len(losses)) if outside[k]),
    )


def basin_added(learning_rates, losses, factor):
    y = losses.log()
    brim = math.log(losses.min().item() + factor - 1)
    brim = min(brim, y[0].item() - 1e-9, y[-1].item() - 1e-9)
    return [math.exp(edge) for edge in _crossings(learning_rates.log(), y, brim, int(y.argmin()))]


def basin_in_octaves(learning_rates, losses, factor):
    y = losses.log()
    return _crossings(learning_rates.log2(), y, y.min() + math.log(factor), int(y.argmin()))


def basin_turned_around(learning_rates, losses, factor):
    y = losses.log()
    found = _crossings(learning_rates.log(), y, y.min() + math.log(factor), int(y.argmin()))
    return [math.exp(edge) for edge in found[::-1]]


def jackknife_deviation(left_out):
    return left_out.std().item()


def jackknife_of_the_mean(left_out):
    return left_out.std().item() / len(left_out) ** 0.5


def jackknife_squared(left_out):
    return (len(left_out) - 1) * left_out.var(unbiased=False).item()


def jackknife_without_the_factor(left_out):
    return left_out.std(unbiased=False).item()


def jackknife_with_n(left_out):
    return len(left_out) ** 0.5 * left_out.std(unbiased=False).item()


def jackknife_range(left_out):
    return (left_out.max() - left_out.min()).item()


def basin_next_to_the_smallest(learning_rates, losses, factor):
    x, y = learning_rates.log(), losses.log()
    best, brim = int(y.argmin()), y.min() + math.log(factor)
    edges = [x[k] + (brim - y[k]) / (y[k] - y[best]) * (x[k] - x[best]) for k in (best - 1, best + 1)]
    return tuple(math.exp(float(edge)) for edge in edges)
