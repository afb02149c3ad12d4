"""From a command to the screen and back: the terminal is looked at first, and given back whatever happens."""

from __future__ import annotations

import os
import signal
import string
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from chainview.core.serving import served
from chainview.system.errors import EXIT_INTERRUPTED, ChainviewError
from chainview.system.files.locations import config_file
from chainview.system.signals import ENDING_SCREENS
from chainview.system.streams import is_served
from chainview.system.wording import visible

if TYPE_CHECKING:
    from chainview.actor.session.status import SessionLike
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.kept_chains import KeptChain
    from chainview.chain.files.opened import OpenedChain
    from chainview.ui.app import ChainviewApp
    from chainview.ui.feeds.pane_terminal import PaneTerminal
    from chainview.ui.feeds.sources import Source
    from chainview.ui.feeds.spool import Spool
    from chainview.ui.picker.kept_source import PickerPlace
    from chainview.workbench.build import Build, BuildWatchLike
    from chainview.workbench.family_thread import FamilyReplayThread
    from chainview.workbench.rebuilding.workshop import Workshop
    from chainview.workbench.replay_thread import ReplayThread

_PLAIN = frozenset(string.ascii_letters + string.digits + "/._-+=:,@%")
WENT_BACK = -1
"""In the place of an exit code: the screen was left for the list that it was opened from."""
_Session = TypeVar("_Session", bound="SessionLike")


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """How a screen is to look and listen; a theme of None leaves the choice to the settings."""

    theme: str | None = None
    mouse: bool = True
    inline_rows: int = 0
    """How many rows below the prompt it has; 0 for the whole terminal."""
    returns: bool = False
    """Whether going back from it leads to the list that it was opened from."""


def require_terminal(instead: str, *, keys: bool = True) -> None:
    """Raises ChainviewError, naming the command to use instead, unless a screen can be shown here.

    With `keys` false standard input may be something else than the terminal. A browser that the screen is served to by
    `textual serve` is one.
    """
    if is_served():
        return
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise ChainviewError(f"this terminal (TERM={os.environ.get('TERM', '')}) can't show a screen: use {instead}")
    if not _is_terminal(1) or (keys and not _is_terminal(0)):
        which = "standard output" if not _is_terminal(1) else "standard input"
        raise ChainviewError(f"{which} is no terminal, so there is no screen to show: use {instead}")


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def pipe_from_input() -> Spool:
    """What standard input pipes in, from now on read aside; the keys then come from the terminal itself."""
    from chainview.ui.feeds.spool import Spool

    data = os.dup(0)
    try:
        take_keys_from_terminal("chainview show -")
    except ChainviewError:
        os.close(data)
        raise
    return Spool(data)


