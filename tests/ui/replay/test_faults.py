"""The replay screen goes through the kinds of seeded faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.workbench.replay_thread import Stage
from tests.ui.replay_looks import Looked, look


@pytest.mark.once
@pytest.mark.parametrize(
    ("fault", "workload"),
    [
        ("trap", "long"),
        ("missing-call", "short"),
        ("loop-more", "forecast"),
        ("swapped-calls", "long"),
        ("hidden-state", "long"),
        ("new-import", "short"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_every_kind_of_difference_is_shown_whole(
    tmp_path: Path, fault: str, workload: str, size: tuple[int, int]
) -> None:
    """Whatever differs, each row fits the tree, and the first mismatch is marked on screen."""

    async def script(looked: Looked) -> None:
        assert looked.screen.replay.progress.stage is Stage.DONE
        assert any("≠" in row for row in looked.rows())
        for keys in ("+", "-", "d", "d", "+", "enter", "g", "G"):
            await looked.press(keys)
            assert {looked.tree.render_line(y).cell_length for y in range(looked.tree.size.height)} == {
                looked.tree.scrollable_content_region.width
            }

    look(tmp_path, fault, script, size, workload)
