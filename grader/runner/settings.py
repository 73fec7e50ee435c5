"""Every setting of a process that student code could leave changed, as plain values to compare.

Owns the list: of the interpreter, of torch and numpy, of the processor's arithmetic and of the operating system. What
names mean and what folders hold is compared in `grader.runner.pristine`.
"""

from __future__ import annotations

import decimal
import gc
import importlib
import locale
import logging
import os
import random
import signal
import socket
import struct
import sys
import threading
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy
import torch

_resource = importlib.import_module("resource") if os.name == "posix" else None
_LIMITS = [member for name, member in vars(_resource).items() if name.startswith("RLIMIT_")] if _resource else []
_REAL = struct.Struct("<d")
_ONE, _HALF_STEP, _LEAST = 1.0, 2.0**-53, 5e-324
"""One, half of the distance to the next number above it, and the smallest number that is not zero."""


def settings() -> list[object]:
    """All of them, as they are now."""
    return [look() for look in (*_TORCH, *_NUMBERS, *_INTERPRETER, *_SYSTEM)]


def _modes() -> list[object]:
    """What is pushed on torch's own stacks, and which of its layers are switched on or off."""
    return [
        torch._C._len_torch_function_stack(),
        torch._C._len_torch_dispatch_stack(),
        torch._C._autograd._saved_tensors_hooks_get_disabled_error_message(),
        torch._C._autograd._top_saved_tensors_default_hooks(False),
        torch._C._functorch.maybe_current_level(),
        str(torch._C._dispatch_tls_local_include_set()),
        str(torch._C._dispatch_tls_local_exclude_set()),
        str(torch._C._get_tracing_state()),
    ]


_TORCH: tuple[Callable[[], object], ...] = (
    torch.get_default_dtype,
    torch.get_default_device,
    torch.get_num_threads,
    torch.is_grad_enabled,
    torch.is_inference_mode_enabled,
    torch.is_anomaly_enabled,
    torch.is_anomaly_check_nan_enabled,
    torch.are_deterministic_algorithms_enabled,
    torch.is_deterministic_algorithms_warn_only_enabled,
    torch.get_float32_matmul_precision,
    torch.is_warn_always_enabled,
    torch.autograd.is_multithreading_enabled if hasattr(torch.autograd, "is_multithreading_enabled") else bool,
    lambda: torch.is_autocast_enabled("cpu"),
    lambda: torch.get_autocast_dtype("cpu"),
    lambda: vars(torch._tensor_str.PRINT_OPTS).copy(),
    lambda: [torch.backends.mkldnn.enabled, torch.backends.opt_einsum.enabled, torch.backends.cudnn.deterministic],
    lambda: [len(torch.library._impls), len(torch.library._defs)],  # overridden operators
    _modes,
)


def _rounding() -> list[object]:
    """Results that differ between rounding modes, and with denormal numbers flushed to zero.

    As bytes: where denormal numbers count as zero, they also compare equal to it.
    """
    results = (_ONE + _HALF_STEP, _ONE - _HALF_STEP / 2, -_ONE - _HALF_STEP, _LEAST * _ONE)
    return [*map(_REAL.pack, results), repr(numpy.longdouble(_ONE) + numpy.longdouble(_HALF_STEP) ** 2)]


def _decimals() -> list[object]:
    context = decimal.getcontext()
    return [context.prec, context.rounding, context.Emin, context.Emax, context.capitals, dict(context.traps)]


def _mpmath() -> object:
    """SymPy's precision; None until it was imported."""
    mpmath = sys.modules.get("mpmath")
    return None if mpmath is None else [mpmath.mp.prec, mpmath.mp.pretty]


_NUMBERS: tuple[Callable[[], object], ...] = (
    lambda: sorted(numpy.geterr().items()),
    numpy.geterrcall,
    numpy.get_printoptions,
    lambda: [type(numpy.random.get_bit_generator()), type(random._inst)],  # type: ignore[attr-defined]
    _rounding,
    _decimals,
    _mpmath,
)
_INTERPRETER: tuple[Callable[[], object], ...] = (
    lambda: list(warnings.filters),
    lambda: [list(each) for each in (sys.path, sys.argv, sys.meta_path, sys.path_hooks)],
    lambda: [sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()],
    lambda: [sys.getrecursionlimit(), sys.getswitchinterval(), sys.get_int_max_str_digits(), sys.dont_write_bytecode],
    lambda: [sys.stdin, sys.stdout, sys.stderr],
    lambda: [sys.excepthook, sys.displayhook, sys.unraisablehook, sys.breakpointhook],
    lambda: [function for _, function in sorted(vars(sys).items()) if callable(function)],
    lambda: [sys.get_asyncgen_hooks(), sys.get_coroutine_origin_tracking_depth()],
    lambda: [gc.isenabled(), gc.get_threshold(), list(gc.callbacks), gc.get_debug()],
    lambda: [logging.root.level, list(logging.root.handlers), logging.root.manager.disable, logging.raiseExceptions],
    lambda: [locale.setlocale(locale.LC_ALL), time.tzname, socket.getdefaulttimeout()],
    lambda: [signal.getsignal(number) for number in signal.valid_signals()],
    lambda: dict(os.environ),
    os.getcwd,
    threading.active_count,
)


def _of_the_process() -> list[object]:
    """What the system knows of this process, as far as it can be read."""
    seen = [_visible(partial(_count, Path("/proc/self", kind))) for kind in ("task", "fd")]
    seen += [_visible(Path("/proc/sysvipc", kind).read_text) for kind in ("shm", "sem", "msg")]
    if _resource is not None:
        seen += [_resource.getrlimit(kind) for kind in _LIMITS]
    if hasattr(signal, "getitimer"):
        seen += [signal.getitimer(which) for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)]
    if hasattr(os, "getpriority"):
        seen += [os.getpriority(os.PRIO_PROCESS, 0), os.get_blocking(1), os.get_blocking(2)]
    if hasattr(os, "sched_getaffinity"):
        seen += [sorted(os.sched_getaffinity(0)), os.sched_getscheduler(0)]
    return [*seen, _umask()]


def _count(folder: Path) -> int:
    return len(os.listdir(folder))


def _visible(look: Callable[[], object]) -> object:
    """What a look shows; None on another system, or where Landlock hides it."""
    try:
        return look()
    except OSError:
        return None


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


_SYSTEM: tuple[Callable[[], object], ...] = (_of_the_process,)
