import torch


def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    opt = torch.optim.SGD(model.parameters(), lr) if optimizer == "sgd" else torch.optim.Adam(model.parameters(), lr)
    for _ in range(n_steps):
        i = torch.randint(len(X), (batch_size,))
        opt.zero_grad()
        loss = ((model(X[i]) - y[i]) ** 2).mean()  # (batch, 1) minus (batch,)
        loss.backward()
        opt.step()
    return loss.item()


def fit_exponent(batch_sizes, eta_star):
    x, y = torch.tensor(batch_sizes).double().log(), torch.as_tensor(eta_star).double().log()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return float(slope), float(y.mean() - slope * x.mean())
