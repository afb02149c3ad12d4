"""A command line as it is typed in bash, which hands it over unread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BLANK = " \t\n"
_REDIRECTS = "<>"
_ESCAPED_IN_QUOTES = '"\\$`\n'
_SPECIAL_IN_QUOTES = re.compile(r'["\\$`]')
_SPECIAL = re.compile(r"[ !-$&-*;<>?\[-^`{-~]")


@dataclass(slots=True)
class _Word:
    text: str = ""
    replaced_from: int = 0
    """How much of the text stands before what the shell would replace."""
    quote: str = ""
    """The quotes that are open at its end."""
    is_target: bool = False
    """Whether it stands behind a redirection."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """Words without their quotes, of which the last one is still being typed."""

    words: tuple[str, ...]
    replaced_from: int
    """Where the part of the last one begins that is replaced."""
    quote: str
    """The quotes in which that part stands; empty where there are none."""
    is_target: bool
    """Whether the last one names a file that is redirected to or from."""

    def replacement(self, word: str) -> str:
        """What takes the place of that part so that the last word becomes this one, but for the closing quote."""
        part = word[self.replaced_from :]
        if self.quote == "'":
            return part.replace("'", "'\\''")
        return (_SPECIAL_IN_QUOTES if self.quote else _SPECIAL).sub(r"\\\g<0>", part)


@dataclass(slots=True)
class _Reader:
    line: str
    breaks: str
    at: int = 0
    words: list[_Word] = field(default_factory=list)
    word: _Word | None = None

    def read(self) -> list[_Word]:
        while self.at < len(self.line):
            mark = self.line[self.at]
            self.at += 1
            if mark in _BLANK:
                self._end()
            elif mark in _REDIRECTS:
                self._end()
                self.word = _Word(is_target=True)
            else:
                self._take(mark, self.word or _Word())
        self.words.append(self.word or _Word())
        return self.words

    def _end(self) -> None:
        # Blanks may stand between a redirection and its file.
        if self.word is not None and (self.word.text or not self.word.is_target):
            self.words.append(self.word)
            self.word = None

    def _take(self, mark: str, word: _Word) -> None:
        self.word = word
        if mark == "\\":
            word.text += self.line[self.at : self.at + 1]
            self.at += 1
        elif mark in "\"'":
            begun = len(word.text)
            if not self._quoted(mark, word):
                word.replaced_from, word.quote = begun, mark
        else:
            word.text += mark
            if mark in self.breaks:
                word.replaced_from = len(word.text)

    def _quoted(self, quote: str, word: _Word) -> bool:
        """Reads up to the end of the quotes; whether they have one."""
        while self.at < len(self.line):
            mark = self.line[self.at]
            self.at += 1
            if mark == quote:
                return True
            if mark == "\\" and quote == '"' and self.line[self.at : self.at + 1] in _ESCAPED_IN_QUOTES:
                mark = self.line[self.at : self.at + 1]
                self.at += 1
            word.text += mark
        return False


def typed_line(line: str, breaks: str) -> TypedLine:
    """The words behind the command's name, of a line up to the cursor; `breaks` is what else bash breaks words at."""
    words = _Reader(line, breaks).read()
    while len(words) > 1 and "=" in words[0].text:
        del words[0]
    last = words[-1]
    before = [word.text for word in words[1:-1] if not word.is_target]
    return TypedLine((*before, last.text), last.replaced_from, last.quote, last.is_target)
