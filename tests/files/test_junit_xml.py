"""JUnit XML: counted, and fit for XML whatever somebody typed."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from grader.files.junit_xml import Case, Suite, junit_xml

RESULTS = st.sampled_from(["passed", "failure", "error", "skipped"])
CASES = st.lists(st.builds(Case, st.text(), st.text(), st.floats(0, 1e6), RESULTS, st.text(), st.text()), max_size=5)


@given(st.text(), CASES)
def test_whatever_is_typed_can_be_read_and_is_counted(name, cases):
    (suite,) = ElementTree.fromstring(junit_xml(name, [Suite(name, cases, properties={"score": name})]))
    assert int(suite.get("tests")) == len(suite.findall("testcase")) == len(cases)
    for result, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert int(suite.get(attribute)) == len(list(suite.iter(result))) == sum(c.result == result for c in cases)


def test_a_case_says_why_it_did_not_pass():
    cases = [Case("q1", "fine", 0.5), Case("q1", "off", 0.25, "failure", "1 < 2", "more\nof it")]
    root = ElementTree.fromstring(junit_xml("all", [Suite("one", cases, "2026-11-20T21:00:00+00:00")]))
    assert [len(case) for case in root.iter("testcase")] == [0, 1]
    assert (root.find(".//failure").get("message"), root.find(".//failure").text) == ("1 < 2", "more\nof it")
    assert root[0].get("time") == "0.750"
