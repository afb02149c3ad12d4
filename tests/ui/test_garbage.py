"""Whole collections of garbage: while nobody types, and seldom."""

from __future__ import annotations

import gc

import pytest

from chainview.ui import garbage
from chainview.ui.garbage import Garbage


class Collections:
    """Collections that are counted and take so many seconds each, with as many young ones before as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float = 0.0) -> None:
        self.made = self.frozen = self.young = 0
        self.now = 100.0
        self._seconds = seconds
        monkeypatch.setattr(garbage, "perf_counter", lambda: self.now)
        monkeypatch.setattr(gc, "collect", self._collect)
        monkeypatch.setattr(gc, "freeze", self._freeze)
        monkeypatch.setattr(gc, "get_count", lambda: (0, 0, self.young))

    def _collect(self) -> int:
        self.made += 1
        self.now += self._seconds
        return 0

    def _freeze(self) -> None:
        self.frozen += 1


def test_no_whole_collection_is_made_by_itself() -> None:
    """The interpreter's own bounds are back afterwards."""
    before = gc.get_threshold()
    with Garbage():
        assert gc.get_threshold()[:2] == before[:2]
        assert gc.get_threshold()[2] > 1_000_000
    assert gc.get_threshold() == before


def test_it_is_collected_once_nothing_was_typed_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key puts it off; what is left of the first one is looked through no more."""
    made = Collections(monkeypatch)
    with Garbage() as looked:
        made.young = 200
        for _ in range(4):
            looked.quiet()
        looked.typed()
        for _ in range(4):
            looked.quiet()
        assert made.made == 0
        looked.quiet()
        looked.quiet()
        assert (made.made, made.frozen) == (2, 1)


def test_little_of_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where few young objects were collected, there is nothing to be gained."""
    made = Collections(monkeypatch)
    with Garbage() as looked:
        made.young = 3
        for _ in range(50):
            looked.quiet()
    assert made.made == 0


def test_who_never_stops_typing_waits_for_it_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else memory would fill up."""
    made = Collections(monkeypatch)
    with Garbage() as looked:
        made.young = 200
        looked.typed()
        assert made.made == 0
        made.young = 1000
        looked.typed()
    assert made.made == 1


def test_it_takes_a_small_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one that took long the next one comes later, however much there is."""
    made = Collections(monkeypatch, seconds=0.5)
    with Garbage() as looked:
        made.young = 1000
        for _ in range(100):
            looked.quiet()
        assert made.made == 1
        made.now += 50
        looked.quiet()
    assert made.made == 2
