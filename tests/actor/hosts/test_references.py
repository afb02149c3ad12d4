"""What an actor names to be spawned is found where Theater finds it, as far as the actor may reach that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chainview.actor.hosts.content_store import ContentStore, folder_of
from chainview.actor.hosts.leave import leave_of
from chainview.actor.hosts.references import Unresolved, Wrong, named_child
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.values import String, bytes_value, none, some, types
from tests.actor.hosts.web_server import WebServer, answer, web_server

MANIFEST = 'name = "child"\nversion = "1"\npackage = "{}"\ninitial_state = "s"\n'
NO_MODULE = none(types.list_of(types.U8))
FRAME = "Failed to resolve reference: "
DENIED = f"{FRAME}Permission denied (os error 13)"


@pytest.fixture
def server() -> Iterator[WebServer]:
    """A web server on loopback."""
    with web_server() as running:
        yield running


def host_with(*allowed: str, **tables: dict[str, Any]) -> SessionHost:
    """The host of an actor that may reach so much."""
    return SessionHost(StateChain(), leave_of(tables, allowed))


def failure(host: SessionHost, reference: str) -> str:
    """Why the manifest that is named can't be had."""
    with pytest.raises(Unresolved) as raised:
        named_child(host, reference, None, NO_MODULE)
    assert raised.value.wrong is Wrong.MANIFEST_GONE
    return str(raised.value)


def test_a_child_is_found_in_the_store_of_its_parent(tmp_path: Path) -> None:
    """By a label, of which the first part counts, or by its hash; the manifest may name its module in the same way."""
    host = host_with(f"store:{tmp_path}")
    kept = ContentStore(folder_of(host), "s")
    kept.set_label("child", kept.put(MANIFEST.format(f"store://s/hash/{kept.put(b'module')}").encode()))
    child = named_child(host, "store://s/child/below", None, NO_MODULE)
    assert (child.target.name, child.module, child.state) == ("child", b"module", String("s"))
    assert host.warnings == ()


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("store://s", "Invalid store path format: store://s"),
        ("store://s/none", "Label not found: none"),
        ("store://s/hash", "Label not found: hash"),
        ("store://s/hash/0a", 'Failed to read content at path: "{}/s/data/0a"'),
        ("store://../hash/0a", 'Failed to read content at path: "{}/../data/0a"'),
        ("store://s/..", "Failed to read label file"),
    ],
)
def test_what_no_store_holds_is_told_in_words_of_theaters(tmp_path: Path, reference: str, says: str) -> None:
    """As `resolve_reference` of Theater has them; no name leads out of the folder."""
    assert failure(host_with(f"store:{tmp_path}"), reference) == FRAME + says.format(tmp_path)


@pytest.mark.once
def test_a_child_is_fetched_from_the_web(server: WebServer) -> None:
    """Its manifest and its module, also where the server sends on to another place that may be reached."""
    server.answers = {
        "/child.toml": answer("302 Found", headers={"Location": "/there.toml"}),
        "/there.toml": answer("200 OK", MANIFEST.format(server.at("/child.wasm")).encode()),
        "/child.wasm": answer("200 OK", b"module"),
    }
    host = host_with("http-client:127.0.0.1")
    assert named_child(host, server.at("/child.toml"), None, NO_MODULE).module == b"module"
    handed_over = named_child(host, server.at("/there.toml"), String("other"), some(bytes_value(b"given")))
    assert (handed_over.module, handed_over.state) == (b"given", String("other"))
    asked = [each.line.split()[1] for each in server.seen]
    assert asked == ["/child.toml", "/there.toml", "/child.wasm", "/there.toml"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("404 Away", "404 Not Found"),
        ("413 x", "413 Payload Too Large"),
        ("304 x", "304 Not Modified"),
        ("499 x", "499 Unknown error"),
        ("425 x", "425 Unknown error"),
    ],
)
def test_what_a_server_does_not_give_is_told_in_words_of_theaters(server: WebServer, status: str, told: str) -> None:
    """With the name that the status has there, whatever the server calls it."""
    server.answers = {"/child": answer(status)}
    url = server.at("/child")
    assert failure(host_with("http-client"), url) == f"{FRAME}HTTP request failed for {url}: {told}"


@pytest.mark.once
def test_a_manifest_that_breaks_off_is_told(server: WebServer) -> None:
    """Half of one is none."""
    server.answers = {"/child": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"}
    url = server.at("/child")
    said = f"{FRAME}Failed to read response body from {url}: error decoding response body"
    assert failure(host_with("http-client"), url) == said


def test_what_is_no_address_or_does_not_answer_is_told() -> None:
    """By the kind of failure, as the library below Theater names it."""
    host = host_with("http-client")
    assert failure(host, "http://") == f"{FRAME}Failed to fetch from http://: builder error: empty host"
    assert failure(host, "http://127.0.0.1:1/a") == (
        f"{FRAME}Failed to fetch from http://127.0.0.1:1/a: error sending request for url (http://127.0.0.1:1/a)"
    )


@pytest.mark.parametrize(
    ("allowed", "reference", "told"),
    [
        ((), "store://s/l", "a store: --allow store lets it have one"),
        (("store",), "https://h/a", "the web: --allow http-client lets it have one"),
        (("http-client:far.example",), "http://127.0.0.1:1/a", "a host that http-client is not allowed to reach"),
    ],
)
def test_what_the_actor_may_not_reach_is_refused(allowed: tuple[str, ...], reference: str, told: str) -> None:
    """And the person is told once, with what allows it."""
    host = host_with(*allowed)
    assert [failure(host, reference), failure(host, reference)] == [DENIED, DENIED]
    assert host.warnings == (f"an actor asked for a child from {told}",)


def test_a_handler_that_is_configured_wrongly_reaches_nothing() -> None:
    """What is amiss in the manifest is told."""
    host = host_with(store={"base_path": 3})
    assert failure(host, "store://s/l") == DENIED
    assert host.warnings == ('the manifest\'s [[handler]] of type "store" has a base_path that is no text',)
