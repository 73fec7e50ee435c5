"""A tiny causal transformer, and tasks with few examples to learn from, the same for everybody.

    from few_examples import task
    model, prompt, train, test = task(seed=0)

Holds no answer and needs nothing but torch, so it can be copied beside any solution.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

VOCABULARY, WIDTH, LAYERS = 7, 6, 2
LENGTH, EXAMPLES, NEW = 2, 16, 500


class Block(nn.Module):
    """One attention head and a small MLP, both added to the stream."""

    def __init__(self, width: int, causal: bool) -> None:
        super().__init__()
        self.causal = causal
        self.query, self.key, self.value = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.Tanh(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, seq, E) -> (batch, seq, E)."""
        scores = self.query(x) @ self.key(x).transpose(1, 2) / math.sqrt(x.shape[2])
        if self.causal:
            future = torch.ones_like(scores, dtype=torch.bool).triu(1)
            scores = scores.masked_fill(future, -torch.inf)
        x = x + scores.softmax(dim=2) @ self.value(x)
        output: Tensor = x + self.mlp(x)
        return output


class TinyTransformer(nn.Module):
    """Embeddings (batch, seq, E) -> logits (batch, seq, V), in float64."""

    def __init__(self, layers: int, width: int, seed: int, causal: bool = True) -> None:
        super().__init__()
        self.causal = causal
        self.blocks = nn.ModuleList(Block(width, causal) for _ in range(layers))
        self.unembed = nn.Linear(width, VOCABULARY, bias=False)
        self.double()
        generator = torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2

    def forward(self, embeddings: Tensor) -> Tensor:
        """Blocks one after the other, then the unembedding."""
        for block in self.blocks:
            embeddings = block(embeddings)
        logits: Tensor = self.unembed(embeddings)
        return logits


class Task(NamedTuple):
    """A model, the prompt (1, E) to begin with, and pairs of embeddings (batch, seq, E) and targets (batch, seq)."""

    model: TinyTransformer
    prompt: Tensor
    train: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]


def task(seed: int) -> Task:
    """16 examples to learn from and 500 new ones, of a task that the model can do when it is told how.

    The targets are drawn from what the model itself says behind another prompt, which stays hidden. They are noisy
    therefore: even behind that prompt the loss is well above 0.
    """
    model, generator = TinyTransformer(LAYERS, WIDTH, seed), torch.Generator().manual_seed(1000 + seed)
    hidden, prompt = torch.randn(2, 1, WIDTH, generator=generator, dtype=torch.float64)
    return Task(model, prompt, *(_examples(model, hidden, count, generator) for count in (EXAMPLES, NEW)))


def _examples(model: TinyTransformer, hidden: Tensor, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    embeddings = torch.randn(count, LENGTH, WIDTH, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        shares = model(torch.cat([hidden.expand(count, -1, -1), embeddings], dim=1))[:, len(hidden) :].softmax(dim=2)
    targets = torch.multinomial(shares.flatten(0, 1), 1, generator=generator)
    return embeddings, targets.reshape(count, LENGTH)
