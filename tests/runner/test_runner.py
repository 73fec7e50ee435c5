"""What a returned object counts as, and the sentence for one that counts as nothing."""

from __future__ import annotations

import collections
import enum
import struct
import sys
from typing import Any

import numpy
import pytest
import torch

from grader.runner import process_usage
from grader.runner.convert import Refused, freeze, thaw
from grader.runner.linux import syscalls
from grader.runner.linux.seccomp import compile_filter
from grader.runner.values import Generator, Tensor, Value
from grader.runner.write_files import acceptable

PLENTY = 1 << 20
Pair = collections.namedtuple("Pair", "first second")


class Seven(int):
    def __index__(self) -> int:
        return 7

    def __int__(self) -> int:
        return 7


class Shout(str):
    def __str__(self) -> str:
        return "SHOUT"


class Endless(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        return iter(int, 1)


class Liar(torch.Tensor):
    def numel(self) -> int:
        return 0

    def detach(self) -> Any:
        return "forged"


class Table(numpy.ndarray):  # type: ignore[type-arg]
    def __array_finalize__(self, other: object) -> None:
        self.title = "table"


class Colour(enum.IntEnum):
    RED = 1


LEAF = torch.ones(2, requires_grad=True)


@pytest.mark.parametrize(
    ("live", "value"),
    [
        (None, None),
        (True, True),
        (Seven(3), 3),
        (Colour.RED, 1),
        (Shout("low"), "low"),
        (numpy.float64(0.5), Tensor.from_numpy(numpy.array(0.5))),
        (numpy.float32(0.5), Tensor.from_numpy(numpy.array(0.5, dtype="float32"))),
        (numpy.bool_(True), Tensor("bool", (), b"\x01")),
        (numpy.str_("a"), "a"),
        (numpy.bytes_(b"a"), b"a"),
        (numpy.array(["a", "bc"]), ["a", "bc"]),
        (numpy.array([["a"], ["b"]]), [["a"], ["b"]]),
        (numpy.array([], dtype=str), []),
        ({numpy.int64(1): numpy.str_("a"), numpy.str_("b"): 2}, {1: "a", "b": 2}),
        ({(numpy.int64(1), (numpy.bool_(True), "a")): 2}, {(1, (True, "a")): 2}),
        (set(numpy.array([1.5, 2.5])), frozenset({1.5, 2.5})),
        (Endless([1, 2]), [1, 2]),
        (Pair(1, 2), (1, 2)),
        (torch.Size([2, 3]), (2, 3)),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.defaultdict(list, {Shout("a"): [1]}), {"a": [1]}),
        (numpy.array([[1]]).view(Table), Tensor.from_numpy(numpy.array([[1]]))),
        (numpy.ones((2, 2))[::-1].T, Tensor.from_numpy(numpy.ones((2, 2)))),
        (torch.nn.Parameter(torch.ones(1)), Tensor.from_torch(torch.ones(1))),
        (torch.ones(1).as_subclass(Liar), Tensor.from_torch(torch.ones(1))),
        (LEAF * 1, Tensor.from_torch(torch.ones(2))),
        (torch.ones(2, 3).T, Tensor.from_torch(torch.ones(3, 2))),
        (torch.ones(4).expand(2, 4), Tensor.from_torch(torch.ones(2, 4))),
        (torch.empty(0, 3), Tensor("float32", (0, 3), b"")),
        (torch.tensor([1 + 2j]).conj(), Tensor.from_torch(torch.tensor([1 - 2j]))),
    ],
)
def test_what_an_object_counts_as(live: object, value: Value) -> None:
    frozen = freeze(live, PLENTY)
    assert frozen == value
    assert type(frozen) is type(value)


@pytest.mark.parametrize(
    ("live", "says"),
    [
        (torch.nn.Linear(1, 1), "return the tensor"),
        (torch.nn.Linear, "not the class"),
        (print, "call it"),
        ((number for number in [1]), "'generator'"),
        ({torch.ones(1): 2}, "use numbers, text or tuples"),
        ({numpy.ones(1).tobytes: 2}, "call it"),
        (set(range(10_001)), "more than 10000 members"),
        (range(3), "list(range"),
        (bytearray(b"raw"), "return bytes"),
        (object(), "'object'"),
        (torch.eye(2).to_sparse(), "x.to_dense()"),
        (torch.ones(1, device="meta"), "ordinary tensor"),
        (torch.zeros(1).expand(1 << 40), "at most"),
        (numpy.array([print]), "type object"),
        (numpy.array(["2020-01-01"], dtype="datetime64[D]"), "numbers of type"),
        ({numpy.longdouble(1)}, "numbers of type"),
        ({numpy.int64(1), numpy.float64(1)} | {torch.ones(())}, "use numbers, text or tuples"),
        ({(numpy.int64(1), torch.ones(())): 2}, "use numbers, text or tuples"),
        (numpy.ma.masked_array([1], [True]), "masked"),
        (numpy.longdouble(1), "numbers of type"),
        (1 << 5000, "return a float"),
        ("\ud800", "Unicode"),
        ([0] * 300_000, "return a tensor"),
    ],
)
def test_what_may_not_cross_is_refused_with_advice(live: object, says: str) -> None:
    with pytest.raises(Refused) as refused:
        freeze(live, PLENTY)
    assert says in str(refused.value)
    assert "—" in str(refused.value), "what came, then what to return instead"


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_a_nested_tensor_is_refused() -> None:
    with pytest.raises(Refused, match="an ordinary tensor"):
        freeze(torch.nested.nested_tensor([torch.ones(2), torch.ones(1)]), PLENTY)


def test_nothing_frozen_is_shared() -> None:
    live = torch.ones(2)
    frozen = freeze(live, PLENTY)
    live.zero_()
    assert thaw(frozen).tolist() == [1, 1]


