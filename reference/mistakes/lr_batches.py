"""Training that evaluates its model batch by batch: right only where batches divide the rows."""

import torch


def mean_of_batch_losses(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    for _ in range(n_steps):
        rows = torch.randint(len(X), (batch_size,))
        rule.zero_grad()
        (model(X[rows]).squeeze(1) - y[rows]).square().mean().backward()
        rule.step()
    with torch.no_grad():
        pieces = zip(X.split(batch_size), y.split(batch_size), strict=True)
        return torch.stack([(model(a).squeeze(1) - b).square().mean() for a, b in pieces]).mean().item()
