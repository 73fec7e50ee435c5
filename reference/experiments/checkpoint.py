"""The command behind `hw11 run checkpoint`: train the small network that question 7 prunes, in seconds on one core.

Owns how it is trained, and how its numbers are written: `small_convnet_numbers.py`, which students are handed.
"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import torch
from torch import Tensor, nn

from reference.experiments.given import PROBES  # noqa: F401 — makes the handed-out modules importable

STEPS, BATCH, TRAINED_ON = 1000, 64, 4096
RATE, DECAY = 4e-3, 0.1
WIDTH = 119
ABOUT = '''"""What the small network of `small_convnet.py` has learnt: its parameters, in hundred-thousandths.

`hw11 run checkpoint` wrote this file.
"""
'''


def main(argv: list[str]) -> None:
    """Train, and write the checkpoint."""
    parser = argparse.ArgumentParser(prog="hw11 run checkpoint", description="Train the small network of question 7.")
    parser.add_argument("--out", type=Path, required=True, help="folder for small_convnet_numbers.py")
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    (out / "small_convnet_numbers.py").write_text(as_module(trained()), encoding="utf-8")


def as_module(model: nn.Module) -> str:
    """The text of a module that holds a network's numbers, parameter by parameter."""
    lines = [ABOUT, "NUMBERS = {"]
    for name, parameter in model.named_parameters():
        numbers = textwrap.fill(" ".join(map(str, as_integers(parameter))), WIDTH)
        lines += [f'    "{name}": """', numbers, '""",']
    return "\n".join([*lines, "}", ""])


def trained() -> nn.Module:
    """The network after its training, which one thread and fixed seeds make the same every time on one machine."""
    from small_convnet import ConvNet, drawn_images

    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = drawn_images(TRAINED_ON, 0)
    images, model, rows = images.float(), ConvNet(), torch.Generator().manual_seed(0)
    step_rule = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(step_rule, STEPS)
    for _ in range(STEPS):
        batch = torch.randint(TRAINED_ON, (BATCH,), generator=rows)
        step_rule.zero_grad()
        nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()  # type: ignore[no-untyped-call]
        step_rule.step()
        schedule.step()
    network: nn.Module = model.eval()
    return network


def as_integers(parameter: Tensor) -> list[int]:
    """Hundred-thousandths, no two of the same magnitude: which weight is smaller is never open."""
    from small_convnet import UNIT

    values = (parameter.detach().double().flatten() / UNIT).round().long()
    least = 0
    for place in values.abs().argsort(stable=True).tolist():
        least = max(least + 1, abs(int(values[place])))
        values[place] = least if values[place] >= 0 else -least
    return [int(value) for value in values]
