"""The weights that a run of question 4 starts from: those that its seed gives.

Owns them. They are made here, not taken from what ran inside: student code could reach whatever is written down there.
"""

from collections.abc import Callable
from functools import lru_cache
from types import ModuleType

import torch
from handed_out import handed_out
from torch import Tensor, nn

HIDDEN = 6
"""Hidden units of the recorded MLP, as in `problems/probes/lr_spies.py`."""
PRECISIONS = {"torch.float32": torch.float32, "torch.float64": torch.float64}
"""What torch's default may be while a model is made; each draws other weights from the same seed."""


@lru_cache(maxsize=512)
def seeded_start(setting: str, n_features: int, seed: int, precision: str = "torch.float32") -> tuple[Tensor, ...]:
    """Parameters of the model that the observers hand out, made right after `torch.manual_seed(seed)`."""

    def make_model() -> nn.Module:
        if setting.startswith("mlp"):
            return nn.Sequential(nn.Linear(n_features, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
        return nn.Linear(n_features, 1)

    return _made(make_model, seed, precision)


@lru_cache(maxsize=512)
def protocol_start(setting: str, seed: int, precision: str) -> tuple[Tensor, ...]:
    """Parameters of the real experiment's model, made right after `torch.manual_seed(seed)`."""
    return _made(protocol().load(setting).make_model, seed, precision)


def _made(make_model: Callable[[], nn.Module], seed: int, precision: str) -> tuple[Tensor, ...]:
    """KeyError if torch has no such default precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(PRECISIONS[precision])
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return tuple(parameter.detach() for parameter in make_model().parameters())
    finally:
        torch.set_default_dtype(before)


def protocol() -> ModuleType:
    """`lr_protocol` as students have it: data and models of the real experiment."""
    return handed_out("lr_protocol")
