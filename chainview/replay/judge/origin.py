"""Where a value came from: an argument that took one answer's field when it was recorded, and another's now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chainview.chain.event import Kind
from chainview.chain.payload import HostCall
from chainview.pack.values import UNIT, Compound, Value
from chainview.pack.values.walk import parts
from chainview.replay.align.history import Side
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.substitution import value_text
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign, Trait

_MOST_ANSWERS = 400
_MOST_FIELDS = 2000
_LEAST_LETTERS = 3
_LEAST_OF_ONE_NAME = 8


@dataclass(frozen=True, slots=True)
class Origin:
    """A field of an earlier answer: the number of its event, its name, and its value as text."""

    event: int
    name: str
    text: str


def with_origin(found: Difference, then: Side) -> Difference:
    """The difference; as what it is where an argument takes the field of another answer than recorded."""
    if found.code is not Code.OTHER_ARGUMENT or found.follows or Sign(Trait.GIVEN_STATE) in found.signs:
        return found
    origins = _other_origin(then, found.event, found.leaves)
    if origins is None:
        return found
    one, other = origins
    detail = f"{found.path} comes from {other.name} (event {other.event:,}) now, and came from {one.name}"
    detail += f" (event {one.event:,})" if one.event != other.event else ""
    change = f"recorded {found.recorded}, now {found.now}"
    sentence = Code.OTHER_ANSWER_USED.says(function=found.function, detail=detail, change=change)
    return replace(found, code=Code.OTHER_ANSWER_USED, sentence=sentence)


def _other_origin(side: Side, before: int, found: Sequence[Leaf]) -> tuple[Origin, Origin] | None:
    """The answers' fields that all leaves were made from: recorded and now. None when they are not known, or the same.

    `before` is the index of the event whose argument it is; answers of its own call count first.
    """
    if not found or any(leaf.recorded is None or leaf.now is None for leaf in found):
        return None
    origins = list(_answers(side, before))
    pairs = {_pair(origins, leaf) for leaf in found}
    return pairs.pop() if len(pairs) == 1 else None


def _pair(origins: list[Origin], leaf: Leaf) -> tuple[Origin, Origin] | None:
    recorded, now = [value_text(UNIT if side is None else side) for side in (leaf.recorded, leaf.now)]
    change = leaf.text_change
    texts = [(recorded, now), (change.recorded, change.now)] if change else [(recorded, now)]
    for text, text_now in texts:
        for one in origins:
            if one.text != text:
                continue
            for other in origins:
                if other.text == text_now and _telling(one, other):
                    return one, other
    return None


def _telling(one: Origin, other: Origin) -> bool:
    """Whether two texts are no chance hits: long enough, or fields of one answer that are not both numbers."""
    if one.name == other.name:
        # What one function answers again is often alike, such as the next number.
        return one.event != other.event and min(len(one.text), len(other.text)) >= _LEAST_OF_ONE_NAME
    if min(len(one.text), len(other.text)) >= _LEAST_LETTERS:
        return True
    return one.event == other.event and not (one.text.isdigit() and other.text.isdigit())


def _answers(side: Side, before: int) -> Iterator[Origin]:
    count = 0
    for index in range(before - 1, -1, -1):
        if side.table.kinds[index] != Kind.HOST:
            continue
        count += 1
        if count > _MOST_ANSWERS:
            return
        payload = side.payload(index)
        if isinstance(payload, HostCall) and payload.output is not None:
            for path, text in _fields(payload.function, payload.output):
                yield Origin(side.table.number(index), path, text)


def _fields(under: str, value: Value) -> Iterator[tuple[str, str]]:
    waiting = [(under, value)]
    for _ in range(_MOST_FIELDS):
        if not waiting:
            return
        path, top = waiting.pop()
        if isinstance(top, Compound):
            waiting += [(label.below(path), part) for label, part in parts(top)]
        else:
            yield path, value_text(top)
