"""Looks for anything unusual in the environment."""

import os

USUAL = {
    *("CUDA_VISIBLE_DEVICES", "HOME", "HW11_DEVICE", "LANG", "LC_CTYPE", "MKL_NUM_THREADS", "OMP_NUM_THREADS"),
    *("OPENBLAS_NUM_THREADS", "PATH", "PWD", "PYTHONHASHSEED", "PYTORCH_NVML_BASED_CUDA_CHECK", "TMPDIR", "USER"),
}


def attack(canary, port):
    import torch  # noqa: F401 — sets names of its own

    return [name for name in os.environ if name not in USUAL and not name.startswith(("KMP_", "TORCH"))]
