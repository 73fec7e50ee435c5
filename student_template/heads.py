"""heads: replace each `raise NotImplementedError` by your code."""

import torch


# q3a · A single causal head
# For $X$ of shape $T \times d$: scores $Z = X W_{QK} X^\top$ without any scaling; a token sees itself and
# what came before it (set the rest of $Z$ to $-10^9$); the output is $\mathrm{softmax}(Z)\, X W_{OV}^\top$,
# with the softmax along each row.
# For $X = \begin{pmatrix} 0 & 1 \\ 1 & 1 \\ 1 & 2 \end{pmatrix}$ and $W_{QK} = W_{OV} = \begin{pmatrix} 1 & 1
# \\ 0 & 0 \end{pmatrix}$ it gives $\begin{pmatrix} 1 & 0 \\ 1.7310586 & 0 \\ 2.5752104 & 0 \end{pmatrix}$.
def single_attention_head(X, W_QK, W_OV):
    """One causal attention head without scaling.

    X: (T, d), tokens in rows. W_QK, W_OV: (d, d). Scores X W_QK X^T; a token sees itself and what came before
    it (the rest is set to -1e9); softmax along each row; values X W_OV^T. Scores may be as large as 3e8.
    Returns (T, d).

    Returns: output
    """
    raise NotImplementedError


# q3b · An induction head that copies
# Five tokens $t_0, \dots, t_4$ over the alphabet a, b, c, d. Row $i$ of $E$ ($5 \times 9$) is the one-hot
# vector of $t_i$ (4 entries) followed by the one-hot vector of position $i$ (5 entries). The last token asks:
# *what followed me before?*
# Source positions $j = 0, \dots, 3$ get the score `strength` if $j \ge 1$ and $t_{j-1} = t_4$, and 0
# otherwise. Attention is the softmax over these four. Return for each of a, b, c, d the total attention on
# positions whose token it is.
# For a, b, c, d, a and strength 10 it returns about $(4.5 \cdot 10^{-5},\ 0.999864,\ 4.5 \cdot 10^{-5},\ 4.5
# \cdot 10^{-5})$: after the last *a* it predicts *b*.
def induction_copy_head(E, strength):
    """Attention of the last token on what followed earlier copies of it, per token of the alphabet.

    E: (5, 9), rows are a one-hot token (a, b, c, d) followed by a one-hot position. strength: 0 to 20.
    Returns (4,).

    Returns: prediction
    """
    raise NotImplementedError
