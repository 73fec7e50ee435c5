"""tinyml: replace each `raise NotImplementedError` by your code."""

import torch


# q7a_iii · Sparsity against accuracy
# What happens to accuracy as more and more of the smallest weights are removed? The figure would show the
# share removed to the right, accuracy after it upwards.
def magnitude_mask(weight, sparsity):
    """Which weights stay when those of the smallest magnitude go.

    weight: any shape of one or more dimensions. sparsity: share to remove, in [0, 1]; exactly round(numel *
    sparsity) are removed (no two weights are equally large, and that product is never halfway between two
    integers). Returns bool of the shape of weight, True = kept.

    Returns: mask
    """
    raise NotImplementedError


# q7a_vi · Removing 30 % of the channels
# A share $p$ of the channels is removed everywhere. What share of a layer's multiply-accumulates (MACs) is
# left, and how much is it for $p = 0.3$? For the number you may also take the whole network, whose first
# input and last output are not cut.
# Then the whole network as a formula: before, its first layer takes $M_f$ MACs, its last $M_l$, and all
# between them $M_b$ together.
def conv_macs(c_in, c_out, kernel, h_out, w_out):
    """MACs of a convolution with a square kernel for one image, an int. The bias does not count.

    Returns: macs
    """
    raise NotImplementedError


def network_macs(channels, kernel, side, pooled_after):
    """MACs of a chain of convolutions for one square image, an int.

    channels: those of the image, then of every layer's output. kernel: odd, of every layer; padding keeps the
    side. side: of the image, large enough for every pooling. pooled_after: numbers of the layers, from 1,
    after which pooling halves the side (rounded down).

    Returns: macs
    """
    raise NotImplementedError


def prune_channels(conv1, conv2, keep):
    """Remove channels between two convolutions that follow each other (with something elementwise between them).

    conv1, conv2: nn.Conv2d, float32; kernel, stride and padding of each may differ in height and width, each
    may have a bias or none; dilation and groups are 1, and zeros are padded. keep: bool (outputs of conv1,),
    True somewhere. Returns two new nn.Conv2d that share no memory with those handed in, which stay as they
    are.

    Returns: (conv1, conv2)
    """
    raise NotImplementedError


# q7a_vii · Latency falls less than compute
# Measured latency shrinks less than the number of MACs. Why?
# Make it a model: a share $f$ of the latency before is overhead that stays, the rest grows with the MACs, of
# which a share $r$ is left. Then fit such a model to measurements.
def fit_latency(macs, milliseconds):
    """The line through measurements by least squares: milliseconds = overhead + per_million * macs.

    macs: in millions, (n,), at least three different ones between 1 and 1000. milliseconds: (n,). Returns two
    numbers.

    Returns: (overhead, per_million)
    """
    raise NotImplementedError


# q7b_ii · K-means with n bits
# And with $n$ bits?
def kmeans_quantize(weight, bits, generator):
    """K-means on the weights, run until it converges.

    weight: any shape of one or more dimensions, no two equal, the largest magnitude above 1e-3. bits: 1 or
    more, those of a label. It starts from as many different weights as there can be different labels, or from
    all of them if there are fewer. generator: a torch.Generator, the only source of randomness. Returns the
    centroids, which lie within 1e-4 of the largest weight of where they should, and integer labels of the
    shape of weight.

    Returns: (codebook, labels)
    """
    raise NotImplementedError


# q7b_v · The zero point
# Find $Z$ from the equation for the lower end: first as it comes out, then as it is used. The real value 0
# must be stored **exactly**. Type `round(...)` where you round.
def quantization_params(r_min, r_max, bits):
    """Scale and zero point for signed integers of this many bits, from -2**(bits-1) to 2**(bits-1) - 1.

    bits: 2 to 8. Z is an integer, clamped to that range. S = 1 where r_min == r_max; otherwise r_max - r_min
    is at least 1e-6, and at least 1e-4 of the larger of both.

    Returns: (S, Z)
    """
    raise NotImplementedError


def quantize(x, bits, S, Z):
    """The integers that stand for x: rounded to the nearest, and clamped to the range of signed integers of this
    many bits. The shape of x.

    x: any shape of one or more dimensions. bits: 2 to 8. S: above 0. Z: an integer inside the range.

    Returns: q
    """
    raise NotImplementedError


def dequantize(q, S, Z):
    """The real values that integers stand for.

    q: int64, (n,). S: above 0. Z: an integer.

    Returns: x
    """
    raise NotImplementedError


# q7b_vi · Where the ReLU went
# The linearly quantized network has no ReLU layers any more. Why is that right?
# Then compute a layer on integers alone. Over the $n$ inputs of one output let $P = \sum q_x q_w$, $X = \sum
# q_x$ and $W = \sum q_w$; $Z_x$ and $Z_w$ are the zero points of inputs and weights.
def quantized_linear(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    """A linear layer from integers to integers.

    q_x: int8, (batch, inputs). q_w: int8, (outputs, inputs). q_b: int32, (outputs,), in steps of S_x S_w from
    zero point 0. Z_x, Z_w, Z_y: zero points of inputs, weights and outputs. The rescaling S_x S_w / S_y is
    handed over as integers: multiplier / 2**shift, multiplier below 2**14, shift 1 to 40. What it gives is
    rounded to the nearest (it never lies halfway) and clamped to the signed integers of so many bits (2 to
    8). Convert what is narrower than what you compute: results may need up to 48 bits. Returns integers
    (batch, outputs) of any integer type.

    Returns: q_y
    """
    raise NotImplementedError


def quantized_conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    """A convolution of one image, from integers to integers, like `quantized_linear`.

    q_x: int8, (c_in, height, width). q_w: int8, (c_out, c_in, kernel height, kernel width), not flipped (as
    in nn.Conv2d). q_b: int32, (c_out,). stride, padding: the same in both directions; the image is padded
    with the real number 0. Returns integers (c_out, output height, output width).

    Returns: q_y
    """
    raise NotImplementedError
