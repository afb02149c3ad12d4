"""Requests of an actor to a web server, real ones over loopback."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from chainview.actor.hosts.leave import leave_of
from chainview.actor.hosts.main.http_client import HTTP_CLIENT, NAME
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.values import (
    U16,
    U64,
    UNIT,
    List,
    Option,
    Record,
    Result,
    String,
    Tuple,
    Value,
    bytes_value,
    none,
    types,
)
from chainview.system.errors import ChainviewError
from chainview.system.long_work import GivenUp, given_up_when
from tests.actor.hosts.test_registry import err
from tests.actor.hosts.web_server import CERTIFICATE, WebServer, answer, web_server

Headers = Sequence[tuple[str, str]]
BYTES = types.list_of(types.U8)


@pytest.fixture
def server() -> Iterator[WebServer]:
    """A web server on loopback."""
    with web_server() as running:
        yield running


def allowed(*options: str, **table: Any) -> SessionHost:
    """The host of an actor with such a table in its manifest, where there is one, and such options."""
    return SessionHost(StateChain(), leave_of({"http-client": table} if table else {}, options))


def asked(host: SessionHost, input: Value) -> Value:
    """What an actor of that host is answered."""
    return HTTP_CLIENT.provide(host)["request"](input)


def header(name: str, value: str) -> Record:
    """A header as guests and hosts have it."""
    return Record("http-header", (("name", String(name)), ("value", String(value))))


def request(url: str, method: str = "GET", headers: Headers = (), body: bytes | None = None) -> Record:
    """A request as a guest hands it over."""
    given = none(BYTES) if body is None else Option(BYTES, bytes_value(body))
    listed = List(types.record_named("http-header"), tuple(header(*each) for each in headers))
    fields = (("method", String(method)), ("url", String(url)), ("headers", listed), ("body", given))
    return Record("http-request", fields)


def response(status: int, headers: Headers, body: bytes) -> Result:
    """An ok of a response."""
    listed = List(types.record_named("http-header"), tuple(header(*each) for each in headers))
    fields = (("status", U16(status)), ("headers", listed), ("body", Option(BYTES, bytes_value(body))))
    return Result(types.STRING, types.STRING, True, Record("http-response", fields))


def test_the_interface_is_the_main_branchs() -> None:
    """It is declared as `http-client.pact` of the main branch has it."""
    (signature,) = HTTP_CLIENT.signatures
    assert (signature.interface, signature.text) == (
        NAME,
        "request(req: http-request) -> result<http-response, string>",
    )
    ((_, desc),) = signature.params
    assert [f"{name}: {each}" for name, each in desc.fields] == [
        "method: string",
        "url: string",
        "headers: list<http-header>",
        "body: option<list<u8>>",
    ]


def test_a_request_goes_out_and_its_response_comes_back(server: WebServer) -> None:
    """Headers come with names in lower case, those of one name together, and there is always a body."""
    server.answers["/p?q=1"] = b"HTTP/1.1 201 Made\r\nX-A: 1\r\nContent-Length: 2\r\nX-B: b\xc3\xa9\r\nx-a: 2\r\n\r\nok"
    host = allowed(allowed_hosts=["127.0.0.1"])
    posted = request(server.at("/p?q=1#part"), "POST", [("X-Kind", "é"), ("x-kind", "2")], b"\0data")
    headers = [("x-a", "1"), ("x-a", "2"), ("content-length", "2"), ("x-b", "bé")]
    assert asked(host, posted) == response(201, headers, b"ok")
    (seen,) = server.seen
    assert (seen.line, seen.body) == ("POST /p?q=1 HTTP/1.1", b"\0data")
    assert [value.encode("latin-1").decode() for name, value in seen.headers if name == "x-kind"] == ["é", "2"]
    assert dict(seen.headers)["accept"] == "*/*"
    assert dict(seen.headers)["host"] == f"127.0.0.1:{server.port}"
    assert asked(host, request(server.at("/"), "HEAD")) == response(404, [("content-length", "0")], b"")
    assert "content-length" not in dict(server.seen[1].headers)


def test_fields_may_stand_in_order(server: WebServer) -> None:
    """What is no record is taken by its places, as there; what is of another type is left out."""
    server.answers["/"] = answer("200 OK")
    pair = Tuple((String("x-one"), String("1")))
    input = Tuple((String("PUT"), String(server.at("/")), List(types.U8, (pair, U64(1))), bytes_value(b"body")))
    assert asked(allowed("http-client"), input) == response(200, [("content-length", "0")], b"")
    assert dict(server.seen[0].headers)["x-one"] == "1"
    assert server.seen[0].body == b"body"
    odd = Record("r", (("url", U64(1)), ("method", String("GET")), ("headers", UNIT), ("body", UNIT), ("more", UNIT)))
    assert asked(allowed("http-client"), odd) == err("http-client: http-request.url is required")


FAR = "http://far.example/"


@pytest.mark.parametrize(
    ("input", "said"),
    [
        (UNIT, "expected http-request record"),
        (String(FAR), "expected http-request record"),
        (request(FAR, ""), "http-request.method is required"),
        (request(""), "http-request.url is required"),
        (request("far.example"), "invalid url 'far.example': relative URL without a base"),
        (request("http://far:x/"), "invalid url 'http://far:x/': invalid port number"),
        (request("mailto:a@b"), "url 'mailto:a@b' has no host"),
        (request("http://Else.example/"), "host 'else.example' not in allowed_hosts"),
        (request("http://far.example@127.0.0.1/"), "host '127.0.0.1' not in allowed_hosts"),
        (request(FAR, "NO WAY"), "invalid method 'NO WAY': invalid HTTP method"),
        (request(FAR, headers=[("a b", "")]), "invalid header name 'a b': invalid HTTP header name"),
        (request(FAR, headers=[("a", "b\r\nc: d")]), "invalid header value for 'a': failed to parse header value"),
        (request("ftp://far.example/"), "request failed: builder error for url (ftp://far.example/)"),
        (request("http://" + "a" * 70 + "/"), f"request failed: error sending request for url (http://{'a' * 70}/)"),
    ],
)
def test_what_can_not_be_asked_is_told_in_the_words_of_the_reference(input: Value, said: str) -> None:
    """Nothing goes out for it."""
    host = allowed(allowed_hosts=["far.example", "a" * 70])
    assert asked(host, input) == err(f"http-client: {said}")


def test_servers_that_fail_are_told(server: WebServer) -> None:
    """One that is not there, one that speaks something else, and one that breaks off."""
    host = allowed("http-client")
    server.answers |= {
        "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsh",
        "/other": b"220 ready\r\n",
        "/nothing": b"",
    }
    for path in ("/cut", "/chunks"):
        assert asked(host, request(server.at(path))) == err(
            "http-client: reading response body failed: error decoding response body"
        )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        unused = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    encrypted = f"https://127.0.0.1:{server.port}/"
    for url in (server.at("/other"), server.at("/nothing"), unused, encrypted):
        assert asked(host, request(url)) == err(f"http-client: request failed: error sending request for url ({url})")


def test_an_encrypted_server_is_asked_where_it_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the certificates of the system; one that those do not know is a request that failed."""
    file, host = tmp_path / "certificate.pem", allowed("http-client")
    file.write_text(CERTIFICATE)
    with web_server(file) as server:
        server.answers["/"] = answer("200 OK", b"hello")
        url = server.at("/")
        assert asked(host, request(url)) == err(f"http-client: request failed: error sending request for url ({url})")
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert asked(host, request(url)) == response(200, [("content-length", "5")], b"hello")


