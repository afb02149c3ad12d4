"""The themes: dark, light, and one that uses the terminal's own palette."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import BUILTIN_THEMES, Theme

from chainview.system.errors import ChainviewError

DARK = Theme(
    name="dark",
    primary="#7aa2f7",
    secondary="#7dcfff",
    accent="#bb9af7",
    warning="#e0af68",
    error="#f7768e",
    success="#9ece6a",
    foreground="#c8d0e7",
    background="#14161f",
    surface="#14161f",
    panel="#1f2335",
    dark=True,
    variables={
        "dim": "#737aa2",
        "quiet": "#565f89",
        "cursor": "#2b3454",
        "hit": "#5a4a1f",
        "number": "#ff9e64",
        "rule": "#2f3549",
    },
)
LIGHT = Theme(
    name="light",
    primary="#1f5fbf",
    secondary="#00707f",
    accent="#7a3fb0",
    warning="#8a5a00",
    error="#b3182f",
    success="#2f6f1a",
    foreground="#22252e",
    background="#fbfbfa",
    surface="#fbfbfa",
    panel="#e9ebf0",
    dark=False,
    variables={
        "dim": "#5c6270",
        "quiet": "#7c8290",
        "cursor": "#d5e2f7",
        "hit": "#ffe9a8",
        "number": "#a2480b",
        "rule": "#cfd3dc",
    },
)
ANSI = Theme(
    name="ansi",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_magenta",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "dim": "ansi_default",
        "quiet": "ansi_bright_black",
        "cursor": "ansi_default",
        "hit": "ansi_default",
        "number": "ansi_yellow",
        "rule": "ansi_bright_black",
    },
)
THEMES = (DARK, LIGHT, ANSI)
THEME_DEFAULTS = DARK.variables
NAMES = tuple(theme.name for theme in THEMES)


_MANY_COLOURS = ("256color", "kitty", "direct")
"""How the names of terminals with many colours end."""


def chosen_theme(asked: str, settings: str, environ: Mapping[str, str]) -> str:
    """The theme to start with: NO_COLOR, then the option, then the settings, then the terminal's own colours where it
    has few, then what COLORFGBG tells of the background, else dark; raises ChainviewError for a theme that does not
    exist."""
    if environ.get("NO_COLOR"):
        return ANSI.name
    name = asked or settings
    if name and name not in NAMES:
        raise ChainviewError(f"there is no theme {name!r}: choose {', '.join(NAMES[:-1])} or {NAMES[-1]}")
    if not name and _has_few_colours(environ):
        return ANSI.name
    return name or (LIGHT.name if _light_background(environ.get("COLORFGBG", "")) else DARK.name)


def _has_few_colours(environ: Mapping[str, str]) -> bool:
    """Whether a terminal names neither 256 colours nor more, so that ours would come out as others, or as one."""
    term = environ.get("TERM", "")
    told = environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.rpartition("-")[2] in _MANY_COLOURS
    return bool(term) and not told


def _light_background(colours: str) -> bool:
    """COLORFGBG is `foreground;background` in palette numbers, of which 7 and 9 to 15 are light."""
    background = colours.rpartition(";")[2]
    return background.isdigit() and (int(background) == 7 or 9 <= int(background) <= 15)
