"""Which functions changed from one build to another, where that is told soon."""

from __future__ import annotations

from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import ModuleCode, UnreadableCode

MOST_BYTES = 1 << 20
"""Of a module; laying larger ones side by side would be felt."""


def changed_functions(then: bytes, now: bytes) -> tuple[str, ...] | None:
    """The functions that have other code in the second module, or are new or gone, by the names that the modules give.

    Those without a name are empty texts and stand last. None where it can't be told.
    """
    if max(len(then), len(now)) > MOST_BYTES:
        return None
    try:
        one, other = ModuleCode(then), ModuleCode(now)
        change = CodeChange(one, other)
    except UnreadableCode:
        return None
    kept = {then: now for then, now in change.functions.items() if then in one.functions}
    changed = [other.key(function) for function in sorted({hunk.function for hunk in change.hunks})]
    gone = [one.key(function) for function in one.functions if function not in kept]
    new = [other.key(function) for function in sorted(set(other.functions) - set(kept.values()))]
    return tuple(sorted([*changed, *gone, *new], key=lambda name: not name))
