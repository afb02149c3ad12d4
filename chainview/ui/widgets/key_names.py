"""The names of keys: as a person writes them, as they arrive, as screens show them."""

from __future__ import annotations

from chainview.system.errors import ChainviewError

_NAMES = {
    "esc": "escape",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "del": "delete",
    "ins": "insert",
    "return": "enter",
}
_SHOWN = {
    "escape": "esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
_WORDS = {"tab", "enter", "space", "backspace", "delete", "insert", *_SHOWN, *[f"f{n}" for n in range(1, 25)]}


def key_name(written: str) -> str:
    """The name by which a key arrives, for a key as the table or a user writes it; raises ChainviewError.

    One character stands for itself; `^d` and `ctrl+d` are the same; `pgdn`, `esc`, `f1` and the like are words.
    """
    if len(written) == 1 and written.isprintable() and written != " ":
        return written
    low = written.lower()
    if len(low) == 2 and low[0] == "^":
        low = f"ctrl+{low[1]}"
    low = _NAMES.get(low, low)
    head, plus, last = low.rpartition("+")
    if low in _WORDS or (
        plus and head in {"ctrl", "alt", "shift", "ctrl+shift"} and (last in _WORDS or len(last) == 1)
    ):
        return low
    raise ChainviewError(f"{written!r} is no key: write a character, ^x, f1 to f24, or a word such as pgdn or space")


def key_shown(name: str) -> str:
    """A key as screens write it."""
    if name.startswith("ctrl+") and len(name) == 6:
        return f"^{name[5]}"
    if name in _SHOWN:
        return _SHOWN[name]
    return name.upper() if name[0] == "f" and name[1:].isdigit() else name
