"""What both generations of `theater:simple/tcp` have: what they declare, provide and call back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import nullcontext
from typing import Any, Final

from chainview.actor.hosts.answers import result_of
from chainview.actor.hosts.interface import Handler, Host, Limit
from chainview.actor.hosts.tcp.names import (
    HANDLE_CONNECTION,
    HANDLE_TRANSFER,
    HANDLER,
    ON_CLOSE,
    ON_DATA,
)
from chainview.pack.values import Value

DECLARED: Final = """
    connect: func(address: string) -> result<string, string>
    listen: func(address: string) -> result<string, string>
    accept: func(listener-id: string) -> result<string, string>
    activate: func(connection-id: string) -> result<_, string>
    set-active: func(connection-id: string, mode: string) -> result<_, string>
    transfer: func(connection-id: string, target-actor: string) -> result<_, string>
    transfer-async: func(connection-id: string, target-actor: string) -> result<_, string>
    peer-address: func(connection-id: string) -> result<string, string>
    send: func(connection-id: string, data: list<u8>) -> result<u64, string>
    receive: func(connection-id: string, max-bytes: u32) -> result<list<u8>, string>
    close: func(connection-id: string) -> result<_, string>
    close-listener: func(listener-id: string) -> result<_, string>
    upgrade-to-tls-server: func(connection-id: string) -> result<_, string>
    upgrade-to-tls-client: func(connection-id: string, server-name: string) -> result<_, string>
"""

CALLBACKS: Final = (HANDLE_CONNECTION, HANDLE_TRANSFER, ON_DATA, ON_CLOSE)


def _is_limit(text: str) -> bool:
    from chainview.actor.hosts.tcp.addresses import limit_of

    return limit_of(text) is not None


LIMIT: Final = Limit("HOST or HOST:PORT, such as 127.0.0.1:8080", _is_limit)


def provide(host: Host) -> Mapping[str, Handler]:
    """The functions of both generations for one actor; nothing is opened before one of them is called."""
    # Most actors have no connections, and start sooner without what these need.
    from chainview.actor.hosts.tcp.connections import Connections
    from chainview.actor.hosts.tcp.functions import Functions, target_of

    connections = host.family.shared(HANDLER, Connections)
    of = Functions(connections, connections.member(host))

    def answering(function: Callable[[Value], Coroutine[Any, Any, Value]]) -> Handler:
        return result_of(lambda input: connections.wait(function(input)))

    def transferred(input: Value) -> Value:
        target = target_of(input)
        with nullcontext() if target is None else host.awaiting(target):
            return connections.wait(of.transfer(input))

    return {
        "connect": answering(of.connect),
        "listen": answering(of.listen),
        "accept": answering(of.accept),
        "activate": answering(of.activate),
        "set-active": answering(of.set_active),
        "transfer": result_of(transferred),
        "transfer-async": answering(of.transfer_async),
        "peer-address": answering(of.peer_address),
        "is-tls": answering(of.is_tls),
        "send": answering(of.send),
        "receive": answering(of.receive),
        "close": answering(of.close),
        "close-listener": answering(of.close_listener),
        "upgrade-to-tls-server": answering(of.upgrade_to_tls_server),
        "upgrade-to-tls-client": answering(of.upgrade_to_tls_client),
    }
