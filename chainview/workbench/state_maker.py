"""States inside a module that are too large to be asked for after each call, made when someone looks at one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from chainview.actor.actor import Actor
from chainview.actor.engine.loading import LoadedModule, load_module
from chainview.actor.interceptors import CallInterceptor
from chainview.actor.limits import Limits, recorded_limits
from chainview.actor.module_cache import cached_module
from chainview.actor.rebuild import PastCall, past_calls
from chainview.chain.event import Kind
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.state_chain import StateChain
from chainview.chain.states import ToldState
from chainview.chain.table import EventTable
from chainview.chain.words.notes import note_text
from chainview.replay.run.build_notes import recorded_builds
from chainview.replay.run.no_handlers import NoHandlers
from chainview.system.errors import ChainviewError

LARGEST_MADE = 64 << 20
"""Bytes of a state that is shown at all."""
_ASKING_SECONDS = 10.0
_CALL_SECONDS = 10.0
_MOST_SECONDS = 60.0
"""How long all calls up to an event may take."""
_KEPT = 2


class StateMaker:
    """Makes the state behind an event of a kept chain, by a closed replay with the module that recorded it.

    Each is made from the chain's file, which may be growing, and from the module that was kept by its SHA-256.
    """

    def __init__(self, path: Callable[[], Path | None]) -> None:
        self._path = path
        self._made: dict[int, ToldState] = {}
        self._closed = False

    def close(self) -> None:
        """Makes no more; from any thread."""
        self._closed = True

    def told(self, number: int) -> ToldState:
        """The state behind the last call that had ended by the event of a number; raises ChainviewError."""
        path = self._path()
        if path is None:
            raise ChainviewError("the chain is kept in no file that it could be made from")
        with open_chain(path) as opened:
            table = opened.load().table
            end = _last_end(table, number - 1)
            if end < 0 or number > len(table):
                raise ChainviewError(f"the file does not hold a call that ended by event {number:,}")
            known = self._made.get(end)
            if known is not None:
                return known
            told = self._make(opened, end)
        self._made = {**dict(list(self._made.items())[1 - _KEPT :]), end: told}
        return told

    def _make(self, opened: OpenedChain, end: int) -> ToldState:
        limits = recorded_limits({} if opened.header is None else opened.header.settings, _CALL_SECONDS)
        loaded = load_module(_kept(opened, end), limits)
        calls = _Calls(past_calls(opened.table, end + 1), self._check(time.monotonic() + _MOST_SECONDS))
        chain = StateChain(opened.schema)
        seen = chain.subscribe()
        actor = _led_through(loaded, chain, calls, limits)
        try:
            shown = actor.show_state(LARGEST_MADE, _ASKING_SECONDS)
        finally:
            actor.close()
        how = [note_text(item) for item in seen.take(_KEPT) if isinstance(item, Note)]
        number = opened.table.number(end)
        if isinstance(shown, bytes):
            return ToldState(number, shown, beside=True, made="; ".join(how))
        raise ChainviewError(f"the module does not show it, or it has more than {LARGEST_MADE:,} bytes")

    def _check(self, until: float) -> Callable[[], None]:
        def check() -> None:
            if self._closed:
                raise ChainviewError("it is not wanted any more")
            if time.monotonic() > until:
                raise ChainviewError(f"the calls up to there take longer than {_MOST_SECONDS:.0f} seconds")

        return check


class _Calls(list[PastCall]):
    """Calls before each of which it is checked whether to go on."""

    def __init__(self, calls: Iterator[PastCall], check: Callable[[], None]) -> None:
        super().__init__(calls)
        self._check = check

    def __iter__(self) -> Iterator[PastCall]:
        for call in super().__iter__():
            self._check()
            yield call


def _led_through(loaded: LoadedModule, chain: StateChain, calls: _Calls, limits: Limits) -> Actor:
    return Actor(
        loaded,
        chain,
        CallInterceptor(),
        NoHandlers(lambda *asked: None),
        limits,
        history=lambda: calls,
        goes_on=True,
    )


def _last_end(table: EventTable, index: int) -> int:
    return max(table.kinds.rfind(bytes((kind,)), 0, index + 1) for kind in (Kind.RESULT, Kind.ERROR))


def _kept(opened: OpenedChain, end: int) -> Path:
    """The module whose instance made an event: the one that the chain began with, or a build that it went on with."""
    sha256 = "" if opened.header is None else opened.header.module_sha256
    for build in recorded_builds(opened.notes):
        if build.start <= end:
            sha256 = build.sha256
    path = cached_module(sha256) if sha256 else None
    if path is None:
        raise ChainviewError("the module that made it is not kept")
    return path
