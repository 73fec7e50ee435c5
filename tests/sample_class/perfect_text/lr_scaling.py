import math

import torch


def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    if optimizer == "sgd":
        opt = torch.optim.SGD(model.parameters(), lr=lr)
    else:
        opt = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(n_steps):
        idx = torch.randint(0, X.shape[0], (batch_size,))
        loss = ((model(X[idx])[:, 0] - y[idx]) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        return ((model(X)[:, 0] - y) ** 2).mean().item()


def run_sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    out = torch.empty(len(batch_sizes), len(learning_rates), len(seeds))
    for i, b in enumerate(batch_sizes):
        for j, lr in enumerate(learning_rates):
            for k, s in enumerate(seeds):
                out[i, j, k] = train_one(
                    make_model, optimizer, X.to(device), y.to(device), lr=lr, batch_size=b, n_steps=n_steps, seed=s
                )
    return out


def optimal_lr(learning_rates, mse):
    x = torch.log2(torch.as_tensor(learning_rates, dtype=torch.float64))
    z = torch.as_tensor(mse, dtype=torch.float64)
    z = torch.nan_to_num(z, nan=100.0, posinf=100.0).clamp(max=100.0).log()
    if z.dim() == 3:
        z = z.mean(dim=2)
    best = []
    for row in z:
        i = int(row.argmin())
        if i == 0 or i == len(x) - 1:
            best.append(math.nan)
            continue
        # vertex of the parabola through three points
        x0, x1, x2 = x[i - 1 : i + 2].tolist()
        y0, y1, y2 = row[i - 1 : i + 2].tolist()
        top = (x1 - x0) ** 2 * (y1 - y2) - (x1 - x2) ** 2 * (y1 - y0)
        low = (x1 - x0) * (y1 - y2) - (x1 - x2) * (y1 - y0)
        best.append(2 ** (x1 - top / (2 * low)))
    return torch.tensor(best, dtype=torch.float64)


def fit_exponent(batch_sizes, eta_star):
    x = torch.log2(torch.as_tensor(batch_sizes, dtype=torch.float64))
    y = torch.log2(torch.as_tensor(eta_star, dtype=torch.float64))
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return slope.item(), (y.mean() - slope * x.mean()).item()


def basin(learning_rates, losses, factor):
    x, y = learning_rates.log2(), losses.log2()
    brim = y.min() + math.log2(factor)
    low = high = int(y.argmin())
    while y[low - 1] <= brim:
        low -= 1
    while y[high + 1] <= brim:
        high += 1

    def crossing(a, b):
        return 2 ** (x[a] + (brim - y[a]) * (x[b] - x[a]) / (y[b] - y[a]))

    return crossing(low, low - 1).item(), crossing(high, high + 1).item()


def jackknife(left_out):
    n = len(left_out)
    return math.sqrt((n - 1) / n * sum((left_out - left_out.mean()) ** 2))
