"""Encryption as the manifest's handler configures it, and its errors in the words of Theater's library."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from chainview.actor.hosts.io_errors import io_words
from chainview.actor.hosts.tcp.streams import PlainStream, TlsStream

_UNEXPECTED_END: Final = (
    "peer closed connection without sending TLS close_notify: "
    "https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html#unexpected-eof"
)
_UNKNOWN_ISSUER: Final = frozenset({18, 19, 20, 21})
"""How OpenSSL counts certificates that nobody known has signed."""
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "UNEXPECTED_MESSAGE"})
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE | re.ASCII)
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE | re.ASCII)
_KEY: Final = re.compile(rb"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----")
"""What Theater takes for a key: encrypted ones are none to it."""
_LONGEST_NAME: Final = 253


class BadTls(Exception):
    """Encryption can't be had as it is configured; the text is Theater's."""


@dataclass(frozen=True, slots=True)
class Tls:
    """How an actor's connections are encrypted: on the side that connects, and on the one that listens."""

    client: ssl.SSLContext | None = None
    server: ssl.SSLContext | None = None
    at_once: bool = True
    """Whether what the actor connects is encrypted from the beginning."""


def tls_of(settings: Mapping[str, Any]) -> Tls:
    """What the manifest's table asks for; raises BadTls."""
    client, server = _table(settings, "client_tls"), _table(settings, "server_tls")
    return Tls(
        _client_context(client) if client.get("enabled") is True else None,
        _server_context(server) if server.get("enabled") is True else None,
        client.get("auto_handshake", True) is True,
    )


def _table(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = settings.get(name, {})
    if not isinstance(table, Mapping):
        raise BadTls(f"{name} is no table")
    return table


def _client_context(table: Mapping[str, Any]) -> ssl.SSLContext:
    if table.get("skip_verify") is True:
        context = _context(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif "ca_cert" not in table:
        return _trusting_the_system()
    else:
        context = _context(ssl.PROTOCOL_TLS_CLIENT)
        context.hostname_checks_common_name = False
    if "ca_cert" in table:
        trusted = _file(table, "client_tls", "ca_cert")
        _loaded(trusted, "certificate file", "parse certificates", partial(context.load_verify_locations, trusted))
    return context


@cache
def _trusting_the_system() -> ssl.SSLContext:
    """Made once: reading all that the system trusts takes a while, and a family may have many actors."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    context.load_default_certs()
    return context


def _server_context(table: Mapping[str, Any]) -> ssl.SSLContext:
    context = _context(ssl.PROTOCOL_TLS_SERVER)
    certificate, key = _file(table, "server_tls", "cert"), _file(table, "server_tls", "key")
    _loaded(certificate, "certificate file", "parse certificates", lambda: None)
    _loaded(key, "private key file", "parse private key", partial(_require_key, key))
    _loaded(
        key, "private key file", "parse private key", partial(context.load_cert_chain, certificate, key, password="")
    )
    return context


def _require_key(file: Path) -> None:
    if not _KEY.search(file.read_bytes()):
        raise BadTls(f"No valid private key found in '{file}'")


def _context(protocol: ssl._SSLMethod) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _file(table: Mapping[str, Any], kind: str, key: str) -> Path:
    given = table.get(key)
    if not isinstance(given, str) or not given:
        raise BadTls(f"{kind} names no {key}")
    return Path(given)


def _loaded(file: Path, what: str, task: str, load: Callable[[], None]) -> None:
    """Loads a file, and tells apart what can't be read and what is not what it should be."""
    try:
        file.read_bytes()
        load()
    except ssl.SSLError:
        raise BadTls(f"Failed to {task} from '{file}'") from None
    except (OSError, ValueError) as error:
        told = io_words(error) if isinstance(error, OSError) else str(error)
        raise BadTls(f"Failed to read {what} '{file}': {told}") from None


async def encrypted(below: PlainStream, context: ssl.SSLContext, server_name: str | None = None) -> TlsStream:
    """The stream on top of a plain one, which is closed where the two sides don't agree; raises OSError.

    With the name of the server it is the client's side.
    """
    try:
        stream = TlsStream(below, context, server_name)
        await stream.handshake()
    except BaseException:
        below.close()
        raise
    return stream


def is_server_name(name: str) -> bool:
    """Whether Theater takes it for the name of a server: a name of DNS, or a number."""
    try:
        ip_address(name)
    except ValueError:
        pass
    else:
        return "%" not in name
    labels = name.removesuffix(".").split(".")
    if not 0 < len(name) <= _LONGEST_NAME or not all(_LABEL.fullmatch(each) for each in labels):
        return False
    return not _NUMBER.fullmatch(labels[-1])


def tls_words(error: OSError, *, handshake: bool = False) -> str:
    """What Theater tells of an error of a connection, encrypted or not, in its library's words for the common kinds."""
    if not isinstance(error, ssl.SSLError):
        return io_words(error)
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _UNKNOWN_ISSUER:
            return "invalid peer certificate: UnknownIssuer"
        return f"invalid peer certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLEOFError) or reason == "UNEXPECTED_EOF_WHILE_READING":
        return "tls handshake eof" if handshake else _UNEXPECTED_END
    if "_ALERT_" in reason:
        return f"received fatal alert: {_alert(reason.partition('_ALERT_')[2])}"
    if reason in _NO_TLS:
        return "received corrupt message of type InvalidContentType"
    return reason.replace("_", " ").lower() or str(error)


def _alert(name: str) -> str:
    """An alert's name as Theater's library has it."""
    return "".join({"CA": "CA", "SSLV3": ""}.get(each, each.capitalize()) for each in name.split("_"))
