"""Which pictures the names in the sources mean: those of the project, of a folder, links."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from gazelab.app.dialogs.importing.reading import ReadingJobs
from gazelab.data.stimulus import Stimulus
from gazelab.io.images import read_images
from gazelab.io.reading import Reading
from gazelab.study.matching import Pictures
from gazelab.study.placing import Links


class KnownPictures(QObject):
    """All pictures there are, and the links to them.

    changed : emitted when names may mean other pictures than before.
    stimuli : by id. known : finds them by name. folder : with pictures besides those of the
        project and the sources; `reading` and `problem` say what came of it.
    """

    changed = Signal()

    def __init__(
        self, own: Mapping[str, Stimulus], jobs: ReadingJobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._own = own
        self._jobs = jobs
        jobs.failed.connect(self._failed)
        self._brought: tuple[Stimulus, ...] = ()
        self.folder: Path | None = None
        self.reading: Reading | None = None
        self.problem = ""
        self.links = Links(MappingProxyType({}))
        self.stimuli: dict[str, Stimulus] = {}
        self.known = Pictures(())
        self._gather()

    def set_folder(self, folder: Path | None) -> None:
        """Take the pictures of a folder; of none for None."""
        if self.folder is not None:
            self._jobs.stop(self.folder)
        self.folder, self.reading, self.problem = folder, None, ""
        if folder is not None:
            self._jobs.start(folder, read_images(folder), self._was_read, at_once=True)
        self._gather()

    def set_brought(self, stimuli: Iterable[Stimulus]) -> None:
        """Take the pictures that the sources bring along."""
        self._brought = tuple(stimuli)
        self._gather()

    def link(self, names: Iterable[str], picture: str | None) -> None:
        """Let names mean a picture, or the empty screen; None takes a link back."""
        pictures = dict(self.links.pictures)
        for name in names:
            pictures.pop(name, None)
            if picture is not None:
                pictures[name] = picture
        self._take(Links(MappingProxyType(pictures), self.links.others_empty))

    def link_others_to_empty_screen(self, wanted: bool) -> None:
        """Show names without a picture on an empty screen, or do not."""
        self._take(Links(self.links.pictures, wanted))

    def _take(self, links: Links) -> None:
        self.links = links
        self.changed.emit()

    def _was_read(self, reading: Reading) -> None:
        self.reading = reading
        self._gather()

    def _failed(self, path: Path, text: str) -> None:
        if path == self.folder:
            self.problem = text
            self.changed.emit()

    def _gather(self) -> None:
        """Put all pictures together; those of the project come first."""
        stimuli = dict(self._own)
        for stimulus in (*(self.reading.stimuli if self.reading else ()), *self._brought):
            stimuli.setdefault(stimulus.id, stimulus)
        self.stimuli, self.known = stimuli, Pictures(stimuli.values())
        self.changed.emit()
