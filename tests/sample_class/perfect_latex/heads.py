import torch


def single_attention_head(X, W_QK, W_OV):
    T = len(X)
    Z = torch.einsum("id,de,je->ij", X, W_QK, X)
    Z = Z + torch.triu(torch.full((T, T), -1e9, dtype=X.dtype), diagonal=1)
    weights = Z.softmax(-1)
    return torch.einsum("ij,jd,ed->ie", weights, X, W_OV)


def induction_copy_head(E, strength):
    tok = E[:, :4]
    previous = torch.vstack([torch.zeros(1, 4, dtype=E.dtype), tok[:3]])
    scores = strength * torch.einsum("jk,k->j", previous, tok[4])
    return torch.einsum("j,jk->k", scores.softmax(0), tok[:4])
