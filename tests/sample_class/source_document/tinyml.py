import torch


def magnitude_mask(weight, sparsity):
    num_zeros = round(weight.numel() * sparsity)
    keep = torch.ones(weight.numel(), dtype=torch.bool)
    _, smallest = torch.topk(weight.abs().view(-1), num_zeros, largest=False)
    keep[smallest] = False
    return keep.view_as(weight)


def conv_macs(c_in, c_out, kernel, h_out, w_out):
    return h_out * w_out * c_out * c_in * kernel**2


def prune_channels(conv1, conv2, keep):
    n = int(keep.sum())
    a = torch.nn.Conv2d(conv1.in_channels, n, conv1.kernel_size, conv1.stride, conv1.padding, bias=conv1.bias is not None)
    b = torch.nn.Conv2d(n, conv2.out_channels, conv2.kernel_size, conv2.stride, conv2.padding, bias=conv2.bias is not None)
    a.weight.data = conv1.weight.data[keep].clone()
    b.weight.data = conv2.weight.data[:, keep].clone()
    if conv1.bias is not None:
        a.bias.data = conv1.bias.data[keep].clone()
    if conv2.bias is not None:
        b.bias.data = conv2.bias.data.clone()
    return a, b


def kmeans_quantize(weight, bits, generator):
    flat = weight.flatten()
    centers = flat.unique()
    if len(centers) > 2**bits:
        centers = torch.linspace(float(flat.min()), float(flat.max()), 2**bits, dtype=flat.dtype)
    for _ in range(500):
        labels = (flat.unsqueeze(1) - centers).abs().argmin(dim=1)
        used = labels.unique()
        centers = torch.stack([flat[labels == u].mean() for u in used])
    labels = (flat.unsqueeze(1) - centers).abs().argmin(dim=1)
    return centers, labels.view_as(weight)


def quantization_params(r_min, r_max, bits):
    q_min, q_max = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if r_max == r_min:
        S = 1.0
    else:
        S = (r_max - r_min) / (q_max - q_min)
    Z = int(round(q_min - r_min / S))
    return S, min(max(Z, q_min), q_max)


def quantize(x, bits, S, Z):
    q = torch.round(x / S + Z)
    return q.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int8)


def dequantize(q, S, Z):
    return S * (q.to(torch.float64) - Z)
