"""`theater:simple/store`: content by its SHA-1 and labels that name content, on the disk as Theater has them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha1
from pathlib import Path
from uuid import uuid4

from chainview.actor.hosts.answers import Refusal, bytes_of, result_of
from chainview.actor.hosts.folder import Folder, put_whole, read_whole
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.io_errors import io_words
from chainview.actor.hosts.pact import functions
from chainview.pack.literal.rust_text import quoted
from chainview.pack.values import U64, UNIT, Bool, List, Option, String, Tuple, Value, bytes_value, types
from chainview.system.errors import words_of

NAME = "theater:simple/store"


@contextmanager
def _told(frame: str) -> Iterator[None]:
    """Answers with the words that Theater has around an error of the system, which is all that it tells of it."""
    try:
        yield
    except (OSError, ValueError) as error:
        # A name with a NUL is a ValueError.
        raise Refusal(frame) from error


@contextmanager
def _told_bare() -> Iterator[None]:
    """Answers with the system's error itself."""
    try:
        yield
    except OSError as error:
        raise Refusal(io_words(error)) from None


class _Store:
    """A store of that id; what fails raises Refusal in the words of Theater's."""

    def __init__(self, folder: Folder, id: str) -> None:
        self._folder, self._id = folder, id

    def put(self, content: bytes) -> str:
        """Keeps content that is not there yet; its hash."""
        hash = sha1(content, usedforsecurity=False).hexdigest()
        with _told("Failed to create parent directories"):
            path = self._data(hash)
            if os.path.exists(path):
                return hash
            self._folder.make(os.path.dirname(path))
        self._write(path, content, "Failed to create content file", "Failed to write content")
        return hash

    def get(self, hash: str) -> bytes:
        """The content of that hash."""
        shown = os.path.join(self._folder.root, self._id, "data", hash)
        with _told(f"Failed to read content at path: {quoted(shown)}"):
            return read_whole(self._data(hash))

    def has(self, hash: str) -> bool:
        """Whether there is content of that hash."""
        with suppress(OSError):
            return os.path.exists(self._data(hash))
        return False

    def label(self, label: str, hash: str) -> None:
        """Lets a label name content that is there."""
        if not self.has(hash):
            raise Refusal(f"Content does not exist: {hash}")
        self.set_label(label, hash)

    def set_label(self, label: str, hash: str) -> None:
        """Lets a label name a hash."""
        with _told("Failed to create label parent directories"):
            path = self._labels(label)
            self._folder.make(str(Path(path).parent))
        words = "Failed to write label file"
        self._write(path, hash.encode(), words, words)

    def labelled(self, label: str) -> str | None:
        """The hash that a label names."""
        with _told("Failed to read label file"):
            path = self._labels(label)
            if not os.path.exists(path):
                return None
            try:
                return read_whole(path).decode().strip() or None
            except UnicodeDecodeError:
                raise Refusal("Failed to read label file") from None

    def remove_label(self, label: str) -> None:
        """Takes a label away, which may be missing."""
        with _told("Failed to remove label file"):
            path = self._labels(label)
            if os.path.exists(path):
                os.unlink(path)

    def hashes(self) -> list[str]:
        """All that is kept, in the order of the folder."""
        return [each.name for each in self._kept() if _is_text(each.name)]

    def size(self) -> int:
        """The bytes of all that is kept."""
        size = 0
        for each in self._kept():
            with suppress(OSError):
                size += each.stat().st_size
        return size

    def _kept(self) -> list[os.DirEntry[str]]:
        with _told("Failed to read data directory"):
            folder = self._data()
            if not os.path.exists(folder):
                return []
            entries = os.scandir(folder)
        with _told_bare(), entries:
            return [each for each in entries if each.is_file(follow_symlinks=False)]

    def labels(self) -> list[str]:
        """All labels, in the order of the folders, with those in folders below where the folder stands."""
        root = os.path.join(self._folder.root, self._id, "labels")
        with _told(f"Failed to read directory: {quoted(root)}"):
            if not os.path.exists(self._labels()):
                return []
        found, due = list[str](), [self._entries(root)]
        while due:
            each = next(due[-1], None)
            if each is None:
                due.pop()
            elif each.is_dir(follow_symlinks=False):
                due.append(self._entries(each.path))
            elif each.is_file(follow_symlinks=False) and _is_text(each.path):
                found.append(os.path.relpath(each.path, root))
        return found

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        with _told(f"Failed to read directory: {quoted(folder)}"):
            entries = os.scandir(folder)
        with _told_bare(), entries:
            return iter(list(entries))

    def _data(self, *hash: str) -> str:
        return self._folder.at(self._id, "data", *hash)

    def _labels(self, *label: str) -> str:
        return self._folder.at(self._id, "labels", *label)

    def _write(self, path: str, content: bytes, creating: str, writing: str) -> None:
        """Writes a file that appears under its name when it is whole, and not at all where that fails."""
        # Beside the folders of content and labels, so that it is listed in neither.
        with _told(creating), put_whole(path, self._folder.at(self._id)) as file, _told(writing):
            file.write(content)
            file.flush()


