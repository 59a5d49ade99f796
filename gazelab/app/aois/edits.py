"""Changes of areas of interest on the present picture, each a step that can be undone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from gazelab.app.viewing import Viewing
from gazelab.data.aoi import Aoi
from gazelab.errors import SettingsError
from gazelab.study.areas import copied, with_areas_of


class AoiEdits(QObject):
    """Makes, renames, moves, deletes, copies and loads areas.

    All raise SettingsError for what is no area, see `Aoi`; nothing has changed then.
    """

    def __init__(self, viewing: Viewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing

    @property
    def here(self) -> tuple[Aoi, ...]:
        """The areas on the present picture, in the order of the project."""
        stimulus = self._viewing.state.stimulus
        return tuple(aoi for aoi in self.all if aoi.stimulus == stimulus)

    @property
    def all(self) -> tuple[Aoi, ...]:
        """The areas on all pictures."""
        return self._viewing.document.project.aois

    def add(self, corners_px: np.ndarray) -> Aoi:
        """Add an area under a free name, choose it, and return it."""
        aoi = Aoi(self._viewing.state.stimulus, self._free_name(), corners_px)
        self._edit(self.tr("Draw an area"), (*self.all, aoi))
        self._viewing.show(area=aoi.name)
        return aoi

    def give_name(self, name: str, new: str) -> None:
        """Give an area another name."""
        new = new.strip()
        if new == name:
            return
        if new in (aoi.name for aoi in self.here):
            raise SettingsError(self.tr("There is an area '{name}' already.").format(name=new))
        self._replace(self.tr("Rename an area"), name, name=new)
        self._viewing.show(area=new)

    def move(self, name: str, corners_px: np.ndarray) -> None:
        """Give an area other corners."""
        self._replace(self.tr("Move a corner"), name, corners_px=corners_px)

    def delete(self, names: Collection[str]) -> None:
        """Delete areas."""
        gone = {aoi.key for aoi in self.here if aoi.name in names}
        if gone:
            kept = [aoi for aoi in self.all if aoi.key not in gone]
            self._edit(self.tr("Delete areas"), kept)

    def copy_to_all(self, names: Collection[str]) -> tuple[int, int]:
        """Copy areas to all pictures of this size; return to how many, and how many are left."""
        chosen = [aoi for aoi in self.here if aoi.name in names]
        document = self._viewing.document
        project, left_out = copied(document.project, chosen)
        document.edit(self.tr("Copy areas"), project)
        return len(project.stimuli) - 1 - left_out, left_out

    def load(self, aois: Sequence[Aoi]) -> None:
        """Take areas of a table in place of those on the same pictures."""
        document = self._viewing.document
        document.edit(self.tr("Load areas"), with_areas_of(document.project, aois))

    def _replace(self, text: str, name: str, /, **fields: object) -> None:
        key = (self._viewing.state.stimulus, name)
        changed = [
            replace(aoi, **fields) if aoi.key == key else aoi  # type: ignore[arg-type]
            for aoi in self.all
        ]
        self._edit(text, changed)

    def _edit(self, text: str, aois: Iterable[Aoi]) -> None:
        document = self._viewing.document
        document.edit(text, document.project.with_aois(aois))

    def _free_name(self) -> str:
        taken = {aoi.name for aoi in self.here}
        names = (self.tr("area {k}").format(k=k) for k in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)
