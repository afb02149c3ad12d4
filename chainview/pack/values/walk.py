"""Walking a value: its parts, all that stands in it, and the same value with parts made otherwise; at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import is_

from chainview.pack.values.compounds import Compound, PartLabel
from chainview.pack.values.scalars import Value
from chainview.pack.values.unread import Unread


def parts(value: Value) -> Iterator[tuple[PartLabel, Value]]:
    """What a value holds with the labels it gives it, in the order of declaration; scalars and arrays hold nothing."""
    return zip(value.labels(), value.held, strict=True) if isinstance(value, Compound) else iter(())


def walk(value: Value) -> Iterator[Value]:
    """The value and all that stands in it, wholes before their parts, in order; an array counts as one."""
    due = [value]
    while due:
        top = due.pop()
        yield top
        if isinstance(top, Compound):
            due += reversed(top.held)


def count(value: Value) -> int:
    """How many values stand in a value, with itself; nothing that was not read yet is read for it."""
    return sum([each.count if isinstance(each, Unread) else 1 for each in walk(value)])


Done = dict[int, tuple[Value, Value]]
"""Values with what became of them, by their identity."""


def rebuilt(value: Value, change: Callable[[Value], Value], done: Done | None = None) -> Value:
    """The value with `change` made to all that stands in it, parts before wholes; where nothing changes, the same one.

    What stands in several places is changed once, so time is bounded by the size of values that share parts. What the
    same change has `done` is taken from there, and more is added to it.
    """
    done = {} if done is None else done
    due = [value]
    while due:
        top = due.pop()
        if id(top) in done:
            continue
        made = top
        if isinstance(top, Compound):
            held = top.held
            waiting = [part for part in held if id(part) not in done]
            if waiting:
                due.append(top)
                due += waiting
                continue
            parts_made = tuple([done[id(part)][1] for part in held])
            made = top if all(map(is_, held, parts_made)) else top.holding(parts_made)
        done[id(top)] = top, change(made)
    return done[id(value)][1]
