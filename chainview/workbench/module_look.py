"""Whether the module that a replay runs is another one by now."""

from __future__ import annotations

from pathlib import Path

from chainview.actor.manifest import find_target
from chainview.system.errors import ChainviewError
from chainview.system.files.footprint import Footprint, footprint
from chainview.system.files.working_folder import WorkingFolder


class ModuleLook:
    """Looks at the file of a module, and at the manifest that names it, when it is asked to."""

    def __init__(self, actor: str) -> None:
        self._actor = actor
        self._folder = WorkingFolder()
        self.lost = ""
        """Why there is nothing to look at, where that was so for two looks, in a sentence."""
        self._why = ""
        self._known = self._seen = self._now()

    def _now(self) -> tuple[Footprint, ...]:
        paths = [Path(self._actor)]
        before, self._why = self._why, ""
        # One that is being written, or gone for a moment, is looked at once it is there.
        try:
            paths.append(find_target(str(self._folder.readable(paths[0]))).module)
        except ChainviewError as error:
            self._why = error.sentence
        self.lost = self._why if self._why == before else ""
        return tuple([footprint(self._folder.absolute(path)) for path in paths])

    def has_changed(self) -> bool:
        """Whether it changed since this was last so, and stayed as it is for two looks: it is written to its end."""
        before, self._seen = self._seen, self._now()
        if self._seen == self._known or self._seen != before or len(self._seen) < 2:
            return False
        self._known = self._seen
        return True
