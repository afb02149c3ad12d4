"""`theater:simple/tcp`: as in the registry's generation, and whether a connection is encrypted."""

from __future__ import annotations

from typing import Final

from chainview.actor.hosts.interface import Interface
from chainview.actor.hosts.pact import functions
from chainview.actor.hosts.tcp.interface import CALLBACKS, DECLARED, LIMIT, provide
from chainview.actor.hosts.tcp.names import HANDLER, NAME

_ADDED: Final = """
    is-tls: func(connection-id: string) -> result<bool, string>
"""

TCP_WITH_IS_TLS = Interface(
    NAME, HANDLER, functions(NAME, DECLARED + _ADDED), provide, CALLBACKS, reaches_outside=True, limit=LIMIT
)