def test_every_thaw_is_fresh() -> None:
    value: Value = {"x": [Tensor.from_torch(torch.ones(1))], "g": (Generator(3),)}
    first, second = thaw(value), thaw(value)
    first["x"][0].zero_()
    assert second["x"][0].item() == 1
    assert torch.rand(1, generator=first["g"][0]) == torch.rand(1, generator=second["g"][0])


@pytest.mark.parametrize("name", ["lora.py", "data/points.csv", "ä b.py"])
def test_ordinary_names_are_laid_out(name: str) -> None:
    assert acceptable(name)


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a\\b", "C:x", "n\0l", "line\nbreak"])
def test_names_that_leave_the_folder_are_not(name: str) -> None:
    assert not acceptable(name)


@pytest.mark.parametrize(("column", "architecture"), [(0, 0xC000003E), (1, 0xC00000B7)])
def test_the_filter_is_whole_instructions_within_the_kernels_limit(column: int, architecture: int) -> None:
    code = compile_filter(column, architecture)
    assert len(code) % 8 == 0
    assert len(code) // 8 <= 4096


ALLOWED, KILLED = 0x7FFF0000, 0x80000000
DENIED, UNKNOWN, NO_FAMILY = 0x00050001, 0x00050026, 0x00050061


def decision(code: bytes, number: int, *arguments: int, architecture: int = 0xC000003E) -> int:
    """What the kernel does with one call: classic BPF, as far as the filter uses it."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    at = word = 0
    while True:
        operation, yes, no, operand = struct.unpack_from("<HBBI", code, 8 * at)
        at += 1
        if operation == 0x06:
            return operand
        if operation == 0x20:
            (word,) = struct.unpack_from("<I", data, operand)
        elif operation == 0x54:
            word &= operand
        else:
            holds = {0x15: word == operand, 0x35: word >= operand, 0x45: word & operand != 0}[operation]
            at += yes if holds else no


@pytest.mark.parametrize(
    ("number", "arguments", "expected"),
    [
        (0, (), ALLOWED),  # read
        (101, (), DENIED),  # ptrace
        (29, (0, 1 << 20), DENIED),  # shmget
        (319, (), DENIED),  # memfd_create
        (278, (), DENIED),  # vmsplice
        (435, (), UNKNOWN),  # clone3, so that libc falls back to clone
        (56, (0x11,), ALLOWED),  # clone, as fork does
        (56, (0x3D0F00,), ALLOWED),  # … as threads do
        (56, (0x10000000,), DENIED),  # … into a new user namespace
        (9, (0, 4096, 3, 0x22), ALLOWED),  # mmap, private and without a file
        (9, (0, 4096, 3, 0x01, 3), ALLOWED),  # … shared, of a file
        (9, (0, 4096, 3, 0x21), DENIED),  # … shared and without a file
        (9, (0, 4096, 3, 0xE021), DENIED),
        (9, (0, 4096, 3, (1 << 40) | 0x21), DENIED),
        (54, (3, 1, 7), DENIED),  # setsockopt, a larger send buffer
        (54, (3, 1, 32), DENIED),
        (54, (3, 1, 2), ALLOWED),  # … an address that may be used again
        (54, (3, 6, 7), ALLOWED),  # … an option of another level
        (41, (1, 1), ALLOWED),  # a Unix socket
        (41, (2, 1), NO_FAMILY),  # IPv4
        (41, (40, 1), NO_FAMILY),  # vsock
        (0x40000000 | 101, (), DENIED),  # ptrace by its other number
    ],
)
def test_what_the_filter_decides(number: int, arguments: tuple[int, ...], expected: int) -> None:
    assert decision(compile_filter(0, 0xC000003E), number, *arguments) == expected


def test_the_filter_kills_calls_of_another_architecture() -> None:
    assert decision(compile_filter(0, 0xC000003E), 0, architecture=0x40000003) == KILLED


def test_a_gpus_driver_may_share_memory_without_a_file() -> None:
    code = compile_filter(0, 0xC000003E, shared_maps=True)
    assert decision(code, 9, 0, 4096, 3, 0x21) == ALLOWED
    assert decision(code, 29, 0, 1 << 20) == DENIED


# -- what is counted as memory


@pytest.mark.parametrize(
    ("status", "folders", "counted"),
    [
        ("RssAnon: 4 kB\nRssFile: 9 kB\nRssShmem: 2 kB\n", 0, 6),
        ("RssAnon: 4 kB\nVmSwap: 8 kB\nRssShmem: 0 kB\n", 0, 12),
        ("RssAnon: 4 kB\nRssShmem: 2 kB\n", 10, 14),
        ("RssAnon: 4 kB\nRssShmem: 20 kB\n", 10, 24),
        ("RssAnon: 4 kB\nHugetlbPages: 16 kB\n", 0, 20),
        ("", 10, 10),
    ],
)
def test_memory_is_counted_wherever_it_is_and_once(
    monkeypatch: pytest.MonkeyPatch, status: str, folders: int, counted: int
) -> None:
    one = process_usage.Process(7, 1, 7, 0.0)
    monkeypatch.setattr(process_usage, "processes", lambda: [one])
    monkeypatch.setattr(process_usage.Path, "read_text", lambda path: status)
    assert process_usage.usage(lambda process: True, folder_bytes=1024 * folders).memory_bytes == 1024 * counted


# -- huge pages


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
def test_memory_that_is_gathered_into_huge_pages_holds_what_it_held():
    held = [bytes([number]) * 4096 for number in range(256)] * 8
    before = [hash(each) for each in held]
    syscalls.gather_pages()
    assert [hash(bytes(bytearray(each))) for each in held] == before
