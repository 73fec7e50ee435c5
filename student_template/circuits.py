"""circuits: replace each `raise NotImplementedError` by your code."""

import torch


def logits(T, W_E, W_U):
    """Logits of a transformer without layers.

    T: one-hot tokens in columns, (n_vocab, n_context). W_E: (d_model, n_vocab). W_U: (n_vocab, d_model).
    Returns (n_vocab, n_context).

    Returns: logits
    """
    raise NotImplementedError


def stack_output_matrices(W_O):
    """The one matrix that acts on the stacked head outputs as the W_O do on each.

    W_O: list of H matrices (d_model, d_head), in the order of the heads. Returns (d_model, H * d_head).

    Returns: W_OH
    """
    raise NotImplementedError


def qk_matrix(W_Q, W_K):
    """The bilinear form of the scores: S_ij = X_i^T W_QK X_j.

    W_Q, W_K: (d_head, d_model). Returns (d_model, d_model), without any scaling.

    Returns: W_QK
    """
    raise NotImplementedError


def attend(X, A):
    """The attention-weighted average of the tokens, for every query.

    X: (d, n), tokens in columns. A: (n, n), row i holds the weights of query i, as the softmax gives them.
    Returns (d, n): column i is what query i gets.

    Returns: averages
    """
    raise NotImplementedError


def final_residual(X, A, W_OV):
    """The stream after one layer of attention heads.

    X: (d, n). A: list of patterns (n, n). W_OV: list of matrices (d, d), one per head. Returns (d, n).

    Returns: stream
    """
    raise NotImplementedError


def head_output(X, A, W_OV):
    """What one head adds to the stream.

    X: (d, n). A: (n, n). W_OV: (d, d). Returns (d, n).

    Returns: written
    """
    raise NotImplementedError


def svd_apply(W_OV, x):
    """W_OV x for one token, by way of the compact SVD, for any rank.

    W_OV: (d, d), zero or of any rank; its singular values above zero lie between 1e-9 and 1e9, and none is
    below 1e-4 of the largest. x: (d,). Returns (d,).

    Returns: y
    """
    raise NotImplementedError


def read_write_projectors(W_O, W_V):
    """Orthogonal projectors on what a head can read and on where it can write.

    W_O: (d, h). W_V: (h, d); either may be rank-deficient. A singular value of W_O W_V below 1e-9 times the
    largest counts as zero. Returns two (d, d) matrices.

    Returns: (P_read, P_write)
    """
    raise NotImplementedError
