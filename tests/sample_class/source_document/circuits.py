import torch


def logits(T, W_E, W_U):
    X0 = W_E @ T
    return W_U @ X0


def stack_output_matrices(W_O):
    return torch.cat(W_O, 1)


def qk_matrix(W_Q, W_K):
    return W_Q.transpose(0, 1) @ W_K


def attend(X, A):
    columns = []
    for i in range(A.shape[0]):
        columns.append(sum(A[i, j] * X[:, j] for j in range(A.shape[1])))
    return torch.stack(columns, dim=1)


def head_output(X, A, W_OV):
    return W_OV @ X @ A.T


def final_residual(X, A, W_OV):
    return X + sum(head_output(X, a, w) for a, w in zip(A, W_OV))


def svd_apply(W_OV, x):
    U, S, Vt = torch.linalg.svd(W_OV)
    alpha = Vt @ x
    return U @ (S * alpha)


def read_write_projectors(W_O, W_V):
    U, S, Vt = torch.linalg.svd(W_O @ W_V)
    r = torch.sum(S > S.max() * 1e-9)
    Ur, Vr = U[:, :r], Vt[:r, :].T
    return Vr @ Vr.T, Ur @ Ur.T
