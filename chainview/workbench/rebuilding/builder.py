"""Builds whenever sources are saved: one build at a time, the newest save's, whose end is told."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from chainview.actor.watch.source_watch import SourceWatch
from chainview.actor.watch.trouble import WatchTrouble
from chainview.system.build_command import end_in_words, run_build
from chainview.system.errors import ChainviewError, failed_itself
from chainview.system.files.working_folder import here
from chainview.system.long_work import GivenUp
from chainview.system.wording import visible
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.build_output import BuildOutput
from chainview.workbench.rebuilding.newest_work import NewestWork

MOST_IN_A_ROW = 40
"""Builds in a row during which one file is written, until it counts as one that the builds write themselves."""
OWN_FILE = "writes its own sources"
_LOCK = "Cargo.lock"
_COARSE_NS = 20_000_000
"""By how much the times of files may be behind the clock."""


class Builder:
    """Runs a command whenever files in some folders were saved; `told` hears of each of its builds, on other threads.

    A build that still runs at the next save is ended with its children. `module` is where the module is to be found.
    """

    def __init__(
        self,
        command: str,
        folders: Sequence[Path],
        module: Callable[[], Path | None],
        told: Callable[[Attempt], None] = lambda attempt: None,
        folder: Path | None = None,
    ) -> None:
        """The command runs in `folder`, else in the one that chainview runs in."""
        self.command = command
        self.folder = folder or here()
        self.output = BuildOutput()
        """What the build that runs, or the last one, has said."""
        self._module, self._told = module, told
        self._watch = SourceWatch(folders, self._saved, self._made)
        self._attempt: Attempt | None = None
        self._changed = threading.Condition()
        self._due = self._closing = False
        self._number = 0
        self.built = 0
        """How many builds ended well."""
        self.refused = ""
        """Why no actor could be started with what was built last."""
        self._refused_at = -1
        self._one = NewestWork[int]("builder", self._build)
        self._begun_ns = self._ended_ns = self._began = 0
        self._written: Counter[Path] = Counter()
        """How many builds in a row wrote a file."""
        self._own: Path | None = None

    @property
    def attempt(self) -> Attempt | None:
        """The build that runs, or the last one; None before there was any."""
        attempt = self._attempt
        if attempt is None or attempt.stage.over:
            return attempt
        seconds = (time.monotonic_ns() - self._began) / 1e9
        return replace(attempt, seconds=seconds, errors=self.output.errors)

    @property
    def trouble(self) -> WatchTrouble:
        """How the watch of the sources is."""
        if self._own is not None:
            said = f"each build writes {self._own}: what is written there while it builds begins no build any more"
            return WatchTrouble(OWN_FILE, said)
        return self._watch.trouble

    def start(self) -> None:
        """Begins to watch, and builds at once where there is no module, or one that is older than its sources."""
        self._watch.start()
        if self._is_due():
            self.build_now()

    def build_now(self) -> None:
        """Builds, also where nothing was saved."""
        with self._changed:
            self._due = True
            number = self._number = self._number + 1
        self._one.ask(number)

    def close(self) -> None:
        """Watches no more, and ends the build that runs, with its children; safe to repeat."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._one.close()
        self._watch.close()

    @property
    def has_module(self) -> bool:
        """Whether there is a module to begin with: one that was there, or that the last build made."""
        attempt, module = self._attempt, self._module()
        is_well = attempt is None or attempt.stage in (Stage.BUILT, Stage.SAME)
        return is_well and self.built != self._refused_at and module is not None and module.exists()

    def wait_for_module(self) -> None:
        """Waits until there is a module, no build of it being due; raises ChainviewError once this is closed."""
        with self._changed:
            while not self._closing and (self._due or not self.has_module):
                self._changed.wait()
            if self._closing:
                raise ChainviewError("there is no module: it was not built to the end")

    def refuse(self, error: ChainviewError, built: int) -> None:
        """Tells why no actor can be started with the module there was after so many builds: the next one is needed."""
        self.refused = error.sentence
        self.output.say(f"error: {visible(error.sentence)}")
        with self._changed:
            self._refused_at = built
            is_first = self._attempt is None and not self._due
        if is_first:
            self.build_now()

    def _is_due(self) -> bool:
        module = self._module()
        try:
            return module is None or module.stat().st_mtime_ns < self._watch.newest_ns
        except OSError:
            return True

    def _made(self) -> Sequence[Path]:
        module = self._module()
        return () if module is None else (module,)

    # What is saved

    def _saved(self, paths: Sequence[Path]) -> None:
        written = {path for path in paths if self._wrote(path)}
        for path in set(self._written) - written:
            del self._written[path]
        self._written.update(written)
        often = {path for path in written if path.name != _LOCK and self._written[path] >= MOST_IN_A_ROW}
        self._own = min(often, default=self._own)
        if set(paths) - often - {path for path in written if path.name == _LOCK}:
            self.build_now()

    def _wrote(self, path: Path) -> bool:
        """Whether a file was written while a build ran."""
        try:
            at = path.stat().st_mtime_ns
        except OSError:
            return False
        return (
            bool(self._begun_ns) and self._begun_ns - _COARSE_NS <= at and (not self._ended_ns or at <= self._ended_ns)
        )

    # Building

    def _build(self, number: int) -> None:
        before, output = _hash(self._module()), BuildOutput()
        with self._changed:
            self._due = number != self._number
            self.output = output
            self._began, self._begun_ns, self._ended_ns = time.monotonic_ns(), time.time_ns(), 0
        self._tell(Attempt(number))
        try:
            code = run_build(self.command, self.folder, output.add)
            output.end()
            ended = self._ended(number, code, output, before)
        except GivenUp:
            seconds = (time.monotonic_ns() - self._began) / 1e9
            ended = Attempt(number, Stage.ENDED, seconds, ended_ns=time.time_ns())
        except ChainviewError as error:
            ended = _not_run(number, error, output)
        # The one place where an unforeseen error of ours becomes a message.
        except Exception as error:
            ended = _not_run(number, failed_itself(error, "ran the build command"), output)
        self._ended_ns = ended.ended_ns
        if ended.stage in (Stage.BUILT, Stage.SAME):
            self.built, self.refused = self.built + 1, ""
        self._tell(ended)

    def _tell(self, attempt: Attempt) -> None:
        with self._changed:
            self._attempt = attempt
            self._changed.notify_all()
        self._told(attempt)

    def _ended(self, number: int, code: int, output: BuildOutput, before: str) -> Attempt:
        """What a build came to that ran; `before` tells what the module held when it began."""
        seconds = (time.monotonic_ns() - self._began) / 1e9
        ended = Attempt(number, Stage.BUILT, seconds, output.errors, ended_ns=time.time_ns())
        if code:
            output.say(f"── ended with {end_in_words(code)} ──")
            return replace(ended, stage=Stage.FAILED, how=end_in_words(code), cause=output.first_error_says)
        module = self._module()
        after = _hash(module)
        if not after:
            cause = f"the command ended well, and there is no module{'' if module is None else f' {module}'}"
            output.say(f"error: {visible(cause)}")
            return replace(ended, stage=Stage.NO_MODULE, cause=cause)
        return replace(ended, stage=Stage.SAME if after == before else Stage.BUILT)


def _not_run(number: int, error: ChainviewError, output: BuildOutput) -> Attempt:
    output.say(f"error: {visible(error.sentence)}")
    return Attempt(number, Stage.FAILED, how="it can't be run", cause=error.sentence, ended_ns=time.time_ns())


def _hash(path: Path | None) -> str:
    """The SHA-256 of what a file holds; empty where there is none."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
