"""lora: replace each `raise NotImplementedError` by your code."""

import torch


# q1a · The adapted model underfits
# Training loss stays high after fine-tuning with LoRA. What would you change about the adapter, and why does
# it help?
# Then find out what rank can buy. Training aims at a target $W^*$: the loss is the mean over all $m l$
# entries of $(W_0 + A B - W^*)^2$. The difference $W^* - W_0$ has the singular values $s_1 > s_2 > s_3 >
# s_4$, and all others are zero.
def best_update(D, k):
    """Factors of rank k whose product is as close to D as any can be, in the mean of squares: where training of
    an adapter ends at best.

    D: (m, l), its singular values clearly different from each other. k: from 1 to the smaller of m and l.
    Returns A, (m, k), and B, (k, l).

    Returns: (A, B)
    """
    raise NotImplementedError


# q1b · Both factors start at zero
# Let $G = \partial L / \partial W$, an $m \times l$ matrix. Write the gradients of the loss with respect to
# $A$ and $B$ in terms of $G$, $A$, $B$. What are they when $A = 0$ and $B = 0$, and what does training with
# SGD do then?
def gradients(G, A, B):
    """Gradients of the loss with respect to both factors.

    G: dL/dW, (m, l). A: (m, k). B: (k, l). Returns dL/dA, (m, k), and dL/dB, (k, l).

    Returns: (dA, dB)
    """
    raise NotImplementedError


def train(W0, A, B, X, Y, lr, steps):
    """Plain full-batch SGD on A and B alone; W0 stays frozen.

    The loss is the mean over all entries of (X @ (W0 + A @ B) - Y)**2, with X (n, m) and Y (n, l). Both
    factors take each step from the same point. Returns W0 + A @ B after `steps` updates (1 or more), (m, l).

    Returns: W
    """
    raise NotImplementedError


# q1c · Xavier on both factors
# A colleague draws both factors independently with Xavier initialisation, so that an entry of a matrix of
# shape $r \times c$ has mean 0 and variance $2/(r + c)$. How far from $W_0$ does fine-tuning start, and what
# would you do instead?
def init(m, k, l, generator):
    """A start from which training begins exactly at W0 and can still move in as many directions as the adapter
    has.

    generator: a torch.Generator; random numbers are drawn from it and from nothing else. Returns A (m, k) and
    B (k, l), finite floats.

    Returns: (A, B)
    """
    raise NotImplementedError


# q1d · Memory of the adapter
# All numbers are stored in 4 bytes. Compare the adapter's memory with that of a full update of the shape of
# $W$. From which rank on does LoRA no longer save memory?
def adapter(m, k, l):
    """A module whose parameters are A (m, k) and B (k, l), in float32, both finite and trained.

    Returns: torch.nn.Module

    In q1d, tolerance: exact.
    """
    raise NotImplementedError
