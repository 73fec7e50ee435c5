"""Values, their bytes, and hostile bytes that claim to be values."""

from __future__ import annotations

import contextlib
import math
import struct

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.runner.codec import decode, decode_inward, encode
from grader.runner.protocol import HEADER_BYTES, may_start_frame, pack_frame, unpack_header
from grader.runner.values import ITEM_BYTES, MAX_DEPTH, MAX_ITEMS, CodecError, Generator, Tensor, Value

PLENTY = 1 << 22
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**4000), 2**4000)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
)
tensors = st.tuples(
    st.sampled_from(sorted(set(ITEM_BYTES) - {"bool"})), st.lists(st.integers(0, 3), max_size=4)
).flatmap(
    lambda drawn: st.binary(
        min_size=math.prod(drawn[1]) * ITEM_BYTES[drawn[0]], max_size=math.prod(drawn[1]) * ITEM_BYTES[drawn[0]]
    ).map(lambda data: Tensor(drawn[0], tuple(drawn[1]), data))
)
keys = st.integers() | st.text() | st.none() | st.tuples(st.integers(), st.frozensets(st.text(), max_size=2))
values = st.recursive(
    scalars | tensors,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.frozensets(keys, max_size=4)
        | st.binary(max_size=8)
    ),
    max_leaves=20,
)


@given(values)
def test_decoding_undoes_encoding(value: Value) -> None:
    back = decode(encode(value, PLENTY))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, -0.0, complex(math.nan, -math.inf)])
def test_special_numbers_keep_their_bits(number: float | complex) -> None:
    back = decode(encode(number, PLENTY))
    assert isinstance(back, float | complex)
    pairs = [(complex(back).real, complex(number).real), (complex(back).imag, complex(number).imag)]
    assert all(struct.pack("d", got) == struct.pack("d", sent) for got, sent in pairs)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        value = decode(data)
    except CodecError:
        return
    assert encode(value, PLENTY)


