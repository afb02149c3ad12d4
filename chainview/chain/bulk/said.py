"""Which events of a stretch say a text, asked of the core."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_EVENTS

_MANY: Final = 64
"""Events from which looking into them at once pays for asking."""
SAID: Final = 1
UNSURE: Final = 2
"""Only a look into the payload tells."""


def said_at_once(
    table: EventTable, start: int, stop: int, text: bytes, unseen: Collection[bytes], *, any_case: bool
) -> bytes | None:
    """A byte for each event from `start` up to `stop`: SAID, UNSURE, or 0 where its payload does not say the text.

    The names of types that are among `unseen`, and those in them, are no texts. None where the core can't tell.
    """
    if not serving.pays(table.raw_start(len(table))) or (stop - start < _MANY and not serving.is_always()):
        return None
    if table.kinds.find(Kind.DAMAGED, start, stop) >= 0:
        return None
    core = serving.event_core()
    region = table.region(start, stop, MOST_BYTES)
    if core is None or region is None or stop - start > MOST_EVENTS:
        return None
    if not core.learn(table, len(table.type_names), table.type_texts):
        return None
    return core.says(region, text, unseen, any_case=any_case)
