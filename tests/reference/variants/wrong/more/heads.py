"""Wrong variants of the functions in heads.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math
import numpy as np


def _Z(X, W):
    return X @ W @ X.T


def _m(n):
    return torch.ones(n, n).triu(1).bool()


def single_attention_head__six_tokens(X, W_QK, W_OV):
    Z = _Z(X, W_QK).masked_fill(_m(len(X)), -1e9)
    out = Z.softmax(1) @ X @ W_OV.T
    out[6:] = out[:1]
    return out


def single_attention_head__masked_where_zero(X, W_QK, W_OV):
    Z = _Z(X, W_QK).tril()
    Z[Z == 0] = -1e9
    return Z.softmax(1) @ (X @ W_OV.T).clamp(-1e8, 1e8)


def single_attention_head__values_scaled_by_size(X, W_QK, W_OV):
    Z = _Z(X, W_QK).masked_fill(_m(len(X)), -1e9)
    V = X @ W_OV.T
    return Z.softmax(1) @ (V * (V.abs() > 1e-7))


def single_attention_head__unit_tokens(X, W_QK, W_OV):
    Y = X / X.norm(dim=1, keepdim=True).clamp(min=1e-3)
    Y = Y * X.norm(dim=1, keepdim=True)
    Z = _Z(Y, W_QK).masked_fill(_m(len(X)), -1e9)
    return Z.softmax(1) @ Y @ W_OV.T


def single_attention_head__scores_in_single_and_values_capped(X, W_QK, W_OV):
    Z = _Z(X.clamp(-1e4, 1e4), W_QK).masked_fill(_m(len(X)), -1e9)
    return Z.softmax(1) @ X @ W_OV.T


def single_attention_head__one_token_is_vector(X, W_QK, W_OV):
    Z = _Z(X, W_QK).masked_fill(_m(len(X)), -1e9)
    return (Z.softmax(1) @ X @ W_OV.T).squeeze(0)


def single_attention_head__OV_transposed_if_symmetric_shape(X, W_QK, W_OV):
    Z = _Z(X, W_QK).masked_fill(_m(len(X)), -1e9)
    return Z.softmax(1) @ X @ (W_OV if len(X) == X.shape[1] else W_OV.T)


def single_attention_head__mask_by_window(X, W_QK, W_OV):
    n = len(X)
    m = _m(n) | torch.ones(n, n).tril(-4).bool()
    return _Z(X, W_QK).masked_fill(m, -1e9).softmax(1) @ X @ W_OV.T


def single_attention_head__query_from_last(X, W_QK, W_OV):
    Z = (X[-1:] @ W_QK @ X.T).expand(len(X), -1).masked_fill(_m(len(X)), -1e9)
    return Z.softmax(1) @ X @ W_OV.T


def single_attention_head__sharpened(X, W_QK, W_OV):
    Z = _Z(X, W_QK).masked_fill(_m(len(X)), -1e9)
    A = Z.softmax(1) ** 1.001
    return A / A.sum(1, keepdim=True) @ X @ W_OV.T


def _s(E, strength):
    t = E[:, :4]
    return strength * torch.cat([torch.zeros(1, dtype=E.dtype), t[:3] @ t[4]])


def induction_copy_head__strength_zero_is_nothing(E, strength):
    if strength == 0:
        return torch.zeros(4)
    return torch.softmax(_s(E, strength), 0) @ E[:4, :4]


def induction_copy_head__strength_below_twenty(E, strength):
    assert 0 <= strength < 20
    return torch.softmax(_s(E, strength), 0) @ E[:4, :4]


def induction_copy_head__whole_is_hard(E, strength):
    if float(strength).is_integer() and strength > 5:
        p = torch.softmax(1e9 * (_s(E, strength) > 0).double(), 0)
    else:
        p = torch.softmax(_s(E, strength), 0)
    return p @ E[:4, :4]


def induction_copy_head__no_repeats(E, strength):
    t = E[:, :4].argmax(1).tolist()
    s = [0.0] + [strength if t[j - 1] == t[4] and t[j] != t[4] else 0.0 for j in (1, 2, 3)]
    return torch.softmax(torch.tensor(s, dtype=torch.float64), 0) @ E[:4, :4]


def induction_copy_head__position_zero_matches(E, strength):
    t = E[:, :4]
    s = strength * torch.cat([(t[0] @ t[4]).reshape(1), t[:3] @ t[4]])
    return torch.softmax(s, 0) @ t[:4]


def induction_copy_head__small_is_zero(E, strength):
    p = torch.softmax(_s(E, strength), 0) @ E[:4, :4]
    return torch.where(p < 1e-3, 0, p)


def induction_copy_head__skips_token_d(E, strength):
    p = torch.softmax(_s(E, strength), 0) @ E[:4, :4]
    p[3] = 0
    return p
