"""The sources of the import wizard: found and read in the background, once."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gazelab.app.dialogs.importing.pictures import KnownPictures
from gazelab.app.dialogs.importing.reading import ReadingJobs
from gazelab.data.contract import Contract
from gazelab.io.readers import reader_named
from gazelab.io.reading import Reading, ReadSettings
from gazelab.project.project import Addition, Project
from gazelab.study.candidates import Candidate, apart, plan_of, said_of
from gazelab.study.importing import ImportPlan, import_files
from gazelab.study.previewing import Match, hindrance, matches
from gazelab.study.sources import Found, expand
from gazelab.task import Step, Task

_BESIDE = ("stimuli", "images", "pictures", "img")


class Candidates(QObject):
    """What is to be imported, as far as it is understood.

    listed : emitted when there are other sources than before.
    changed : emitted with the path of a source of which more is known, or that is understood
        otherwise. progressed : emitted with the path of a source that is being read.
    failed : emitted with a sentence when nothing could be looked for.
    """

    listed = Signal()
    changed = Signal(object)
    progressed = Signal(object)
    failed = Signal(str)

    def __init__(self, folder: Path, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.px_per_deg: float | None = None
        self._project = project
        self._candidates: dict[Path, Candidate] = {}
        self._matches: dict[Path, tuple[Match, ...]] = {}
        self._searches = count()
        self._jobs = ReadingJobs(self)
        self._jobs.progressed.connect(self.progressed)
        self._jobs.failed.connect(self._failed)
        self.pictures = KnownPictures(project.stimuli, self._jobs, self)
        self.pictures.changed.connect(self._matches.clear)

    @property
    def all(self) -> tuple[Candidate, ...]:
        """All sources, in the order in which they were found."""
        return tuple(self._candidates.values())

    @property
    def busy(self) -> bool:
        """Whether anything is being looked for or read."""
        return self._jobs.busy

    def get(self, path: Path | None) -> Candidate | None:
        """Return a source, None where it is none."""
        return None if path is None else self._candidates.get(path)

    def progress(self, path: Path) -> Step | None:
        """Return how far the reading of a source is; None while it is not being read."""
        return self._jobs.progress(path)

    def matches(self, path: Path) -> tuple[Match, ...]:
        """Return the names in a source and the stimuli they mean."""
        reading = self._candidates[path].reading
        if reading is None:
            return ()
        if path not in self._matches:
            pictures = self.pictures
            self._matches[path] = matches(reading, pictures.known, pictures.links)
        return self._matches[path]

    def hindrance(self, path: Path) -> str:
        """Return why a source that was read cannot be imported yet; "" when it can."""
        return hindrance(self._candidates[path], self.matches(path))

    def add(self, paths: Iterable[Path]) -> None:
        """Look what files and folders are, and read them."""
        search = Path("search", str(next(self._searches)))
        self._jobs.start(search, expand(tuple(paths)), self._found, at_once=True)

    def remove(self, path: Path) -> None:
        """Forget a source."""
        self._jobs.stop(path)
        self._candidates.pop(path, None)
        self._matches.pop(path, None)
        self._tell_apart()
        self.listed.emit()
        self._tell_pictures()

    def read_as(
        self,
        path: Path,
        format_id: str,
        settings: ReadSettings,
        contract: Contract | None = None,
        *,
        afresh: bool = False,
    ) -> None:
        """Read a source again, by another reader or otherwise.

        afresh : with this contract, or the guess for None, whatever was said of it before.
        """
        candidate = self._candidates[path].read_as(format_id, settings)
        if afresh:
            candidate = replace(candidate, reading=None, chosen=contract)
        self._candidates[path] = candidate
        self._read(path, at_once=True)
        self.changed.emit(path)

    def take(self, candidate: Candidate) -> None:
        """Take a source otherwise, without reading it again."""
        self._candidates[candidate.path] = candidate
        self.changed.emit(candidate.path)

    @property
    def plan(self) -> ImportPlan:
        """What is chosen now."""
        pictures = self.pictures
        return plan_of(self.all, self.folder, pictures.folder, self.px_per_deg, pictures.links)

    def import_all(self) -> Task[Addition]:
        """Return the task that imports everything that was read, without reading it again."""
        readings = {
            candidate.path: candidate.reading
            for candidate in self.all
            if candidate.reading is not None
        }
        if self.pictures.folder is not None and self.pictures.reading is not None:
            readings[self.pictures.folder] = self.pictures.reading
        return import_files(self.plan, self._project, readings)

    def close(self) -> None:
        """Stop all reading."""
        self._jobs.close()

    def _found(self, found: tuple[Found, ...]) -> None:
        fresh = [item for item in found if item.path not in self._candidates]
        for item in fresh:
            first = item.formats[0] if item.formats else ""
            self._candidates[item.path] = Candidate(
                item.path, item.formats, first, problem=item.problem
            )
            if item.formats:
                self._read(item.path)
        self.listed.emit()
        given = self.pictures.folder or any(candidate.is_pictures for candidate in self.all)
        folder = None if given else _pictures_beside(item for item in fresh if item.formats)
        if folder is not None:
            self.pictures.set_folder(folder)

    def _read(self, path: Path, *, at_once: bool = False) -> None:
        candidate = self._candidates[path]
        task = reader_named(candidate.format).read(path, candidate.settings)
        self._jobs.start(path, task, partial(self._was_read, path), at_once=at_once)

    def _was_read(self, path: Path, reading: Reading) -> None:
        self._candidates[path] = self._candidates[path].with_reading(reading)
        self._matches.pop(path, None)
        if reading.stimuli:
            self._tell_pictures()
        for other in self._tell_apart():
            self.changed.emit(other)
        self.changed.emit(path)

    def _tell_apart(self) -> list[Path]:
        """Name participants after folders where files have the same name; return the others."""
        before, self._candidates = self._candidates, apart(self.all)
        return [p for p, item in before.items() if item.folder != self._candidates[p].folder]

    def _tell_pictures(self) -> None:
        readings = (candidate.reading for candidate in self.all if candidate.reading is not None)
        self.pictures.set_brought(s for reading in readings for s in reading.stimuli)

    def _failed(self, path: Path, text: str) -> None:
        if path in self._candidates:
            self._candidates[path] = replace(self._candidates[path], problem=text, reading=None)
            self._matches.pop(path, None)
            self.changed.emit(path)
        elif path != self.pictures.folder:
            self.failed.emit(text)


def _pictures_beside(found: Iterable[Found]) -> Path | None:
    """Return the folder of pictures beside a recording, None without."""
    folders = (item.path.parent / name for item in found for name in _BESIDE)
    return next((folder for folder in folders if folder.is_dir()), None)


def alike(candidates: Candidates, candidate: Candidate) -> list[Candidate]:
    """Return the other sources of the same format that were read, or could be."""
    others = (other for other in candidates.all if other.path != candidate.path)
    return [other for other in others if other.format and other.format == candidate.format]


def share(candidates: Candidates, path: Path) -> None:
    """Take what was said of one source for all others of its format."""
    candidate = candidates.get(path)
    if candidate is None:
        return
    for other in alike(candidates, candidate):
        settings, contract = said_of(candidate, other)
        if settings != other.settings:
            candidates.read_as(other.path, other.format, settings, contract, afresh=True)
        elif contract is not None:
            candidates.take(other.with_contract(contract))
