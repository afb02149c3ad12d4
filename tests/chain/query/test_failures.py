"""Failures are found in steps that are short, however large an event is."""

from __future__ import annotations

from dataclasses import replace

from chainview.chain.hashing import event_hash
from chainview.chain.query.failures import FailureFinder
from chainview.chain.soundness import LARGE, soundness, soundness_steps
from chainview.chain.table import EventTable
from chainview.pack.cgrf import encode
from chainview.pack.values import String
from tests.chain import samples


def table_with_a_large_event(*, changed: bool) -> EventTable:
    """Three events, of which the second is large, and maybe not what its hash was made of."""
    events = samples.events(3)
    large = replace(events[1], payload=encode(String("x" * LARGE)))
    right = replace(large, hash=event_hash(large.parent, large.event_type, large.payload))
    table = EventTable()
    for event in (events[0], large if changed else right, events[2]):
        table.append(event)
    return table


def test_a_large_event_is_hashed_in_many_steps() -> None:
    """Counting failures in a chain with a large event that nobody checked comes back after each piece of it."""
    for changed in (False, True):
        table = table_with_a_large_event(changed=changed)
        finder, steps = FailureFinder(table), 1
        while not finder.count_step():
            steps += 1
        assert steps > LARGE >> 17
        assert list(finder.hits_between(0, 3)) == [index for index in range(3) if soundness(table, index).wrong]
        assert finder.seek(-1).run() == (1 if changed else 2)


def test_steps_come_to_the_same_soundness() -> None:
    """What is judged in steps is what is judged at once."""
    for changed in (False, True):
        for index in range(3):
            steps = soundness_steps(table_with_a_large_event(changed=changed), index)
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    found = end.value
                    break
            assert found == soundness(table_with_a_large_event(changed=changed), index)


def test_what_a_check_found_is_a_failure_too() -> None:
    """Such as an event behind which the file is cut, of which the event itself tells nothing."""
    table = table_with_a_large_event(changed=False)
    own = set(FailureFinder(table).hits_between(0, 3))
    assert set(FailureFinder(table, (1, 7)).hits_between(0, 3)) == own | {0}
    assert FailureFinder(table, (1,)).seek(3, -1, lambda index: index == 0).run() == 0
