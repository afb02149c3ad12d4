"""What Theater's command line prints between the events."""

from __future__ import annotations

import re
from typing import Final

PRINTED: Final = re.compile(
    rb"\[[0-9a-f]{8}\] |(?:\x1b\[[0-9;]*m)*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
    rb"|Received interrupt signal|Operation cancelled by user|Stopping actor|Actor error: |\xe2\x9c\x97 "
)
"""How a line of it begins: of what an actor logs, and of what the command line says itself."""
