"""The options of the commands that open a screen."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from chainview.commands.options.amounts import positive

if TYPE_CHECKING:
    from chainview.ui.terminal import ScreenOptions

_ROWS, _FEWEST_ROWS = 20, 10
THEMES = ("dark", "light", "ansi")


def add_screen_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--theme", choices=THEMES, help="colours (default: the settings', else the terminal's)")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument(
        "--inline",
        type=rows,
        nargs="?",
        const=_ROWS,
        default=0,
        metavar="ROWS",
        help=f"take only so many rows below the prompt, and leave there what was shown (without a number {_ROWS})",
    )


def rows(text: str) -> int:
    """A number of rows in which there is something to be seen; raises argparse's error for anything else."""
    number = positive(text)
    if number < _FEWEST_ROWS:
        raise argparse.ArgumentTypeError(f"{text} rows are too few: a screen needs {_FEWEST_ROWS}")
    return number


def read_screen_options(args: argparse.Namespace) -> ScreenOptions:
    """The options as the screens take them."""
    from chainview.ui.terminal import ScreenOptions

    return ScreenOptions(theme=args.theme, mouse=not args.no_mouse, inline_rows=args.inline)
