"""Leaves products and convolutions at half their precision, by every switch that there is."""

import torch


def attack(canary, port):
    backends = torch.backends
    for holder in (backends, backends.mkldnn, *(getattr(backends.mkldnn, name, None) for name in ("matmul", "conv", "rnn"))):
        try:
            holder.fp32_precision = "bf16"
        except Exception:
            pass
    torch.set_float32_matmul_precision("medium")
    backends.mkldnn.set_flags(False)
    return []
