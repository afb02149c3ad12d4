"""What chainview tells a user when something can't be done."""

from __future__ import annotations

import errno
import os

from chainview.system import clock

EXIT_INTERRUPTED = 130
"""The exit code of a command that a signal, or a reader that has gone, ended before it was done."""


class ChainviewError(Exception):
    """One sentence for the user that names the thing and what to do, with the exit code to end with."""

    def __init__(self, sentence: str, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code


class Terminated(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived: a normal end, with everything closed."""


def limit_met(error: BaseException) -> ChainviewError | None:
    """The sentence for an error by which the system says that it has no more to give; None for any other."""
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return ChainviewError("the system allows no more threads: end other programs, or raise its limit (ulimit -u)")
    if isinstance(error, MemoryError):
        return ChainviewError("out of memory: the input is larger than this machine can hold")
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return ChainviewError("the system allows no more open files: close others, or raise its limit (ulimit -n)")
    if isinstance(error, FileNotFoundError) and error.filename is None and not _is_somewhere():
        return ChainviewError("the folder that chainview was started in is gone: change into one that is there (cd)")
    if isinstance(error, OverflowError) and not clock.can_be_told():
        return ChainviewError("the system's clock stands beyond the year 2262, which Python can't tell: set it")
    return None


def _is_somewhere() -> bool:
    """Whether the folder that this process works in is still there."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def failed_itself(error: Exception, doing: str) -> ChainviewError:
    """The sentence for an error that nobody foresaw, while chainview was `doing` something: no limit, but its own."""
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    return limit_met(error) or ChainviewError(f"chainview itself failed while it {doing} ({what})")


def words_of(error: OSError) -> str:
    """What the system says of a failure, to stand behind a colon."""
    return (error.strerror or str(error)).lower()
