"""The chain tree on a screen: rows, cursor, scrolling, following, folding, the mouse."""

from __future__ import annotations

from textual.events import MouseScrollUp

from chainview.chain.files.entries.entry import Note
from chainview.chain.query.filter import parse_filter
from chainview.chain.table import EventTable
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.tree.shown_rows import Divider
from tests.ui import samples
from tests.ui.app_driver import until
from tests.ui.tree_screen import HEIGHT, TreeScreen, run


def test_it_follows_from_the_start() -> None:
    """The newest event is in view with the cursor on it, and stays so as the table grows."""

    async def steps(screen: TreeScreen) -> None:
        assert (screen.tree.following, screen.tree.cursor) == (True, 99)
        screen.more(*samples.counting_call(21))
        await screen.pilot.pause()
        assert (screen.tree.cursor, screen.numbers()[-1]) == (104, 105)
        assert screen.lines()[-1].startswith("»")

    run(samples.table_of(samples.counting(20)), steps)


def test_a_way_up_stops_following_and_the_end_resumes() -> None:
    """After a step up nothing scrolls, what arrives below is counted and said, and the end takes it up again."""

    async def steps(screen: TreeScreen) -> None:
        screen.tree.cursor_up()
        before = screen.numbers()
        screen.more(*[part for count in (21, 22) for part in samples.counting_call(count)])
        await screen.pilot.pause()
        assert (screen.tree.following, screen.tree.new_below, screen.numbers()) == (False, 10, before)
        assert screen.lines()[-1].endswith(" ↓ 10 new")
        told = screen.said(ChainTree.FollowChanged)
        assert [isinstance(each, ChainTree.FollowChanged) and each.following for each in told] == [False]
        screen.tree.to_end()
        assert (screen.tree.following, screen.tree.new_below, screen.tree.cursor) == (True, 0, 109)

    run(samples.table_of(samples.counting(20)), steps)


def test_appending_paints_each_line_about_once() -> None:
    """A thousand new events paint two screens at most, and none at all when they are out of view."""

    async def steps(screen: TreeScreen) -> None:
        screen.tree.painted = 0
        screen.more(*samples.counting(200))
        await screen.pilot.pause()
        assert 0 < screen.tree.painted <= 2 * HEIGHT
        screen.tree.to_top()
        await screen.pilot.pause()
        screen.tree.painted = 0
        for _ in range(20):
            screen.more(*samples.counting(10))
        await screen.pilot.pause()
        assert screen.tree.painted <= 2 * HEIGHT

    run(samples.table_of(samples.counting(20)), steps)


def test_what_came_a_moment_ago_can_be_gone_to() -> None:
    """Also before the scroll bar knows of it, which grows at its own pace, and once nothing more comes."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        for count in range(8):
            screen.more(*samples.counting(20))
            tree.to_top()
            newest = len(tree.table) - 2
            tree.move_to(newest)
            await screen.pilot.pause()
            assert (tree.cursor, newest + 1 in screen.numbers()) == (newest, True), count
        tree.to_top()
        screen.more(*samples.counting(20))
        await until(screen.pilot, lambda: tree.virtual_size.height == len(tree.table))

    run(samples.table_of(samples.counting(20)), steps)


def test_wheel_moves_the_view_and_not_the_cursor() -> None:
    """The wheel scrolls, stops following, and leaves the cursor on its event."""

    async def steps(screen: TreeScreen) -> None:
        before = screen.numbers()
        screen.tree.post_message(MouseScrollUp(screen.tree, 1, 1, 0, -1, 0, False, False, False))
        await screen.pilot.pause()
        assert screen.numbers()[0] < before[0]
        assert (screen.tree.cursor, screen.tree.following) == (99, False)

    run(samples.table_of(samples.counting(20)), steps)


def test_a_resize_goes_on_following() -> None:
    """A taller screen shows more of the end, and following goes on."""

    async def steps(screen: TreeScreen) -> None:
        await screen.pilot.resize_terminal(80, 3 * HEIGHT)
        await screen.pilot.pause()
        screen.more(*samples.counting_call(21))
        await screen.pilot.pause()
        assert (screen.tree.following, screen.tree.cursor) == (True, 104)
        assert screen.tree.render_line(3 * HEIGHT - 1).text.startswith("»")

    run(samples.table_of(samples.counting(20)), steps)


def test_clicks_select_fold_and_activate() -> None:
    """A click selects, a click on the fold mark folds, a second click activates, one on the pill goes to the end."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        await screen.pilot.pause()
        await screen.pilot.click(tree, offset=(20, 2))
        assert (tree.cursor, screen.said(ChainTree.Activated)) == (2, [])
        await screen.pilot.click(tree, offset=(20, 2))
        assert [getattr(message, "index", None) for message in screen.said(ChainTree.Activated)] == [2]
        await screen.pilot.click(tree, offset=(6, 0))
        assert screen.numbers()[:3] == [1, 6, 7]
        screen.more(*samples.counting_call(21))
        await screen.pilot.pause()
        await screen.pilot.click(tree, offset=(72, HEIGHT - 1))
        assert (tree.following, tree.cursor) == (True, 104)

    run(samples.table_of(samples.counting(20)), steps)


