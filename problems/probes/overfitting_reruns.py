"""What a student's `adapt` makes of cells of the student's own `overfitting.csv`."""

from collections.abc import Callable, Sequence

from containers import as_tensor
from few_examples import task
from torch import Tensor


def prompts(adapt: Callable[..., Tensor], cells: Sequence[Sequence[int]], lr: float) -> list[Tensor]:
    """The adapted prompt for each cell: steps, and the seed of the task."""
    return [_adapted(adapt, steps, seed, lr) for steps, seed in cells]


def _adapted(adapt: Callable[..., Tensor], steps: int, seed: int, lr: float) -> Tensor:
    model, prompt, train, _ = task(seed)
    return as_tensor(adapt(model.requires_grad_(False), prompt, *train, lr, steps)).detach()
