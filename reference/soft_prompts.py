"""Soft prompts: trainable vectors before the input of a frozen causal transformer.

Source of the method: Lester et al. 2021, "The Power of Scale for Parameter-Efficient Prompt Tuning".
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
import torch
from torch import Tensor, nn

PROMPT = range(1, 6)
QUESTION = range(6, 51)
REASONING = range(51, 71)
ANSWER = 71
NEWLINE = 72
PADDING = range(73, 101)
"""The sheet's sequence of 100 tokens, counted from 1."""

n = sp.Symbol("n", integer=True, positive=True)
eta = sp.Symbol("eta", positive=True)


# Derivations


def outputs() -> set[int]:
    """Outputs that enter the loss: output i predicts token i + 1."""
    targets = {*REASONING, ANSWER, NEWLINE}
    return {token - 1 for token in targets}


def outputs_from_zero() -> set[int]:
    """The same, where the first output is number 0."""
    return {output - 1 for output in outputs()}


def prompt_params() -> sp.Expr:
    """Trainable numbers: one vector of the embedding's size per prompt token."""
    return len(PROMPT) * sp.Symbol("E", integer=True, positive=True)


def _quadratic(task: str, at: sp.Expr) -> tuple[sp.Expr, sp.MatrixSymbol]:
    """∇L at `at`, for L(φ) = ½ (φ - c)ᵀ H (φ - c) with symmetric H."""
    point, c, H = sp.MatrixSymbol("x", n, 1), sp.MatrixSymbol(f"c_{task}", n, 1), sp.MatrixSymbol(f"H_{task}", n, n)
    loss = (point - c).T * H * (point - c) / 2
    gradient = loss.diff(point).subs(H.T, H).doit()
    return gradient.subs(point, at), H


def inner() -> sp.Expr:
    """The adapted prompt φ_i after one step on the task's training loss."""
    phi = sp.MatrixSymbol("phi", n, 1)
    gradient, _ = _quadratic("tr", phi)
    return phi - eta * gradient


def outer() -> sp.Expr:
    """The gradient of L_val(φ_i) with respect to φ, by the chain rule through the inner step."""
    phi = sp.MatrixSymbol("phi", n, 1)
    gradient, _ = _quadratic("val", sp.MatrixSymbol("phi_i", n, 1))
    _, H_tr = _quadratic("tr", phi)
    jacobian = inner().diff(phi).subs(H_tr.T, H_tr)
    return jacobian * gradient


def outer_written_out() -> sp.Expr:
    """The same with φ_i replaced by what it stands for."""
    return outer().subs(sp.MatrixSymbol("phi_i", n, 1), inner())


# What a student hands in


def loss_mask(length: int, reasoning: tuple[int, int], answer: int, newline: int) -> Tensor:
    """Which outputs enter the loss.

    Args:
        length: tokens in the sequence.
        reasoning: first and last token of the reasoning, counted from 1.
        answer: its token, counted from 1.
        newline: its token.

    Returns:
        bool (length,); entry i - 1 belongs to output i, which predicts token i + 1.
    """
    first, last = reasoning
    mask = torch.zeros(length, dtype=torch.bool)
    for token in (*range(first, last + 1), answer, newline):
        mask[(token - 1) - 1] = True
    return mask


class SoftPrompt(nn.Module):
    """Trainable vectors before the input of a model that is frozen."""

    def __init__(self, model: nn.Module, n_tokens: int) -> None:
        super().__init__()
        self.model = model.requires_grad_(False)
        unembed = model.get_submodule("unembed").get_parameter("weight")
        self.prompt = nn.Parameter(0.02 * torch.randn(n_tokens, unembed.shape[1], dtype=unembed.dtype))

    def forward(self, embeddings: Tensor) -> Tensor:
        """Logits (batch, n_tokens + seq, V) for embeddings (batch, seq, E)."""
        prompt = self.prompt.expand(len(embeddings), -1, -1)
        logits: Tensor = self.model(torch.cat([prompt, embeddings], dim=1))
        return logits


def prefix_states(model: nn.Module, prompt: Tensor) -> list[Tensor]:
    """States at the prompt's positions, which no later token can change under a causal mask.

    Args:
        model: has `blocks`, each (batch, seq, E) -> (batch, seq, E).
        prompt: (n, E).

    Returns:
        The state after each block, (n, E) each.
    """
    state, states = prompt[None], []
    for block in model.get_submodule("blocks").children():
        state = block(state)
        states.append(state[0])
    return states


