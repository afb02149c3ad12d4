"""The file that a CI shows."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.suite.case import Outcome, Result
from chainview.suite.reports.junit import junit_file
from chainview.suite.reports.summary import SuiteSummary

BEGAN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
PYTESTS = """
import pytest
def test_passes(): pass
def test_fails(): assert 1 == 2
def test_skips(): pytest.skip("not now")
@pytest.fixture
def broken(): raise ValueError("x")
def test_error(broken): pass
"""


def written(*results: Result, left_out: tuple[str, ...] = ()) -> ElementTree.Element:
    """The root of the file about these results."""
    return ElementTree.fromstring(junit_file(SuiteSummary(results, left_out, seconds=1.5), BEGAN, "here"))


def shape(root: ElementTree.Element) -> set[tuple[str, tuple[str, ...]]]:
    """Which attributes each element has, in order."""
    return {(each.tag, tuple(each.attrib)) for each in root.iter() if each.tag not in ("failure", "error", "skipped")}


@pytest.mark.once
def test_it_has_the_shape_of_what_pytest_writes(tmp_path: Path) -> None:
    """The same elements with the same attributes, in its family `xunit2`."""
    (tmp_path / "test_it.py").write_text(PYTESTS)
    words = ["-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit2", "--junit-xml=its.xml", "test_it.py"]
    subprocess.run([sys.executable, "-m", "pytest", *words], cwd=tmp_path, capture_output=True, check=False)
    theirs = ElementTree.fromstring((tmp_path / "its.xml").read_bytes())
    ours = written(
        Result("chains/a.chain", Outcome.PASSED),
        Result("chains/b.chain", Outcome.DIFFERS, says=("why",), text="text"),
        Result("chains/c.chain", Outcome.DAMAGED, says=("how",), text="text"),
        left_out=("chains/d.chain",),
    )
    assert shape(ours) == shape(theirs)
    for kind in ("failure", "error", "skipped"):
        assert {each.tag for each in theirs.iter(kind)} == {each.tag for each in ours.iter(kind)} == {kind}
        assert set(next(ours.iter(kind)).attrib) <= set(next(theirs.iter(kind)).attrib)
    counts = ("errors", "failures", "skipped", "tests")
    assert [ours[0].get(each) for each in counts] == [theirs[0].get(each) for each in counts] == ["1", "1", "1", "4"]


@pytest.mark.parametrize("outcome", Outcome)
def test_what_differs_is_a_failure_and_what_came_to_no_judgement_an_error(outcome: Outcome) -> None:
    """With the explanation as its text, and the cause in a sentence as its message."""
    (suite,) = written(Result("a/b/c.chain", outcome, says=("why",), text="one\n  <two> & \x1b", seconds=0.25))
    (case,) = suite
    assert case.attrib == {"classname": "a.b", "name": "c.chain", "time": "0.250"}
    if outcome.passes:
        assert list(case) == []
        return
    (told,) = case
    assert told.tag == ("failure" if outcome is Outcome.DIFFERS else "error")
    assert (told.text, told.get("message")) == ("one\n  <two> & \\u{1b}", f"{outcome.value}: why")
    assert (suite.get("timestamp"), suite.get("hostname"), suite.get("time")) == (BEGAN.isoformat(), "here", "1.500")


@given(TEXTS, TEXTS, TEXTS)
def test_whatever_a_chain_holds_the_file_can_be_read(name: str, cause: str, text: str) -> None:
    """Texts come back as they were, but for what is written as `\\u{1b}`; lines stay lines."""
    (suite,) = written(Result(name, Outcome.DIFFERS, says=(cause,), text=text, description="d"))
    told = suite[0][0].text or ""
    assert told.count("\n") == text.count("\n") + 1
    if text.isascii() and text.isprintable():
        assert told.endswith(text)
