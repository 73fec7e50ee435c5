import torch


def logits(T, W_E, W_U):
    return W_U @ W_E @ T


def stack_output_matrices(W_O):
    return torch.hstack(W_O)


def qk_matrix(W_Q, W_K):
    return W_Q.T @ W_K


def attend(X, A):
    return X @ A.T


def head_output(X, A, W_OV):
    return W_OV @ X @ A.T


def final_residual(X, A, W_OV):
    out = X.clone()
    for a, w in zip(A, W_OV):
        out += head_output(X, a, w)
    return out


def svd_apply(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV, full_matrices=False)
    y = torch.zeros_like(x)
    for k in range(len(S)):
        y += S[k] * (Vh[k] @ x) * U[:, k]
    return y


def read_write_projectors(W_O, W_V):
    U, S, Vh = torch.linalg.svd(W_O @ W_V, full_matrices=False)
    r = int((S > 1e-9 * S[0]).sum())
    U, V = U[:, :r], Vh[:r].T
    return V @ V.T, U @ U.T


def attention_pattern(X, W_QK):
    return torch.softmax(X.T @ W_QK @ X, dim=-1)


def svd_channels(W_OV, x):
    U, s, Vt = torch.linalg.svd(W_OV)
    r = int((s > 1e-9 * s[0]).sum())
    return U[:, :r] * (s[:r] * (Vt[:r] @ x))
