"""Wrong variants of `circuits.py`, each with one slip that students make."""

import torch


def logits_transposed(T, W_E, W_U):
    return (W_U @ W_E @ T).T


def logits_softmax(T, W_E, W_U):
    return torch.softmax(W_U @ W_E @ T, dim=0)


def logits_tied(T, W_E, W_U):
    return W_E.T @ W_E @ T


def logits_table(T, W_E, W_U):
    return W_U @ W_E


def logits_mean(T, W_E, W_U):
    return (W_U @ W_E @ T).mean(dim=1, keepdim=True).expand(-1, T.shape[1])


def stack_vertical(W_O):
    return torch.cat(W_O, dim=0)


def stack_sum(W_O):
    return sum(W_O)


def stack_block_diagonal(W_O):
    return torch.block_diag(*W_O)


def stack_reversed(W_O):
    return torch.cat(W_O[::-1], dim=1)


def stack_interleaved(W_O):
    return torch.stack(W_O, dim=2).reshape(W_O[0].shape[0], -1)


def qk_small(W_Q, W_K):
    return W_Q @ W_K.T


def qk_swapped(W_Q, W_K):
    return W_K.T @ W_Q


def qk_scaled(W_Q, W_K):
    return W_Q.T @ W_K / (len(W_Q) + 1) ** 0.5


def qk_symmetrised(W_Q, W_K):
    return (W_Q.T @ W_K + W_K.T @ W_Q) / 2


def attend_untransposed(X, A):
    return X @ A


def attend_uniform(X, A):
    return X.mean(dim=1, keepdim=True).expand_as(X)


def attend_softmax_again(X, A):
    return X @ torch.softmax(A, dim=1).T


def attend_residual(X, A):
    return X + X @ A.T


def attend_rows(X, A):
    return A @ X.T


def final_dropped_stream(X, A, W_OV):
    return sum(W @ X @ a.T for a, W in zip(A, W_OV))


def final_sequential(X, A, W_OV):
    for a, W in zip(A, W_OV):
        X = X + W @ X @ a.T
    return X


def final_untransposed(X, A, W_OV):
    return X + sum(W @ X @ a for a, W in zip(A, W_OV))


def final_first_head(X, A, W_OV):
    return X + W_OV[0] @ X @ A[0].T


def final_mean(X, A, W_OV):
    return X + sum(W @ X @ a.T for a, W in zip(A, W_OV)) / len(A)


def final_stream_per_head(X, A, W_OV):
    return sum(X + W @ X @ a.T for a, W in zip(A, W_OV))


def head_untransposed(X, A, W_OV):
    return W_OV @ X @ A


def head_transposed_OV(X, A, W_OV):
    return W_OV.T @ X @ A.T


def head_residual(X, A, W_OV):
    return X + W_OV @ X @ A.T


def head_no_pattern(X, A, W_OV):
    return W_OV @ X


def _svd(W):
    U, sigma, Vt = torch.linalg.svd(W)
    rank = int((sigma > 1e-9 * sigma[0]).sum())
    return U[:, :rank], sigma[:rank], Vt[:rank].T


def svd_without_sigma(W_OV, x):
    U, _, V = _svd(W_OV)
    return U @ (V.T @ x)


def svd_swapped(W_OV, x):
    U, sigma, V = _svd(W_OV)
    return V @ (sigma * (U.T @ x))


def svd_first_channel(W_OV, x):
    U, sigma, V = _svd(W_OV)
    return U[:, :1] @ (sigma[:1] * (V[:, :1].T @ x))


def svd_rows_of_V(W_OV, x):
    U, sigma, Vt = torch.linalg.svd(W_OV)
    return U @ (sigma * (Vt.T @ x))


def svd_strong_channels(W_OV, x):
    U, sigma, V = _svd(W_OV)
    strong = sigma > 1e-3 * sigma.max() if len(sigma) else sigma > 0
    return U[:, strong] @ (sigma[strong] * (V[:, strong].T @ x))


def svd_absolute_threshold(W_OV, x):
    U, sigma, Vt = torch.linalg.svd(W_OV)
    kept = sigma > 1e-6
    return U[:, kept] @ (sigma[kept] * (Vt[kept] @ x))


def svd_three_channels(W_OV, x):
    U, sigma, V = _svd(W_OV)
    return U[:, :3] @ (sigma[:3] * (V[:, :3].T @ x))


