"""Who was recorded: as the source says, or as a person says."""

from dataclasses import replace

from PySide6.QtWidgets import QLineEdit

from gazelab.app.dialogs.importing.candidates import Candidates
from gazelab.study.candidates import Candidate
from gazelab.study.participants import participants_of


class ParticipantField(QLineEdit):
    """Names the participant of a source of one; empty, it is named as the source says."""

    def __init__(self, candidates: Candidates) -> None:
        super().__init__()
        self._candidates = candidates
        self._candidate: Candidate | None = None
        self.setToolTip(
            self.tr("Another name for the participant; the source's own where it is empty")
        )
        self.editingFinished.connect(self._name)

    def show_source(self, candidate: Candidate | None) -> None:
        """Show who was recorded; what is being typed stays."""
        before, self._candidate = self._candidate, candidate
        if candidate is None or candidate.reading is None or not candidate.is_of_one:
            self.clear()
            return
        self.setPlaceholderText(participants_of(candidate.reading)[0])
        if before is None or before.path != candidate.path or not self.isModified():
            self.setText(candidate.participant)

    def _name(self) -> None:
        candidate, name = self._candidate, self.text().strip()
        self.setModified(False)
        if candidate is None or not candidate.is_of_one:
            return
        if name not in (candidate.said, candidate.participant):
            self._candidates.take(replace(candidate, said=name))
        else:
            self.setText(candidate.participant)
