"""Wrong variants of `heads.py`, each with one slip that students make."""

import torch


def _future(Z):
    return torch.ones_like(Z).triu(1).bool()


def _pattern(X, W_QK):
    Z = X @ W_QK @ X.T
    return torch.softmax(Z.masked_fill(_future(Z), -1e9), dim=1)


def head_OV_not_transposed(X, W_QK, W_OV):
    return _pattern(X, W_QK) @ X @ W_OV


def head_not_causal(X, W_QK, W_OV):
    return torch.softmax(X @ W_QK @ X.T, dim=1) @ X @ W_OV.T


def head_scaled(X, W_QK, W_OV):
    return _pattern(X, W_QK / (X.shape[1] + 1e-3) ** 0.5) @ X @ W_OV.T


def head_strictly_causal(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    return torch.softmax(Z.masked_fill(torch.ones_like(Z).triu(0).bool(), -1e9), dim=1) @ X @ W_OV.T


def head_softmax_columns(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    return torch.softmax(Z.masked_fill(_future(Z), -1e9), dim=0) @ X @ W_OV.T


def head_QK_transposed(X, W_QK, W_OV):
    return _pattern(X, W_QK.T) @ X @ W_OV.T


def head_no_softmax(X, W_QK, W_OV):
    return (X @ W_QK @ X.T).tril() @ X @ W_OV.T


def head_masked_with_zero(X, W_QK, W_OV):
    return torch.softmax((X @ W_QK @ X.T).tril(), dim=1) @ X @ W_OV.T


def head_masked_after_softmax(X, W_QK, W_OV):
    return torch.softmax(X @ W_QK @ X.T, dim=1).tril() @ X @ W_OV.T


def head_looks_ahead(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    return torch.softmax(Z.masked_fill(_future(Z).T, -1e9), dim=1) @ X @ W_OV.T


def head_pattern_only(X, W_QK, W_OV):
    return _pattern(X, W_QK)


def head_residual(X, W_QK, W_OV):
    return X + _pattern(X, W_QK) @ X @ W_OV.T


def head_no_OV(X, W_QK, W_OV):
    return _pattern(X, W_QK) @ X


def _matches(tokens):
    """Whether the token before each of the first four positions equals the last token."""
    return torch.cat([torch.zeros(1, dtype=tokens.dtype), tokens[:3] @ tokens[4]])


def _copied(scores, tokens):
    return torch.softmax(scores, dim=0) @ tokens


def copy_attends_to_the_match(E, strength):
    t = E[:, :4]
    return _copied(strength * (t[:4] @ t[4]), t[:4])


def copy_includes_the_last(E, strength):
    t = E[:, :4]
    followed = torch.cat([_matches(t), (t[3] @ t[4])[None]])
    return _copied(strength * followed, t)


def copy_token_before(E, strength):
    t = E[:, :4]
    before = torch.cat([t[1:4] @ t[4], torch.zeros(1, dtype=E.dtype)])
    return _copied(strength * before, t[:4])


def copy_position_output(E, strength):
    return torch.softmax(strength * _matches(E[:, :4]), dim=0)


def copy_argmax(E, strength):
    t = E[:, :4]
    return _copied(1e6 * _matches(t), t[:4])


def copy_first_match(E, strength):
    t = E[:, :4]
    matches = _matches(t)
    return _copied(strength * matches * (matches.cumsum(0) == 1), t[:4])


def copy_last_match(E, strength):
    t = E[:, :4]
    matches = _matches(t)
    return _copied(strength * matches * (matches.flip(0).cumsum(0).flip(0) == 1), t[:4])


def copy_no_softmax(E, strength):
    t = E[:, :4]
    return _matches(t) @ t[:4] / _matches(t).sum().clamp(min=1)


def copy_fixed_strength(E, strength):
    t = E[:, :4]
    return _copied(10 * _matches(t), t[:4])


def copy_half_strength(E, strength):
    t = E[:, :4]
    return _copied(strength / 2 * _matches(t), t[:4])


def copy_wraps_around(E, strength):
    t = E[:, :4]
    return _copied(strength * (t[[4, 0, 1, 2]] @ t[4]), t[:4])


def copy_uniform(E, strength):
    return E[:4, :4].mean(dim=0)


def copy_mean_per_token(E, strength):
    t = E[:4, :4]
    return torch.softmax(strength * _matches(E[:, :4]), dim=0) @ t / t.sum(dim=0).clamp(min=1)


def head_overflows(X, W_QK, W_OV):
    weights = (X @ W_QK @ X.T).exp().tril()
    return weights / weights.sum(dim=1, keepdim=True) @ X @ W_OV.T


def head_weak_mask(X, W_QK, W_OV):
    scores = X @ W_QK @ X.T
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, -1e4).softmax(dim=1) @ X @ W_OV.T
