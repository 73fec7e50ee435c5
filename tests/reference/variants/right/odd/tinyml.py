"""Integers of types that torch can do little with."""

import numpy as np


def _clustered(weight, bits):
    values = weight.numpy().ravel()
    count = min(2**bits, values.size)
    codebook = np.quantile(values, (np.arange(count) + 0.5) / count) if count < values.size else np.sort(values)
    while True:
        labels = np.abs(values[:, None] - codebook).argmin(axis=1)
        means = [values[labels == k].mean() if (labels == k).any() else codebook[k] for k in range(count)]
        if np.array_equal(means, codebook):
            return codebook, labels.reshape(weight.shape)
        codebook = np.array(means)


def kmeans_quantize__labels_of_16_bits(weight, bits, generator):
    codebook, labels = _clustered(weight, bits)
    return codebook, labels.astype(np.uint16)


def kmeans_quantize__labels_of_64_bits_without_sign(weight, bits, generator):
    codebook, labels = _clustered(weight, bits)
    return codebook, labels.astype(np.uint64)


def quantize__of_8_bits(x, bits, S, Z):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return np.clip(np.rint(x.numpy() / S) + Z, low, high).astype(np.int8)
