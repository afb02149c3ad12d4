"""The user's settings: a file, and over it the environment: keys by action id, the theme, the mouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chainview.core.serving import VARIABLE as CORE_VARIABLE
from chainview.system.errors import ChainviewError
from chainview.system.files.text_file import UnreadableText, read_toml
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId

PREFIX = "CHAINVIEW_"
THEME, MOUSE, KEYS = "theme", "mouse", "keys"
NAMES = (THEME, MOUSE, *[f"{KEYS}.{action_id}" for action_id in ActionId])
"""Every setting."""
_OTHER_VARIABLES = (f"{PREFIX}DEBUG", CORE_VARIABLE)
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def variable_of(name: str) -> str:
    """The environment variable of a setting, such as `CHAINVIEW_KEYS_FOLD_ALL` of `keys.fold.all`."""
    return PREFIX + name.upper().replace(".", "_")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file and the environment say; a missing file says nothing."""

    theme: str = ""
    mouse: bool = True
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    """Where each setting that was given is from: the file's path, or a variable's name."""
    unknown: tuple[str, ...] = ()
    """What was given and is no setting."""

    def keymap(self) -> KeyMap:
        """The keys; raises ChainviewError, naming where they are from, for those that can't be given."""
        try:
            return KeyMap(self.keys)
        except ChainviewError as error:
            places = {self.origins[f"{KEYS}.{name}"] for name in self.keys}
            raise ChainviewError(f"[keys] in {' and '.join(sorted(places))}: {error.sentence}") from None


def read_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in a TOML file: `theme = "light"`, `mouse = false` and a table `[keys]` of action id to a key or a
    list of keys; a variable of the environment, such as `CHAINVIEW_THEME`, holds over what is in the file.

    Raises ChainviewError, naming the file or the variable, for what can't be read or understood.
    """
    try:
        stored = read_toml(path)
        found = Settings(_theme(stored, path), _mouse(stored, path), _keys(stored, path))
    except UnreadableText as error:
        if not error.missing:
            raise ChainviewError(f"can't read the settings in {path}: {error}") from None
        stored, found = {}, Settings()
    except RecursionError:
        raise ChainviewError(f"can't read the settings in {path}: it is nested too deeply") from None
    given = [name for name in (THEME, MOUSE) if name in stored] + [f"{KEYS}.{name}" for name in found.keys]
    unknown = [f"{name} in {path}" for name in stored if name not in (THEME, MOUSE, KEYS)]
    found = Settings(found.theme, found.mouse, found.keys, dict.fromkeys(given, str(path)), tuple(unknown))
    return _with_environment(found, environ or {})


def _with_environment(found: Settings, environ: Mapping[str, str]) -> Settings:
    variables = {variable_of(name): name for name in NAMES}
    theme, mouse, keys, origins, unknown = found.theme, found.mouse, dict(found.keys), dict(found.origins), []
    for variable, text in environ.items():
        name = variables.get(variable)
        if name is None:
            if variable.startswith(PREFIX) and variable not in _OTHER_VARIABLES:
                unknown.append(f"{variable} in the environment")
            continue
        if name == THEME:
            # Set to nothing it says nothing.
            theme = text or theme
        elif name == MOUSE:
            mouse = _switch(text, variable)
        else:
            keys[name.removeprefix(f"{KEYS}.")] = tuple(text.split())
        origins[name] = variable
    return Settings(theme, mouse, keys, origins, (*found.unknown, *unknown))


def _switch(text: str, variable: str) -> bool:
    if text.lower() not in _WORDS:
        raise ChainviewError(f"{variable} must be true or false, and it is {text[:40]!r}")
    return _WORDS[text.lower()]


def _theme(stored: dict[str, Any], path: Path) -> str:
    theme = stored.get(THEME, "")
    if not isinstance(theme, str):
        raise ChainviewError(f'theme in {path} must be a text such as "light"')
    return theme


def _mouse(stored: dict[str, Any], path: Path) -> bool:
    mouse = stored.get(MOUSE, True)
    if not isinstance(mouse, bool):
        raise ChainviewError(f"mouse in {path} must be true or false")
    return mouse


def _keys(stored: dict[str, Any], path: Path) -> dict[str, tuple[str, ...]]:
    table = stored.get(KEYS, {})
    if not isinstance(table, dict):
        raise ChainviewError(f"keys in {path} must be a table of action id to keys")
    return {action_id: _key_list(action_id, keys, path) for action_id, keys in _flat(table)}


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """The entries with dotted ids, since `fold.all = "x"` is a nested table in TOML."""
    entries: list[tuple[str, Any]] = []
    for name, value in table.items():
        entries += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return entries


def _key_list(action_id: str, keys: object, path: Path) -> tuple[str, ...]:
    if isinstance(keys, str):
        return tuple(keys.split())
    if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
        return tuple(keys)
    raise ChainviewError(f"the keys of {action_id} in {path} must be a text or a list of texts")
