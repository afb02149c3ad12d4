"""What is amiss with a watch, known without the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MODULE_GONE: Final = "module gone"
OUT_OF_REACH: Final = "module out of reach"
MANIFEST_UNUSABLE: Final = "manifest unusable"
MANIFEST_CHANGED: Final = "manifest changed"
EVERY_SECOND: Final = "looks every second"
ENDED: Final = "no longer watched"


@dataclass(frozen=True, slots=True)
class WatchTrouble:
    """What is amiss: a few words for a status line and a sentence to say once; both empty where all is well."""

    short: str = ""
    sentence: str = ""
