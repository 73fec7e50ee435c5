"""A right variant of the soft prompt: its vectors stand in columns."""

import torch
from torch import Tensor, nn


class PromptInColumns(nn.Module):
    """(E, n) trained numbers before the embeddings of a frozen model."""

    def __init__(self, model: nn.Module, n_tokens: int) -> None:
        super().__init__()
        self.model = model.requires_grad_(False)
        width = next(model.parameters()).shape[-1]
        self.columns = nn.Parameter(torch.randn(width, n_tokens, dtype=torch.float64))

    def forward(self, embeddings: Tensor) -> Tensor:
        """Logits of prompt and embeddings."""
        prompt = self.columns.T.expand(len(embeddings), -1, -1)
        logits: Tensor = self.model(torch.cat([prompt, embeddings], dim=1))
        return logits
