"""Two batches may have one process, if the first leaves nothing behind: what counts as something, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from runnable import skip_unless_runnable

from grader.sandbox import run_calls
from grader.sandbox.base import Executor, Limits, Probe, ProbeBatch
from grader.sandbox.registry import executors

STUDENT = """
import builtins, copyreg, decimal, gc, logging, math
import os, random, resource, signal, subprocess, sys, threading, time, warnings
import numpy, torch
from torch.nn import functional

calls = []

def process():
    calls.append(1)
    return [os.getpid(), len(calls)]

def dtype(): return str(torch.get_default_dtype())
def nothing(): pass
def computes():
    model = torch.nn.Linear(3, 1)
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    return (torch.rand(3) + numpy.random.rand() + random.random()).sum()
def raises(): raise ValueError("told")
def prints(): print("told")
def keeps_in_its_own_module(): calls.extend(range(1000))
def imports_a_library():
    import colorsys, xml.dom.minidom
def opens_and_closes():
    with open("/dev/null") as file: return len(file.read())
def trains():
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(torch.rand(5, 1, 4, 4)), torch.zeros(5, 1)).backward()
        optimizer.step()
    return str(model(torch.rand(1, 1, 4, 4)))
def defines():
    import dataclasses, functools
    @dataclasses.dataclass
    class Point: x: int = 0
    @functools.lru_cache
    def cached(x, *, y=1): return x
    class Model(torch.nn.Module):
        def __init__(self): super().__init__(); self.layer = torch.nn.Linear(2, 2)
    return [cached(Point().x), str(Model())]
def changes_and_restores():
    with torch.no_grad(), numpy.errstate(all="raise"), warnings.catch_warnings(): warnings.simplefilter("error")

def default_dtype(): torch.set_default_dtype(torch.float64)
def no_gradients(): torch.set_grad_enabled(False)
def threads_of_torch(): torch.use_deterministic_algorithms(True)
def numpy_errors(): numpy.seterr(all="raise")
def filters(): warnings.simplefilter("error")
def environment(): os.environ["SEED"] = "1"
def working_directory(): os.chdir("/")
def file_in_scratch(): open("left.txt", "w").close()
def file_written_again():
    with open("data.csv", "a") as file: file.write("3")
def file_open():
    import colorsys
    colorsys.kept = open("/dev/null")
def descriptor(): os.dup(1)
def thread(): threading.Thread(target=time.sleep, args=(10_000,), daemon=True).start()
def child(): subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(10_000)"])
def signals(): signal.signal(signal.SIGTERM, signal.SIG_IGN)
def timer(): signal.setitimer(signal.ITIMER_REAL, 600)
def mask(): os.umask(0o077)
def limits(): resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
def recursion(): sys.setrecursionlimit(5000)
def tracing(): sys.settrace(lambda *_: None)
def path(): sys.path.append("/somewhere")
def output(): sys.stdout = sys.stderr
def collector(): gc.disable()
def a_function_of_torch(): torch.relu = torch.sigmoid
def a_function_of_functional(): functional.softmax = functional.relu
def a_method_of_tensors(): torch.Tensor.backward = None
def a_method_of_modules(): torch.nn.Module.zero_grad = None
def a_builtin(): builtins.sum = max
def a_new_builtin(): builtins.answer = 42
def a_constant(): math.pi = 3
def a_module(): sys.modules["math"] = random
def a_module_moved(): sys.modules["json"] = sys.modules.pop("json")
def a_module_gone(): del sys.modules["statistics"]
def the_newest_module_gone(): del sys.modules[next(reversed([*sys.modules][:-1]))]
def itself_into_a_library(): torch.mine = sys.modules[__name__]
def memory():
    import colorsys
    colorsys.hoard = bytearray(96 << 20)
def a_method_of_a_layer(): torch.nn.Conv2d.forward = lambda self, x: x
def a_function_that_a_layer_uses(): torch.nn.modules.conv.F = torch.nn.init
def a_method_of_an_optimizer(): torch.optim.RMSprop.step = lambda self: None
def hook_of_every_module(): torch.nn.modules.module.register_module_forward_hook(lambda *_: None)
def hook_of_every_optimizer():
    from torch.optim.optimizer import register_optimizer_step_post_hook
    register_optimizer_step_post_hook(lambda *_: None)
def a_function_of_the_interpreter(): sys.exit = print
def an_operator():
    import colorsys
    colorsys.kept = torch.library.Library("aten", "IMPL")
    colorsys.kept.impl("relu", lambda x: x, "CPU")
def saved_tensors(): torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x).__enter__()
def code_of_a_function():
    functional.softmax.__code__ = (lambda input, dim=None, _stacklevel=3, dtype=None: input).__code__
def code_under_another_name():
    functional.__name__ = "mine"
    functional.relu.__code__ = (lambda input, inplace=False: input).__code__
    functional.__name__ = "torch.nn.functional"
def named_default_in_place():
    next(each for each in vars(torch).values() if getattr(each, "__kwdefaults__", None)).__kwdefaults__["dtype"] = 1
def defaults_of_a_function(): functional.dropout.__defaults__ = (0.9, True, False)
def named_defaults_of_a_function(): functional.dropout.__kwdefaults__ = {"p": 0.9}
def class_of_a_module():
    class Other(type(torch)): pass
    torch.__class__ = Other
def an_audit_hook(): sys.addaudithook(lambda *_: None)
def memory_by_c():
    import ctypes
    ctypes.memset(ctypes.create_string_buffer(8), 1, 8)
