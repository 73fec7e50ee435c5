import torch.nn.functional as tools


def normalise(X):
    helper = tools.batch_norm
    return helper(X, None, None, training=True)
