"""Values by key keep their order, and a key that did not come has none."""

from grader.grouping import by_key


def test_keys_and_values_keep_their_order():
    found = by_key(zip("babac", range(5), strict=True))
    assert list(found.items()) == [("b", [0, 2]), ("a", [1, 3]), ("c", [4])]
    assert (found["z"], by_key([])) == ([], {})
