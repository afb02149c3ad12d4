"""Letting calls that have no effect but their event be recorded aside, inside wasm, and taking note of what was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from chainview.actor.engine.between.passing import Between, Standing
from chainview.actor.engine.between.recorded import RecordedCalls, recorded_by
from chainview.chain.state_chain import StateChain
from chainview.core.recording import Form
from chainview.core.serving import is_always, is_off
from chainview.system.errors import ChainviewError

_PAYS = 512
"""Calls that are recorded in Python before it pays to make what records them."""
_IN_A_ROW = 4
"""Calls in a row that could have been recorded aside, before the next ones are: to go ahead and to catch up takes as
long as to record some of them in Python."""

Imported = tuple[str, str]


class Aside:
    """The calls of one actor that may be recorded aside: `form` gives what the events of such an import have in common.

    It is entered around each call of an export. All of it is on the actor's thread.
    """

    def __init__(self, chain: StateChain, form: Callable[[Imported], Form], answer: Callable[[], bytes]) -> None:
        self.count = 0
        """How many calls were recorded aside."""
        self._chain, self._form, self._answer = chain, form, answer
        self._silent: Mapping[int, Imported] = {}
        self._calls: RecordedCalls | None = None
        self._until_it_pays = _PAYS
        self._in_a_row = 0
        self._is_serving = self._is_ahead = self._is_always = False
        self._place = 0
        """Which of the files of the chain it stands on, from 1; 0 where it does not stand yet."""

    def between(self, silent: Mapping[int, Imported]) -> Standing | None:
        """What is to stand between an instance and its host functions, of which these may be recorded aside."""
        self._silent, self._is_always = silent, is_always()
        return recorded_by if silent and not is_off() else None

    def begins(self, between: Between | None) -> None:
        """Told of an instance by what stands there."""
        self._calls, self._place = between if isinstance(between, RecordedCalls) else None, 0
        if self._calls is not None:
            self._calls.told = self._look

    def __enter__(self) -> None:
        self._is_serving, self._in_a_row = True, 0
        self._go_on()

    def __exit__(self, *_: object) -> None:
        self._is_serving = False
        self.stop()

    def recorded(self, imported: Imported) -> None:
        """Told of each call that Python recorded: those behind it may be recorded aside."""
        self._in_a_row = self._in_a_row + 1 if imported in self._silent.values() else 0
        self._until_it_pays = max(0, self._until_it_pays - 1)
        self._go_on()

    def _go_on(self) -> None:
        """Lets calls be recorded aside, where that pays and can be."""
        if self._calls is None or not self._is_serving or self._is_ahead:
            return
        if not self._is_always and (self._until_it_pays or self._in_a_row < _IN_A_ROW):
            return
        ahead = self._chain.goes_ahead()
        if ahead is None:
            return
        if self._place != ahead.place:
            forms = {at: self._form(imported) for at, imported in self._silent.items()}
            # One that stood on another file of the chain stays as it is, and records nothing.
            if self._place or not self._calls.stands_on(ahead.path, forms, self._answer()):
                self._calls = None
                self._chain.catches_up(b"", 0, ahead.head)
                return
            self._place = ahead.place
        self._is_ahead = True
        self._calls.go_on(ahead.head, ahead.position)

    def stop(self) -> None:
        """Takes note of what was recorded aside; from now on nothing is."""
        if not self._is_ahead or self._calls is None:
            return
        self._is_ahead = False
        taken = self._calls.taken()
        self.count += taken.count
        self._chain.catches_up(taken.entries, taken.count, taken.head, was_cut=taken.was_cut)

    def _look(self) -> None:
        # What keeps the chain from being written on is raised by the next event, where it can be told.
        with suppress(ChainviewError):
            if self._is_ahead:
                self.stop()
                self._go_on()
