"""The expected loss of linear regression under SGD, without any sampling noise.

SGD on a linear model maps the second moment of its weights linearly from step to step, so the expectation
over initialisations and batches can be followed exactly. Two recursions: over the given rows, drawn with
replacement, and over fresh Gaussian rows. Does not own Adam or the MLP: neither closes at second moments.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reference.experiments.given import BATCH_SIZES, N_FEATURES, feature_variances, load
from reference.experiments.protocol import STEPS, Protocol

Floats = NDArray[np.float64]

INITIAL_VARIANCE = 1 / (3 * N_FEATURES)
"""Of every weight and of the bias of `Linear(64, 1)`: uniform on ±1/√64."""
STORED = Path(__file__).with_name("exact_steps.json")


def expected_losses(protocol: Protocol) -> Floats:
    """Expected final loss (batch sizes, learning rates) of `linear_sgd`.

    Under fixed steps over the given rows (stored: it takes ten seconds); under fixed samples over fresh rows.
    """
    rates = protocol.learning_rates["sgd"]
    if protocol is STEPS:
        return np.array(json.loads(STORED.read_text())["losses"])
    excess = teacher_energy(protocol.noise)
    return fresh_rows(BATCH_SIZES, rates, protocol.n_steps, excess, protocol.noise**2)


def given_rows(batch_sizes: Sequence[int], learning_rates: Sequence[float], n_steps: int) -> Floats:
    """Expected losses (batch sizes, learning rates) over protocol T's own rows.

    With z = (x, 1, y) and v = (w, b, −1), the residual of a row is z·v, the loss is tr(S M) with S = E zzᵀ
    and M = E vvᵀ, and one step with a = 2·lr and J = diag(1, …, 1, 0) takes M to

        M − a (J S M + M S J) + a² J ( E[zzᵀ M zzᵀ] / B + (1 − 1/B) S M S ) J
    """
    X, y, _, _ = load("linear_sgd")
    z = torch.cat([X, torch.ones(len(X), 1), y.unsqueeze(1)], dim=1).double()
    fourth = _FourthMoment(z)
    S = z.mT @ z / len(z)
    J = torch.ones(len(S), dtype=torch.float64)
    J[-1] = 0
    size, rate = torch.meshgrid(
        torch.tensor(batch_sizes, dtype=torch.float64),
        torch.tensor(learning_rates, dtype=torch.float64),
        indexing="ij",
    )
    B, a = size.reshape(-1, 1, 1), 2 * rate.reshape(-1, 1, 1)
    M = torch.diag(J * INITIAL_VARIANCE + (1 - J)).repeat(len(B), 1, 1)
    outer = J.unsqueeze(1) * J
    for _ in range(n_steps):
        SM = S @ M
        drift = a * J.unsqueeze(1) * SM
        noise = a**2 * outer * (fourth(M) / B + (1 - 1 / B) * (SM @ S))
        M = M - drift - drift.mT + noise
        # The antisymmetric part is pure rounding, yet it would grow like (1 + a²λ²)^steps.
        M = (M + M.mT) / 2
    losses: Floats = (S * M).sum(dim=(1, 2)).reshape(size.shape).numpy()
    return losses


class _FourthMoment:
    """M ↦ E[zzᵀ M zzᵀ] for symmetric M, as one matrix on the entries above the diagonal."""

    def __init__(self, z: Tensor) -> None:
        width = z.shape[1]
        self._i, self._j = torch.triu_indices(width, width).unbind()
        products = z[:, self._i] * z[:, self._j]
        twice = 2.0 - (self._i == self._j).double()
        self._matrix = products.mT @ products / len(z) * twice

    def __call__(self, M: Tensor) -> Tensor:
        entries = M[:, self._i, self._j] @ self._matrix.mT
        result = torch.empty_like(M)
        result[:, self._i, self._j] = entries
        result[:, self._j, self._i] = entries
        return result


def fresh_rows(
    batch_sizes: Sequence[int],
    learning_rates: Sequence[float],
    n_steps: Callable[[int], int],
    excess: Floats,
    noise_variance: float,
) -> Floats:
    """Expected losses (batch sizes, learning rates) when every row is a new Gaussian one.

    Then the squared errors of the weights along the axes, m, evolve by themselves. With variances λ, a = 2·lr:

        m ← m (1 − 2aλ + a²λ²) + a²/B ( λ (λ·m + σ²) + λ² m ),   loss = λ·m + σ²

    by Isserlis' theorem. The bias is one more axis; its feature is constant, so its last λ² m is subtracted.

    Args:
        batch_sizes: one row of the result each.
        learning_rates: one column each.
        n_steps: number of updates at a batch size.
        noise_variance: σ², of the label noise.
        excess: (65,) expected squared error of weights and bias at the start.
    """
    variances = np.append(feature_variances().numpy(), 1.0)
    kurtosis = np.append(np.ones(N_FEATURES), -1.0)
    a = 2 * np.array(learning_rates)[:, None]
    losses = np.empty((len(batch_sizes), len(learning_rates)))
    for k, size in enumerate(batch_sizes):
        m = np.tile(excess, (len(learning_rates), 1))
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(n_steps(size)):
                loss = (m @ variances + noise_variance)[:, None]
                noise = variances * loss + kurtosis * variances**2 * m
                m = m * (1 - a * variances) ** 2 + a**2 / size * noise
            losses[k] = m @ variances + noise_variance
    return losses


def teacher_energy(noise: float) -> Floats:
    """(65,) expected squared error of the initial weights and bias against the linear target of the data."""
    X, y, _, _ = load("linear_sgd", noise=noise)
    teacher = torch.linalg.lstsq(X.double(), y.double().unsqueeze(1)).solution.squeeze(1).numpy()
    errors: Floats = np.append(teacher, 0.0) ** 2 + INITIAL_VARIANCE
    return errors


def store() -> None:
    """Compute the expected losses of protocol T and keep them beside this file."""
    losses = given_rows(BATCH_SIZES, STEPS.learning_rates["sgd"], STEPS.n_steps(1))
    rounded = [[float(f"{loss:.9g}") for loss in row] for row in losses]
    rows = ",\n  ".join(json.dumps(row) for row in rounded)
    STORED.write_text(f'{{"losses": [\n  {rows}\n]}}\n')


if __name__ == "__main__":
    store()
