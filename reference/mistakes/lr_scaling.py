"""Wrong variants of `lr_scaling.py`, each with one slip that students make."""

import torch


def _optimizer(name, parameters, lr, **options):
    chosen = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[name]
    known = {"sgd": {"momentum", "weight_decay"}, "adam": {"weight_decay", "eps", "betas"}}[name]
    return chosen(parameters, lr=lr, **{key: value for key, value in options.items() if key in known})


def _squares(output, target):
    return (output.squeeze(1) - target).square().mean()


def _random(X, batch_size, step):
    return torch.randint(len(X), (batch_size,))


def _train(
    make_model, optimizer, X, y, lr, batch_size, n_steps, seed, loss=_squares, pick=_random, zero=True, **options
):
    torch.manual_seed(seed)
    model = make_model()
    rule = _optimizer(optimizer, model.parameters(), lr, **options)
    for step in range(n_steps):
        rows = pick(X, batch_size, step)
        if zero:
            rule.zero_grad()
        loss(model(X[rows]), y[rows]).backward()
        rule.step()
    with torch.no_grad():
        return _squares(model(X), y).item()


def no_zero_grad(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, zero=False)


def sum_loss(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def total(output, target):
        return (output.squeeze(1) - target).square().sum()

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, loss=total)


def half_loss(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def half(output, target):
        return _squares(output, target) / 2

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, loss=half)


def absolute_loss(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def absolute(output, target):
        return (output.squeeze(1) - target).abs().mean()

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, loss=absolute)


def broadcast_target(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def broadcast(output, target):
        return (output - target).square().mean()

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, loss=broadcast)


def lr_zero(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, 0.0, batch_size, n_steps, seed)


def lr_fixed(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, 0.01, batch_size, n_steps, seed)


def lr_times_batch(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr * batch_size, batch_size, n_steps, seed)


def momentum(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, momentum=0.9)


def weight_decay(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, weight_decay=0.01)


def adam_eps_large(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, eps=1e-3)


def adam_eps_1e6(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, eps=1e-6)


def adam_beta2(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, betas=(0.9, 0.9))


def one_step_short(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps - 1, seed)


