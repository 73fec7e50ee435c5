"""What the options of choices say, tried on numbers.

Each function takes the key of an option and a random generator, and says whether what the option says holds of numbers
that are drawn: always, if it is right. `hw11 validate` tries every option.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from reference import circuits, tinyml

Rng = np.random.Generator
Floats = NDArray[np.float64]


# q2c_ii: the keys that an option means, against the largest score that a key of that length can have


def _attends_most(W_QK: Floats, option: str, rng: Rng) -> bool:
    x = rng.standard_normal(3)
    meant = {
        "orthogonal": np.cross(x, rng.standard_normal(3)),
        "similar_in_first": np.array([np.sign(x[0]), 0.0, 0.0]),
        "opposite": -x,
        "match_two_oppose_third": x * [1, 1, -1],
        "similar": x,
        "match_first_oppose_third": x * [1, 0, -1],
    }[option]
    score = x @ W_QK @ meant / np.linalg.norm(meant)
    return bool(np.isclose(score, np.linalg.norm(x @ W_QK)))


def attended_1(option: str, rng: Rng) -> bool:
    """By a head with W_QK = I."""
    return _attends_most(np.eye(3), option, rng)


def attended_2(option: str, rng: Rng) -> bool:
    """By a head with W_QK = diag(1, 0, 0)."""
    return _attends_most(np.diag([1.0, 0.0, 0.0]), option, rng)


def attended_3(option: str, rng: Rng) -> bool:
    """By a head with W_QK = diag(1, 0, -1)."""
    return _attends_most(np.diag([1.0, 0.0, -1.0]), option, rng)


def attended_4(option: str, rng: Rng) -> bool:
    """By a head with W_QK = -I."""
    return _attends_most(-np.eye(3), option, rng)


def attended_5(option: str, rng: Rng) -> bool:
    """By a head with W_QK = diag(1, 1, -1)."""
    return _attends_most(np.diag([1.0, 1.0, -1.0]), option, rng)


# q2a, q2b, q2d_i


def algorithm(option: str, rng: Rng) -> bool:
    """Of a model without layers: what its logits at each position are the same as."""
    tokens, words = rng.permutation(6)[:4], np.eye(6)
    W_E, W_U = rng.standard_normal((3, 6)), rng.standard_normal((6, 3))
    logits = circuits.logits(*map(torch.as_tensor, (words[:, tokens], W_E, W_U))).numpy()
    table = W_U @ W_E
    alike = np.tril(np.exp(W_E[:, tokens].T @ W_E[:, tokens]))
    said = {
        "unigram": logits[:, :1].repeat(4, axis=1),
        "attention_over_past": table[:, tokens] @ (alike / alike.sum(axis=1, keepdims=True)).T,
        "lookup_per_token": table[:, tokens],
        "bag_of_words": table[:, tokens].sum(axis=1, keepdims=True).repeat(4, axis=1),
    }[option]
    return np.allclose(logits, said)


def average(option: str, rng: Rng) -> bool:
    """Of attention weights as the softmax gives them."""
    A = torch.softmax(torch.as_tensor(rng.standard_normal((4, 4))), dim=1).numpy()
    return {
        "symmetric": np.allclose(A, A.T),
        "columns_sum_to_one": np.allclose(A.sum(axis=0), 1),
        "orthogonal": np.allclose(A @ A.T, np.eye(4)),
        "rows_sum_to_one": np.allclose(A.sum(axis=1), 1),
    }[option]


def layout(option: str, rng: Rng) -> bool:
    """Of the W_O of three heads, such that their product with the stacked results is the sum."""
    W_O, results = rng.standard_normal((3, 5, 2)), rng.standard_normal((3, 2, 4))
    diagonal = np.zeros((15, 6))
    for head, matrix in enumerate(W_O):
        diagonal[5 * head : 5 * head + 5, 2 * head : 2 * head + 2] = matrix
    made = {
        "vertical": np.vstack(list(W_O)),
        "sum": W_O.sum(axis=0),
        "horizontal": np.hstack(list(W_O)),
        "block_diagonal": diagonal,
    }[option]
    wanted = (W_O @ results).sum(axis=0)
    return made.shape == (5, 6) and np.allclose(made @ np.vstack(list(results)), wanted)


# q2d_iii, q2e: subspaces, as matrices whose columns span them


def _factors(rng: Rng) -> tuple[Floats, Floats]:
    """W_O (6, 3) and W_V (3, 6), whose product has rank 2 while both have rank 3 and 2."""
    return rng.standard_normal((6, 3)), rng.standard_normal((3, 2)) @ rng.standard_normal((2, 6))


def _channels(W_OV: Floats) -> tuple[Floats, Floats]:
    """Writing and reading directions, (6, 2) each."""
    U, _, Vt = np.linalg.svd(W_OV)
    return U[:, :2], Vt[:2].T


def _lies_in(vectors: Floats, space: Floats) -> bool:
    """Whether the columns of one lie in the space that those of the other span; no space of another size holds any."""
    return len(space) == len(vectors) and np.allclose(space @ np.linalg.pinv(space) @ vectors, vectors)


def written_space(option: str, rng: Rng) -> bool:
    """In which the columns of W_OV X Aᵀ lie."""
    W_O, W_V = _factors(rng)
    W_OV = W_O @ W_V
    X, A = rng.standard_normal((6, 4)), rng.dirichlet(np.ones(4), 4)
    written = circuits.head_output(*map(torch.as_tensor, (X, A, W_OV))).numpy()
    nothing = np.linalg.svd(W_OV)[2][2:].T
    return _lies_in(written, {"null_space": nothing, "row_space": W_OV.T, "column_space": W_OV}[option])


def read_space(option: str, rng: Rng) -> bool:
    """Beside which nothing of a token is read."""
    W_O, W_V = _factors(rng)
    U, V = _channels(W_O @ W_V)
    return _lies_in((W_O @ W_V).T, {"span_U": U, "span_V": V, "column_space_W_V": W_V}[option])


def write_space(option: str, rng: Rng) -> bool:
    """Beside which nothing is written."""
    W_O, W_V = _factors(rng)
    U, V = _channels(W_O @ W_V)
    return _lies_in(W_O @ W_V, {"span_U": U, "span_V": V, "row_space_W_O": W_O.T}[option])


def orthogonal(option: str, rng: Rng) -> bool:
    """What becomes of a token that is orthogonal to what is read."""
    W_O, W_V = _factors(rng)
    _, V = _channels(W_O @ W_V)
    token = rng.standard_normal(6)
    token -= V @ (V.T @ token)
    written = W_O @ W_V @ token
    return {
        "copied": np.allclose(written, token),
        "amplified": bool(np.linalg.norm(written) > np.linalg.norm(token)),
        "ignored_by_OV": np.allclose(written, 0),
    }[option]


def contains_what_is_read(option: str, rng: Rng) -> bool:
    """In which the reading directions lie."""
    W_O, W_V = _factors(rng)
    _, V = _channels(W_O @ W_V)
    return _lies_in(V, {"column_space_W_O": W_O, "row_space_W_V": W_V.T, "column_space_W_V": W_V}[option])


# q7b_iv, q7b_v


def scale(option: str, rng: Rng) -> bool:
    """Of a linear quantization that maps one range onto the other."""
    r_min, bits = rng.uniform(-4, 1), int(rng.integers(2, 9))
    r_max = r_min + rng.uniform(0.1, 6)
    q_min, q_max = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    said = {
        "max_ratio": r_max / q_max,
        "sum_ratio": (r_max + r_min) / (q_max + q_min),
        "range_ratio": (r_max - r_min) / (q_max - q_min),
        "difference_of_ratios": r_max / q_max - r_min / q_min,
    }[option]
    S, _ = tinyml.quantization_params(r_min, r_max, bits)
    return bool(np.isclose(said, S))


def stored_zero_point(option: str, rng: Rng) -> bool:
    """For a range that holds 0."""
    r_min, r_max, bits = -rng.uniform(0.1, 4), rng.uniform(0.1, 4), int(rng.integers(2, 9))
    q_min = -(2 ** (bits - 1))
    S, Z = tinyml.quantization_params(r_min, r_max, bits)
    exact = q_min - r_min / S
    return bool(
        {
            "exact": exact,
            "divided_difference": round((q_min - r_min) / S),
            "sign_flipped": round(q_min + r_min / S),
            "rounded": round(exact),
        }[option]
        == Z
    )


# q1a: the smallest error of an adapter


def underfits_less(option: str, rng: Rng) -> bool:
    """Of a change to an adapter of rank 3 that cannot reach the update that is asked for: the error left is smaller."""
    wanted = rng.standard_normal((8, 6))

    def left(rank: int, columns: int = 6, penalty: float = 0.0) -> float:
        """Of the nearest update with so many columns trained, and its singular values shrunk by so much."""
        U, sigma, Vt = np.linalg.svd(wanted[:, :columns], full_matrices=False)
        near = (U[:, :rank] * np.maximum(sigma[:rank] - penalty, 0)) @ Vt[:rank]
        return float(np.linalg.norm(np.hstack([near, np.zeros((8, 6 - columns))]) - wanted))

    changed = {
        "more_regularisation": left(3, penalty=0.5),
        "lower_rank": left(2),
        "raise_rank": left(4),
        "freeze_more": left(3, columns=4),
    }[option]
    return changed < left(3)


# q7a_iii


def accuracy_after_pruning(option: str, rng: Rng) -> bool:
    """Of a linear classifier with bell-shaped weights, the smallest removed: how it falls up to a half, and beyond."""
    weights = rng.standard_normal(200)
    rows = rng.standard_normal((300, 200))

    def accuracy(share: float) -> float:
        kept = weights * (np.abs(weights) >= np.quantile(np.abs(weights), share))
        return float((np.sign(rows @ kept) == np.sign(rows @ weights)).mean())

    half, most = 1 - accuracy(0.5), 1 - accuracy(0.99)
    return {
        "linear_decline": abs(half - most / 2) < most / 8,
        "flat_then_cliff": 0 <= half < most / 3,
        "improves": half < 0,
    }[option]
