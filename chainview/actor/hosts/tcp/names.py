"""How the interface is called, and what an actor exports for it to call back."""

from __future__ import annotations

from typing import Final

NAME: Final = "theater:simple/tcp"
HANDLER: Final = "tcp"
_CLIENT: Final = "theater:simple/tcp-client"
HANDLE_CONNECTION: Final = f"{_CLIENT}.handle-connection"
HANDLE_TRANSFER: Final = f"{_CLIENT}.handle-connection-transfer"
ON_DATA: Final = f"{_CLIENT}.on-data"
ON_CLOSE: Final = f"{_CLIENT}.on-close"
