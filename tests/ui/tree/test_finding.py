"""Filters, searches and errors in the chain tree on a screen."""

from __future__ import annotations

import pytest

from chainview.chain.event import Kind
from chainview.chain.query import condition, search
from chainview.chain.query.filter import parse_filter
from chainview.chain.query.search import Finder
from chainview.pack.cgrf import encode
from chainview.pack.values import String
from chainview.ui.tree import query_view
from chainview.ui.tree.chain_tree import ChainTree
from tests.ui import samples
from tests.ui.tree_screen import HEIGHT, TreeScreen, run


def test_a_filter_keeps_the_line_and_gives_it_back() -> None:
    """The cursor's event stays on its screen row; hidden, the cursor goes to the nearest above and returns after."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.move_to(53, centre=True)
        line = screen.cursor_line()
        tree.set_filter(parse_filter("store"))
        assert (tree.cursor, screen.cursor_line(), tree.filter_count) == (53, line, (40, 200))
        assert screen.numbers()[line - 1 : line + 2] == [49, 54, 59]
        tree.set_filter(parse_filter("kind:call"))
        assert (tree.cursor, screen.cursor_line()) == (50, line)
        tree.set_filter(None)
        assert (tree.cursor, screen.cursor_line(), tree.filter_count) == (53, line, None)
        tree.set_filter(parse_filter("nosuchword"))
        assert (tree.cursor, screen.lines()[0].strip()) == (None, "no event passes the filter")

    run(samples.table_of(samples.counting(40)), steps)


def test_a_filter_keeps_up_and_opens_calls_in_place() -> None:
    """New matches appear while following, and a match's call can be opened around it."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.set_filter(parse_filter("log"))
        screen.more(*samples.counting_call(4))
        assert (screen.numbers(), tree.cursor) == ([2, 7, 12, 17], 16)
        tree.cursor_up()
        tree.toggle_fold()
        assert screen.numbers() == [2, 7, 11, 12, 13, 14, 15, 17]
        assert tree.cursor == 11

    run(samples.table_of(samples.counting(3)), steps)


def test_hits_are_highlighted_and_walked_through() -> None:
    """Hits wear their style, next and previous go round, and a hit inside a folded call opens it."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.fold_all()
        tree.to_top()
        tree.set_search(Finder(tree.table, r"count is [37]\b"))
        found = []
        for move in (tree.next_hit, tree.next_hit, tree.next_hit, tree.previous_hit):
            move()
            await screen.pilot.pause()
            found.append(tree.cursor)
        assert found == [11, 31, 11, 31]
        wrapped = [getattr(message, "wrapped", None) for message in screen.said(ChainTree.SearchMoved)]
        assert wrapped == [False, False, True, True]
        line = tree.render_line(screen.cursor_line())
        assert [segment.text for segment in line if segment.style and segment.style.underline] == ["count is 7"]

    run(samples.table_of(samples.counting(20)), steps)


def test_errors_are_walked_through() -> None:
    """Next and previous error stop at failed calls and failed host calls."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        found = []
        for move in (tree.next_error, tree.next_error, tree.next_error, tree.next_error, tree.previous_error):
            move()
            await screen.pilot.pause()
            found.append(None if tree.cursor is None else tree.table.number(tree.cursor))
        assert found == [18, 27, 29, 18, 29]

    run(samples.table_of(samples.shop()), steps)


def test_the_rail_shows_where_failures_and_hits_are() -> None:
    """On a chain longer than the screen the last cell of a line tells of failures and hits at that height."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        await screen.pilot.pause()
        assert [line[-1] for line in screen.lines()].count("▐") == 1
        assert screen.lines()[6].endswith("▐")
        tree.set_search(Finder(tree.table, '"?count is 5$'))
        await screen.pilot.pause()
        assert screen.lines()[2].endswith("▕")

    parts = [*samples.counting(12), samples.call("f"), samples.error("f", "no"), *samples.counting(11)]
    run(samples.table_of(parts), steps)


def test_a_long_filter_leaves_the_rows_until_it_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a filter is at work the rows before it stay; when it is ready it says so, and has all that came."""
    monkeypatch.setattr(query_view, "_FIRST_SLICE", 0)

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.set_filter(parse_filter("kind:call"))
        assert screen.numbers() == [1, 2, 3, 4, 5]
        screen.more(*samples.counting_call(2))
        while not screen.said(ChainTree.FilterApplied):
            await screen.pilot.pause(0.01)
        assert screen.numbers() == [1, 6]
        tree.set_filter(parse_filter("put"))
        assert screen.numbers() == [1, 6]
        screen.more(*samples.counting_call(3))
        while len(screen.said(ChainTree.FilterApplied)) < 2:
            await screen.pilot.pause(0.01)
        assert (screen.numbers(), tree.filter_count) == ([4, 9, 14], (3, 15))

    run(samples.table_of(samples.counting(1)), steps)


