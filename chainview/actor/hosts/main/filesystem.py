"""`theater:simple/filesystem`: files and folders below one that the actor can't leave."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Mapping

from chainview.actor.hosts.answers import Refusal, bytes_of, result_of
from chainview.actor.hosts.folder import BeyondLimit, Folder, LeadsOut, make_folder, put_whole, read_whole
from chainview.actor.hosts.interface import FOLDER, Handler, Host, Interface
from chainview.actor.hosts.io_errors import io_words
from chainview.actor.hosts.pact import functions
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import U64, UNIT, Bool, List, Record, String, Tuple, Value, Variant, bytes_value, types
from chainview.system.files.text_file import NoRegularFile

NAME = "theater:simple/filesystem"

_STRING, _BOOL = TypeDesc("string"), TypeDesc("bool")
_CASES = (
    "not-found",
    "permission-denied",
    "already-exists",
    "not-a-directory",
    "is-a-directory",
    "invalid-path",
    "io-error",
)
_OF_SYSTEM = {
    errno.ENOENT: "not-found",
    errno.EEXIST: "already-exists",
    errno.ENOTDIR: "not-a-directory",
    errno.EISDIR: "is-a-directory",
}
_NAMED = {
    "dir-entry": TypeDesc("record", "dir-entry", fields=(("name", _STRING), ("is-dir", _BOOL))),
    "file-metadata": TypeDesc(
        "record", "file-metadata", fields=(("size", TypeDesc("u64")), ("is-dir", _BOOL), ("read-only", _BOOL))
    ),
    "filesystem-error": TypeDesc("variant", "filesystem-error", cases=tuple((each, _STRING) for each in _CASES)),
}


class _Climbs(Exception):
    """What a path does that does not lead down alone."""


def _refusal(case: str, message: str) -> Refusal:
    return Refusal(Variant("filesystem-error", case, _CASES.index(case), (String(message),)))


class _Files:
    """What an actor does below its folder, whose `new_dir` is Theater's for one of its own."""

    def __init__(self, host: Host) -> None:
        own = host.leave.settings("filesystem").get("new_dir") is True
        self._folder = Folder(host, "filesystem", None if own else host.leave.text("filesystem", "path"))

    def answering(self, do: Callable[[str], Value | None]) -> Callable[[Value], Value]:
        """What answers a call that names a path; the unit where nothing comes of what is done."""

        def answer(input: Value) -> Value:
            match input:
                case String(path) | Tuple((String(path),)):
                    return self._done(path, do)
            raise _refusal("invalid-path", "expected string for path")

        return answer

    def writing(self, do: Callable[[str, bytes], None]) -> Callable[[Value], Value]:
        """What answers a call that names a path and holds content."""

        def answer(input: Value) -> Value:
            match input:
                case Tuple((String(path), given)):
                    content = bytes_of(given)
                    if content is None:
                        raise _refusal("invalid-path", "expected list<u8> for content")
                    return self._done(path, lambda at: do(at, content))
                case Tuple((_, _)):
                    raise _refusal("invalid-path", "expected string for path")
            raise _refusal("invalid-path", "expected tuple (path, content)")

        return answer

    def _done(self, path: str, do: Callable[[str], Value | None]) -> Value:
        try:
            at = self._folder.at(*_below(path))
            self._folder.make(self._folder.root)
            answer = do(at)
        except _Climbs as error:
            self._folder.tell_refused()
            raise _refusal("invalid-path", f"path '{path}' {error}") from None
        except BeyondLimit:
            raise _refusal("permission-denied", f"path '{path}' is outside the allowed-paths") from None
        except LeadsOut:
            raise _refusal("invalid-path", f"path '{path}' escapes the sandbox root") from None
        except OSError as error:
            raise _refusal(_OF_SYSTEM.get(error.errno or 0, "io-error"), f"{path}: {io_words(error)}") from None
        except ValueError:
            raise _refusal("io-error", f"{path}: file name contained an unexpected NUL byte") from None
        return UNIT if answer is None else answer


