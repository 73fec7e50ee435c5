"""Wrong variants of what `tinyml.py` says of whole networks, each with one slip that students make."""

from itertools import pairwise

import torch


def _total(channels, kernel, side, pooled_after, first=1, before=False, share=2, up=False, square=True):
    total = 0
    for layer, (c_in, c_out) in enumerate(pairwise(channels), start=first):
        halved = max(1, (side + up) // share)
        if before and layer in pooled_after:
            side = halved
        total += c_in * c_out * (kernel**2 if square else kernel) * side**2
        if not before and layer in pooled_after:
            side = halved
    return total


def network_without_pooling(channels, kernel, side, pooled_after):
    return _total(channels, kernel, side, [])


def network_pooled_before(channels, kernel, side, pooled_after):
    return _total(channels, kernel, side, pooled_after, before=True)


def network_quartered(channels, kernel, side, pooled_after):
    return _total(channels, kernel, side, pooled_after, share=4)


def network_layers_from_zero(channels, kernel, side, pooled_after):
    return _total(channels, kernel, side, pooled_after, first=0)


def network_rounded_up(channels, kernel, side, pooled_after):
    return _total(channels, kernel, side, pooled_after, up=True)


def network_parameters(channels, kernel, side, pooled_after):
    return _total(channels, kernel, 1, [])


def network_as_flop(channels, kernel, side, pooled_after):
    return 2 * _total(channels, kernel, side, pooled_after)


def network_kernel_not_squared(channels, kernel, side, pooled_after):
    return _total(channels, kernel, side, pooled_after, square=False)


def _line(x, y):
    away = x - x.mean()
    slope = (away * y).sum() / away.square().sum()
    return y.mean() - slope * x.mean(), slope


def fit_through_the_origin(macs, milliseconds):
    return 0.0, (macs * milliseconds).sum() / macs.square().sum()


def fit_exchanged(macs, milliseconds):
    return _line(macs, milliseconds)[::-1]


def fit_through_the_ends(macs, milliseconds):
    first, last = macs.argmin(), macs.argmax()
    slope = (milliseconds[last] - milliseconds[first]) / (macs[last] - macs[first])
    return milliseconds[first] - slope * macs[first], slope


def fit_of_logarithms(macs, milliseconds):
    intercept, slope = _line(macs.log(), milliseconds.log())
    return torch.exp(intercept), slope


def fit_of_the_inverse(macs, milliseconds):
    intercept, slope = _line(milliseconds, macs)
    return -intercept / slope, 1 / slope


def network_rounded_to_even(channels, kernel, side, pooled_after):
    total = 0
    for layer, (c_in, c_out) in enumerate(pairwise(channels), start=1):
        total += c_in * c_out * kernel**2 * side**2
        side = round(side / 2) if layer in pooled_after else side
    return total


def network_in_single_precision(channels, kernel, side, pooled_after):
    return int(torch.tensor(_total(channels, kernel, side, pooled_after), dtype=torch.float32))


def fit_without_negative(macs, milliseconds):
    overhead, slope = _line(macs, milliseconds)
    return overhead.clamp(min=0), slope.clamp(min=0)