def test_a_user_in_the_address_is_named_in_a_header(server: WebServer) -> None:
    """As reqwest does it; the address itself goes without."""
    url = server.at("/").replace("http://", "http://me:se%20cret@")
    asked(allowed("http-client"), request(url))
    assert dict(server.seen[0].headers)["authorization"] == "Basic " + b64encode(b"me:se cret").decode()


def test_a_secret_stays_with_the_host_it_was_meant_for(server: WebServer) -> None:
    """Where a response sends the request on to another place, it goes without what tells who asks."""
    host = allowed("http-client")
    with web_server() as other:
        server.answers["/"] = answer("307 Temporary Redirect", headers={"Location": other.at("/end")})
        asked(host, request(server.at("/"), headers=[("Authorization", "secret"), ("x-kept", "1")]))
        named = dict(other.seen[0].headers)
    assert "authorization" not in named
    assert named["x-kept"] == "1"


def test_a_response_may_send_the_request_on(server: WebServer) -> None:
    """As reqwest does it: a GET without a body after 302, the same again after 307, and not for ever."""
    host = allowed("http-client:127.0.0.1")
    server.answers |= {
        "/302": answer("302 Found", headers={"Location": "/end"}),
        "/307": answer("307 Temporary Redirect", headers={"Location": "/end"}),
        "/round": answer("302 Found", headers={"Location": "/round"}),
        "/away": answer("302 Found", headers={"Location": "http://localhost:1/"}),
        "/nowhere": answer("302 Found", headers={"Location": "http://:x/"}),
        "/end": answer("200 OK", b"end"),
    }
    for path in ("/302", "/307"):
        posted = request(server.at(path), "POST", [("content-type", "a/b")], b"x")
        assert asked(host, posted) == response(200, [("content-length", "3")], b"end")
    after = [each for each in server.seen if "/end" in each.line]
    assert [(each.line.split()[0], each.body) for each in after] == [("GET", b""), ("POST", b"x")]
    assert [dict(each.headers).get("content-type") for each in after] == [None, "a/b"]
    assert dict(after[0].headers)["referer"] == server.at("/302")
    url = server.at("/round")
    assert asked(host, request(url)) == err(f"http-client: request failed: error following redirect for url ({url})")
    assert len([each for each in server.seen if "/round" in each.line]) == 10
    assert not host.warnings
    assert asked(host, request(server.at("/away"))) == err("http-client: host 'localhost' not in allowed_hosts")
    assert host.warnings == ("http-client: hosts that are not allowed are refused to the actor",)
    answered = asked(host, request(server.at("/nowhere")))
    assert isinstance(answered, Result)
    assert answered.is_ok


