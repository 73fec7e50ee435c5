"""Right variants of the functions in tinyml.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math, copy
import numpy as np
from torch import nn
import torch.nn.functional as F


def magnitude_mask__sorted_threshold(weight, sparsity):
    n = int(weight.numel() * sparsity + 0.5)
    s = weight.abs().flatten().sort().values
    return weight.abs() >= s[n] if n < len(s) else torch.zeros_like(weight, dtype=torch.bool)


def magnitude_mask__python_sets(weight, sparsity):
    v = [abs(x) for x in weight.flatten().tolist()]
    gone = set(sorted(range(len(v)), key=v.__getitem__)[: round(len(v) * sparsity)])
    return np.array([i not in gone for i in range(len(v))]).reshape(tuple(weight.shape)).tolist()


def magnitude_mask__in_place(weight, sparsity):
    k = round(weight.numel() * sparsity)
    weight.abs_()
    flat = weight.view(-1)
    idx = flat.topk(k, largest=False).indices
    flat.fill_(1)
    flat[idx] = 0
    return weight.byte()


def magnitude_mask__prune_utils(weight, sparsity):
    import torch.nn.utils.prune as prune

    m = nn.Module()
    m.w = nn.Parameter(weight.clone())
    prune.l1_unstructured(m, "w", amount=round(weight.numel() * sparsity))
    return m.w_mask


def conv_macs__numpy(c_in, c_out, kernel, h_out, w_out):
    return np.prod(np.array([c_in, c_out, kernel, kernel, h_out, w_out], dtype=np.int64))


def conv_macs__tensor(c_in, c_out, kernel, h_out, w_out):
    return torch.tensor(c_in) * c_out * kernel * kernel * (h_out * w_out)


def conv_macs__reduce(c_in: int, c_out: int, kernel: int, h_out: int, w_out: int, groups: int = 1) -> int:
    macs = 1
    for f in (c_in // groups, c_out, kernel, kernel, h_out, w_out):
        macs *= f
    return macs


def conv_macs__fraction(c_in, c_out, kernel, h_out, w_out):
    return (h_out * w_out) * (kernel**2 * c_in) * c_out // 1


def prune_channels__functional(conv1, conv2, keep):
    new = []
    for conv, pick in ((conv1, lambda w: w[keep]), (conv2, lambda w: w[:, keep])):
        w = pick(conv.weight.detach()).contiguous()
        c = nn.Conv2d(
            w.size(1),
            w.size(0),
            conv.kernel_size,
            conv.stride,
            conv.padding,
            conv.dilation,
            conv.groups,
            conv.bias is not None,
            conv.padding_mode,
        )
        state = {"weight": w}
        if conv.bias is not None:
            state["bias"] = conv.bias.detach()[keep] if conv is conv1 else conv.bias.detach()
        c.load_state_dict(state)
        new.append(c)
    return tuple(new)


def prune_channels__in_copy(conv1, conv2, keep):
    a, b = copy.deepcopy([conv1, conv2])
    i = torch.arange(len(keep))[keep]
    with torch.no_grad():
        a.weight.set_(a.weight[i].clone())
        a.out_channels = len(i)
        if a.bias is not None:
            a.bias.set_(a.bias[i].clone())
        b.weight.set_(b.weight[:, i].clone())
        b.in_channels = len(i)
    return a, b


class _Small(nn.Conv2d):
    pass


def prune_channels__subclass(conv1, conv2, keep):
    n = int(keep.count_nonzero())
    a = _Small(
        conv1.in_channels, n, conv1.kernel_size, stride=conv1.stride, padding=conv1.padding, bias=conv1.bias is not None
    )
    b = _Small(
        n,
        conv2.out_channels,
        conv2.kernel_size,
        stride=conv2.stride,
        padding=conv2.padding,
        bias=conv2.bias is not None,
    )
    a.weight.data.copy_(conv1.weight.data[keep])
    b.weight.data.copy_(conv2.weight.data[:, keep])
    if a.bias is not None:
        a.bias.data.copy_(conv1.bias.data[keep])
    if b.bias is not None:
        b.bias.data.copy_(conv2.bias.data)
    return a.requires_grad_(False), b.eval()


def prune_channels__tolist(conv1, conv2, keep):
    idx = [i for i, k in enumerate(keep.tolist()) if k]
    make = lambda c, w, b: (
        lambda n: (
            setattr(n, "weight", nn.Parameter(torch.tensor(w))),
            setattr(n, "bias", None if b is None else nn.Parameter(torch.tensor(b))),
            n,
        )[-1]
    )(nn.Conv2d(len(w[0]), len(w), c.kernel_size, c.stride, c.padding))
    w1, w2 = conv1.weight.tolist(), conv2.weight.tolist()
    return make(
        conv1, [w1[i] for i in idx], None if conv1.bias is None else [conv1.bias.tolist()[i] for i in idx]
    ), make(conv2, [[row[i] for i in idx] for row in w2], None if conv2.bias is None else conv2.bias.tolist())


def kmeans_quantize__uint8_labels(weight, bits, generator):
    v = weight.flatten()
    k = min(2**bits, len(v))
    c = v[torch.randperm(len(v), generator=generator)[:k]].sort().values
    while True:
        edges = (c[1:] + c[:-1]) / 2
        lab = torch.bucketize(v, edges)
        new = torch.zeros(k, dtype=v.dtype).index_add(0, lab, v) / torch.bincount(lab, minlength=k).clamp(min=1)
        new = torch.where(torch.bincount(lab, minlength=k) > 0, new, c)
        if torch.allclose(new, c, rtol=1e-12, atol=0):
            return new.tolist(), lab.to(torch.uint8).reshape(weight.shape)
        c = new.sort().values


def kmeans_quantize__numpy_default_rng(weight, bits, generator):
    v = weight.numpy().ravel()
    r = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    c = np.sort(r.choice(v, min(2**bits, v.size), replace=False))
    lab = np.full(v.shape, -1)
    while True:
        new = np.abs(v[:, None] - c).argmin(1)
        if np.array_equal(new, lab):
            return c.astype(np.float32), lab.reshape(tuple(weight.shape)).astype(np.int32)
        lab = new
        c = np.array([v[lab == j].mean() if (lab == j).any() else c[j] for j in range(len(c))])


def kmeans_quantize__column_codebook(weight, bits, generator):
    flat = weight.reshape(-1, 1)
    n = min(2**bits, len(flat))
    cent = flat[torch.randperm(len(flat), generator=generator)[:n]].clone()
    for _ in range(1000):
        lab = torch.cdist(flat, cent).argmin(1)
        nxt = cent.clone()
        for j in range(n):
            if (lab == j).any():
                nxt[j] = flat[lab == j].mean(0)
        if torch.equal(nxt, cent):
            break
        cent = nxt
    return cent.squeeze(1), lab.view(weight.shape)


def kmeans_quantize__lists(weight, bits, generator):
    v = weight.flatten().tolist()
    k = min(2**bits, len(v))
    c = [v[i] for i in torch.randperm(len(v), generator=generator).tolist()[:k]]
    lab = None
    while True:
        new = [min(range(k), key=lambda j: abs(x - c[j])) for x in v]
        if new == lab:
            return c, np.reshape(lab, tuple(weight.shape)).tolist()
        lab = new
        for j in range(k):
            m = [x for x, l in zip(v, lab) if l == j]
            c[j] = math.fsum(m) / len(m) if m else c[j]


def quantization_params__np_scalars(r_min, r_max, bits):
    lo, hi = -(1 << bits - 1), (1 << bits - 1) - 1
    S = np.float64(r_max - r_min) / (hi - lo) if r_max != r_min else np.float64(1)
    return S, np.int64(max(lo, min(hi, int(np.round(lo - r_min / S)))))


def quantization_params__half_up(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = 1.0 if r_min == r_max else (r_max - r_min) / (2**bits - 1)
    return [S, max(lo, min(hi, math.floor(lo - r_min / S + 0.5)))]


def quantization_params__zero_d(r_min, r_max, bits):
    r = torch.tensor([r_min, r_max], dtype=torch.float64)
    S = (r[1] - r[0]) / (2**bits - 1)
    S = torch.ones(()) if S == 0 else S
    return S, torch.clamp(torch.round(-(2 ** (bits - 1)) - r[0] / S), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(
        torch.int32
    )


def quantization_params__dict_range(r_min, r_max, bits):
    info = {"min": -(2 ** (bits - 1)), "max": 2 ** (bits - 1) - 1}
    span = r_max - r_min
    S = span / (info["max"] - info["min"]) if span else 1.0
    Z = info["min"] - int(round(r_min / S))
    return S, sorted((info["min"], Z, info["max"]))[1]


def quantize__in_place(x, bits, S, Z):
    return x.div_(S).round_().add_(Z).clamp_(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).int()


def quantize__numpy8(x, bits, S, Z):
    return np.clip(np.rint(x.numpy() / S) + Z, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).astype(np.int8)


def quantize__where(x, bits, S, Z):
    q = torch.round(x / S + Z)
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    q = torch.where(q < lo, lo, q)
    return torch.where(q > hi, hi, q).to(torch.int16)


def quantize__nested(x, bits, S, Z):
    f = lambda v: (
        [f(m) for m in v]
        if isinstance(v, list)
        else max(-(2 ** (bits - 1)), min(2 ** (bits - 1) - 1, round(v / S) + Z))
    )
    return f(x.tolist())


def dequantize__f32(q, S, Z):
    return (q.float() - float(Z)).mul_(S)


def dequantize__array32(q, S, Z):
    return np.float32(S) * (q.numpy() - Z).astype(np.float32)


def dequantize__in_place(q, S, Z):
    q -= Z
    return q * S


def dequantize__stack(q, S, Z):
    return torch.stack([torch.tensor(S * (int(i) - Z), dtype=torch.float64) for i in q])
