"""Answering what a guest asks of its host: by the interceptor, else by the handlers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from chainview.actor.engine.call_failed import CallFailed
from chainview.actor.engine.instance import Answer
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.provided import Imported
from chainview.actor.interceptors import CallInterceptor, RecordingInterceptor
from chainview.actor.rebuild import Answering
from chainview.chain.payload import packed
from chainview.pack.cgrf import DecodeError, EncodeError, decode
from chainview.pack.cgrf.alone import alone
from chainview.pack.cgrf.limits import MAX_BYTES
from chainview.pack.values import Value
from chainview.pack.values.types import MAX_DEPTH

_DEEPEST_ASKED: Final = MAX_DEPTH - 2
"""Levels of an input that fit into its event; a replay refuses what the recording could not hold, too."""
_LARGEST_ASKED: Final = MAX_BYTES - MAX_BYTES // 16


class HostCalls:
    """Makes the answer function of each import of a module that speaks `version` of CGRF.

    What a guest asks that can't be read, answered or recorded ends its call with CallFailed.
    """

    def __init__(self, interceptor: CallInterceptor, handlers: Mapping[Imported, Handler], version: int) -> None:
        self._handled = 0
        self._interceptor, self._handlers, self._version = interceptor, handlers, version
        self._closed: Answering | None = None

    @property
    def handled(self) -> int:
        """How many host calls a handler answered, rather than the interceptor."""
        interceptor = self._interceptor
        return self._handled + (interceptor.recorded_aside if isinstance(interceptor, RecordingInterceptor) else 0)

    @contextmanager
    def closed(self, answering: Answering) -> Iterator[None]:
        """Lets `answering` answer in the place of interceptor and handlers, outside of the calls that are recorded."""
        self._closed = answering
        try:
            yield
        finally:
            self._closed = None

    def answer(self, interface: str, function: str) -> Answer:
        """What answers that import."""
        handler, interceptor = self._handlers[interface, function], self._interceptor
        name = f"{interface}.{function}"
        # Of another one, and of what is made of it, nothing is known but that it is told of values.
        recording = interceptor if type(interceptor) is RecordingInterceptor else None

        def answer(asked: bytes) -> bytes:
            if self._closed is not None:
                return self._closed(interface, function, asked)
            if recording is not None:
                plain = alone(asked, self._version)
                if plain is not None:
                    return self._recorded(recording, (interface, function), asked, plain)
            elif (known := interceptor.answer_packed(interface, function, asked)) is not None:
                return known
            if len(asked) > _LARGEST_ASKED:
                raise CallFailed(f"the input of {name} has {len(asked):,} bytes: no event holds that", broken=True)
            try:
                input = decode(asked, _DEEPEST_ASKED)
            except DecodeError as error:
                raise CallFailed(f"the input of {name} can't be decoded: {error.sentence}", broken=True) from None
            output = interceptor.before_import(interface, function, input)
            if output is None:
                output = handler(input)
                self._handled += 1
            handed = self._handed(name, output)
            self._told(interceptor, (interface, function), input, output)
            return handed

        return answer

    def _recorded(self, recording: RecordingInterceptor, imported: Imported, asked: bytes, input: Value) -> bytes:
        """The answer to what is the bytes `asked` in the chain, too."""
        recording.before_import(*imported, input)
        output = self._handlers[imported](input)
        self._handled += 1
        handed = self._handed(".".join(imported), output)
        if not recording.after_packed(*imported, asked, handed):
            self._told(recording, imported, input, output)
        return handed

    def _handed(self, name: str, output: Value) -> bytes:
        try:
            return packed(output, self._version)
        except EncodeError as error:
            reason = f"the answer of {name} can't be handed over: {error.sentence}"
            raise CallFailed(reason, broken=True) from None

    def _told(self, interceptor: CallInterceptor, imported: Imported, input: Value, output: Value) -> None:
        try:
            interceptor.after_import(*imported, input, output)
        except EncodeError as error:
            name = ".".join(imported)
            raise CallFailed(f"the call of {name} can't be recorded: {error.sentence}", broken=True) from None