@given(values, st.data())
def test_a_changed_byte_decodes_to_a_value_or_is_refused(value: Value, data: st.DataObject) -> None:
    raw = bytearray(encode(value, PLENTY))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CodecError):
        decode(bytes(raw))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "ends early"),
        (b"NN", "after the value"),
        (b"?", "unknown tag"),
        (b"g" + bytes(8), "unknown tag"),
        (b"l" + struct.pack("<I", 2**32 - 1), "ends early"),
        (b"s" + struct.pack("<I", 2**32 - 1), "text of"),
        (b"s" + struct.pack("<I", 1) + b"\xff", "not UTF-8"),
        (b"i" + struct.pack("<H", 0), "0 bytes"),
        (b"i" + struct.pack("<H", 60_000), "60000 bytes"),
        (b"d" + struct.pack("<I", 1) + b"N", "not text"),
        (b"d" + struct.pack("<I", 2) + 2 * (b"s" + struct.pack("<I", 0) + b"N"), "twice"),
        (b"a" + bytes([99, 0]), "unknown dtype"),
        (b"a" + bytes([0, 200]), "unknown dtype or rank"),
        (b"a" + bytes([8, 1]) + struct.pack("<Q", 2**60), "ends early"),
        (b"a" + bytes([8, 2]) + struct.pack("<QQ", 0, 2**63), "over"),
        (b"a" + bytes([0, 1]) + struct.pack("<Q", 1) + b"\x07", "truth value"),
        ((b"l" + struct.pack("<I", 1)) * (MAX_DEPTH + 2) + b"N", "nested"),
        (b"l" + struct.pack("<I", MAX_ITEMS + 1) + b"N" * (MAX_ITEMS + 1), "items"),
        (b"q" + struct.pack("<I", MAX_ITEMS) + bytes(8 * MAX_ITEMS), "items"),
        (b"r" + struct.pack("<I", 2**32 - 1), "items"),
        (b"q" + struct.pack("<I", 2) + bytes(15), "ends early"),
        (b"r" + b"\0\0", "ends early"),
        ((b"l" + struct.pack("<I", 1)) * MAX_DEPTH + b"q" + struct.pack("<I", 0), "nested"),
    ],
)
def test_hostile_bytes_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        decode(data)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (object(), "may not cross"),
        (1 << 5000, "bits"),
        ("\ud800", "surrogate"),
        (set("ab"), "may not cross"),
        (b"x" * ((1 << 20) + 1), "raw bytes"),
        ([[]] * MAX_ITEMS, "items"),
        (Tensor("uint8", (PLENTY,), bytes(PLENTY)), "bytes"),
        ("x" * (2 << 20), "text of more"),
        (numpy.float64(1), "may not cross"),
    ],
)
def test_what_may_not_cross_is_not_encoded(value: Value, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        encode(value, PLENTY)


@given(st.lists(st.integers(-(2**70), 2**70), max_size=9) | st.lists(st.floats(), max_size=9))
def test_numbers_in_a_list_keep_their_kind_and_their_bits(numbers: list[Value]) -> None:
    back = decode(encode(numbers, PLENTY))
    assert isinstance(back, list)
    assert list(map(type, back)) == list(map(type, numbers))
    assert repr(back) == repr(numbers)


def test_a_list_of_numbers_costs_eight_bytes_each() -> None:
    for numbers in ([*range(1000)], [0.5] * 1000):
        assert len(encode(numbers, PLENTY)) == 8 * 1000 + 5
    assert decode(encode([True, 1, 2.0], PLENTY)) == [True, 1, 2.0]


def test_a_list_of_numbers_is_under_the_same_caps() -> None:
    with pytest.raises(CodecError, match="items"):
        encode([0] * MAX_ITEMS, PLENTY)
    with pytest.raises(CodecError, match="bytes"):
        encode([0.0] * 1000, 4000)


def test_a_generator_goes_inward_only() -> None:
    raw = encode([Generator(5)], PLENTY)
    assert decode_inward(raw) == [Generator(5)]
    with pytest.raises(CodecError):
        decode(raw)


def test_a_frame_carries_its_nonce_and_length() -> None:
    frame = pack_frame(b"n" * 16, b"body")
    assert unpack_header(frame[:HEADER_BYTES]) == (b"n" * 16, 4)
    assert all(may_start_frame(frame[:length]) for length in range(HEADER_BYTES))


@pytest.mark.parametrize("header", [bytes(HEADER_BYTES), b"HTTP/1.1 200 OK".ljust(HEADER_BYTES)])
def test_other_bytes_start_no_frame(header: bytes) -> None:
    assert not may_start_frame(header)
    with pytest.raises(CodecError):
        unpack_header(header)


@pytest.mark.parametrize("dtype", sorted(ITEM_BYTES))
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (2, 3)])
def test_tensors_survive_torch(dtype: str, shape: tuple[int, ...]) -> None:
    live = torch.arange(math.prod(shape)).reshape(shape).to(getattr(torch, dtype))
    sent = Tensor.from_torch(live)
    assert (sent.dtype, sent.shape) == (dtype, shape)
    assert torch.equal(sent.to_torch(), live)


@pytest.mark.parametrize("dtype", sorted(set(ITEM_BYTES) - {"bfloat16"}))
def test_tensors_survive_numpy(dtype: str) -> None:
    live = numpy.arange(6).reshape(2, 3).astype(dtype)
    assert numpy.array_equal(Tensor.from_numpy(live).to_torch().numpy(), live)
    assert Tensor.from_numpy(live.T) == Tensor.from_torch(torch.from_numpy(live.copy()).T)


def test_a_single_number_may_have_any_stride() -> None:
    live = torch.arange(6.0).reshape(3, 2)
    (one,) = live[1:2, 1:].unbind(1)
    assert Tensor.from_torch(one) == Tensor("float32", (1,), live[1, 1].numpy().tobytes())


def test_big_endian_arrays_are_read_by_value() -> None:
    assert Tensor.from_numpy(numpy.array([1, 2], dtype=">i4")) == Tensor.from_numpy(numpy.array([1, 2], dtype="<i4"))


def test_a_tensor_is_a_copy() -> None:
    sent = Tensor("float64", (1,), bytes(8))
    sent.to_torch().add_(1)
    assert sent.to_torch().item() == 0


@pytest.mark.parametrize(
    ("dtype", "shape", "data"),
    [("float8", (1,), b"1"), ("int8", (2,), b"1"), ("int8", (-1,), b""), ("int8", (1,) * 17, b"1")],
)
def test_a_tensor_must_be_what_it_says(dtype: str, shape: tuple[int, ...], data: bytes) -> None:
    with pytest.raises(CodecError):
        Tensor(dtype, shape, data)
