import torch

print("loading my homework")


def gradients(G, A, B):
    return (G @ B.T).float(), (A.T @ G).float()


def train(W0, A, B, X, Y, lr, steps):
    params = [torch.nn.Parameter(t.clone()) for t in (W0, A, B)]
    opt = torch.optim.SGD(params, lr=lr)
    for i in range(steps):
        opt.zero_grad()
        W, a, b = params
        loss = ((X @ (W + a @ b) - Y) ** 2).mean()
        loss.backward()
        opt.step()
        print("step", i, "loss", float(loss))
    return params[0] + params[1] @ params[2]


def init(m, k, l, generator):
    A = torch.randn(m, k, generator=generator)
    B = torch.randn(k, l, generator=generator) * 1e-3
    return A, B


def adapter(m, k):
    return torch.nn.Linear(m, k)