def rounding():
    import ctypes
    ctypes.CDLL(None).fesetround(0x800)
def denormals(): torch.set_flush_denormal(True)
def decimal_precision(): decimal.getcontext().prec = 3
def digits_of_integers(): sys.set_int_max_str_digits(0)
def printing_of_tensors(): torch.set_printoptions(precision=1)
def printing_of_arrays(): numpy.set_printoptions(precision=1)
def backend(): torch.backends.mkldnn.enabled = False
def log_level(): logging.disable()
def priority(): os.nice(1)
def equal_to_everything():
    class Anything:
        def __eq__(self, other): return True
        def __hash__(self): return 0
    math.pi = Anything()
def entry_of_a_table(): copyreg.dispatch_table[complex] = None
def dispatch():
    class Quiet(torch.overrides.TorchFunctionMode): pass
    Quiet().__enter__()
"""
FILES = {"student.py": STUDENT.encode(), "data.csv": b"1,2"}
LIMITS = Limits(wall_seconds=1_800)
"""What counts here is what is left behind, on however crowded a machine."""
LEAVES_NOTHING = (
    *("nothing", "computes", "raises", "prints", "keeps_in_its_own_module", "imports_a_library", "opens_and_closes"),
    *("changes_and_restores", "trains", "defines"),
)
LEAVES_SOMETHING = (
    *("default_dtype", "no_gradients", "threads_of_torch", "numpy_errors", "filters", "environment"),
    *("working_directory", "file_in_scratch", "file_written_again", "file_open", "descriptor", "thread", "child"),
    *("signals", "timer", "mask", "limits", "recursion", "tracing", "path", "output", "collector"),
    *("a_function_of_torch", "a_function_of_functional", "a_method_of_tensors", "a_method_of_modules", "a_builtin"),
    *(
        "a_new_builtin",
        "a_constant",
        "a_module",
        "a_module_moved",
        "a_module_gone",
        "the_newest_module_gone",
        "itself_into_a_library",
        "memory",
        "dispatch",
    ),
    *("a_method_of_a_layer", "a_function_that_a_layer_uses", "a_method_of_an_optimizer", "hook_of_every_module"),
    *("hook_of_every_optimizer", "an_operator", "saved_tensors", "code_of_a_function"),
    *("code_under_another_name", "named_default_in_place"),
    *("defaults_of_a_function", "named_defaults_of_a_function", "class_of_a_module", "an_audit_hook", "memory_by_c"),
    *("rounding", "denormals", "decimal_precision", "digits_of_integers", "printing_of_tensors", "printing_of_arrays"),
    *("backend", "log_level", "priority", "equal_to_everything", "entry_of_a_table"),
    "a_function_of_the_interpreter",
)


@pytest.fixture(
    scope="module",
    # what a process leaves is looked at by the same code inside, so one executor is enough where time is short
    params=["bubblewrap", *(pytest.param(name, marks=pytest.mark.slow) for name in ("forkserver", "setuid"))],
)
def executor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    probes = tmp_path_factory.mktemp("assignment") / "problems" / "probes"
    probes.mkdir(parents=True)
    (probes / "spy.py").write_text("import os\n\ndef without_student(): return [os.getpid(), 1]\n")
    entry = next(known for known in executors() if known.name == request.param)
    with skip_unless_runnable(entry.name):
        started = entry.start(probes, "cpu")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run_calls, "SUBMISSION_WALL_SECONDS", LIMITS.wall_seconds)
        patched.setattr(run_calls, "SHARED_CPU_SECONDS", LIMITS.cpu_seconds)
        patched.setattr(run_calls, "TIDYING_SECONDS", 300.0)
        yield started
    started.close()


def probe(function: str) -> Probe:
    return Probe(function, "student", function)


def batch(*probes: Probe, limits: Limits = LIMITS) -> ProbeBatch:
    return ProbeBatch("batch", probes, limits)


def processes(executor: Executor, *batches: ProbeBatch) -> list[object]:
    """The process of every probe `process`, and how often it was called there."""
    return [one.value for one in executor.observe(FILES, batches) if one.probe in ("process", "without")]


@pytest.mark.parametrize("function", LEAVES_NOTHING)
def test_a_batch_that_leaves_nothing_hands_its_process_on(executor: Executor, function: str) -> None:
    first, second = processes(executor, batch(probe("process"), probe(function)), batch(probe("process")))
    assert first == second, "the same process, in which the student's module is new again"


@pytest.mark.parametrize("function", LEAVES_SOMETHING)
def test_a_batch_that_leaves_something_takes_its_process_along(executor: Executor, function: str) -> None:
    seen = executor.observe(FILES, [batch(probe("process"), probe(function)), batch(probe("process"))])
    assert seen[1].status in ("returned", "refused"), seen[1]
    assert seen[0].value != seen[2].value
    assert seen[2].value[1] == 1  # type: ignore[index]


def test_a_process_is_no_fresh_one_for_code_that_meets_no_student(executor: Executor) -> None:
    without = Probe("without", observer="spy:without_student")
    first, second = processes(executor, batch(probe("process")), batch(without))
    assert first != second


def test_a_process_keeps_the_limits_that_it_was_started_with(executor: Executor) -> None:
    first, second = processes(
        executor, batch(probe("process")), batch(probe("process"), limits=replace(LIMITS, memory_mib=1024))
    )
    assert first != second


def test_another_submission_never_meets_a_process(executor: Executor) -> None:
    for _ in range(2):
        before, _changed = executor.observe(FILES, [batch(probe("dtype"), probe("default_dtype"))])
        assert before.value == "torch.float32"
