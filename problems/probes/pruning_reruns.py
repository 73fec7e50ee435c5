"""Which weights a student's `magnitude_mask` keeps in cells of the student's own `sensitivity.csv`."""

from collections.abc import Callable, Sequence
from typing import Any

from small_convnet import load


def masks(magnitude_mask: Callable[..., Any], cells: Sequence[Sequence[Any]]) -> list[Any]:
    """A mask for each cell: the layer, and the share of its weights to remove."""
    model = load()
    return [magnitude_mask(model.get_submodule(layer).get_parameter("weight").clone(), share) for layer, share in cells]
