"""Leaves every global setting changed."""

import atexit
import os
import random
import signal
import sys

import numpy
import torch


def attack(canary, port):
    torch.set_default_dtype(torch.float16)
    torch.set_grad_enabled(False)
    torch.manual_seed(1)
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True)
    numpy.seterr(all="raise")
    numpy.random.seed(1)
    random.seed(1)
    os.environ["PYTHONPATH"] = "/scratch"
    os.chdir("/")
    os.umask(0)
    sys.setrecursionlimit(50_000)
    signal.signal(signal.SIGALRM, lambda *a: None)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    atexit.register(os.abort)
    sys.path.clear()
    return []
