"""What is observed of pruning and quantization."""

import torch
from torch import nn


def _two_convolutions(c_in, middle, c_out, kernel, stride, padding, bias, seed):
    """Two random convolutions in float32 and an input for them."""
    generator = torch.Generator().manual_seed(seed)
    conv1 = nn.Conv2d(c_in, middle, kernel, stride=stride, padding=padding, bias=bool(bias))
    conv2 = nn.Conv2d(middle, c_out, kernel, stride=stride, padding=padding, bias=bool(bias))
    for parameter in (*conv1.parameters(), *conv2.parameters()):
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return conv1, conv2, torch.randn(2, c_in, 9, 9, generator=generator)


def pruned_network(prune_channels, c_in, middle, c_out, kernel, stride, padding, bias, keep, seed):
    """Shapes of the pruned weights, and what the pruned network computes."""
    conv1, conv2, image = _two_convolutions(c_in, middle, c_out, kernel, stride, padding, bias, seed)
    small1, small2 = prune_channels(conv1, conv2, keep)
    with torch.no_grad():
        return [list(small1.weight.shape), list(small2.weight.shape), small2(small1(image).relu())]


def pruned_and_masked(prune_channels, c_in, middle, c_out, kernel, stride, padding, bias, keep, seed):
    """What the pruned network computes, and what the full one computes with these channels set to zero."""
    conv1, conv2, image = _two_convolutions(c_in, middle, c_out, kernel, stride, padding, bias, seed)
    with torch.no_grad():
        masked = conv2(conv1(image).relu() * keep[:, None, None])
        small1, small2 = prune_channels(conv1, conv2, keep)
        return [small2(small1(image).relu()), masked]


def quantized(quantize, bits, S, Z, x):
    """Quantized values, of inputs that are drawn after the scale."""
    return quantize(x, bits, S, Z)


def dequantized(dequantize, S, Z, q):
    """Real values, of integers that are drawn after the zero point."""
    return dequantize(q, S, Z)
