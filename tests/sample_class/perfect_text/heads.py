import torch


def single_attention_head(X, W_QK, W_OV):
    T = X.shape[0]
    Z = X @ W_QK @ X.T
    for i in range(T):
        for j in range(i + 1, T):
            Z[i, j] = -1e9
    A = torch.softmax(Z, dim=-1)
    return A @ X @ W_OV.T


def induction_copy_head(E, strength):
    tokens = E[:, :4].argmax(dim=1)
    scores = torch.zeros(4, dtype=E.dtype)
    for j in range(1, 4):
        if tokens[j - 1] == tokens[4]:
            scores[j] = strength
    a = torch.softmax(scores, 0)
    out = torch.zeros(4, dtype=E.dtype)
    for j in range(4):
        out[tokens[j]] += a[j]
    return out
