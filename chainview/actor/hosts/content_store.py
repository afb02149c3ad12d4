"""Content by its SHA-1 and labels that name content, on the disk as Theater has them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha1
from pathlib import Path

from chainview.actor.hosts.answers import Refusal
from chainview.actor.hosts.folder import Folder, put_whole, read_whole
from chainview.actor.hosts.interface import Host
from chainview.actor.hosts.io_errors import io_words
from chainview.pack.literal.rust_text import quoted


def folder_of(host: Host) -> Folder:
    """The folder of an actor's stores: that of its manifest, else of `--allow`, else of its family's chains."""
    return Folder(host, "store", host.leave.text("store", "base_path"), shared=True)


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


class ContentStore:
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
