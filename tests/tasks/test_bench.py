"""What stands behind a benchmark's name."""

from __future__ import annotations

import pytest

from tests.bench.figures import numbers_asked


def test_numbers_take_the_place_of_a_benchmarks_own() -> None:
    """Those that are left out stay; a benchmark that takes none refuses them."""
    assert numbers_asked("about", 10, 20, words=[]) == [10, 20]
    assert numbers_asked("about", 10, 20, words=["1,000"]) == [1000, 20]
    assert numbers_asked("about", 10, 20, instead=True, words=["5"]) == [5]
    for words in (["5", "6"], ["many"]):
        with pytest.raises(SystemExit):
            numbers_asked("about", 10, words=words)


def test_a_benchmark_can_be_asked_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """--help tells it and runs nothing."""
    with pytest.raises(SystemExit) as ended:
        numbers_asked("What it measures.", 10, words=["--help"])
    assert ended.value.code == 0
    assert "What it measures." in capsys.readouterr().out
