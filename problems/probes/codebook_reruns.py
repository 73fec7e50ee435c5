"""What a student's `kmeans_quantize` makes of cells of the student's own `codebooks.csv`."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from codebook_weights import load


def clustered(kmeans_quantize: Callable[..., Any], cells: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Codebook and labels for each cell: weights, bits, and the seed of the generator."""
    return [
        list(kmeans_quantize(load(weights), bits, torch.Generator().manual_seed(seed))) for weights, bits, seed in cells
    ]
