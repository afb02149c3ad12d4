"""The user's settings file: keys by action id, and the theme."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chainview.system.errors import ChainviewError
from chainview.system.text_file import UnreadableText, read_toml


@dataclass(frozen=True, slots=True)
class Settings:
    """What a settings file says; a missing file says nothing."""

    theme: str = ""
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_settings(path: Path) -> Settings:
    """The settings in a TOML file: `theme = "light"` and a table `[keys]` of action id to a key or a list of keys.

    Raises ChainviewError, naming the file, for what can't be read or understood.
    """
    try:
        stored = read_toml(path)
        return Settings(_theme(stored, path), _keys(stored, path))
    except UnreadableText as error:
        if error.missing:
            return Settings()
        raise ChainviewError(f"can't read the settings in {path}: {error}") from None
    except RecursionError:
        raise ChainviewError(f"can't read the settings in {path}: it is nested too deeply") from None


def _theme(stored: dict[str, Any], path: Path) -> str:
    theme = stored.get("theme", "")
    if not isinstance(theme, str):
        raise ChainviewError(f'theme in {path} must be a text such as "light"')
    return theme


def _keys(stored: dict[str, Any], path: Path) -> dict[str, tuple[str, ...]]:
    table = stored.get("keys", {})
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
