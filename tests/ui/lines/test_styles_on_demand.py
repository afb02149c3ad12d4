"""Component classes that are worked out when they are painted in."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.dom import DOMNode
from textual.filter import ANSIToTruecolor

from chainview.ui.lines.role_styles import ROLES, RoleStyles
from chainview.ui.tree.painter import LOOKS
from chainview.ui.widgets.text_line import TextLine
from chainview.ui.widgets.themes import THEMES
from tests.ui.app_driver import Driven, drive_live


class _Line(RoleStyles):
    """Two classes beside those of roles: one of its own, one that Textual declares."""

    LOOKS = RoleStyles.LOOKS | {"line--own"}
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--declared"}
    DEFAULT_CSS = """
    _Line {
        background: $surface;
        & > .line--own, & > .line--declared, & > .role--good { color: $success; text-style: bold; }
    }
    """


class _App(App[None]):
    def compose(self) -> ComposeResult:
        yield _Line()


def test_a_class_costs_nothing_until_it_is_painted_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all roles, the stylesheet is asked for the one that was, once for each time the widget is styled anew."""

    async def main() -> None:
        app = _App()
        async with app.run_test():
            asked: list[DOMNode] = []
            monkeypatch.setattr(app.stylesheet, "apply", asked.append)
            line = app.query_one(_Line)
            for _ in range(3):
                line.role_style("good")
            assert len(asked) == 1
            line.notify_style_update()
            line.role_style("good")
            assert len(asked) == 2

    assert len(ROLES) > 2
    asyncio.run(main())


def test_it_is_styled_as_a_declared_class_is() -> None:
    """Colour, ground and attributes, in each theme, alone and together with what is declared."""

    async def main() -> None:
        app = _App()
        async with app.run_test() as pilot:
            line = app.query_one(_Line)
            for theme in ("textual-dark", "textual-light", "nord"):
                app.theme = theme
                await pilot.pause()
                declared = line.get_component_rich_style("line--declared")
                assert declared.bold
                assert declared == line.get_component_rich_style("line--own") == line.role_style("good")
            assert line.get_component_styles("line--declared").color == line.get_component_styles("line--own").color

    asyncio.run(main())


def test_a_class_that_there_is_not_is_a_mistake() -> None:
    """Nothing is painted in a style that nobody wrote."""

    async def main() -> None:
        app = _App()
        async with app.run_test():
            with pytest.raises(KeyError, match="line--none"):
                app.query_one(_Line).get_component_styles("line--none")

    asyncio.run(main())


def test_no_piece_is_looked_through_for_colours_that_no_theme_has() -> None:
    """All colours are true ones but in the terminal's own palette, where Textual turns none of them into those."""

    async def script(driven: Driven) -> None:
        app = driven.app
        line, tree = app.screen.query(TextLine).first(), driven.screen.chain_tree
        for theme in THEMES:
            app.theme = theme.name
            styles = [*map(line.role_style, ROLES), *map(tree._painter.style, LOOKS)]
            colours = [each for style in styles for each in (style.color, style.bgcolor) if each is not None]
            assert theme.ansi or all(each.triplet is not None for each in colours)
            assert not any(isinstance(each, ANSIToTruecolor) for each in line.get_line_filters())
            assert theme.ansi != any(isinstance(each, ANSIToTruecolor) for each in app.get_line_filters())

    drive_live(script)
