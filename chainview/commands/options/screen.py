"""The options of the commands that open a screen."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainview.ui.terminal import ScreenOptions

THEMES = ("dark", "light", "ansi")


def add_screen_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--theme", choices=THEMES, help="colours (default: the settings', else the terminal's)")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")


def read_screen_options(args: argparse.Namespace) -> ScreenOptions:
    """The options as the screens take them."""
    from chainview.ui.terminal import ScreenOptions

    return ScreenOptions(theme=args.theme, mouse=not args.no_mouse)
