"""tinyml: replace each `raise NotImplementedError` by your code."""

import torch


def magnitude_mask(weight, sparsity):
    """Which weights stay when those of the smallest magnitude go.

    weight: any shape. sparsity: share to remove, in [0, 1]; exactly round(numel * sparsity) are removed
    (there are no ties). Returns bool of the shape of weight, True = kept.

    Returns: mask
    """
    raise NotImplementedError


def conv_macs(c_in, c_out, kernel, h_out, w_out):
    """MACs of a convolution with a square kernel for one image, an int. The bias does not count.

    Returns: macs
    """
    raise NotImplementedError


def prune_channels(conv1, conv2, keep):
    """Remove channels between two convolutions that follow each other (with something elementwise between them).

    conv1, conv2: nn.Conv2d, float32, any stride, padding and bias. keep: bool (outputs of conv1,). Returns
    two new nn.Conv2d; those handed in stay as they are.

    Returns: (conv1, conv2)
    """
    raise NotImplementedError


def kmeans_quantize(weight, bits, generator):
    """K-means on the weights, run until it converges.

    weight: any shape. generator: a torch.Generator for the start. Returns the centroids, at most 2**bits of
    them and not more than there are distinct weights, and integer labels of the shape of weight.

    Returns: (codebook, labels)
    """
    raise NotImplementedError


def quantization_params(r_min, r_max, bits):
    """Scale and zero point for signed integers of this many bits, from -2**(bits-1) to 2**(bits-1) - 1.

    Z is an integer, clamped to that range. S = 1 where r_min == r_max.

    Returns: (S, Z)
    """
    raise NotImplementedError


def quantize(x, bits, S, Z):
    """The integers that stand for x: rounded to the nearest, and clamped to the range of signed integers of this
    many bits. The shape of x.

    Returns: q
    """
    raise NotImplementedError


def dequantize(q, S, Z):
    """The real values that integers stand for. The shape of q.

    Returns: x
    """
    raise NotImplementedError
