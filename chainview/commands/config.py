"""`chainview config`: where the settings lie, what they are, and whether anything is amiss with them."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.screen import THEMES
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.files.locations import config_file
from chainview.system.streams import emit
from chainview.system.wording import visible

if TYPE_CHECKING:
    from chainview.ui.widgets.key_map import KeyMap
    from chainview.ui.widgets.settings import Settings

HELP = CommandHelp(
    (
        ("chainview config", "every setting as it is now, in the language of the file"),
        ("chainview config theme fold.all", "two of them; keys go by the ids of their actions"),
        ("chainview config --check", "whether all that was set means something"),
        ("CHAINVIEW_THEME=light chainview config --check", "each setting has a variable that holds over the file"),
    ),
    "it was printed; with --check: nothing is amiss",
    "with --check: something is amiss",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("names", metavar="SETTING", nargs="*", help="a setting, or the id of an action, to show alone")
    parser.add_argument("--path", action="store_true", help="print where the settings file lies, or would lie")
    parser.add_argument("--show", action="store_true", help="print every setting as it is now (default)")
    parser.add_argument("--check", action="store_true", help="tell what is amiss in the file and the environment")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Shows or checks the settings: 1 when a check finds something amiss."""
    if args.path + args.show + args.check > 1 or (args.names and (args.path or args.check)):
        args.refuse("--path, --show and --check go one at a time, and SETTING with --show alone")
    path = config_file()
    if args.path:
        emit([json.dumps(_object(path)) if args.json else str(path)])
        return 0
    if args.check:
        return _check(path, as_json=args.json)
    from chainview.ui.widgets.settings import read_settings

    settings = read_settings(path, os.environ)
    keymap = settings.keymap()
    names = _chosen(args.names)
    if args.json:
        listed = [_setting_object(name, settings, keymap) for name in names]
        emit([json.dumps(_object(path) | {"settings": listed})])
    else:
        emit(_lines(names, settings, keymap))
    return 0


def _object(path: Path) -> dict[str, object]:
    return {"chainview": 1, "command": "config", "path": str(path)}


def _chosen(asked: Sequence[str]) -> list[str]:
    """The settings asked for, else all, in their order; raises ChainviewError for what is none."""
    from chainview.ui.widgets.settings import KEYS, NAMES

    names = []
    for name in asked:
        found = next((each for each in (name, f"{KEYS}.{name}") if each in NAMES), None)
        if found is None:
            raise ChainviewError(f"there is no setting {visible(name)}: `chainview config` lists them")
        names.append(found)
    return [name for name in NAMES if name in names or not names]


def _setting_object(name: str, settings: Settings, keymap: KeyMap) -> dict[str, object]:
    from chainview.ui.widgets.settings import variable_of

    told = {"id": name, "value": _value(name, settings, keymap), "does": _text(name)}
    return {**told, "variable": variable_of(name), "from": settings.origins.get(name)}


def _value(name: str, settings: Settings, keymap: KeyMap) -> str | bool | list[str]:
    from chainview.ui.widgets.keys import ActionId
    from chainview.ui.widgets.settings import KEYS, MOUSE, THEME

    if name == THEME:
        return settings.theme
    if name == MOUSE:
        return settings.mouse
    return list(keymap.written(ActionId(name.removeprefix(f"{KEYS}."))))


def _text(name: str) -> str:
    from chainview.ui.widgets.key_table import BY_ID
    from chainview.ui.widgets.keys import ActionId
    from chainview.ui.widgets.settings import KEYS, MOUSE, THEME

    if name == THEME:
        return f"{', '.join(THEMES[:-1])} or {THEMES[-1]}; empty: as the terminal's background is"
    if name == MOUSE:
        return "Whether the screens take the mouse; else it is left to the terminal"
    return BY_ID[ActionId(name.removeprefix(f"{KEYS}."))].text


def _lines(names: Sequence[str], settings: Settings, keymap: KeyMap) -> Iterator[str]:
    """TOML that says the same as the settings do now, with a comment for each of them."""
    from chainview.ui.widgets.settings import KEYS

    in_keys = False
    for name in names:
        of_key = name.startswith(f"{KEYS}.")
        if of_key and not in_keys:
            yield from ("", f"[{KEYS}]") if name != names[0] else (f"[{KEYS}]",)
        in_keys = of_key
        written = name.removeprefix(f"{KEYS}.")
        value = json.dumps(_value(name, settings, keymap), ensure_ascii=False)
        origin = settings.origins.get(name)
        comment = _text(name) if origin is None else f"{_text(name)}; from {origin}"
        yield visible(f"{json.dumps(written) if of_key else written} = {value}  # {comment}")


def _check(path: Path, *, as_json: bool) -> int:
    amiss, remarks = _found(path)
    if as_json:
        emit([json.dumps(_object(path) | {"amiss": amiss, "remarks": remarks})])
    else:
        there = "" if path.exists() else ", which is not there"
        verdict = f"{path}{there}: {'amiss' if amiss else 'nothing is amiss'}"
        emit([visible(line) for line in (verdict, *[f"  {each}" for each in (*amiss, *remarks)])])
    return 1 if amiss else 0


def _found(path: Path) -> tuple[list[str], list[str]]:
    """What is amiss, and what is to be known beside."""
    from chainview.ui.widgets.settings import read_settings

    try:
        settings = read_settings(path, os.environ)
    except ChainviewError as error:
        return [error.sentence], []
    amiss = [f"there is no setting {name}" for name in settings.unknown]
    if settings.theme and settings.theme not in THEMES:
        amiss.append(f"there is no theme {settings.theme!r}: choose {', '.join(THEMES[:-1])} or {THEMES[-1]}")
    try:
        return amiss, list(settings.keymap().taken)
    except ChainviewError as error:
        return [*amiss, error.sentence], []