def test_folding_keeps_the_cursor_where_it_is() -> None:
    """Folding and unfolding one call or all of them leaves the cursor's line on the screen row it was on."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.move_to(50, centre=True)
        line = screen.cursor_line()
        for change in (tree.toggle_fold, tree.toggle_fold, tree.fold_all, tree.unfold_all):
            change()
            assert (tree.cursor, screen.cursor_line()) == (50, line)
        tree.move_to(52)
        tree.toggle_fold()
        assert (tree.cursor, screen.cursor_line()) == (50, line)

    run(samples.table_of(samples.counting(40)), steps)


def test_moves_through_the_tree() -> None:
    """Opening, closing, parents, children and neighbouring calls go where their names say."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.to_top()
        tree.open_or_child()
        assert tree.cursor == 1
        tree.close_or_parent()
        assert tree.cursor == 0
        tree.close_or_parent()
        tree.cursor_down()
        assert tree.cursor == 5
        tree.cursor_up()
        tree.open_or_child()
        tree.cursor_down()
        assert tree.cursor == 1
        tree.next_sibling()
        assert tree.cursor == 5
        tree.move_to(7)
        tree.previous_sibling()
        assert tree.cursor == 5
        tree.previous_sibling()
        assert tree.cursor == 0
        tree.page_down()
        assert (tree.cursor, screen.numbers()[0]) == (11, 12)
        tree.half_page_up()
        assert tree.cursor == 5

    run(samples.table_of(samples.counting(20)), steps)