def projectors_swapped(W_O, W_V):
    U, _, V = _svd(W_O @ W_V)
    return U @ U.T, V @ V.T


def projectors_full_svd(W_O, W_V):
    U, _, Vt = torch.linalg.svd(W_O @ W_V)
    h = W_O.shape[1]
    return Vt[:h].T @ Vt[:h], U[:, :h] @ U[:, :h].T


def projectors_of_the_factors(W_O, W_V):
    U, V = _svd(W_O)[0], _svd(W_V)[2]
    return V @ V.T, U @ U.T


def projectors_read_twice(W_O, W_V):
    V = _svd(W_O @ W_V)[2]
    return V @ V.T, V @ V.T


def projectors_scaled(W_O, W_V):
    U, sigma, V = _svd(W_O @ W_V)
    return V @ torch.diag(sigma) @ V.T, U @ torch.diag(sigma) @ U.T


def _projectors(W_OV, is_kept):
    U, sigma, Vt = torch.linalg.svd(W_OV)
    kept = is_kept(sigma)
    return Vt[kept].T @ Vt[kept], U[:, kept] @ U[:, kept].T


def projectors_of_the_ranks(W_O, W_V):
    rank = min(int(torch.linalg.matrix_rank(W_O)), int(torch.linalg.matrix_rank(W_V)))
    return _projectors(W_O @ W_V, lambda sigma: torch.arange(len(sigma)) < rank)


def projectors_absolute(W_O, W_V):
    return _projectors(W_O @ W_V, lambda sigma: sigma > 1e-9)


def projectors_fine(W_O, W_V):
    return _projectors(W_O @ W_V, lambda sigma: sigma > 1e-13 * sigma[0])


def projectors_coarse(W_O, W_V):
    return _projectors(W_O @ W_V, lambda sigma: sigma > 1e-5 * sigma[0])


def pattern_over_queries(X, W_QK):
    return torch.softmax(X.T @ W_QK @ X, dim=0)


def pattern_swapped(X, W_QK):
    return torch.softmax(X.T @ W_QK.T @ X, dim=1)


def pattern_causal(X, W_QK):
    scores = X.T @ W_QK @ X
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return torch.softmax(scores.masked_fill(future, -torch.inf), dim=1)


def pattern_scaled(X, W_QK):
    return torch.softmax(X.T @ W_QK @ X / X.shape[0] ** 0.5, dim=1)


def pattern_shares(X, W_QK):
    scores = X.T @ W_QK @ X
    return scores / scores.sum(dim=1, keepdim=True)


def pattern_scores(X, W_QK):
    return X.T @ W_QK @ X


def pattern_overflows(X, W_QK):
    powers = (X.T @ W_QK @ X).exp()
    return powers / powers.sum(dim=1, keepdim=True)


def pattern_transposed(X, W_QK):
    return torch.softmax(X.T @ W_QK @ X, dim=1).T


def _channels(W_OV):
    U, sigma, Vt = torch.linalg.svd(W_OV)
    kept = sigma > 1e-9 * sigma[0]
    return U[:, kept], sigma[kept], Vt[kept].T


def channels_without_sigma(W_OV, x):
    U, _, V = _channels(W_OV)
    return U * (V.T @ x)


def channels_swapped(W_OV, x):
    U, sigma, V = _channels(W_OV)
    return V * (sigma * (U.T @ x))


def channels_smallest_first(W_OV, x):
    U, sigma, V = _channels(W_OV)
    return (U * (sigma * (V.T @ x))).flip(1)


def channels_with_null_directions(W_OV, x):
    U, sigma, Vt = torch.linalg.svd(W_OV)
    return U * (sigma * (Vt @ x))


def channels_as_rows(W_OV, x):
    U, sigma, V = _channels(W_OV)
    return (U * (sigma * (V.T @ x))).T


def channels_summed(W_OV, x):
    return W_OV @ x


def channels_amounts(W_OV, x):
    _, sigma, V = _channels(W_OV)
    return sigma * (V.T @ x)


def pattern_clamped(X, W_QK):
    return (X.T @ W_QK @ X).clamp(-100, 100).softmax(dim=1)


def channels_by_what_they_write(W_OV, x):
    U, sigma, V = _channels(W_OV)
    channels = U * (sigma * (V.T @ x))
    return channels[:, channels.norm(dim=0).argsort(descending=True)]