def _below(path: str) -> list[str]:
    """The parts of a path, which lead nowhere but down."""
    if path.startswith("/"):
        raise _Climbs("must be relative to the sandbox root")
    parts = [each for each in path.split("/") if each not in ("", ".")]
    if ".." in parts:
        raise _Climbs("escapes the sandbox root via '..'")
    return parts


def _read_file(path: str) -> Value:
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    return bytes_value(read_whole(path))


def _exists(path: str) -> Value:
    try:
        os.stat(path)
    except FileNotFoundError:
        return Bool(False)
    return Bool(True)


def _list_dir(path: str) -> Value:
    with os.scandir(path) as entries:
        listed = [_entry(each.name, each.is_dir(follow_symlinks=False)) for each in entries]
    return List(types.record_named("dir-entry"), tuple(listed))


def _entry(name: str, is_dir: bool) -> Value:
    # A name that is no text is told as well as it can be, as there.
    shown = os.fsencode(name).decode("utf-8", "replace")
    return Record("dir-entry", (("name", String(shown)), ("is-dir", Bool(is_dir))))


def _metadata(path: str) -> Value:
    found = os.stat(path)
    return Record(
        "file-metadata",
        (
            ("size", U64(found.st_size)),
            ("is-dir", Bool(stat.S_ISDIR(found.st_mode))),
            ("read-only", Bool(not found.st_mode & 0o222)),
        ),
    )


def _write_file(path: str, content: bytes) -> None:
    """Gives a file its content at once; one that may not be written, or is none, is not replaced."""
    target, mode = os.path.realpath(path), None
    if os.path.lexists(target):
        mode = _mode_of(target)
    with put_whole(target, os.path.dirname(target)) as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(content)


def _mode_of(path: str) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    try:
        mode = os.fstat(descriptor).st_mode
    finally:
        os.close(descriptor)
    if not stat.S_ISREG(mode):
        raise NoRegularFile("it is no regular file")
    return stat.S_IMODE(mode)


def _append_file(path: str, content: bytes) -> None:
    """Adds to a file all of it or nothing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o666)
    with open(descriptor, "ab", buffering=0) as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NoRegularFile("it is no regular file")
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) or 0 :]
        except OSError:
            os.ftruncate(descriptor, found.st_size)
            raise


def _remove_dir(path: str) -> None:
    if os.path.islink(path):
        # The link alone, as there.
        os.unlink(path)
        return
    try:
        shutil.rmtree(path)
    except RecursionError:
        raise OSError(errno.ENAMETOOLONG, "too many folders in each other") from None


def _provide(host: Host) -> Mapping[str, Handler]:
    files = _Files(host)
    answers: Mapping[str, Callable[[Value], Value]] = {
        "read-file": files.answering(_read_file),
        "exists": files.answering(_exists),
        "list-dir": files.answering(_list_dir),
        "metadata": files.answering(_metadata),
        "write-file": files.writing(_write_file),
        "append-file": files.writing(_append_file),
        "delete-file": files.answering(os.unlink),
        "create-dir": files.answering(make_folder),
        "remove-dir": files.answering(_remove_dir),
    }
    return {name: result_of(answer) for name, answer in answers.items()}


FILESYSTEM = Interface(
    NAME,
    "filesystem",
    functions(
        NAME,
        """
        read-file: func(path: string) -> result<list<u8>, filesystem-error>
        exists: func(path: string) -> result<bool, filesystem-error>
        list-dir: func(path: string) -> result<list<dir-entry>, filesystem-error>
        metadata: func(path: string) -> result<file-metadata, filesystem-error>
        write-file: func(path: string, content: list<u8>) -> result<_, filesystem-error>
        append-file: func(path: string, content: list<u8>) -> result<_, filesystem-error>
        delete-file: func(path: string) -> result<_, filesystem-error>
        create-dir: func(path: string) -> result<_, filesystem-error>
        remove-dir: func(path: string) -> result<_, filesystem-error>
        """,
        _NAMED,
    ),
    _provide,
    reaches_outside=True,
    limit=FOLDER,
)
