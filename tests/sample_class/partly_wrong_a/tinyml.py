import torch


def magnitude_mask(weight, sparsity):
    threshold = torch.quantile(weight.flatten(), sparsity)
    return weight > threshold


def conv_macs(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel * h_out * w_out


def quantization_params(r_min, r_max, bits):
    q_min, q_max = 0, 2**bits - 1
    S = (r_max - r_min) / (q_max - q_min)
    return S, int(q_min - r_min / S)


def quantize(x, bits, S, Z):
    return (x / S + Z).int()


def dequantize(q, S, Z):
    return S * q - Z