def epochs_for_steps(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps * (len(X) // batch_size), seed)


def batch_size_ignored(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, min(32, len(X)), n_steps, seed)


def half_batch(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, max(1, batch_size // 2), n_steps, seed)


def contiguous_window(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def window(X, batch_size, step):
        first = int(torch.randint(len(X), ()))
        return torch.arange(first, first + batch_size) % len(X)

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick=window)


def always_first_rows(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def first(X, batch_size, step):
        return torch.arange(batch_size)

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick=first)


def same_batch(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def same(X, batch_size, step):
        return torch.randint(len(X), (batch_size,), generator=torch.Generator().manual_seed(seed))

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick=same)


def seed_ignored(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, 0)


def last_row_never(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def others(X, batch_size, step):
        return torch.randint(len(X) - 1, (batch_size,))

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick=others)


def early_rows_preferred(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def early(X, batch_size, step):
        return (torch.rand(batch_size) ** 1.3 * len(X)).long()

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick=early)


def rows_in_pairs(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def pairs(X, batch_size, step):
        return torch.randint(len(X), ((batch_size + 1) // 2,)).repeat(2)[:batch_size]

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick=pairs)


def shuffled_once(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def next_in_line(X, batch_size, step):
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
        return order[torch.arange(step * batch_size, (step + 1) * batch_size) % len(X)]

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick=next_in_line)


_made = {}


def model_kept(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    if optimizer not in _made:
        _made[optimizer] = make_model()
    model = _made[optimizer]
    rule = _optimizer(optimizer, model.parameters(), lr)
    for _ in range(n_steps):
        rows = torch.randint(len(X), (batch_size,))
        rule.zero_grad()
        _squares(model(X[rows]), y[rows]).backward()
        rule.step()
    with torch.no_grad():
        return _squares(model(X), y).item()


def last_batch_loss(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    rule = _optimizer(optimizer, model.parameters(), lr)
    for _ in range(n_steps):
        rows = torch.randint(len(X), (batch_size,))
        rule.zero_grad()
        loss = _squares(model(X[rows]), y[rows])
        loss.backward()
        rule.step()
    return loss.item()


def best_loss(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    rule = _optimizer(optimizer, model.parameters(), lr)
    best = float("inf")
    for _ in range(n_steps):
        rows = torch.randint(len(X), (batch_size,))
        rule.zero_grad()
        _squares(model(X[rows]), y[rows]).backward()
        rule.step()
        with torch.no_grad():
            best = min(best, _squares(model(X), y).item())
    return best


def _sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps):
    runs = [
        _train(make_model, optimizer, X, y, lr, size, n_steps, seed)
        for size in batch_sizes
        for lr in learning_rates
        for seed in seeds
    ]
    return torch.tensor(runs).reshape(len(batch_sizes), len(learning_rates), len(seeds))


def sweep_transposed(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps).transpose(0, 1)


def sweep_mixed_cells(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    cells = _sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps)
    return cells.transpose(1, 2).reshape(cells.shape)


def sweep_mean_over_seeds(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps).mean(dim=2)


def sweep_one_seed(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, [seeds[0]] * len(seeds), n_steps)


def sweep_one_batch_size(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    sizes = [batch_sizes[0]] * len(batch_sizes)
    return _sweep(make_model, optimizer, X, y, sizes, learning_rates, seeds, n_steps)


def sweep_sorted(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(make_model, optimizer, X, y, sorted(batch_sizes), learning_rates, seeds, n_steps)


def sweep_capped(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps).clamp(max=1e3)


def _curve(mse):
    losses = mse.nan_to_num(nan=100.0, posinf=100.0).clamp(max=100.0).log()
    return losses.mean(dim=2) if losses.ndim == 3 else losses


def _vertices(learning_rates, curve):
    found = []
    x = learning_rates.log2()
    for row in curve:
        k = min(max(int(row.nan_to_num(9.0).argmin()), 1), len(x) - 2)
        powers = torch.stack([x[k - 1 : k + 2] ** power for power in (2, 1, 0)], dim=1)
        a, b, _ = torch.linalg.solve(powers, row[k - 1 : k + 2])
        found.append(2 ** (-b / (2 * a)))
    return torch.stack(found)


def optimum_on_the_grid(learning_rates, mse):
    curve = _curve(mse)
    best = curve.argmin(dim=1)
    edge = (best == 0) | (best == len(learning_rates) - 1)
    return torch.where(edge, torch.nan, learning_rates[best])


def optimum_at_the_edge(learning_rates, mse):
    return _vertices(learning_rates, _curve(mse))


def optimum_poisoned_by_nan(learning_rates, mse):
    curve = mse.log().mean(dim=2) if mse.ndim == 3 else mse.log()
    return _inner_vertices(learning_rates, curve)


def optimum_of_one_seed(learning_rates, mse):
    return _inner_vertices(learning_rates, _curve(mse[:, :, 0] if mse.ndim == 3 else mse))


def optimum_of_luckiest_seed(learning_rates, mse):
    mse = mse.nan_to_num(nan=100.0)
    return _inner_vertices(learning_rates, _curve(mse.amin(dim=2) if mse.ndim == 3 else mse))


def optimum_in_equal_steps(learning_rates, mse):
    return _by_equal_steps(learning_rates, _curve(mse), lambda x, k: x[k + 1] - x[k])


def optimum_in_half_octaves(learning_rates, mse):
    return _by_equal_steps(learning_rates, _curve(mse), lambda x, k: 0.5)


def _by_equal_steps(learning_rates, curve, step):
    found, x = [], learning_rates.log2()
    for row in curve:
        k = int(row.argmin())
        if k in (0, len(x) - 1):
            found.append(torch.tensor(torch.nan))
            continue
        left, middle, right = row[k - 1], row[k], row[k + 1]
        found.append(2 ** (x[k] + step(x, k) * (left - right) / (2 * (left - 2 * middle + right))))
    return torch.stack(found)


def optimum_without_diverged(learning_rates, mse):
    logs = torch.where(mse.isfinite(), mse, torch.nan).log()
    return _inner_vertices(learning_rates, logs.nanmean(dim=2) if mse.ndim == 3 else logs)


def _inner_vertices(learning_rates, curve):
    best = curve.argmin(dim=1)
    edge = (best == 0) | (best == len(learning_rates) - 1)
    return torch.where(edge, torch.nan, _vertices(learning_rates, curve))


def exponent_without_logs(batch_sizes, eta_star):
    x, y = torch.as_tensor(batch_sizes).double(), torch.as_tensor(eta_star).double()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    return slope.item(), (y.mean() - slope * x.mean()).item()


def exponent_natural_log(batch_sizes, eta_star):
    x, y = torch.as_tensor(batch_sizes).log(), torch.as_tensor(eta_star).log()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    return slope.item(), (y.mean() - slope * x.mean()).item()


def exponent_through_ends(batch_sizes, eta_star):
    x, y = torch.as_tensor(batch_sizes).log2(), torch.as_tensor(eta_star).log2()
    slope = (y[-1] - y[0]) / (x[-1] - x[0])
    return slope.item(), (y[0] - slope * x[0]).item()


def exponent_over_places(batch_sizes, eta_star):
    x, y = torch.arange(len(eta_star)).double(), torch.as_tensor(eta_star).log2()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    return slope.item(), (y.mean() - slope * x.mean()).item()


def exponent_without_sign(batch_sizes, eta_star):
    x, y = torch.as_tensor(batch_sizes).log2(), torch.as_tensor(eta_star).log2()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    return slope.abs().item(), (y.mean() - slope * x.mean()).item()
