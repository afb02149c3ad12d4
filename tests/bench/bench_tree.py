"""Figures of the chain tree: `python -m tests.bench.bench_tree [EVENTS...]`, by default 10,000 to 1,000,000 events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter, process_time

from textual.app import App, ComposeResult

from chainview.chain.event import Event
from chainview.chain.query.failures import FailureFinder
from chainview.chain.query.filter import Selection, parse_filter
from chainview.chain.query.search import Finder
from chainview.chain.table import EventTable
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.tree.fold import Fold
from tests.bench.figures import numbers_asked
from tests.ui import samples

_LINES = 38
_BATCH = 1000


def _events(count: int) -> Iterator[Event]:
    """Events in calls of five, a few thousand different payloads over and over; their hashes are numbers."""
    parts = [part for at in range(1, 1001) for part in samples.counting_call(at)]
    parent = None
    for at in range(count):
        event_type, payload = parts[at % len(parts)]
        hash_ = at.to_bytes(20, "big")
        yield Event(hash_, parent, event_type, payload)
        parent = hash_


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def _say(what: str, figure: str) -> None:
    print(f"  {what:<46} {figure:>16}")


def _model(count: int) -> EventTable:
    events = list(_events(count))
    table, fold_ms = EventTable(), 0.0
    fold = Fold(table)
    start = perf_counter()
    for at in range(0, count, _BATCH):
        for event in events[at : at + _BATCH]:
            table.append(event)
        fold_ms += _timed(fold.extend)
    seconds = perf_counter() - start
    _say("append to table and rows", f"{count / seconds:,.0f} /s")
    _say("of that the rows", f"{fold_ms:.1f} ms")
    middle = count // 10 * 5
    _say("unfold all (rows rebuilt)", f"{_timed(fold.unfold_all):.1f} ms")
    _say("fold one", f"{_timed(lambda: fold.set_open(middle, False)):.3f} ms")
    _say("unfold one", f"{_timed(lambda: fold.set_open(middle, True)):.3f} ms")
    _say("fold all", f"{_timed(fold.fold_all):.1f} ms")
    row = len(fold) // 2
    _say("unfold one of all folded", f"{_timed(lambda: fold.set_open(fold.event_at(row), True)):.3f} ms")
    rows_bytes = 4 * len(table) + len(table)
    _say("rows and fold flags", f"{rows_bytes / count:.0f} B/event")
    return table


def _searches(table: EventTable) -> None:
    def select(text: str) -> None:
        selection = Selection(table, parse_filter(text))
        while not selection.step(1 << 20):
            pass

    for text in ("kind:host", "!kind:host kind:call,result", "store.put", "nosuchword"):
        _say(f"filter {text}", f"{_timed(partial(select, text)):.0f} ms")
    searches = (
        ("literal that is nowhere", "no such text"),
        ("literal with capitals", "No Such Text"),
        ("expression that is nowhere", r"no such \w+ text"),
        ("number that is nowhere", "987654321"),
        ("literal that is everywhere", "count is"),
        ("name of the envelope", "wasm-call"),
    )
    for what, pattern in searches:
        _say(f"next hit: {what}", f"{_timed(Finder(table, pattern).seek(-1).run):.1f} ms")
    _say("next error where there is none", f"{_timed(lambda: FailureFinder(table).seek(-1).run()):.0f} ms")
    finder = Finder(table, "count is")
    steps = []
    while not finder.complete:
        steps.append(_timed(finder.count_step))
    _say(f"count {finder.total:,} hits", f"{sum(steps):.0f} ms")
    _say("longest step of that", f"{max(steps):.1f} ms")


class _App(App[None]):
    def __init__(self, table: EventTable) -> None:
        super().__init__()
        self.shown = ChainTree(table)

    def compose(self) -> ComposeResult:
        yield self.shown


async def _screen(table: EventTable) -> None:
    app = _App(table)
    async with app.run_test(size=(120, _LINES)) as pilot:
        tree = app.shown
        tree.extended()
        await pilot.pause()
        tree.move_to(len(table) // 3, centre=True)
        await pilot.pause()
        tree.notify_style_update()

        def paint() -> None:
            for y in range(_LINES):
                tree.render_line(y)

        _say(f"{_LINES} lines cold", f"{_timed(paint):.2f} ms")
        _say(f"{_LINES} lines warm", f"{_timed(paint):.2f} ms")
        for what, action in (
            ("cursor down", tree.cursor_down),
            ("page down", tree.page_down),
            ("to the end", tree.to_end),
            ("fold all", tree.fold_all),
            ("unfold all", tree.unfold_all),
        ):
            start = process_time()
            action()
            await pilot.pause()
            _say(f"{what}, with its frame (CPU)", f"{(process_time() - start) * 1000:.1f} ms")


def main() -> None:
    """Prints the figures."""
    for count in numbers_asked(__doc__, 10_000, 100_000, 1_000_000, instead=True):
        print(f"{count:,} events")
        table = _model(count)
        _say("payloads", f"{len(table.raw) / 1e6:.0f} MB")
        _searches(table)
        asyncio.run(_screen(table))


if __name__ == "__main__":
    main()
