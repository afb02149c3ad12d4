"""`wisp:assembler/runtime`: makes a binary module of a WebAssembly text."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.actor.hosts.answers import Refusal, result_of
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.pack.values import String, Value, bytes_value

NAME = "wisp:assembler/runtime"


def _provide(host: Host) -> Mapping[str, Handler]:
    def wat_to_wasm(input: Value) -> Value:
        match input:
            case String(text):
                return bytes_value(host.assembled(text))
        raise Refusal("expected string argument")

    return {"wat-to-wasm": result_of(wat_to_wasm)}


ASSEMBLER = Interface(
    NAME, "assembler", functions(NAME, "wat-to-wasm: func(wat: string) -> result<list<u8>, string>"), _provide
)
