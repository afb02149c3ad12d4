"""`theater:simple/tcp`: connecting, listening, and what peers send, as the actor asks for it or as it comes."""

from __future__ import annotations

from chainview.actor.hosts.interface import Interface
from chainview.actor.hosts.pact import functions
from chainview.actor.hosts.tcp.interface import CALLBACKS, DECLARED, LIMIT, provide
from chainview.actor.hosts.tcp.names import HANDLER, NAME

TCP = Interface(NAME, HANDLER, functions(NAME, DECLARED), provide, CALLBACKS, reaches_outside=True, limit=LIMIT)
