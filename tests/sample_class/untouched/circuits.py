"""circuits: replace each `raise NotImplementedError` by your code."""

import torch


# q2a_i · Zero layers, the logits
# A transformer without layers embeds each token and unembeds it again. $T$ ($n_{vocab} \times n_{context}$)
# holds one-hot tokens in its columns, $W_E$ embeds, $W_U$ unembeds. Write the logits for all positions at
# once.
def logits(T, W_E, W_U):
    """Logits of a transformer without layers.

    T: one-hot tokens in columns, (n_vocab, n_context). W_E: (d_model, n_vocab). W_U: (n_vocab, d_model).
    Returns (n_vocab, n_context).

    Returns: logits
    """
    raise NotImplementedError


# q2b_i · Concatenating is adding
# Head $h$ produces $r_h$ ($d_{head} \times n_{context}$). One view adds $\sum_h W_O^h r_h$, with one
# $d_{model} \times d_{head}$ matrix per head. The other stacks the $r_h$ on top of each other and multiplies
# once by $W_O^H$. How is $W_O^H$ made of the $W_O^h$?
# For two heads, type `W_O1`, `W_O2` or `W_O^1`, `W_O^2`, and `r_1`, `r_2`.
def stack_output_matrices(W_O):
    """The one matrix that acts on the stacked head outputs as the W_O do on each.

    W_O: list of H matrices (d_model, d_head), in the order of the heads. Returns (d_model, H * d_head).

    Returns: W_OH
    """
    raise NotImplementedError


# q2c_i · The QK circuit
# Write the score $S_{ij}$ as a bilinear form in $X_i$ (the query's token) and $X_j$ (the key's token), and
# the matrix $W_{QK}$ in the middle. Then let a softmax turn scores into a pattern.
def qk_matrix(W_Q, W_K):
    """The bilinear form of the scores: S_ij = X_i^T W_QK X_j.

    W_Q, W_K: (d_head, d_model). Returns (d_model, d_model), without any scaling.

    Returns: W_QK
    """
    raise NotImplementedError


def attention_pattern(X, W_QK):
    """The pattern of a head: row i holds the softmax, over all tokens j, of the scores X_i^T W_QK X_j. No mask,
    no scaling.

    X: (d, n), columns are tokens. W_QK: (d, d). Scores may be as large as 1e6 either way; what comes out is
    finite. Returns (n, n).

    Returns: A
    """
    raise NotImplementedError


# q2d_i · An attention-weighted average
# Row $i$ of $A$ is $(a_1, a_2, a_3)$, and the columns of $X$ are $X_1, X_2, X_3$. Write column $i$ of $X
# A^\top$. What makes it an *average*?
def attend(X, A):
    """The attention-weighted average of the tokens, for every query.

    X: (d, n), tokens in columns. A: (n, n), row i holds the weights of query i, as the softmax gives them.
    Returns (d, n): column i is what query i gets.

    Returns: averages
    """
    raise NotImplementedError


# q2d_ii · The final stream
# One layer has two heads with matrices $W_{OV}^1, W_{OV}^2$ and patterns $A^1, A^2$ (type `W_OV1`, `A1`, or
# `W_OV^1`, `A^1`). Write the stream after the layer, starting from $X_0$.
def final_residual(X, A, W_OV):
    """The stream after one layer of attention heads.

    X: (d, n). A: list of patterns (n, n). W_OV: list of matrices (d, d), one per head. Returns (d, n).

    Returns: stream
    """
    raise NotImplementedError


# q2d_iii · Where a head writes
# Whatever the pattern $A$, the columns of $W_{OV} X A^\top$ lie in one subspace. Which?
def head_output(X, A, W_OV):
    """What one head adds to the stream.

    X: (d, n). A: (n, n). W_OV: (d, d). Returns (d, n).

    Returns: written
    """
    raise NotImplementedError


# q2e_ii · A head through its compact SVD
# Let $W_{OV} = U \Sigma V^\top$ be the compact SVD, here of rank 2: $\sigma_1, \sigma_2 > 0$ and columns
# $U_1, U_2$ and $V_1, V_2$. Write $W_{OV} X$ for one token $X$ as a sum over channels.
def svd_apply(W_OV, x):
    """W_OV x for one token, by way of the compact SVD, for any rank.

    W_OV: (d, d), zero or of any rank; its singular values above zero lie between 1e-9 and 1e9, and none is
    below 1e-4 of the largest. x: (d,). Returns (d,).

    Returns: y
    """
    raise NotImplementedError


def svd_channels(W_OV, x):
    """What each channel of the compact SVD writes for one token: their sum is W_OV x.

    W_OV: (d, d), of rank r, 1 or more, with singular values as for `svd_apply`, no two alike. x: (d,).
    Returns (d, r), one column for each channel, the largest gain first.

    Returns: channels
    """
    raise NotImplementedError


# q2e_iii · Reading and writing subspaces
# With the compact SVD above, what can the head read, where can it write, and what happens to what is
# orthogonal to the first?
def read_write_projectors(W_O, W_V):
    """Orthogonal projectors on what a head can read and on where it can write.

    W_O: (d, h). W_V: (h, d); either may be rank-deficient. A singular value of W_O W_V below 1e-9 times the
    largest counts as zero. Returns two (d, d) matrices.

    Returns: (P_read, P_write)
    """
    raise NotImplementedError