def meta_gradient(phi: Tensor, H_train: Tensor, c_train: Tensor, H_val: Tensor, c_val: Tensor, lr: float) -> Tensor:
    """Gradient of the validation loss after one inner step, with respect to where that step began.

    Both losses are ½ (φ - c)ᵀ H (φ - c) with symmetric H (n, n); phi and c are (n,).

    Returns:
        (n,).
    """
    adapted = phi - lr * H_train @ (phi - c_train)
    slope = H_val @ (adapted - c_val)
    return slope - lr * H_train @ slope


def prompted_loss(model: nn.Module, prompt: Tensor, embeddings: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy of the outputs at the embeddings' positions, behind a soft prompt (n, E)."""
    logits = model(torch.cat([prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))[:, len(prompt) :]
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def _adapted(model: nn.Module, prompt: Tensor, embeddings: Tensor, targets: Tensor, lr: float, steps: int) -> Tensor:
    """The prompt after gradient steps on one task; gradients flow through them."""
    for _ in range(steps):
        (slope,) = torch.autograd.grad(prompted_loss(model, prompt, embeddings, targets), prompt, create_graph=True)
        prompt = prompt - lr * slope
    return prompt


def adapt(model: nn.Module, prompt: Tensor, embeddings: Tensor, targets: Tensor, lr: float, steps: int) -> Tensor:
    """A soft prompt after some steps of gradient descent on one task, the model frozen.

    Args:
        model: as in `SoftPrompt`.
        prompt: (n, E), where the steps begin.
        embeddings: (batch, seq, E).
        targets: token numbers (batch, seq), what the outputs at the embeddings' positions should say.
        lr: the size of a step.
        steps: how many.

    Returns:
        (n, E).
    """
    return _adapted(model, prompt.clone().requires_grad_(), embeddings, targets, lr, steps).detach()


def meta_step(
    model: nn.Module,
    prompt: Tensor,
    tasks: Sequence[tuple[Tensor, Tensor, Tensor, Tensor]],
    inner_lr: float,
    outer_lr: float,
    steps: int,
) -> Tensor:
    """The shared prompt after one outer update of MAML: downhill on the mean of the tasks' validation losses.

    Args:
        model: as in `SoftPrompt`, frozen in both loops.
        prompt: (n, E), where every task's inner steps begin.
        tasks: embeddings and targets to adapt to, and embeddings and targets to validate on, for each task.
        inner_lr: the size of an inner step.
        outer_lr: the size of the outer one.
        steps: inner steps of each task; the outer gradient goes through all of them.

    Returns:
        (n, E).
    """
    start = prompt.clone().requires_grad_()
    losses = []
    for train_embeddings, train_targets, val_embeddings, val_targets in tasks:
        adapted = _adapted(model, start, train_embeddings, train_targets, inner_lr, steps)
        losses.append(prompted_loss(model, adapted, val_embeddings, val_targets))
    (slope,) = torch.autograd.grad(torch.stack(losses).mean(), start)
    return prompt - outer_lr * slope


def continue_from(model: nn.Module, prompt: Tensor, states: Sequence[Tensor], embeddings: Tensor) -> Tensor:
    """Logits behind a soft prompt whose states are known, layer by layer; gradients flow through these states.

    Args:
        model: as in `SoftPrompt`.
        prompt: (n, E).
        states: the state at the prompt's positions after each block, (n, E) each.
        embeddings: (batch, seq, E).

    Returns:
        (batch, seq, V), at the embeddings' positions alone.
    """
    state = embeddings
    for block, prefix in zip(model.get_submodule("blocks").children(), [prompt, *states], strict=False):
        state = block(torch.cat([prefix.expand(len(embeddings), -1, -1), state], dim=1))[:, len(prompt) :]
    logits: Tensor = model.get_submodule("unembed")(state)
    return logits


def best_hard_prompt(
    model: nn.Module, embedding: Tensor, embeddings: Tensor, targets: Tensor, n_tokens: int
) -> list[int]:
    """The hard prompt with the least loss: of all soft prompts whose vectors are rows of the embedding, run at once.

    Args:
        model: as in `SoftPrompt`.
        embedding: (V, E), a row for each token.
        embeddings: (batch, seq, E).
        targets: as in `adapt`.
        n_tokens: tokens of the prompt.

    Returns:
        Their numbers.
    """
    prompts = torch.cartesian_prod(*[torch.arange(len(embedding))] * n_tokens).reshape(-1, n_tokens)
    count, (batch, length, _) = len(prompts), embeddings.shape
    behind = [embedding[prompts].repeat_interleave(batch, dim=0), embeddings.repeat(count, 1, 1)]
    with torch.no_grad():
        logits = model(torch.cat(behind, dim=1))[:, n_tokens:]
    losses = nn.functional.cross_entropy(logits.flatten(0, 1), targets.repeat(count, 1).flatten(), reduction="none")
    tokens: list[int] = prompts[losses.reshape(count, batch * length).mean(dim=1).argmin()].tolist()
    return tokens
