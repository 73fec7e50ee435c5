"""The weights that a run of question 4 starts from: those that its seed gives.

Owns them. They are made here, not taken from what ran inside: student code could reach whatever is written down there.
"""

import importlib.util
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor, nn

HIDDEN = 6
"""Hidden units of the recorded MLP, as in `problems/probes/lr_spies.py`."""
PROTOCOL = Path(__file__).parents[1] / "probes" / "lr_protocol.py"


@lru_cache(maxsize=256)
def seeded_start(setting: str, n_features: int, seed: int) -> tuple[Tensor, ...]:
    """Parameters of the model that the observers hand out, made right after `torch.manual_seed(seed)`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if setting.startswith("mlp"):
            model: nn.Module = nn.Sequential(nn.Linear(n_features, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
        else:
            model = nn.Linear(n_features, 1)
    return tuple(parameter.detach() for parameter in model.parameters())


@lru_cache(maxsize=256)
def protocol_start(setting: str, seed: int) -> tuple[Tensor, ...]:
    """Parameters of the real experiment's model, made right after `torch.manual_seed(seed)`."""
    make_model = protocol().load(setting).make_model
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return tuple(parameter.detach() for parameter in make_model().parameters())


@lru_cache(maxsize=1)
def protocol() -> ModuleType:
    """`lr_protocol` as students have it, loaded here: data and models of the real experiment."""
    spec = importlib.util.spec_from_file_location("_lr_protocol_outside", PROTOCOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
