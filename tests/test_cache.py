"""The cache: computed once, stored if it can be, found by every process that is handed it."""

import json
import threading

import pytest

from grader import cache as module
from grader.cache import PREFIX, Cache, Namespace


def pack(value):
    return json.dumps(value).encode()


PLAIN = Namespace("plain", pack, json.loads)
SHARED = Namespace("plain", pack, json.loads, shared=True)
POSITIVE = Namespace("positive", pack, json.loads, is_final=lambda value: value > 0)
LIVE = Namespace("live")


def never():
    raise AssertionError("computed again")


@pytest.mark.parametrize("namespace", [PLAIN, SHARED, LIVE], ids=["packed", "shared", "live"])
@pytest.mark.parametrize("value", [None, 0, "", [], {"a": 1.5}])
def test_what_is_there_is_not_computed(namespace, value):
    cache = Cache()
    assert cache.get(namespace, "key", lambda: value) == value
    assert cache.get(namespace, "key", never) == value


def test_keys_and_namespaces_are_apart():
    cache = Cache()
    assert cache.get(PLAIN, "a", lambda: 1) == 1
    assert cache.get(PLAIN, "b", lambda: 2) == 2
    assert cache.get(POSITIVE, "a", lambda: 3) == 3
    assert cache.find(PLAIN, "c") is None
    assert cache.find(PLAIN, "c", 4) == 4


def test_what_is_new_is_taken_once_and_known_to_whoever_is_handed_it():
    cache = Cache()
    cache.put(PLAIN, "a", 1)
    new = cache.take_new()
    assert new == {("plain", "a"): b"1"}
    assert cache.take_new() == {}
    later, other = Cache(new), Cache()
    other.publish(new)
    for one in (later, other):
        assert one.get(PLAIN, "a", never) == 1
        assert one.take_new() == {}


def test_live_results_are_held_as_they_are_and_never_new():
    cache, value = Cache(), object()
    assert cache.get(LIVE, "a", lambda: value) is value
    assert cache.get(LIVE, "a", never) is value
    assert cache.take_new() == {}


def test_what_is_not_final_is_held_but_not_new():
    cache = Cache()
    assert [cache.get(POSITIVE, key, lambda key=key: int(key)) for key in ("-1", "1")] == [-1, 1]
    assert cache.get(POSITIVE, "-1", never) == -1
    assert list(cache.take_new()) == [("positive", "1")]


def test_what_cannot_be_packed_is_computed_every_time():
    def refuse(value):
        raise ValueError("too large")

    cache, computed = Cache(), iter([1, 2])
    assert [cache.get(Namespace("x", refuse, json.loads), "a", computed.__next__) for _ in range(2)] == [1, 2]
    assert cache.take_new() == {}


def test_what_raises_is_not_held():
    cache = Cache()
    with pytest.raises(ZeroDivisionError):
        cache.get(PLAIN, "a", lambda: 1 / 0)
    assert cache.get(PLAIN, "a", lambda: 1) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_bytes_that_cannot_be_unpacked_are_computed_anew_and_replaced(body):
    cache = Cache({("plain", "a"): body})
    assert cache.get(PLAIN, "a", lambda: 1) == 1
    assert cache.take_new() == {("plain", "a"): b"1"}


def test_shared_results_are_everybodys_and_own_ones_are_not():
    shared = Cache()
    ada, bob = Cache(shared=shared), Cache(shared=shared)
    ada.put(SHARED, "s", 1)
    ada.put(PLAIN, "p", 2)
    assert bob.get(SHARED, "s", never) == 1
    assert bob.find(PLAIN, "p") is None
    assert list(ada.take_new()) == [("plain", "p")]
    assert list(shared.take_new()) == [("plain", "s")]
    assert bob.take_new() == {}


def test_own_results_come_before_shared_ones():
    shared = Cache({("plain", "a"): b"1"})
    assert Cache({("plain", "a"): b"2"}, shared=shared).find(PLAIN, "a") == 2
    assert Cache(shared=shared).find(PLAIN, "a") == 1


def test_the_first_half_of_a_key_says_whether_anything_was_known_from_the_start():
    known = "a" * PREFIX
    cache = Cache({("plain", known + "b"): b"1"})
    cache.put(PLAIN, "c" * 2 * PREFIX, 2)
    assert cache.has_prefix(PLAIN, known)
    assert not cache.has_prefix(POSITIVE, known)
    assert not cache.has_prefix(PLAIN, "c" * PREFIX)


def test_only_so_much_is_held_the_oldest_goes(monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    cache = Cache()
    for number in range(5):
        cache.put(PLAIN, str(number), number)
    assert [cache.find(PLAIN, str(number)) for number in range(5)] == [None, None, 2, 3, 4]
    assert len(cache.take_new()) == 3


def test_threads_may_share_it():
    cache = Cache()

    def fill(start):
        for number in range(start, start + 500):
            cache.get(PLAIN, str(number), lambda number=number: number)

    threads = [threading.Thread(target=fill, args=(start,)) for start in range(0, 2000, 250)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache.take_new()) == 2250
    assert all(cache.find(PLAIN, str(number)) == number for number in range(2250))