@pytest.mark.parametrize(
    ("options", "table", "reached"),
    [
        ((), {"allowed_hosts": ["127.0.0.1"]}, True),
        ((), {"allowed_hosts": ["other"]}, False),
        ((), {"type": "http-client"}, False),
        (("http-client",), {}, True),
        (("http-client",), {"type": "http-client"}, True),
        (("http-client",), {"allowed_hosts": ["other"]}, False),
        (("http-client:127.0.0.1",), {}, True),
        (("http-client:127.0.0.1:PORT",), {}, True),
        (("http-client:127.0.0.1:1",), {}, False),
        (("http-client:other",), {"allowed_hosts": ["127.0.0.1"]}, False),
    ],
)
def test_a_host_has_to_be_allowed(
    server: WebServer, options: Sequence[str], table: dict[str, Any], reached: bool
) -> None:
    """By the manifest's list, where there is one, and by a LIMIT, where one is given; by neither nothing is reached."""
    host = allowed(*[each.replace("PORT", str(server.port)) for each in options], **table)
    answered = asked(host, request(server.at("/")))
    assert (answered == err("http-client: host '127.0.0.1' not in allowed_hosts")) is not reached
    assert bool(server.seen) is reached
    assert bool(host.warnings) is not reached


def test_a_list_of_hosts_that_is_none_is_told() -> None:
    """Before the actor is called."""
    with pytest.raises(ChainviewError, match="allowed_hosts that are no texts"):
        HTTP_CLIENT.provide(allowed(allowed_hosts="127.0.0.1"))


def test_a_request_that_is_never_answered_can_be_given_up(server: WebServer) -> None:
    """The connection is closed, and no thread is left."""

    # What waits is the watchdog's; here it looks whether the request has arrived.
    def wait(awaited: Future[Any], most: float | None) -> None:
        assert server.silent.wait(60)
        raise GivenUp

    with given_up_when(lambda: False, wait), pytest.raises(GivenUp):
        asked(allowed("http-client"), request(server.at("/silence")))
    assert server.gone.wait(60)
    assert not [each for each in threading.enumerate() if each.name == "http-client"]
