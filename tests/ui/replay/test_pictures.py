"""Pictures of the replay screen as text. CHAINVIEW_SNAPSHOTS=write makes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.replay_looks import Looked, look
from tests.ui.test_snapshots import same_as_kept

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("column-80x24", (80, 24), ()),
        ("linked-120x34", (120, 34), ()),
        ("unlinked-120x34", (120, 34), ("=", "j", "j", "tab")),
        ("linked-200x50", (200, 50), ("space",)),
    ],
)
def test_the_replay_screen_as_text(tmp_path: Path, name: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    """The replay screen shows both sides, what differs and its keys at the sizes people have."""

    async def script(looked: Looked) -> None:
        await looked.press("enter", *keys)
        strips = looked.screen._compositor.render_strips()
        same_as_kept(f"replay-{name}.txt", "".join([strip.text.rstrip() + "\n" for strip in strips]))

    look(tmp_path, "changed-field", script, size)
