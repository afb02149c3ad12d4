"""What stands behind a benchmark's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from tests.bench.figures import numbers_asked
from tests.bench.large_file import write_large


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


def test_a_large_file_is_a_sound_chain_of_so_many_events(tmp_path: Path) -> None:
    """Also where the block of which it is made is not written to its end."""
    for count in (5, 255, 700):
        path = tmp_path / f"{count}.chain"
        assert write_large(path, count) == path.stat().st_size
        with open_chain(path) as opened:
            found = verify(opened)
            assert found.sound
            assert not found.remarks
            assert found.events == count
