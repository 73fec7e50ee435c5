import torch


def loss_mask(length, reasoning, answer, newline):
    mask = torch.zeros(length, dtype=torch.bool)
    mask[reasoning[0] - 1 : newline] = True
    return mask


class SoftPrompt(torch.nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model
        self.prompt = torch.nn.Parameter(torch.zeros(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        prompt = self.prompt.expand(len(embeddings), -1, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1))


def prefix_states(model, prompt):
    return [block(prompt[None])[0] for block in model.blocks]


def meta_gradient(phi, H_train, c_train, H_val, c_val, lr):
    phi_i = phi - lr * H_train @ (phi - c_train)
    return H_val @ (phi_i - c_val)
