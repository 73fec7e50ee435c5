import numpy as np
import torch


def magnitude_mask(weight, sparsity):
    w = np.abs(weight.numpy()).ravel()
    order = np.argsort(w, kind="stable")
    mask = np.ones(w.size, dtype=bool)
    mask[order[: int(round(w.size * float(sparsity)))]] = False
    return mask.reshape(weight.shape)


def conv_macs(c_in, c_out, kernel, h_out, w_out):
    return int(np.prod([c_in, c_out, kernel, kernel, h_out, w_out]))


def _like(conv, c_in, c_out):
    return torch.nn.Conv2d(
        c_in, c_out, conv.kernel_size, conv.stride, conv.padding, conv.dilation, bias=conv.bias is not None, dtype=torch.float32
    )


def prune_channels(conv1, conv2, keep):
    idx = torch.nonzero(keep).squeeze(1)
    a = _like(conv1, conv1.in_channels, len(idx))
    b = _like(conv2, len(idx), conv2.out_channels)
    with torch.no_grad():
        a.weight.copy_(conv1.weight.index_select(0, idx))
        b.weight.copy_(conv2.weight.index_select(1, idx))
        if conv1.bias is not None:
            a.bias.copy_(conv1.bias.index_select(0, idx))
        if conv2.bias is not None:
            b.bias.copy_(conv2.bias)
    return a, b


def kmeans_quantize(weight, bits, generator):
    w = weight.numpy().ravel()
    k = min(2**bits, np.unique(w).size)
    c = np.quantile(np.unique(w), (np.arange(k) + 0.5) / k)
    while True:
        labels = np.abs(w[:, None] - c[None, :]).argmin(1)
        keep = np.bincount(labels, minlength=k) > 0
        means = np.array([w[labels == i].mean() for i in np.flatnonzero(keep)])
        if keep.all() and np.allclose(means, c, rtol=0, atol=1e-12):
            return means, labels.reshape(weight.shape)
        c, k = means, len(means)


def _limits(bits):
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1


def quantization_params(r_min, r_max, bits):
    lo, hi = _limits(bits)
    S = (r_max - r_min) / (hi - lo) or 1.0
    return torch.tensor(S, dtype=torch.float64), torch.tensor(int(np.clip(np.rint(lo - r_min / S), lo, hi)))


def quantize(x, bits, S, Z):
    lo, hi = _limits(bits)
    return np.clip(np.rint(x.numpy() / S) + Z, lo, hi).astype(np.int8)


def dequantize(q, S, Z):
    return (q.numpy().astype(float) - Z) * S


def to_output(acc, Z_y, multiplier, shift, bits):
    q = torch.round(acc.double() * multiplier / 2.0**shift).long() + Z_y
    return q.clamp(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def quantized_linear(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    x, w = q_x.to(torch.int64), q_w.to(torch.int64)
    acc = x @ w.T - Z_x * w.sum(1) - Z_w * x.sum(1)[:, None] + x.shape[1] * Z_x * Z_w
    return to_output(acc + q_b, Z_y, multiplier, shift, bits)


def quantized_conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    # exact: all sums are far below 2**53
    acc = torch.nn.functional.conv2d(
        q_x.double() - Z_x, q_w.double() - Z_w, q_b.double(), stride=stride, padding=padding
    )
    return to_output(acc, Z_y, multiplier, shift, bits)


def network_macs(channels, kernel, side, pooled_after):
    sides = [side]
    for layer in range(1, len(channels)):
        sides.append(max(1, sides[-1] // 2) if layer in pooled_after else sides[-1])
    return sum(a * b * kernel**2 * s**2 for a, b, s in zip(channels, channels[1:], sides))


def fit_latency(macs, milliseconds):
    slope, overhead = np.polyfit(macs.numpy(), milliseconds.numpy(), 1)
    return overhead, slope
