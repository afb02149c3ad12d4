"""What families of actors were asked to do in the published Theater, and doing the same here.

A step is a line of words, as `family_recorder` takes them, in a form that people can write: `ask N FUNCTION INPUT | …`
lets the actor made by hand ask a host function, `call N EXPORT (ARGUMENTS)` calls an export, and messages are texts.
"""

from __future__ import annotations

import re
import shutil
import socket
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from chainview.actor.hosts.terminal import Listener, Nowhere
from chainview.actor.manifest import find_target
from chainview.actor.peer_calls import REQUEST, SEND
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.files.opened import OpenedChain
from chainview.pack.cgrf import encode
from chainview.pack.literal import parse_literal
from chainview.pack.values import String, Tuple, Value, bytes_value
from tests.actor.hosts.tcp.certificates import written
from tests.actor.hosts.tcp.peers import free_address
from tests.actor.running import SAMPLES
from tests.recordings import FOLDER
from tests.recordings.asker import asked, asker, failing
from tests.waiting import LIMIT

RECORDED: Final = FOLDER / "families"
ADDRESS: Final = "127.0.0.1:17070"
"""Where actors listen; the port is another one each time they are made to do the same."""
_ID: Final = re.compile(
    rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\bch_[0-9a-f]{16}\b|\b127\.0\.0\.1:[0-9]{5}\b"
    rb"|\bEvent\[[0-9a-f]{7}\] \(parent: [0-9a-f]{7}"
)
"""What is another one each time: ids, addresses, and hashes of events in the text of an error."""
_TLS: Final = {
    "root": '[handler.server_tls]\nenabled = true\ncert = "server.pem"\nkey = "server.key"\n',
    "child": '[handler.client_tls]\nenabled = true\nca_cert = "ca.pem"\n',
    "wary": "[handler.client_tls]\nenabled = true\n",
}
"""How an actor of that name encrypts."""
_ACTOR: Final = re.compile(r"00000000-0000-0000-0000-(\d{12})")
_CHANNEL: Final = re.compile(r"\bch_(\d{16})\b")


@dataclass(frozen=True, slots=True)
class Played:
    """A family and its steps: of sample actors, or of the actor made by hand, which may use what `handlers` name."""

    name: str
    steps: tuple[str, ...]
    manifest: str = "root.toml"
    actors: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    state: str | None = None
    encrypted: bool = False
    """Whether what the root listens on is, with the certificate of the tests, which its children know but for one."""
    typed: str = ""
    """What comes in at the terminal."""
    replayed_alone: bool = False
    """Whether what happened hangs on moments, so that it can't be had again here."""

    @property
    def path(self) -> Path:
        """What Theater recorded of it: its folder, packed."""
        return RECORDED / f"{self.name}.zip"

    def unpack(self, folder: Path) -> Path:
        """What Theater recorded of it, in a folder of this folder."""
        with zipfile.ZipFile(self.path) as packed:
            packed.extractall(folder / "recorded")
        return folder / "recorded"

    def pack(self, folder: Path) -> None:
        """Keeps what Theater recorded in a folder; the same makes the same bytes."""
        self.path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(self.path, "w") as packed:
            for file in sorted(folder.iterdir()):
                packed.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED, 9)

    def lay_out(self, folder: Path, address: str = ADDRESS) -> None:
        """Puts modules and manifests where the steps name them."""
        for each in self.actors:
            # A manifest's paths are taken from the folder in which Theater is started.
            to = folder if len(self.actors) == 1 else folder / each
            shutil.copytree(SAMPLES / each, to, ignore=shutil.ignore_patterns("src"), dirs_exist_ok=True)
        if self.handlers:
            modules = {"root": asker(self.handlers), **failing()}
            for name, module in modules.items():
                (folder / f"{name}.wasm").write_bytes(module)
                (folder / f"{name}.toml").write_text(self._manifest(name, name))
            for name in ("child", "wary"):
                (folder / f"{name}.toml").write_text(self._manifest(name, "root"))
            (folder / "gone.toml").write_text(self._manifest("gone", "gone"))
            (folder / "odd.toml").write_bytes(b'name = "\xff"')
        if self.encrypted:
            written(folder)
        if self.state is not None:
            path = folder / self.manifest
            text = re.sub("(?m)^initial_state.*\n", "", path.read_text())
            head, brackets, tables = text.partition("[[")
            path.write_text(f"{head}initial_state = {self.state.replace(ADDRESS, address)!r}\n{brackets}{tables}")

    def _manifest(self, name: str, module: str) -> str:
        text = f'name = "{name}"\nversion = "0.1.0"\npackage = "{module}.wasm"\n'
        for handler in self.handlers:
            text += f'\n[[handler]]\ntype = "{handler}"\n'
            text += 'base_path = "kept"\n' if handler == "store" else ""
            text += _TLS.get(name, "") if self.encrypted and handler == "tcp" else ""
        return text