def test_a_frame_that_is_to_come_is_drawn_before_hits_are_counted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was typed is seen first, however long the rest takes."""
    monkeypatch.setattr(query_view, "_TYPED_COUNT", 0)

    async def steps(screen: TreeScreen) -> None:
        tree, drawn = screen.tree, list[int]()
        sought = tree.finder("put")
        count = sought.count_step

        def counted(size: int | None = None) -> bool:
            drawn.append(tree.painted)
            return count(size)

        monkeypatch.setattr(sought, "count_step", counted)
        before = tree.painted
        tree.set_search(sought)
        while not drawn:
            await screen.pilot.pause(0.01)
        assert drawn[0] > before

    run(samples.table_of(samples.counting(4)), steps)


@pytest.mark.once
@pytest.mark.parametrize("length", [13, 24, 25, 61])
def test_every_failure_is_on_the_rail_at_its_height(length: int) -> None:
    """Wherever a chain fails, at its very end too, one line tells so, which stands for the part it is in."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        await screen.pilot.pause()
        failed = tree.table.kinds.index(Kind.ERROR)
        wanted = [y for y in range(HEIGHT) if y * length // HEIGHT <= failed < (y + 1) * length // HEIGHT]
        assert [y for y, line in enumerate(screen.lines()) if line.endswith("▐")] == wanted

    for at in {1, length // 2, length - 1}:
        logs = [samples.log("x")] * length
        run(samples.table_of([*logs[: at - 1], samples.call("f"), samples.error("f", "no"), *logs[at + 1 :]]), steps)


def test_what_is_folded_away_is_on_the_rail() -> None:
    """A failure without a row of its own is told of where its call stands, also that of the last call."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.fold_all()
        await screen.pilot.pause()
        assert [y for y, line in enumerate(screen.lines()) if line.endswith("▐")] == [0, HEIGHT - 1]

    failed = [samples.call("f"), samples.log("x"), samples.error("f", "no")]
    run(samples.table_of([*failed, *samples.counting(2 * HEIGHT - 2), *failed]), steps)


def test_a_damaged_stretch_is_an_error_to_go_to() -> None:
    """A damaged stretch has its flag in a row of its own and on the rail, and e stops there."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        tree.next_error()
        await screen.pilot.pause()
        assert tree.cursor == len(tree.table) - 1
        line = screen.lines()[screen.cursor_line()]
        assert "!" in line[-12:]
        assert line.endswith("▐")

    table = samples.table_of(samples.counting(4))
    table.append_damage(b"\xff\xff", 0, "damaged entry")
    run(table, steps)


def test_a_filter_set_while_a_file_is_read_shows_all_of_it() -> None:
    """What comes later is filtered as it comes, before and after the file has been read."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.set_reading(True)
        tree.set_filter(parse_filter("log"))
        screen.more(*samples.counting_call(2), *samples.counting_call(3))
        assert (screen.numbers(), tree.filter_count) == ([2, 7, 12], (3, 15))
        tree.set_reading(False)
        screen.more(*samples.counting_call(4))
        assert screen.numbers() == [2, 7, 12, 17]

    run(samples.table_of(samples.counting(1)), steps)


def test_failures_are_counted_when_a_file_has_been_read() -> None:
    """While it is read nothing is looked for; with its end the rail shows what failed, though nothing more came."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.set_reading(True)
        screen.more(samples.call("f"), samples.error("f", "no"))
        await screen.pilot.pause()
        assert not any(line.endswith("▐") for line in screen.lines())
        tree.set_reading(False)
        await screen.pilot.pause()
        assert [line.endswith("▐") for line in screen.lines()][-1]

    run(samples.table_of(samples.counting(4)), steps)


def test_the_cursor_does_not_go_back_to_what_is_gone() -> None:
    """Where the event that a filter hid from the cursor was let go of, the cursor stays when the filter goes."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        tree.set_filter(parse_filter('"count is 2"'))
        assert tree.cursor == 6
        tree.dropped(tree.table.drop_oldest(10))
        assert (tree.table.dropped, tree.cursor) == (5, 1)
        tree.set_filter(None)
        assert (tree.cursor, screen.cursor_line()) == (1, 1)

    run(samples.table_of(samples.counting(3)), steps)


def test_a_search_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that never ends tells why it was given up, by counting its hits and by going to the next one."""
    monkeypatch.setattr(search, "_PATIENCE_SECONDS", 0.02)
    table = samples.table_of([("note", encode(String("a" * 60 + "!"))) for _ in range(3)])

    async def steps(screen: TreeScreen) -> None:
        screen.tree.set_search(Finder(screen.tree.table, "(a+)+$"))
        screen.tree.next_hit()
        await screen.pilot.pause()
        told = screen.said(ChainTree.SearchGivenUp)
        assert len(told) == 2
        assert all("given up" in getattr(message, "sentence", "") for message in told)

    run(table, steps)


def test_a_filter_that_takes_too_long_says_so_and_shows_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and also of what comes only later: neither ends the screen."""
    monkeypatch.setattr(condition, "_PATIENCE_SECONDS", 0.02)
    never_ends = ("note", encode(String("a" * 60 + "!")))

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.set_filter(parse_filter('value ~ "(a+)+$"'))
        await screen.pilot.pause()
        assert tree.filter_count == (0, 1)
        samples.append(tree.table, [never_ends])
        tree.extended()
        await screen.pilot.pause()
        assert tree.filter_count is None
        tree.set_filter(parse_filter('value ~ "(a+)+$"'))
        await screen.pilot.pause()
        assert tree.filter_count is None
        told = screen.said(ChainTree.FilterGivenUp)
        assert len(told) == 2
        assert all("takes too long" in getattr(message, "sentence", "") for message in told)

    run(samples.table_of([("note", encode(String("fine")))]), steps)
