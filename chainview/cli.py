"""The entry point: looks up the command asked for, runs it, and turns what goes wrong into a sentence and an exit code.

Only the module of that command is imported.
"""

# What takes long to import is imported once the signals are taken: a ^C until then is a traceback.
from __future__ import annotations

import atexit
import gc
import os
import sys

from chainview.system.errors import EXIT_INTERRUPTED, ChainviewError, Terminated, limit_met, words_of
from chainview.system.signals import interruption


def main(argv: list[str] | None = None) -> int:
    """Runs one command and returns its exit code; never lets a traceback reach the user."""
    # As the process ends all of it goes: to look for what nobody needs may take a tenth of a command.
    atexit.register(gc.freeze)
    try:
        interruption.listen()
        code = _run(sys.argv[1:] if argv is None else argv)
    except (KeyboardInterrupt, Terminated):
        code = _interrupted()
    interruption.ignore()
    return code


def _run(words: list[str]) -> int:
    from chainview.system import streams

    streams.make_usable()
    try:
        from chainview.commands.usage.parsers import parsed

        args = parsed(words)
        code: int = args.run(args)
        if interruption.number is not None:
            return _interrupted()
        streams.flush()
    except SystemExit as ended:
        return _told(ended)
    except ChainviewError as error:
        return _fail(error)
    except BrokenPipeError:
        streams.silence(1)
        return _fail(ChainviewError("interrupted: standard output was closed before all was told", EXIT_INTERRUPTED))
    except RecursionError:
        return _fail(ChainviewError("this input is nested too deeply for chainview"))
    except OSError as error:
        if limit := limit_met(error):
            return _fail(limit)
        where = f" {error.filename}" if error.filename else ""
        return _fail(ChainviewError(f"can't use{where or ' a file'}: {words_of(error)}"))
    # The last resort: a defect of ours ends in a sentence too, unless its traceback is asked for.
    except Exception as error:
        return _unforeseen(error)
    return code


def _unforeseen(error: Exception) -> int:
    """A limit of the system for which Python has no error of its own, else a defect of ours."""
    if limit := limit_met(error):
        return _fail(limit)
    if os.environ.get("CHAINVIEW_DEBUG"):
        raise error
    kind = type(error).__name__
    return _fail(ChainviewError(f"a defect of chainview itself ({kind}: {error}); CHAINVIEW_DEBUG=1 shows where", 70))


def _told(ended: SystemExit) -> int:
    """Help or usage was told; its reader may have gone."""
    from chainview.system import streams

    try:
        streams.flush()
    except ChainviewError as error:
        return _fail(error)
    return ended.code if isinstance(ended.code, int) else 0


def _fail(error: ChainviewError) -> int:
    from chainview.system.streams import complain

    complain(error.sentence)
    return error.exit_code


def _interrupted() -> int:
    """What is buffered is dropped: nobody may read it, and the signals that could end the wait are ignored now."""
    interruption.ignore()
    from chainview.system import streams

    streams.make_usable()
    streams.silence(1)
    streams.complain(f"interrupted: {interruption.name or 'SIGINT'} came before the command was done")
    return EXIT_INTERRUPTED