def take_keys_from_terminal(instead: str) -> None:
    """Puts the terminal in the place of standard input, which was something else; raises ChainviewError where there is
    none, naming the command to use instead.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise ChainviewError(f"there is no terminal to take keys from: use {instead}") from None
    os.dup2(terminal, 0)
    os.close(terminal)


def watch_session(
    make: Callable[[], _Session],
    options: ScreenOptions,
    keep: int = 0,
    watch: Callable[[_Session, Callable[[Build], None]], BuildWatchLike] | None = None,
    replay: Callable[[_Session], ReplayThread] | None = None,
    first: Callable[[], ReplayThread] | None = None,
    terminal: PaneTerminal | None = None,
    workshop: Workshop | None = None,
) -> int:
    """Shows the live screen of a session until the user quits, then ends the session; returns the exit code.

    `make` makes it, after the first frame. `keep` is the most events the screen holds, 0 for all. `watch` makes what
    looks for new builds of its module, `replay` a replay of what was recorded so far by the newest build, `first` the
    replay that is looked at first, `terminal` is that of its actors, `workshop` what goes on beside them.
    """
    from chainview.ui.feeds.sources import LiveSource

    require_terminal("chainview record")
    return _show(LiveSource(make, keep, watch, replay, first, terminal, workshop), options)


def watch_file(opened: OpenedChain, options: ScreenOptions, *, follow: bool = False) -> int:
    """Shows a chain file, and with `follow` what is appended; returns the exit code."""
    from chainview.ui.feeds.file_sources import FileSource

    require_terminal("chainview show")
    return _show(FileSource(opened, follow=follow), options)


def watch_followed(path: str, options: ScreenOptions) -> int:
    """Shows the chains of several actors that another program writes into a file; returns the exit code."""
    from chainview.ui.feeds.coming_sources import FollowedSource

    require_terminal("chainview show")
    return _show(FollowedSource(path), options)


def choose_chain(
    chains: Sequence[KeptChain], options: ScreenOptions, place: PickerPlace, folder: Path
) -> KeptChain | None:
    """Lets a person choose one of the kept chains, from where they were in the list; None where they leave without.

    The list follows what comes into `folder`, grows there and goes.
    """
    from chainview.chain.families.kept_chains import kept_chains
    from chainview.ui.picker.kept_source import KeptSource

    require_terminal("chainview chains")
    source = KeptSource(chains, place, lambda: kept_chains(folder))
    _show(source, options)
    return source.chosen


def watch_folder(family: RecordedFamily, options: ScreenOptions, *, follow: bool = False) -> int:
    """Shows the chains of a family's folder, and with `follow` what is appended; returns the exit code.

    Raises ChainviewError where none of them can be read.
    """
    from chainview.ui.feeds.file_sources import FolderSource

    require_terminal("chainview show")
    return _show(FolderSource(family, follow=follow), options)


def watch_replay(
    replay: Callable[[], ReplayThread], name: str, chain: Path, options: ScreenOptions, watch: str = ""
) -> int:
    """Shows a replay, made after the first frame; returns 0 when nothing differs but what was accepted, else 1.

    It is run again whenever the module `watch` has changed, where one is given.
    """
    from chainview.ui.feeds.replay_sources import ReplaySource

    require_terminal("chainview replay --text")
    source = ReplaySource(replay, name, chain, watch)
    return _show(source, options) or source.exit_code


def watch_family_replay(
    replay: Callable[[], FamilyReplayThread], name: str, folder: Path, options: ScreenOptions
) -> int:
    """Shows the replay of a family, made after the first frame; returns the exit code that its report would have."""
    from chainview.ui.feeds.replay_sources import FamilyReplaySource

    require_terminal("chainview replay --text")
    source = FamilyReplaySource(replay, name, folder)
    return _show(source, options) or source.exit_code


def shows_screens() -> bool:
    """Whether there is a terminal here that can show a screen."""
    is_terminal = os.environ.get("TERM", "") not in ("", "dumb") and _is_terminal(0) and _is_terminal(1)
    return is_terminal or is_served()


def watch_pipe(options: ScreenOptions) -> int:
    """Shows the chain that standard input pipes in; returns the exit code."""
    from chainview.ui.feeds.coming_sources import PipeSource

    require_terminal("chainview show -", keys=False)
    return _show(PipeSource(pipe_from_input()), options)


def _show(source: Source, options: ScreenOptions) -> int:
    from chainview.ui.widgets.settings import read_settings
    from chainview.ui.widgets.themes import chosen_theme

    settings = read_settings(config_file(), os.environ)
    keymap = settings.keymap()
    theme = chosen_theme(options.theme or "", settings.theme, os.environ)

    from chainview.ui.app import ChainviewApp

    app = ChainviewApp(source, keymap, theme, inline_rows=options.inline_rows, returns=options.returns)
    app.handles_signals = True
    # A shell that exports its first size would keep the screen at it when the terminal changes.
    for name in ("COLUMNS", "LINES") if not is_served() else ():
        os.environ.pop(name, None)
    try:
        with _signals_kept(), _screen_on_terminal():
            _run(app, mouse=options.mouse and settings.mouse)
    finally:
        source.close()
    if app.went_back:
        return WENT_BACK
    _leave_behind(app.left_behind)
    return _farewell(app, source)


def _run(app: ChainviewApp, *, mouse: bool) -> None:
    try:
        app.run(mouse=mouse)
    # Whatever goes wrong inside the framework is to become a sentence, not a traceback over the terminal.
    except Exception as error:
        app.fail(error)


def _leave_behind(rows: Sequence[str]) -> None:
    """Prints what was shown in rows below the prompt."""
    with suppress(OSError, ValueError):
        sys.stdout.write("".join([f"{row}\x1b[0m\n" for row in rows]))
        sys.stdout.flush()


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Gives the handlers of the signals back that the app's event loop takes."""
    before = {number: signal.getsignal(number) for number in ENDING_SCREENS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Terminal:
    """What Textual draws on. A terminal that has gone takes no more, which must not keep the app from ending."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.fileno = stream.fileno
        self.isatty = stream.isatty
        self.encoding = stream.encoding

    def write(self, text: str) -> int:
        """Writes what can be written."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes what can be flushed."""
        with suppress(OSError, ValueError):
            self._stream.flush()


@contextmanager
def _screen_on_terminal() -> Iterator[None]:
    """Textual draws on standard error; where that is redirected it is to draw on standard output."""
    before = sys.__stderr__
    stream = sys.__stderr__ if _is_terminal(2) else sys.__stdout__
    if stream is not None:
        sys.__stderr__ = _Terminal(stream)  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        sys.__stderr__ = before  # type: ignore[misc]


def _farewell(app: ChainviewApp, source: Source) -> int:
    """Says where the chain lies, and what went wrong."""
    from chainview.ui.feeds.sources import LiveSource

    kept = source.kept() if isinstance(source, LiveSource) else None
    if isinstance(source, LiveSource) and kept is not None:
        for before in source.ended:
            _tell(f"{'a ' if before.chains is None else ''}{before.words} in {before.path}")
        for number, session in enumerate(source.sessions()):
            for sentence in session.rescues:
                _tell(f"{session.status().actor}: {sentence}" if number else sentence)
        _tell(f"{'the ' if kept.chains is None else ''}{kept.words} in {kept.path}")
        them = "it" if kept.chains in (None, 1) else "them"
        _tell(f"open {them} again with: chainview open {_quoted(kept.path)}")
    if app.ended_by is not None:
        lost = _lost_something(source)
        return EXIT_INTERRUPTED if source.unfinished else lost
    if app.crash:
        raise ChainviewError(f"chainview itself failed, and ended; what happened is in {_crash_log(app.crash)}", 1)
    if app.failure is not None:
        raise app.failure
    return _lost_something(source)


def _lost_something(source: Source) -> int:
    """1 where the chain could not be kept as it was asked for, else 0; raises what kept it from being written."""
    from chainview.chain.files.native.writer import ChainWriteError
    from chainview.ui.feeds.sources import LiveSource

    sessions = source.sessions() if isinstance(source, LiveSource) else ()
    for session in sessions:
        if isinstance(session.failure, ChainWriteError):
            raise session.failure
    return int(any(session.rescues for session in sessions))


def _quoted(path: Path) -> str:
    """The path as a shell takes it, with nothing in it that could drive a terminal."""
    from shlex import quote

    name = str(path)
    if visible(name) == name:
        return quote(name)
    letters = [chr(byte) if chr(byte) in _PLAIN else f"\\x{byte:02x}" for byte in os.fsencode(name)]
    return f"$'{''.join(letters)}'"


def _tell(text: str) -> None:
    try:
        print(visible(text), file=sys.stderr)
    except OSError:
        # The terminal has gone, and the user with it.
        return


def _crash_log(crash: str) -> str:
    try:
        descriptor, path = tempfile.mkstemp(prefix="chainview-crash-", suffix=".log")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{crash}\nevents were read and hashed by: {served()}\n")
    except OSError:
        return "no file, since none could be written"
    return path