def test_letting_go_of_old_events_moves_nothing() -> None:
    """When the table drops its oldest events, the cursor stays on its event and its line."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.move_to(150, centre=True)
        before = screen.lines()
        tree.dropped(tree.table.drop_oldest(120))
        assert (tree.cursor, screen.lines()) == (70, before)
        tree.dropped(tree.table.drop_oldest(20))
        assert (tree.cursor, tree.table.number(0)) == (0, 181)

    run(samples.table_of(samples.counting(40)), steps)


def test_notes_are_drawn() -> None:
    """A note is a divider before what came after it, and the cursor can be on it, beside the event above."""

    async def steps(screen: TreeScreen) -> None:
        screen.tree.add_divider(Divider(Note("build", {}, 5), ("build 2",)))
        assert screen.lines()[5].startswith("── build 2 ──")
        screen.tree.to_top()
        for _ in range(5):
            screen.tree.cursor_down()
        assert (screen.tree.cursor, screen.lines()[5][:12]) == (4, "»─ build 2 ─")
        screen.tree.cursor_down()
        assert (screen.tree.cursor, screen.lines()[5][:12]) == (5, "── build 2 ─")

    run(samples.table_of(samples.counting(2)), steps)


def test_an_empty_table_says_so() -> None:
    """Before the first event there is no cursor and a line that says why; the first event takes it."""

    async def steps(screen: TreeScreen) -> None:
        screen.tree.cursor_down()
        screen.tree.toggle_fold()
        screen.tree.next_error()
        assert (screen.tree.cursor, screen.lines()[0].strip()) == (None, "no events yet")
        screen.more(samples.call("init"))
        assert screen.tree.cursor == 0

    run(EventTable(), steps)


def test_rows_fit_beside_the_scroll_bar() -> None:
    """At every size each line is as wide as what the scroll bar leaves."""
    for size in ((40, HEIGHT), (80, HEIGHT), (200, HEIGHT)):

        async def steps(screen: TreeScreen) -> None:
            tree = screen.tree
            width = tree.scrollable_content_region.width
            assert width == tree.size.width - 1
            assert {tree.render_line(y).cell_length for y in range(HEIGHT)} == {width}

        run(samples.table_of(samples.shop()), steps, size)


def test_another_theme_paints_anew() -> None:
    """Strips of the theme before are not shown again."""

    async def steps(screen: TreeScreen) -> None:
        before = screen.tree.render_line(0)
        screen.pilot.app.theme = "textual-light"
        await screen.pilot.pause()
        after = screen.tree.render_line(0)
        assert (before.text, before == after) == (after.text, False)

    run(samples.table_of(samples.counting(2)), steps)


def test_another_table_starts_anew() -> None:
    """A new table is shown from its end, without the filter of the one before."""

    async def steps(screen: TreeScreen) -> None:
        screen.tree.set_filter(parse_filter("log"))
        screen.tree.cursor_up()
        screen.tree.set_table(samples.table_of(samples.counting(1)))
        assert (screen.tree.cursor, screen.tree.following, screen.tree.filter_count) == (4, True, None)
        assert screen.numbers() == [1, 2, 3, 4, 5]

    run(samples.table_of(samples.counting(3)), steps)


def test_the_cursor_needs_no_colour() -> None:
    """In the terminal's own palette the cursor's line is reversed and has its glyph."""

    async def steps(screen: TreeScreen) -> None:
        screen.pilot.app.theme = "ansi-dark"
        await screen.pilot.pause()
        lines = [screen.tree.render_line(y) for y in range(HEIGHT)]
        reversed_ = [line for line in lines if any(segment.style and segment.style.reverse for segment in line)]
        assert [line.text[0] for line in reversed_] == ["»"]

    run(samples.table_of(samples.counting(2)), steps)


def test_a_file_that_does_not_grow_has_nothing_new_below() -> None:
    """What is read of a file that nobody writes is not told of as new, only what comes to one that grows."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        for grows, below in ((False, 0), (True, 10)):
            tree.grows = grows
            tree.cursor_up()
            screen.more(*samples.counting_call(21), *samples.counting_call(22))
            await screen.pilot.pause()
            assert tree.new_below == below
            assert screen.lines()[-1].endswith(" new") is grows
            tree.to_end()

    run(samples.table_of(samples.counting(20)), steps)


def test_what_comes_into_view_is_no_longer_new() -> None:
    """Of what came below only the rows that were not on screen yet are told of, also after a way up again."""

    async def steps(screen: TreeScreen) -> None:
        tree = screen.tree
        tree.cursor_up()
        screen.more(*samples.counting_call(21), *samples.counting_call(22))
        tree.move_to(103)
        assert (tree.new_below, screen.numbers()[-1]) == (6, 104)
        tree.move_to(60)
        assert (tree.following, tree.new_below) == (False, 6)
        tree.scroll_to(y=tree.max_scroll_y, animate=False, force=True, immediate=True)
        assert (tree.following, tree.new_below, tree.cursor) == (False, 0, 60)

    run(samples.table_of(samples.counting(20)), steps)
