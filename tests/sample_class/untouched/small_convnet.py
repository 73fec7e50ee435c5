"""A small convolutional network, trained, and images that it has not seen: what is pruned in question 7.

    from small_convnet import LAYERS, accuracy, load
    model = load()
    accuracy(model)                       # of the whole network as it is
    model.get_submodule("conv1").weight   # of one of its LAYERS

Its numbers stand in `small_convnet_numbers.py`, which must lie beside this file. All is float64, so that accuracies are
the same everywhere. Holds no answer and needs nothing but torch.
"""

from __future__ import annotations

import runpy
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn

LAYERS = ("conv1", "conv2", "conv3", "classifier")
CHANNELS = (1, 4, 16, 32)
DROPPED = 0.3
"""The share of features that training leaves out at random."""
CLASSES = 8
SIDE = 12
NOISE = 0.3
UNSEEN, UNSEEN_SEED = 320, 1
UNIT = 1e-5
"""Numbers are kept as integers, in hundred-thousandths."""


class ConvNet(nn.Module):
    """Images (batch, 1, 12, 12) -> scores (batch, 8): three convolutions, the largest of each channel, a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = (
            nn.Conv2d(c_in, c_out, 3, padding=1) for c_in, c_out in pairwise(CHANNELS)
        )
        self.classifier = nn.Linear(CHANNELS[-1], CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """Scores; some features are dropped while it is trained."""
        halved = nn.functional.max_pool2d(self.conv1(images).relu(), 2)
        features = self.conv3(self.conv2(halved).relu()).relu().amax(dim=(2, 3))
        scores: Tensor = self.classifier(nn.functional.dropout(features, DROPPED, self.training))
        return scores


def load() -> ConvNet:
    """A fresh copy of the trained network."""
    # By its path: this file is also loaded where its folder is on no path.
    kept = runpy.run_path(str(Path(__file__).with_name("small_convnet_numbers.py")))["NUMBERS"]
    model = ConvNet().double().eval().requires_grad_(False)
    for name, parameter in model.named_parameters():
        integers = torch.tensor([int(number) for number in kept[name].split()], dtype=torch.float64)
        parameter.copy_(UNIT * integers.reshape(parameter.shape))
    return model


@torch.no_grad()
def accuracy(model: nn.Module) -> float:
    """The share of 320 unseen images that a network classifies rightly."""
    images, labels = unseen()
    return float((model(images).argmax(dim=1) == labels).double().mean())


@lru_cache(maxsize=1)
def unseen() -> tuple[Tensor, Tensor]:
    """Images (320, 1, 12, 12) and labels (320,) that were not trained on."""
    return drawn_images(UNSEEN, UNSEEN_SEED)


def drawn_images(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Noisy drawings (count, 1, 12, 12) of eight shapes: four lines, two crosses, a ring and a square; their labels."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % CLASSES
    middle = SIDE / 2 - 1.5 + 2 * torch.rand(count, 2, 1, 1, generator=generator, dtype=torch.float64)
    size = 2.6 + 1.4 * torch.rand(count, 1, 1, generator=generator, dtype=torch.float64)
    line = torch.arange(SIDE, dtype=torch.float64)
    down, right = (axis.expand(count, SIDE, SIDE) for axis in (line[:, None] - middle[:, 0], line - middle[:, 1]))
    falling, rising = (down - right).abs() / 2**0.5, (down + right).abs() / 2**0.5
    far = torch.maximum(down.abs(), right.abs())
    distances = torch.stack(
        [
            down.abs(),
            right.abs(),
            falling,
            rising,
            torch.minimum(down.abs(), right.abs()),
            torch.minimum(falling, rising),
            ((down**2 + right**2).sqrt() - size).abs(),
            (far - size).abs(),
        ],
        dim=1,
    )
    drawing = (1 - distances[torch.arange(count), labels]).clamp(min=0) * (far <= size + 0.5)
    noise = torch.randn(count, SIDE, SIDE, generator=generator, dtype=torch.float64)
    return (drawing + NOISE * noise)[:, None], labels
