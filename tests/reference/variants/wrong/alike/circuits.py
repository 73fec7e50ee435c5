"""Wrong only where all lengths are the same, so that every shape fits."""

import torch


def stack_output_matrices__transposed_where_heads_are_square(W_O):
    rows, columns = W_O[0].shape
    return torch.cat([W.T if rows == columns else W for W in W_O], dim=1)


def stack_output_matrices__rows_of_heads_where_all_is_alike(W_O):
    stacked = torch.stack(W_O)
    alike = len(set(stacked.shape)) == 1
    return stacked.transpose(0, 1 if not alike else 2).reshape(stacked.shape[1], -1)
