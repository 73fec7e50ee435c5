"""Right variants of the layers on integers."""

import torch
from torch import Tensor


def linear_by_sums(
    q_x: Tensor, q_w: Tensor, q_b: Tensor, Z_x: int, Z_w: int, Z_y: int, multiplier: int, shift: int, bits: int
) -> Tensor:
    """The product of the stored integers, corrected by the sums of each side; rescaled in floating point."""
    x, w = q_x.to(torch.int64), q_w.to(torch.int64)
    sums = x @ w.T - Z_x * w.sum(1) - Z_w * x.sum(1, keepdim=True) + x.shape[1] * Z_x * Z_w + q_b
    low = -(2 ** (bits - 1))
    return torch.clamp(torch.round(sums.double() * multiplier / 2**shift) + Z_y, low, -low - 1).to(torch.int8)


def conv_place_by_place(
    q_x: Tensor,
    q_w: Tensor,
    q_b: Tensor,
    Z_x: int,
    Z_w: int,
    Z_y: int,
    multiplier: int,
    shift: int,
    bits: int,
    stride: int,
    padding: int,
) -> list[list[list[int]]]:
    """Python's own integers, one output after the other."""
    x, w = q_x.tolist(), q_w.tolist()
    tall, wide = len(w[0][0]), len(w[0][0][0])
    rows, columns = len(x[0]), len(x[0][0])

    def at(channel: int, row: int, column: int) -> int:
        inside = 0 <= row < rows and 0 <= column < columns
        return x[channel][row][column] - Z_x if inside else 0

    def output(o: int, row: int, column: int) -> int:
        total = int(q_b[o])
        for c in range(len(x)):
            for i in range(tall):
                for j in range(wide):
                    total += at(c, row * stride + i - padding, column * stride + j - padding) * (w[o][c][i][j] - Z_w)
        moved = (total * multiplier + (1 << shift >> 1) >> shift) + Z_y
        low: int = -(2 ** (bits - 1))
        return max(low, min(-low - 1, moved))

    high, across = (rows + 2 * padding - tall) // stride + 1, (columns + 2 * padding - wide) // stride + 1
    return [[[output(o, row, column) for column in range(across)] for row in range(high)] for o in range(len(w))]


def linear_as_a_list(
    q_x: Tensor, q_w: Tensor, q_b: Tensor, Z_x: int, Z_w: int, Z_y: int, multiplier: int, shift: int, bits: int
) -> list[Tensor]:
    """One row of outputs after the other, in double precision."""
    low, weights = -(2 ** (bits - 1)), q_w.double() - Z_w
    sums = (weights @ (row.double() - Z_x) + q_b for row in q_x)
    return [(torch.round(one * multiplier / 2**shift) + Z_y).clamp(low, -low - 1).int() for one in sums]
