"""`theater:simple/rpc`: calling the exports of another actor of the family, and asking what it exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chainview.actor.hosts.actor_ids import actor_id
from chainview.actor.hosts.answers import ok
from chainview.actor.hosts.family import CallbackFailed, Member
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.chain.families.link import LinkKind
from chainview.pack.values import U64, Bool, List, Option, Record, String, Tuple, Value, Variant, types
from chainview.system.long_work import wait_for

NAME = "theater:simple/rpc"

_DEFAULT_TIMEOUT = 30_000
"""In ms."""


class _Refused(Exception):
    """The words of an err."""


def _provide(host: Host) -> Mapping[str, Handler]:
    def call(input: Value) -> Value:
        match input:
            case Tuple((String(id), String(function), params, *options)):
                pass
            case Tuple((String(), _, _, *_)):
                raise _Refused("Invalid function: expected string")
            case Tuple((_, _, _, *_)):
                raise _Refused("Invalid actor-id: expected string")
            case _:
                raise _Refused("Invalid input: expected tuple of (actor-id, function, params, options)")
        member = _member(host, id)
        called = member.call_back(function, params, host.trigger(LinkKind.RPC))
        try:
            with host.awaiting(member.actor_id):
                return wait_for(called, _timeout(options[0] if options else None) / 1000)
        except CallbackFailed as failed:
            raise _Refused(f"Call failed: {failed}") from None
        except TimeoutError:
            raise _Refused("Call timed out") from None

    def implements(input: Value) -> Value:
        match input:
            case Tuple((String(id), String(interface), *_)):
                return Bool(interface in _member(host, id).exported)
            case Tuple((String(), _, *_)):
                raise _Refused("Invalid interface: expected string")
            case Tuple((_, _, *_)):
                raise _Refused("Invalid actor-id: expected string")
        raise _Refused("Invalid input: expected tuple of (actor-id, interface)")

    def exports(input: Value) -> Value:
        match input:
            case String(id) | Tuple((String(id), *_)):
                return List(types.STRING, tuple(map(String, _member(host, id).exported)))
            case Tuple((_, *_)):
                raise _Refused("Invalid actor-id: expected string")
        raise _Refused("Invalid input: expected actor-id string")

    return {"call": _twice_wrapped(call), "implements": _twice_wrapped(implements), "exports": _twice_wrapped(exports)}


def _twice_wrapped(answer: Callable[[Value], Value]) -> Handler:
    """The handler of an answer: an ok around a variant of its own, which says how it went."""

    def handler(input: Value) -> Value:
        try:
            return ok(Variant("result", "ok", 0, (answer(input),)))
        except _Refused as refused:
            return ok(Variant("result", "err", 1, (String(str(refused)),)))

    return handler


def _member(host: Host, text: str) -> Member:
    try:
        id = actor_id(text)
    except ValueError as error:
        raise _Refused(f"Invalid actor ID: {error}") from None
    member = host.family.living(id)
    if member is None:
        raise _Refused(f"Actor not found: {text}")
    return member


def _timeout(options: Value | None) -> int:
    """The milliseconds that an `option<call-options>` allows."""
    match options:
        case Option(_, Record(_, fields)):
            for name, value in fields:
                match value:
                    case Option(_, U64(milliseconds)) if name == "timeout-ms":
                        return milliseconds
    return _DEFAULT_TIMEOUT


RPC = Interface(
    NAME,
    "rpc",
    functions(
        NAME,
        """
        call: func(actor-id: string, function: string, params: value, options: value) -> value
        implements: func(actor-id: string, interface: string) -> value
        exports: func(actor-id: string) -> value
        """,
    ),
    _provide,
)
