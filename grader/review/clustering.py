"""Clustering of texts: near answers, and answers that are blank or copied from the page.

Owns grouping near answers by their character n-grams, and hints about answers that are blank or only repeat the
question. All of it is a suggestion that a person confirms; no mark is made from it alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import UsageError

NEAR = 0.85
"""Cosine similarity of two answers' n-gram weights from which they are near."""
_REPEATS = 0.8  # share of an answer's word triples in a source from which it repeats the source
_WORDS = 3
_LETTERS = 3
_NOTHING = frozenset(
    """idk|dunno|none|nothing|nil|null|todo|tbd|unsure|empty|blank|answer|same|see above|pass|skip|skipped|later|
    i dont know|dont know|no idea|not sure|no answer|i do not know|do not know|n a""".replace("\n    ", "").split("|")
)
"""Whole answers that amount to no answer."""
_ROWS = 512  # rows compared at once: the block of similarities stays small for any class


def suggestion(answer: str, prompt: str, empty: str, full: str) -> str:
    """A hint about an answer that may deserve no points; empty if there is none.

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
    """Whether an answer has fewer than three letters, or says only that there is no answer."""
    words = _words(answer)
    return len("".join(words)) < _LETTERS or " ".join(words) in _NOTHING


def repeated(answer: str, source: str) -> float:
    """The share of the answer's word triples that are also in the source, from 0 to 1."""
    runs = _runs(answer)
    return len(runs & _runs(source)) / len(runs) if runs else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("'", "").replace("’", ""))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)}


def near_groups(texts: Mapping[str, tuple[str, int]]) -> list[list[str]]:
    """Groups of the names of near texts; the first name of each represents its group.

    The text with the most answers near it forms a group with all of these, then the next one of those left: so every
    member is near the first, and none is joined through a chain of others.

    Args:
        texts: by name, a text and the number of answers with this text.

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
    """For each row of a block, the indices of the rows near it."""
    block = (weights[start : start + _ROWS] @ weights.T).tocsr()
    block.data[block.data < NEAR] = 0
    block.eliminate_zeros()
    return [sorted(block.indices[block.indptr[i] : block.indptr[i + 1]].tolist()) for i in range(block.shape[0])]


def _weights(texts: Sequence[str]) -> Any:
    """TF-IDF weights over character 3- to 5-grams: one row of norm 1 per text."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise UsageError("near answers need scikit-learn: pip install 'hw11[groups]'") from error
    spaced = [f" {' '.join(text.casefold().split()) or '(blank)'} " for text in texts]
    return TfidfVectorizer(analyzer="char", ngram_range=(3, 5), sublinear_tf=True).fit_transform(spaced)