def _is_text(name: str) -> bool:
    """Whether a file's name is UTF-8: Theater leaves out any other."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Value, what: str) -> str:
    match value:
        case String(text):
            return text
    raise Refusal(f"Expected string for {what}")


def _items(input: Value, *named: str) -> tuple[Value, ...]:
    match input:
        case Tuple(items) if len(items) == len(named):
            return items
    raise Refusal(f"Expected tuple ({', '.join(named)})")


def _content(value: Value) -> bytes:
    content = bytes_of(value)
    if content is None:
        raise Refusal("Expected list<u8> for content")
    return content


def _strings(texts: list[str]) -> Value:
    return List(types.STRING, tuple(map(String, texts)))


def _provide(host: Host) -> Mapping[str, Handler]:
    folder = Folder(host, "store", host.leave.text("store", "base_path"), shared=True)
    configured_id = host.leave.text("store", "store_id")

    def of_id(input: Value) -> _Store:
        match input:
            case Tuple((only,)):
                return _Store(folder, _text(only, "store_id"))
        return _Store(folder, _text(input, "store_id"))

    def of_hash(input: Value) -> tuple[_Store, str]:
        id, hash = _items(input, "store_id", "content_ref")
        return _Store(folder, _text(id, "store_id")), _text(hash, "content-ref")

    def of_label(input: Value) -> tuple[_Store, str]:
        id, label = _items(input, "store_id", "label")
        return _Store(folder, _text(id, "store_id")), _text(label, "label")

    def of_label_and_hash(input: Value) -> tuple[_Store, str, str]:
        id, label, hash = _items(input, "store_id", "label", "content_ref")
        return _Store(folder, _text(id, "store_id")), _text(label, "label"), _text(hash, "content-ref")

    def new(input: Value) -> Value:
        return String(str(uuid4()) if configured_id is None else configured_id)

    def store(input: Value) -> Value:
        id, given = _items(input, "store_id", "content")
        kept, content = _Store(folder, _text(id, "store_id")), _content(given)
        try:
            return String(kept.put(content))
        except Refusal as refusal:
            # Theater's `store` answers with the hash whatever became of the content.
            why = refusal.__cause__
            reason = words_of(why) if isinstance(why, OSError) else str(refusal)
            host.warn(f"store: the actor was told that its content is kept, and it is not: {reason}")
            return String(sha1(content, usedforsecurity=False).hexdigest())

    def get(input: Value) -> Value:
        kept, hash = of_hash(input)
        return bytes_value(kept.get(hash))

    def exists(input: Value) -> Value:
        kept, hash = of_hash(input)
        return Bool(kept.has(hash))

    def label(input: Value) -> Value:
        kept, name, hash = of_label_and_hash(input)
        kept.label(name, hash)
        return UNIT

    def get_by_label(input: Value) -> Value:
        kept, name = of_label(input)
        hash = kept.labelled(name)
        return Option(types.STRING, None if hash is None else String(hash))

    def remove_label(input: Value) -> Value:
        kept, name = of_label(input)
        kept.remove_label(name)
        return UNIT

    def store_at_label(input: Value) -> Value:
        id, given_label, given = _items(input, "store_id", "label", "content")
        kept = _Store(folder, _text(id, "store_id"))
        name, content = _text(given_label, "label"), _content(given)
        hash = kept.put(content)
        kept.set_label(name, hash)
        return String(hash)

    def list_all_content(input: Value) -> Value:
        return _strings(of_id(input).hashes())

    def calculate_total_size(input: Value) -> Value:
        return U64(of_id(input).size())

    def list_labels(input: Value) -> Value:
        return _strings(of_id(input).labels())

    answers: Mapping[str, Callable[[Value], Value]] = {
        "new": new,
        "store": store,
        "get": get,
        "exists": exists,
        "label": label,
        "get-by-label": get_by_label,
        "remove-label": remove_label,
        "store-at-label": store_at_label,
        "replace-content-at-label": store_at_label,
        "replace-at-label": label,
        "list-all-content": list_all_content,
        "calculate-total-size": calculate_total_size,
        "list-labels": list_labels,
    }
    return {name: result_of(answer) for name, answer in answers.items()}


STORE = Interface(
    NAME,
    "store",
    functions(
        NAME,
        """
        new: func() -> result<string, string>
        store: func(store-id: string, content: list<u8>) -> result<string, string>
        get: func(store-id: string, content-ref: string) -> result<list<u8>, string>
        exists: func(store-id: string, content-ref: string) -> result<bool, string>
        label: func(store-id: string, label: string, content-ref: string) -> result<_, string>
        get-by-label: func(store-id: string, label: string) -> result<option<string>, string>
        remove-label: func(store-id: string, label: string) -> result<_, string>
        store-at-label: func(store-id: string, label: string, content: list<u8>) -> result<string, string>
        replace-content-at-label: func(store-id: string, label: string, content: list<u8>) -> result<string, string>
        replace-at-label: func(store-id: string, label: string, content-ref: string) -> result<_, string>
        list-all-content: func(store-id: string) -> result<list<string>, string>
        calculate-total-size: func(store-id: string) -> result<u64, string>
        list-labels: func(store-id: string) -> result<list<string>, string>
        """,
    ),
    _provide,
    reaches_outside=True,
)
