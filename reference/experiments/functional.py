"""Many copies of any module at once, by `torch.func`.

Owns the fallback for models without a hand-written layout: about three times slower, but nothing to derive.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap


class AnyModuleLayout:
    """Copies of any module (batch, d) -> (batch, 1) without buffers; see `layouts.Layout`."""

    def __init__(self, models: Sequence[nn.Module], n_rates: int, like: Tensor) -> None:
        stacked, _ = stack_module_state(list(models))
        self._names = list(stacked)
        self._module = models[0].to("meta")
        self.parameters = [
            value.detach().to(like).unsqueeze(1).repeat(1, n_rates, *[1] * (value.ndim - 1))
            for value in stacked.values()
        ]
        over_rates = vmap(grad(self._loss), in_dims=(0, None, None))
        self._gradients = vmap(over_rates)
        self._losses = vmap(vmap(self._loss, in_dims=(0, None, None)), in_dims=(0, None, None))

    def _loss(self, parameters: list[Tensor], X: Tensor, y: Tensor) -> Tensor:
        named = dict(zip(self._names, parameters, strict=True))
        output: Tensor = functional_call(self._module, named, (X,))
        return (output.squeeze(1) - y).square().mean()

    def gradients(self, rows: Tensor, y: Tensor) -> list[Tensor]:
        """See `Layout`."""
        return list(self._gradients(self.parameters, rows[..., :-1], y))

    def losses(self, rows: Tensor, y: Tensor) -> Tensor:
        """See `Layout`."""
        with torch.no_grad():
            losses: Tensor = self._losses(self.parameters, rows[:, :-1], y)
        return losses.double()
