"""What a member of a family was replayed with, or compared with, and how it is named where there is little room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chainview.chain.words.spans import cells, file_cut
from chainview.system.files.working_folder import from_here, whole

_LEAST_CELLS = 16


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A module, or the chain of another family, by its file; that of a kept module is the one its chain names."""

    file: Path
    title: str = ""
    """What it is called where its file's name tells nothing."""
    as_recorded: bool = False
    """Whether it is the module that the member was recorded with, as none that is given fits."""

    @property
    def name(self) -> str:
        """Its file's name in a few words."""
        return f"{self.title or self.file.name}{self._remark}"

    @property
    def whole(self) -> str:
        """Its file's whole path; one that a chain names goes from where that was recorded."""
        return str(self.file) if self.as_recorded else whole(self.file)

    def within(self, most: int) -> str:
        """Its file as seen from where the person stands, in about so many cells: of a longer path the end."""
        if self.title:
            return self.name
        return f"{file_cut(from_here(self.file), max(_LEAST_CELLS, most - cells(self._remark)))}{self._remark}"

    @property
    def _remark(self) -> str:
        return ", as recorded" if self.as_recorded else ""
