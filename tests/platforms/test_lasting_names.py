"""Names that stand in students' notebooks and courses' configurations: they go on meaning what they meant."""

import pkgutil

import pytest


@pytest.mark.filterwarnings("ignore:Traits should be given as instances")  # of a library that otter imports
@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("grader.notebook.check", "grader.notebook:check"),
        ("grader.platforms.otter.Plugin", "grader.platforms.otter.plugin:Plugin"),
        ("grader.platforms.otter_check.check", "grader.platforms.otter.check:check"),
    ],
)
def test_a_name_that_was_given_out_still_leads_there(name, meaning):
    module, _, attribute = name.rpartition(".")
    imported = __import__(module, fromlist=[attribute])
    assert getattr(imported, attribute) is pkgutil.resolve_name(meaning)


def test_no_other_name_is_there():
    import grader.platforms.otter

    with pytest.raises(AttributeError, match="has no attribute 'plugins'"):
        _ = grader.platforms.otter.plugins
