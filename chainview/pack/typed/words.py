"""The words that a literal may go on with where it is typed, by the declared type: cases, and fields of records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal.outline import Level, marks
from chainview.pack.typed.wanted import wanted_at

_LAST_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_BEFORE_PARTS: Final = ("(", "[", "{", ",", ":", "=>")
_BRACKETS: Final = {"record": "{", "list": "[", "tuple": "("}


def begun_word(text: str) -> str | None:
    """What a text ends with of a part that is begun there, which may be nothing; None where none can be."""
    if any(not mark.is_whole for mark in marks(text)):
        return None
    found = _LAST_WORD.search(text)
    word = "" if found is None else found[0]
    return word if text.removesuffix(word).rstrip().endswith(_BEFORE_PARTS) else None


def words_for(desc: TypeDesc, levels: Sequence[Level], begun: str) -> list[str]:
    """What may stand where `begun` is typed, in a literal of a type, `levels` being the wholes around that place."""
    wanted = wanted_at(desc, levels)
    if wanted.record is not None and not wanted.field:
        used = set(levels[-1].names)
        words = [f"{name}: " for name, _ in wanted.record.fields if name not in used]
    else:
        words = [] if wanted.desc is None else _of(wanted.desc)
    return [word for word in words if word.startswith(begun)]


def _of(desc: TypeDesc) -> list[str]:
    if desc.kind == "variant":
        return [case if payload is None else f"{case}(" for case, payload in desc.cases]
    if desc.kind == "bool":
        return ["true", "false"]
    if desc.kind == "option":
        return ["none", "some("]
    if desc.kind == "result":
        return ["ok(", "err("]
    return [_BRACKETS[desc.kind]] if desc.kind in _BRACKETS else []
