import torch


def single_attention_head(X, W_QK, W_OV):
    d = X.shape[1]
    Z = X @ W_QK @ X.T / d**0.5
    Z = Z.masked_fill(torch.triu(torch.ones_like(Z), 1) == 1, -1e9)
    return torch.softmax(Z, dim=1) @ X @ W_OV


def induction_copy_head(E, strength):
    tokens = E[:4, :4]
    return torch.softmax(strength * (tokens @ E[4, :4]), dim=0) @ tokens
