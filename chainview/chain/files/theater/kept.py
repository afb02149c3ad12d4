"""What short texts of a chain were found to say, kept at hand since many are alike."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

_LONGEST: Final = 1 << 10
_MOST: Final = 1 << 18
"""Bytes of a text for which something is kept, and of all of those with what they say."""

Said = TypeVar("Said")


class Kept(Generic[Said]):
    """What short texts say, by those, of the last for which there was room."""

    def __init__(self) -> None:
        self._by_text: dict[bytes, Said] = {}
        self._held = 0

    def get(self, text: bytes) -> Said | None:
        """What was kept for a text."""
        return self._by_text.get(text)

    def keep(self, text: bytes, said: Said, size: int) -> None:
        """Keeps what a text says, which takes so many bytes, if the text is short, and not empty."""
        if text and len(text) <= _LONGEST and len(text) + size <= _MOST:
            self._held += len(text) + size
            if self._held > _MOST:
                self._by_text.clear()
                self._held = len(text) + size
            self._by_text[text] = said
