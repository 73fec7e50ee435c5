"""Side effects of a function: runs beside it, inside the sandbox, in the place of what it would return.

Owns what is looked at: whether a call changes what it is handed, draws from torch's own random numbers, or returns
memory that it was handed. What it saw leaves as the sentence of an error, so that it passes every observer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

CHANGES = "changes what it is handed"
DRAWS = "draws from torch's own random numbers"
SHARES = "returns memory that it was handed"
SENTENCES = (CHANGES, DRAWS, SHARES)


class WitnessedError(Exception):
    """Not a fault: the side effects of one call."""


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that calls another and raises what that did beside returning something."""

    def watch(*args: Any, **kwargs: Any) -> Any:
        import torch

        handed = [*args, *kwargs.values()]
        before, random_state = list(_contents(handed)), torch.get_rng_state()
        result = function(*args, **kwargs)
        seen = {
            CHANGES: list(_contents(handed)) != before,
            DRAWS: not torch.equal(torch.get_rng_state(), random_state),
            SHARES: bool(set(_storages(result)) & set(_storages(handed))),
        }
        raise WitnessedError("; ".join(sentence for sentence in SENTENCES if seen[sentence]))

    return watch


def _tensors(value: Any) -> Iterator[Any]:
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, torch.nn.Module):
        yield from (*value.parameters(), *value.buffers())
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _tensors(member)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _contents(value: Any) -> Iterator[tuple[object, ...]]:
    for tensor in _tensors(value):
        numbers = tensor.detach().cpu().contiguous().numpy().tobytes()
        yield str(tensor.dtype), tuple(tensor.shape), tensor.requires_grad, numbers


def _storages(value: Any) -> Iterator[int]:
    return (tensor.untyped_storage().data_ptr() for tensor in _tensors(value) if tensor.numel())
