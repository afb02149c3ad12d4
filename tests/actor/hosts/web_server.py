"""A web server on loopback, for tests of who asks one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBpTCCAUugAwIBAgIUf5m6ELfMfV5Wt5yWoPX0Vg3AAPkwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOY2hhaW52aWV3IHRlc3QwIBcNMjYxMTI2MTI0NTA5WhgPMjEy
NjExMDIxMjQ1MDlaMBkxFzAVBgNVBAMMDmNoYWludmlldyB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEUgEbOPRVGp0wa7H4BRyLxA0THdzlKYAgHDwZQn+h
7X3IcdtCuW9sLTBHjkSBOlOYbafMohWD+/KnVCSijO/ODqNvMG0wHQYDVR0OBBYE
FBkdSA11FYeFuveyiKshhO/GqCQUMB8GA1UdIwQYMBaAFBkdSA11FYeFuveyiKsh
hO/GqCQUMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxo
b3N0MAoGCCqGSM49BAMCA0gAMEUCIQCM6MeLpVcOjQ+T+IUjowTgLN2zFfTsopKg
D+NNKjP75QIgCJ/QrxuSWFTKJHatP6fex8bGer0084c11IEinzLKBfE=
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkfvOvweZaOB7X960
sZDfogF8tHgdwkaEX7HGIyofcuKhRANCAARSARs49FUanTBrsfgFHIvEDRMd3OUp
gCAcPBlCf6Htfchx20K5b2wtMEeORIE6U5htp8yiFYP78qdUJKKM784O
-----END PRIVATE KEY-----
"""
"""Of 127.0.0.1, signed by itself, with its key; nobody outside of the tests trusts it."""


@dataclass
class Seen:
    """A request as it came in; names of headers in lower case."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class WebServer:
    """What it was asked, and what it answers by path: bytes as they go over the line."""

    port: int = 0
    scheme: str = "http"
    seen: list[Seen] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)
    silent: threading.Event = field(default_factory=threading.Event)
    """Set once `/silence` was asked for, which is never answered."""
    gone: threading.Event = field(default_factory=threading.Event)
    """Set once whoever asked for it has gone."""

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"


def answer(status: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A response as it goes over the line."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


@contextmanager
def web_server(encrypted: Path | None = None) -> Iterator[WebServer]:
    """A server that runs, by TLS where a file with its certificate is given."""
    server = WebServer(scheme="http" if encrypted is None else "https")

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            """Answers anything alike."""
            self.close_connection = True
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = [(name.lower(), value) for name, value in self.headers.items()]
            server.seen.append(Seen(self.requestline, headers, body))
            if self.path == "/silence":
                server.silent.set()
                self.rfile.read(1)
                server.gone.set()
                return
            self.wfile.write(server.answers.get(self.path, answer("404 Not Found")))

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as real:
        server.port = real.server_address[1]
        if encrypted is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(encrypted)
            real.socket = context.wrap_socket(real.socket, server_side=True)
        thread = threading.Thread(target=real.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            real.shutdown()
            thread.join()
