"""Answers that look alike, and answers that look like nothing.

Owns likeness of texts: near answers by their character n-grams, and answers that are blank or only repeat what the
page already says. Everything here is a suggestion that a person confirms; nothing here is a mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import UsageError

NEAR = 0.85
"""Cosine of two answers' n-gram weights from which they are put together."""
_REPEATS = 0.8
_WORDS = 3
_LETTERS = 3
_NOTHING = frozenset(
    """idk|dunno|none|nothing|nil|null|todo|tbd|unsure|empty|blank|answer|same|see above|pass|skip|skipped|later|
    i dont know|dont know|no idea|not sure|no answer|i do not know|do not know|n a""".replace("\n    ", "").split("|")
)
"""Whole answers that say that there is none."""
_ROWS = 512


def suggestion(answer: str, prompt: str, empty: str, full: str) -> str:
    """What an answer looks like at a glance; empty if like an answer.

    Args:
        answer: what the student wrote.
        prompt: the question, every text of it.
        empty: the author's example of words that say nothing.
        full: the model answer.
    """
    if looks_blank(answer):
        return "looks blank"
    for said, source in (
        ("repeats the question", prompt),
        ("reads like the empty example", empty),
        ("repeats the model answer", full),
    ):
        if source and repeated(answer, source) >= _REPEATS:
            return said
    return ""


def looks_blank(answer: str) -> bool:
    """Whether there is no word in it that could earn anything."""
    words = _words(answer)
    return len("".join(words)) < _LETTERS or " ".join(words) in _NOTHING


def repeated(answer: str, source: str) -> float:
    """Which share of the answer's runs of three words stands in the source, from 0 to 1."""
    runs = _runs(answer)
    return len(runs & _runs(source)) / len(runs) if runs else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("'", "").replace("’", ""))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)}


def near_groups(texts: Mapping[str, tuple[str, int]]) -> list[list[str]]:
    """Names of texts that are near each other, each group with the one first that stands for it.

    The text with the most answers around it takes all that are near it, then the next: so every member is near the
    first, and none is there because of a chain of others.

    Args:
        texts: by name, a text and how many answers read so.

    Raises:
        UsageError: scikit-learn is not installed.
    """
    names = sorted(texts)
    if not names:
        return []
    weights = _weights([texts[name][0] for name in names])
    numbers = [texts[name][1] for name in names]
    near = [row for start in range(0, len(names), _ROWS) for row in _near(weights, start)]
    crowd = {i: sum(numbers[j] for j in near[i]) for i in range(len(names))}
    free = set(range(len(names)))
    groups = []
    for i in sorted(crowd, key=lambda i: (-crowd[i], names[i])):
        if i not in free:
            continue
        members = [i, *(j for j in near[i] if j != i and j in free)]
        free -= set(members)
        groups.append([names[j] for j in members])
    return groups


def _near(weights: Any, start: int) -> list[list[int]]:
    """For some rows, the rows that are near."""
    block = (weights[start : start + _ROWS] @ weights.T).tocsr()
    block.data[block.data < NEAR] = 0
    block.eliminate_zeros()
    return [sorted(block.indices[block.indptr[i] : block.indptr[i + 1]].tolist()) for i in range(block.shape[0])]


def _weights(texts: Sequence[str]) -> Any:
    """One row of TF-IDF weights per text, of length one, over runs of 3 to 5 characters."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise UsageError("near answers need scikit-learn: pip install 'hw11[groups]'") from error
    spaced = [f" {' '.join(text.casefold().split()) or '(blank)'} " for text in texts]
    return TfidfVectorizer(analyzer="char", ngram_range=(3, 5), sublinear_tf=True).fit_transform(spaced)
