"""What is found out in the background for the source that is shown; the newest wish counts."""

from itertools import count

from PySide6.QtCore import QObject, QTimer, Signal

from gazelab.app.background import Background
from gazelab.app.dialogs.importing.candidates import Candidates
from gazelab.errors import GazeLabError
from gazelab.io.mapping import Mapping
from gazelab.io.readers import reader_named
from gazelab.io.table import preview
from gazelab.study.candidates import Candidate
from gazelab.study.previewing import Outlook, outlook, sentence
from gazelab.task import finish

_PAUSE_MS = 250
"""After a change, before counts are taken anew: the drawing comes first."""


class LookAhead(QObject):
    """Finds out what importing a source would bring, and previews tables.

    found : emitted with an Outlook. table : emitted with a Preview. failed : emitted with a
    sentence when a table cannot be previewed.
    """

    found = Signal(object)
    table = Signal(object)
    failed = Signal(str)

    def __init__(self, candidates: Candidates, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._candidates = candidates
        self._candidate: Candidate | None = None
        self._asked = count()
        self._outlooks = Background("outlook", self)
        self._outlooks.arrived.connect(lambda _, found: self.found.emit(found))
        self._outlooks.failed.connect(
            lambda _, error: self.found.emit(Outlook(problem=_said(error)))
        )
        self._tables = Background("table", self)
        self._tables.arrived.connect(lambda _, table: self.table.emit(table))
        self._tables.failed.connect(lambda _, error: self.failed.emit(_said(error)))
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._ask)

    @property
    def busy(self) -> bool:
        """Whether an outlook or a table is still to come."""
        return self._soon.isActive() or self._outlooks.busy or self._tables.busy

    def look(self, candidate: Candidate | None) -> None:
        """Find out what a source would bring, unless another wish comes soon."""
        self._candidate = candidate
        self._outlooks.forget()
        if candidate is None or candidate.reading is None:
            self._soon.stop()
            self.found.emit(Outlook(problem=candidate.problem if candidate is not None else ""))
        else:
            self._soon.start()

    def preview(self, candidate: Candidate | None, mapping: Mapping | None) -> None:
        """Preview a table with a mapping, or the guess for None."""
        if candidate is None or not is_table(candidate):
            self._tables.forget()
            return
        path, guess = candidate.path, reader_named(candidate.format).guess
        self._tables.ask(
            next(self._asked), lambda: preview(path, mapping or (guess(path) if guess else None))
        )

    def close(self) -> None:
        """Find out nothing more."""
        self._soon.stop()
        self._outlooks.close()
        self._tables.close()

    def _ask(self) -> None:
        if self._candidate is not None:
            pictures = self._candidates.pictures
            stimuli = dict(pictures.stimuli)
            task = outlook(self._candidate, self._candidates.folder, stimuli, pictures.links)
            self._outlooks.ask(next(self._asked), lambda: finish(task))


def is_table(candidate: Candidate) -> bool:
    """Whether the columns of a source can be named."""
    return bool(candidate.format) and reader_named(candidate.format).guess is not None


def _said(error: BaseException) -> str:
    return sentence(error) if isinstance(error, GazeLabError) else str(error)
