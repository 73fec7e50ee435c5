"""A student's numbers as one tensor, whatever holds them: a tensor, an array, nested lists, a list of tensors."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

_SEVERAL = (list, tuple, Tensor, np.ndarray)


def as_tensor(value: Any, dtype: torch.dtype | None = None) -> Tensor:
    """What a tensor, an array, a number or a list of such holds, in this type.

    ValueError where shapes of members differ, TypeError where real numbers are asked for and complex ones are there.
    """
    if isinstance(value, list | tuple) and any(isinstance(member, _SEVERAL) for member in value):
        members = [as_tensor(member, dtype) for member in value]
        if len({member.shape for member in members}) > 1:
            raise ValueError("its members are of different shapes")
        return torch.stack(members)
    if isinstance(value, np.ndarray):
        value = value.copy()  # torch takes no array that runs backwards
    if dtype is not None and torch.as_tensor(value).is_complex() and not dtype.is_complex:
        raise TypeError("real numbers are asked for, complex ones came")  # torch would drop the imaginary part
    return torch.as_tensor(value, dtype=dtype)
