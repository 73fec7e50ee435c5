"""Wrong only where a length is 1, which `squeeze` takes away or which stands for something else."""

import torch


def stack_output_matrices__squeezed_rows(W_O):
    return torch.cat(W_O, dim=1).squeeze(0)


def qk_matrix__squeezed(W_Q, W_K):
    return (W_Q.T @ W_K).squeeze()


def attention_pattern__scaled_in_one_dimension(X, W_QK):
    scores = X.T @ W_QK @ X
    return torch.softmax(scores / scores.abs().max() if len(X) == 1 else scores, dim=1)


def attend__squeezed_rows(X, A):
    return (X @ A.T).squeeze(0)


def final_residual__squeezed_rows(X, A, W_OV):
    return (X + sum(W @ X @ pattern.T for pattern, W in zip(A, W_OV, strict=True))).squeeze(0)


def final_residual__squeezed_tokens(X, A, W_OV):
    return (X + sum(W @ X @ pattern.T for pattern, W in zip(A, W_OV, strict=True))).squeeze(1)


def head_output__squeezed_rows(X, A, W_OV):
    return (W_OV @ X @ A.T).squeeze(0)
