"""A working tree of the search's own, in a temporary folder: nothing of it is left, whatever ends the search."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from chainview.suite.bisect.repository import GitFailed, Repository, git
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.lock import lock_exclusively
from chainview.system.long_work import given_up_when

_PREFIX = "chainview-bisect-"
_LOCK = "lock"


class Worktree:
    """The files of one commit after the other."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check_out(self, sha: str, kept: Sequence[str]) -> None:
        """Makes the files those of a commit; what git ignores stays, and what is `kept`, as patterns of git's.

        Raises GitFailed.
        """
        git(self.path, "checkout", "--quiet", "--force", "--detach", sha)
        clean = ("clean", "-ffdq", *[f"--exclude={each}" for each in kept])
        try:
            git(self.path, *clean)
        except GitFailed:
            _allow_removing(self.path)
            git(self.path, *clean)

    def tracks(self, file: Path) -> bool:
        """Whether a file is one of the commit's."""
        try:
            git(self.path, "--literal-pathspecs", "ls-files", "--error-unmatch", "--", str(file))
        except GitFailed:
            return False
        return True


@contextmanager
def worktree_of(repository: Repository, sha: str, remark: Callable[[str], None]) -> Iterator[Worktree]:
    """A working tree of a repository, which a commit is to be checked out into; it is removed in the end.

    Those that are left of searches that were killed are removed too. `remark` hears of what can't be removed.
    """
    _remove_left(repository)
    folder, lock = _locked_folder()
    # Git calls the working tree by the name of its folder.
    path = folder / folder.name
    try:
        repository.git("worktree", "add", "--quiet", "--detach", "--no-checkout", str(path), sha)
        yield Worktree(path)
    finally:
        # It is removed all the more where nobody wants it any more.
        with given_up_when(lambda: False):
            _remove(repository, path)
        os.close(lock)
        if folder.exists():
            remark(f"can't remove all of {folder}: remove it yourself")


def _locked_folder() -> tuple[Path, int]:
    """A temporary folder, and its lock: as long as that is held somebody uses the folder."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
        lock = os.open(folder / f"{_LOCK}.new", os.O_RDWR | os.O_CREAT, 0o600)
        lock_exclusively(lock)
        # Under its own name nobody ever finds it free while it is not yet taken.
        os.rename(folder / f"{_LOCK}.new", folder / _LOCK)
    except OSError as error:
        raise ChainviewError(
            f"can't make a temporary folder: {words_of(error)}; set TMPDIR to a folder with room"
        ) from None
    return folder, lock


def _remove(repository: Repository, path: Path) -> None:
    """Removes a working tree, its folder, and what the repository knows of it, as far as that can be done."""
    _remove_folder(path)
    with suppress(ChainviewError):
        repository.git("worktree", "remove", "--force", "--force", str(path))
    # The lock goes last: until then nobody else looks into it.
    _remove_folder(path.parent)


def _remove_left(repository: Repository) -> None:
    """Removes what is left of searches that were killed, in this repository or with it."""
    for line in repository.git("worktree", "list", "--porcelain").splitlines():
        path = Path(line.removeprefix("worktree "))
        if line.startswith("worktree ") and path.name.startswith(_PREFIX) and path.parent.name == path.name:
            with suppress(OSError), _taken(path.parent):
                _remove(repository, path)
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), _taken(folder):
            _remove_folder(folder)


@contextmanager
def _taken(folder: Path) -> Iterator[None]:
    """For a folder of ours that nobody uses any more; raises OSError for any other one."""
    if not os.path.lexists(folder):
        yield
        return
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        if folder.lstat().st_uid != os.getuid() or not lock_exclusively(lock):
            raise BlockingIOError
        yield
    finally:
        os.close(lock)


def _remove_folder(folder: Path) -> None:
    """Removes a folder with all that is in it, as far as that can be done."""
    _allow_removing(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _allow_removing(folder: Path) -> None:
    """Allows to remove what is in a folder, where a build forbade that."""
    for root, folders, _ in os.walk(folder):
        for each in folders:
            inner = os.path.join(root, each)
            if not os.path.islink(inner):
                with suppress(OSError):
                    os.chmod(inner, 0o700)
