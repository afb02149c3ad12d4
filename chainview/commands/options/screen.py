"""The options of the commands that open a screen."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

THEMES = ("dark", "light", "ansi")


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """How a screen is to look and listen; a theme of None leaves the choice to the settings."""

    theme: str | None = None
    mouse: bool = True


def add_screen_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--theme", choices=THEMES, help="colours (default: the settings', else the terminal's)")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")


def read_screen_options(args: argparse.Namespace) -> ScreenOptions:
    """The options as the screens take them."""
    return ScreenOptions(theme=args.theme, mouse=not args.no_mouse)
