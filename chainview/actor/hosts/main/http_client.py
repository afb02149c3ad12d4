"""`theater:simple/http-client`: a request to a web server that the actor may reach."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from chainview.actor.hosts.answers import Refusal, bytes_of, result_of
from chainview.actor.hosts.interface import Handler, Host, Interface, Limit
from chainview.actor.hosts.pact import functions
from chainview.actor.hosts.web_address import Address, BadAddress, address_of
from chainview.actor.hosts.web_exchange import (
    HANDLER,
    BodyFailed,
    ExchangeFailed,
    WebRequest,
    WebResponse,
    exchange,
    permission,
)
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import U16, Array, List, Option, Record, String, Tuple, Value, bytes_value, types

NAME = "theater:simple/http-client"

_STRING: Final = TypeDesc("string")
_HEADER: Final = TypeDesc("record", "http-header", fields=(("name", _STRING), ("value", _STRING)))
_HEADERS: Final = ("headers", TypeDesc("list", args=(_HEADER,)))
_BODY: Final = ("body", TypeDesc("option", args=(TypeDesc("list", args=(TypeDesc("u8"),)),)))
_NAMED: Final = {
    "http-request": TypeDesc("record", "http-request", fields=(("method", _STRING), ("url", _STRING), _HEADERS, _BODY)),
    "http-response": TypeDesc("record", "http-response", fields=(("status", TypeDesc("u16")), _HEADERS, _BODY)),
}
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PLACE: Final = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|[^\s/@?#:\[\]]+)"
    r"(:0*(\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?",
    re.ASCII,
)
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")


def _provide(host: Host) -> Mapping[str, Handler]:
    permits = permission(host.leave)

    def permit(address: Address) -> None:
        if not permits(address):
            host.warn("http-client: hosts that are not allowed are refused to the actor")
            raise Refusal(f"http-client: host '{address.host}' not in allowed_hosts")

    def request(input: Value) -> Value:
        asked = _Asked()
        asked.read(input)
        try:
            address = address_of(asked.url)
        except BadAddress as error:
            raise Refusal(f"http-client: invalid url '{asked.url}': {error}") from None
        if address.host is None:
            raise Refusal(f"http-client: url '{asked.url}' has no host")
        permit(address)
        try:
            return _response(exchange(asked.of(address), permit))
        except BodyFailed as error:
            raise Refusal(f"http-client: reading response body failed: {error}") from None
        except ExchangeFailed as error:
            raise Refusal(f"http-client: request failed: {error}") from None

    return {"request": result_of(request)}


class _Asked:
    """A request as the guest hands it over: a record, or its fields in order."""

    def __init__(self) -> None:
        self.url = ""
        self._method = ""
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body: bytes | None = None

    def read(self, input: Value) -> None:
        """Takes what is there; raises Refusal where that is too little."""
        match input:
            case Record(_, fields):
                for name, value in fields:
                    self._take(name, value)
            case Tuple((_, _, *_) as items):
                for name, value in zip(("method", "url", "headers", "body"), items, strict=False):
                    self._take(name, value)
            case _:
                raise Refusal("http-client: expected http-request record")
        for name, text in (("method", self._method), ("url", self.url)):
            if not text:
                raise Refusal(f"http-client: http-request.{name} is required")

    def _take(self, name: str, value: Value) -> None:
        match name, value:
            case "method", String(text):
                self._method = text
            case "url", String(text):
                self.url = text
            case "headers", List(_, items):
                self._headers = tuple(header for each in items if (header := _header(each)) is not None)
            case "headers", _:
                self._headers = ()
            case "body", Option(_, inner):
                self._body = None if inner is None else bytes_of(inner)
            case "body", Array() | List():
                self._body = bytes_of(value)
            case "body", _:
                self._body = None

    def of(self, address: Address) -> WebRequest:
        """The request to an address; raises Refusal for what can't be sent."""
        if not _TOKEN.fullmatch(self._method):
            raise Refusal(f"http-client: invalid method '{self._method}': invalid HTTP method")
        for name, value in self._headers:
            if not _TOKEN.fullmatch(name):
                raise Refusal(f"http-client: invalid header name '{name}': invalid HTTP header name")
            if not _VALUE.fullmatch(value):
                raise Refusal(f"http-client: invalid header value for '{name}': failed to parse header value")
        headers = tuple((name.lower(), value) for name, value in self._headers)
        return WebRequest(self._method, address, headers, self._body)


def _header(value: Value) -> tuple[str, str] | None:
    match value:
        case Record(_, fields):
            texts = {name: text.value for name, text in fields if isinstance(text, String)}
            return texts.get("name", ""), texts.get("value", "")
        case Tuple((String(name), String(text), *_)):
            return name, text
    return None


def _response(response: WebResponse) -> Value:
    headers = [
        Record("http-header", (("name", String(name)), ("value", String(value)))) for name, value in response.headers
    ]
    body = Option(types.list_of(types.U8), bytes_value(response.body))
    return Record(
        "http-response",
        (
            ("status", U16(response.status)),
            ("headers", List(types.record_named("http-header"), tuple(headers))),
            ("body", body),
        ),
    )


HTTP_CLIENT = Interface(
    NAME,
    HANDLER,
    functions(NAME, "request: func(req: http-request) -> result<http-response, string>", _NAMED),
    _provide,
    reaches_outside=True,
    limit=Limit("HOST or HOST:PORT, such as example.org", lambda text: _PLACE.fullmatch(text) is not None),
)
