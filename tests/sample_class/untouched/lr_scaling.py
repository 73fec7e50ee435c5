"""lr_scaling: replace each `raise NotImplementedError` by your code."""

import torch


# q4a · Linear regression with SGD
# Setting `linear_sgd`. Run the sweep, and read exponent and law from your own table.
def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    """Train one model on random batches; the mean squared error on all of (X, y) after the last update.

    make_model() -> nn.Module with forward(X (batch, d)) -> (batch, 1); call it once, after
    torch.manual_seed(seed). optimizer: "sgd" or "adam", with torch's defaults apart from the learning rate.
    X: (N, d), y: (N,). Each of the n_steps updates calls the model once on batch_size random rows of X, drawn
    anew for each, with replacement or in shuffled passes, so that in the long run all rows come equally
    often; seed decides initialisation and rows. The loss is the mean of squares. Returns a float.

    Returns: loss
    """
    raise NotImplementedError


def run_sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    """Every run of a grid: losses [batch sizes, learning rates, seeds] in the order in which these are given, as
    they come out: inf, nan or huge where one diverged.

    Returns: mse
    """
    raise NotImplementedError


def optimal_lr(learning_rates, mse):
    """The learning rate at the bottom of each curve, the mean over all seeds, between the points of the grid if
    need be.

    learning_rates: increasing, in steps that need not be equal. mse: [batch sizes, learning rates, seeds] or
    [batch sizes, learning rates]; inf and nan count as large. Returns [batch sizes], nan where the minimum
    lies on the edge of the grid.

    Returns: eta_star
    """
    raise NotImplementedError


def fit_exponent(batch_sizes, eta_star):
    """Least squares in log2: `eta_star = 2**intercept * B**slope`.

    batch_sizes: two or more different ones, in any order. eta_star: one for each, positive and finite.

    Returns: (slope, intercept)
    """
    raise NotImplementedError


def basin(learning_rates, losses, factor):
    """Both ends of the stretch around a curve's smallest loss with losses of at most factor times that, in one
    piece.

    learning_rates: increasing, in steps that need not be equal. losses: (n,), positive; the smallest lies
    inside, and both before and after it the loss grows beyond factor times it. factor: above 1. Between grid
    points the curve is a straight line in logarithms of both. Returns two learning rates.

    Returns: (left, right)
    """
    raise NotImplementedError


# q4b · MLP with SGD
# Setting `mlp_sgd`: the same with a small network.
def jackknife(left_out):
    """The standard error of an estimate from n seeds, by the jackknife.

    left_out: (n,), n from 2 on: what the estimate is with one seed left out, each in turn. They are not
    independent of one another: any two share all seeds but two. Returns a number.

    Returns: error
    """
    raise NotImplementedError
