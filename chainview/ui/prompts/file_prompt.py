"""The prompt that asks for a file to write: its name tells the format, and a file that exists is not lost."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.lock import being_written
from chainview.system.files.whole_file import whole_file
from chainview.system.wording import visible
from chainview.ui.widgets.prompt import PlainPurpose

if TYPE_CHECKING:
    from chainview.ui.widgets.keyed_screen import KeyedScreen


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be saved, what names end in for it, and what it is."""

    name: str
    suffix: str
    words: str


def format_among(formats: Sequence[Format], name: str) -> Format:
    """The format that a file's name asks for: the first where it asks for none."""
    return next((each for each in formats if name.endswith(each.suffix)), formats[0])


class FilePurpose(PlainPurpose):
    """Asks where to save; up and down go through the formats, and what takes long is written between keys."""

    def __init__(self, screen: KeyedScreen, formats: Sequence[Format], kept: Path | None = None) -> None:
        """`kept` is a file that is never written over."""
        self.screen = screen
        self._formats = formats
        self._kept = kept
        self._replaces: Path | None = None
        """The file of which it was said that it exists: entered again, it is replaced."""

    def work(self, path: Path, *, force: bool) -> Iterator[None]:
        """Writes in slices, all or nothing; the first step raises what keeps the file from being made."""
        raise NotImplementedError

    def written(
        self, path: Path, pieces: Iterable[bytes], pieces_a_step: int, *, force: bool
    ) -> Generator[None, None, bool]:
        """Writes pieces; whether all of them were, which is said where they were not."""
        begun = False
        try:
            with whole_file(path, force=force) as file:
                yield
                begun = True
                for at, piece in enumerate(pieces):
                    file.write(piece)
                    if at % pieces_a_step == pieces_a_step - 1:
                        yield
        except ChainviewError as error:
            if not begun:
                raise
            self.screen.say(error.sentence, "error")
            return False
        return True

    def recalled(self, step: int, text: str) -> str | None:
        """The name with the suffix of the next format, or of the one before."""
        form = format_among(self._formats, text)
        return (
            text.removesuffix(form.suffix)
            + self._formats[(self._formats.index(form) + step) % len(self._formats)].suffix
        )

    def entered(self, text: str) -> str:
        """Begins to save; returns why it can't, and where there is a file already, that entered again it goes."""
        if not text.strip():
            return "a file name, please"
        path = Path(text.strip()).expanduser()
        try:
            if path.exists() and path != self._replaces:
                if self._kept is not None and self._kept.exists() and path.samefile(self._kept):
                    return f"{visible(str(path))} is the chain that is shown: give another name"
                self._replaces = path if path.is_file() else None
                otherwise = "enter again replaces it" if path.is_file() else "give another name"
                return f"{visible(str(path))} exists already: {otherwise}"
            if path.exists() and being_written(path):
                return f"{visible(str(path))} is being written by another program: give another name"
            work = self.work(path, force=path == self._replaces)
            next(work)
        except ChainviewError as error:
            return error.sentence
        except OSError as error:
            return f"can't save to {visible(str(path))}: {words_of(error)}"
        except ValueError as error:
            return f"can't save to {visible(str(path))}: {error}"
        self.screen.slices.add("save", work)
        return ""
