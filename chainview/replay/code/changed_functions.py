"""How many functions changed from one build to another, where that is told soon."""

from __future__ import annotations

from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import ModuleCode, UnreadableCode

_MOST = 1 << 20
"""The bytes of a module; laying larger ones side by side would be felt."""


def changed_functions(then: bytes, now: bytes) -> int | None:
    """How many functions have other code in the second module, or are new or gone; None where that can't be told."""
    if max(len(then), len(now)) > _MOST:
        return None
    try:
        one, other = ModuleCode(then), ModuleCode(now)
        change = CodeChange(one, other)
    except UnreadableCode:
        return None
    kept = len([each for each in change.functions if each in one.functions])
    return len({hunk.function for hunk in change.hunks}) + len(one.functions) + len(other.functions) - 2 * kept
