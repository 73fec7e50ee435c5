"""soft_prompts: replace each `raise NotImplementedError` by your code."""

import torch


def loss_mask(length, reasoning, answer, newline):
    """Which outputs enter the loss, for any such sequence.

    length: number of tokens. reasoning: (first, last) token of the reasoning; at least one token stands
    before it, and the answer and the newline follow it directly; the newline may be the last token. All
    tokens are counted from 1. Returns bool (length,): the first entry belongs to output 1.

    Returns: mask
    """
    raise NotImplementedError


class SoftPrompt(torch.nn.Module):
    """A frozen model behind n_tokens trainable vectors.

    model(embeddings (batch, seq, E)) -> logits (batch, seq, V) is handed in; it has `blocks` (a ModuleList,
    each (batch, seq, E) -> (batch, seq, E)), `unembed` (a Linear(E, V) without bias) and `causal` (a bool),
    and works in float64. The module freezes it; its own parameters are the vectors alone. forward(embeddings
    (batch, seq, E)) puts them before the embeddings and returns the model's logits for all n_tokens + seq
    positions.
    """

    def __init__(self, model, n_tokens):
        super().__init__()
        raise NotImplementedError

    def forward(self, embeddings):
        raise NotImplementedError


def prefix_states(model, prompt):
    """The states at the prompt's positions, computed without any question.

    model: as in `SoftPrompt`. prompt: (n, E). Returns a list with the state after each block, (n, E) each.

    Returns: states
    """
    raise NotImplementedError


def meta_gradient(phi, H_train, c_train, H_val, c_val, lr):
    """The gradient of the validation loss after one inner step on the training loss, with respect to the prompt
    before that step.

    phi, c_train, c_val: (n,). H_train, H_val: symmetric (n, n). lr: size of the inner step. Returns (n,).

    Returns: gradient
    """
    raise NotImplementedError
