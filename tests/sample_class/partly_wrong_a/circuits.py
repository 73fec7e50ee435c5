import torch


def logits(T, W_E, W_U):
    return (W_U @ W_E @ T).T


def stack_output_matrices(W_O):
    return torch.cat(W_O, dim=0)


def qk_matrix(W_Q, W_K):
    return W_K.T @ W_Q


def attend(X, A):
    return X @ A


def final_residual(X, A, W_OV):
    return sum(w @ X @ a.T for w, a in zip(W_OV, A))


def svd_apply(W_OV, x):
    return W_OV @ x