def families() -> list[Played]:
    """What Theater was asked for."""
    return [_played(each) for each in tomllib.loads((FOLDER / "families.toml").read_text(encoding="utf-8"))["family"]]


def _played(stored: dict[str, Any]) -> Played:
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
    return Played(**given)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its verb, the actor or caller that it is for, the export with its params, or the bytes."""

    verb: str
    number: int = 0
    export: str = ""
    params: Value | None = None
    data: bytes = b""

    @property
    def line(self) -> str:
        """As the recorder takes it."""
        if self.params is not None:
            return f"call {self.number} {self.export} {encode(self.params).hex()}"
        if self.verb == "connect":
            return f"connect {ADDRESS}"
        if self.verb == "hear":
            return f"hear {self.number} {len(self.data)}"
        return f"{self.verb} {self.number} {self.data.hex()}".rstrip()


def step(text: str) -> Step:
    """A step as it is written."""
    verb, _, rest = text.partition(" ")
    if verb == "connect":
        return Step(verb)
    number, _, rest = rest.partition(" ")
    if verb in ("ask", "call"):
        name, _, literals = rest.partition(" ")
        given = [parse_literal(literal) for literal in literals.split(" | ")]
        return Step("call", int(number), *(asked(name, *given) if verb == "ask" else (name, given[0])))
    return Step(verb, int(number), data=rest.encode().replace(b"\\n", b"\n"))


class Typist(Nowhere):
    """The terminal that an actor has there: what it writes is thrown away, and a person has typed all at once."""

    def __init__(self, typed: str) -> None:
        self._typed = typed.encode()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """All of it comes in, and nothing more."""
        if self._typed:
            listener.typed(self._typed)
        return super().listen(listener)


class Player:
    """A family that runs here and does what it was asked to do there."""

    def __init__(self, session: Session, address: str) -> None:
        self.session, self._address = session, address
        self._callers: list[socket.socket] = []

    def play(self, text: str) -> None:
        """Takes one step, and does not wait for what comes of it."""
        step_ = step(self._with_ids(text.replace(ADDRESS, self._address)))
        if step_.verb == "connect":
            host, _, port = self._address.partition(":")
            self._callers.append(socket.create_connection((host, int(port)), LIMIT))
        elif step_.verb == "say":
            self._callers[step_.number].sendall(step_.data)
        elif step_.verb == "hear":
            heard = b""
            while len(heard) < len(step_.data):
                heard += self._callers[step_.number].recv(len(step_.data) - len(heard))
            assert heard == step_.data
        elif step_.verb == "leave":
            self._callers[step_.number].close()
        elif step_.verb == "stop":
            self.members[step_.number].stop()
        elif step_.verb != "wait":
            self._call(self.members[step_.number], step_)

    def _call(self, member: Session, step_: Step) -> None:
        if step_.params is not None:
            member.call_back(step_.export, step_.params)
        elif step_.verb == "send":
            member.call_back(SEND, Tuple((bytes_value(step_.data),)))
        else:
            member.call_back(REQUEST, Tuple((String(str(uuid4())), bytes_value(step_.data))))

    @property
    def members(self) -> list[Session]:
        """All actors so far that recorded anything."""
        members = [each for each in self.session.family.members if isinstance(each, Session)]
        return [each for each in members if each.chain_path is not None]

    def counts(self) -> list[int]:
        """How many events each has that recorded any."""
        return [each.chain.count for each in self.members if each.chain.count]

    def _with_ids(self, text: str) -> str:
        members = self.members
        text = _ACTOR.sub(lambda found: members[int(found[1])].actor_id, text)
        if _CHANNEL.search(text) is None:
            return text
        files = [each.chain_path.read_bytes() for each in members if each.chain_path is not None]
        ids = list(dict.fromkeys(id.decode() for id in re.findall(rb"ch_[0-9a-f]{16}", b"".join(files))))
        return _CHANNEL.sub(lambda found: ids[int(found[1])], text)

    def close(self) -> None:
        """Ends the callers."""
        for each in self._callers:
            each.close()


@contextmanager
def playing(family: Played, folder: Path) -> Iterator[Player]:
    """A family that has begun, in a folder that is the current one; its chains are kept in `made` in it."""
    address = free_address()
    family.lay_out(folder, address)
    options = Options(
        find_target(family.manifest), output=folder / "made", stop_on_error=True, terminal=Typist(family.typed)
    )
    session = Session(options)
    player = Player(session, address)
    session.start()
    try:
        assert session.wait_started() is None, session.failure
        yield player
    finally:
        player.close()
        session.close()


def plain(chains: Sequence[OpenedChain]) -> list[list[tuple[str, bytes]]]:
    """The events of each chain, with numbers in the place of ids and addresses, in the order in which they come."""
    numbers: dict[bytes, bytes] = {}

    def number(found: re.Match[bytes]) -> bytes:
        return numbers.setdefault(found[0], b"%0*d" % (len(found[0]), len(numbers)))

    return [[(event.event_type, _ID.sub(number, event.payload)) for event in chain] for chain in chains]
