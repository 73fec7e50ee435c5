import torch


def loss_mask(length, reasoning, answer, newline):
    outputs = torch.arange(1, length + 1)
    return (outputs >= reasoning[0] - 1) & (outputs <= newline - 1)


class SoftPrompt(torch.nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.gpt = model
        for p in self.gpt.parameters():
            p.requires_grad_(False)
        weight = model.unembed.weight
        self.soft = torch.nn.Parameter(torch.randn(n_tokens, weight.shape[1]).to(weight.dtype))

    def forward(self, embeddings):
        soft = self.soft[None].expand(embeddings.shape[0], *self.soft.shape)
        return self.gpt(torch.cat([soft, embeddings], dim=1))


def prefix_states(model, prompt):
    h, out = prompt[None], []
    for layer in model.blocks:
        h = layer(h)
        out.append(h[0])
    return out


def meta_gradient(phi, H_train, c_train, H_val, c_val, lr):
    phi = phi.detach().requires_grad_(True)
    step = phi - lr * (H_train @ (phi - c_train))
    diff = step - c_val
    loss = 0.5 * diff @ (H_val @ diff)
    loss.backward()
    return phi.grad
