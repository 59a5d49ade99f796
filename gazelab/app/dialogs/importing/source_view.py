"""One source of the import wizard: how it is understood beside what that looks like."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QScrollArea,
    QSplitter,
    QStyle,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.importing.ahead import LookAhead, is_table
from gazelab.app.dialogs.importing.candidates import Candidates, alike, share
from gazelab.app.dialogs.importing.contract import ContractForm
from gazelab.app.dialogs.importing.findings import CountsView, SignsView
from gazelab.app.dialogs.importing.matching import MatchingEditor
from gazelab.app.dialogs.importing.participant import ParticipantField
from gazelab.app.dialogs.importing.presets import PresetBar
from gazelab.app.dialogs.importing.trial import TrialView
from gazelab.app.dialogs.importing.words import format_title, nothing_words
from gazelab.app.dialogs.mapping import MappingEditor
from gazelab.data.contract import Contract
from gazelab.io.mapping import Mapping
from gazelab.io.reading import ReadSettings
from gazelab.study.candidates import Candidate
from gazelab.study.previewing import Outlook, ReadTrials, Shown, shown

_COLUMNS = 1


class SourceView(QSplitter):
    """Shows one source and lets all that was guessed of it be changed.

    The drawing follows at once; counts and signs follow when they are known.
    said : emitted with a sentence on something that did not work.
    """

    said = Signal(str)

    def __init__(self, candidates: Candidates) -> None:
        super().__init__(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._candidates = candidates
        self._path: Path | None = None
        self._trials: ReadTrials | None = None
        self._trials_of: object = None
        self._problem = ""
        self._number = 0
        self.ahead = LookAhead(candidates, self)
        self.formats = QComboBox()
        self.participant = ParticipantField(candidates)
        self.presets = PresetBar()
        self.contract = ContractForm()
        self.columns = MappingEditor()
        self.matching = MatchingEditor()
        self.counts = CountsView()
        self.signs = SignsView()
        self.trial = TrialView(candidates.folder)
        self._lay_out()
        self._connect()
        self.show_source(None)

    def close_jobs(self) -> None:
        """End what is being computed for the view."""
        self.ahead.close()
        self.trial.pictures.close()

    def show_source(self, path: Path | None) -> None:
        """Show a source from its first trial."""
        self._path, self._trials_of, self._number = path, None, 0
        candidate = self.candidate
        if candidate is not None:
            self._preview(candidate.settings.mapping)
        self._refresh()

    @property
    def candidate(self) -> Candidate | None:
        """The source that is shown."""
        return self._candidates.get(self._path)

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.addTab(_scrolled(self.contract), self.tr("&Coordinates"))
        self.tabs.addTab(self.columns, self.tr("Co&lumns"))
        self.tabs.addTab(self.matching, self.tr("Pictur&es"))
        self.tabs.addTab(self.counts, self.tr("Coun&ts"))
        self.formats.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._top = QFormLayout()
        self._top.addRow(self.tr("Read &as"), self.formats)
        self._top.addRow(self.tr("Preset"), self.presets)
        self._top.addRow(self.tr("Participant"), self.participant)
        left, right = QWidget(), QWidget()
        form = QVBoxLayout(left)
        form.setContentsMargins(0, 0, 0, 0)
        form.addLayout(self._top)
        form.addWidget(self.tabs, 1)
        seen = QVBoxLayout(right)
        seen.setContentsMargins(0, 0, 0, 0)
        seen.addWidget(self.trial, 1)
        seen.addWidget(self.signs)
        self.addWidget(left)
        self.addWidget(right)
        self.setStretchFactor(1, 1)
        self.setSizes([370, 560])

    def _connect(self) -> None:
        pictures = self._candidates.pictures
        self._candidates.changed.connect(
            lambda path: self._refresh() if path == self._path else None
        )
        pictures.changed.connect(self._pictures_changed)
        self.matching.linked.connect(pictures.link)
        self.matching.others_changed.connect(pictures.link_others_to_empty_screen)
        self.contract.changed.connect(self._contract_changed)
        self.contract.share.clicked.connect(self._share)
        self.contract.eye_changed.connect(lambda eye: self._read_again(eye=eye))
        self.columns.changed.connect(self._mapping_changed)
        self.formats.activated.connect(self._format_chosen)
        self.presets.chosen.connect(self._preset_chosen)
        self.presets.save.clicked.connect(self._save_preset)
        self.presets.said.connect(self.said)
        self.trial.moved.connect(self._move)
        self.ahead.found.connect(self._show_outlook)
        self.ahead.table.connect(self.columns.show_preview)
        self.ahead.failed.connect(self.columns.says.setText)

    def _pictures_changed(self) -> None:
        self.trial.forget_pictures()
        self._refresh()

    def _contract_changed(self, contract: Contract) -> None:
        if self.candidate is not None:
            self._candidates.take(self.candidate.with_contract(contract))

    def _share(self) -> None:
        if self._path is not None:
            share(self._candidates, self._path)

    def _format_chosen(self, _: int) -> None:
        candidate = self.candidate
        if candidate is not None and candidate.format != self.formats.currentData():
            self._candidates.read_as(candidate.path, self.formats.currentData(), ReadSettings())
            self._preview(None)

    def _mapping_changed(self, mapping: Mapping) -> None:
        self._read_again(mapping=mapping)
        self._preview(mapping)

    def _read_again(self, *, eye: str | None = None, mapping: Mapping | None = None) -> None:
        candidate = self.candidate
        if candidate is not None:
            old = candidate.settings
            new = ReadSettings(mapping or old.mapping, old.eye if eye is None else eye, old.samples)
            self._candidates.read_as(candidate.path, candidate.format, new)

    def _preset_chosen(self, mapping: Mapping | None, contract: Contract | None) -> None:
        candidate = self.candidate
        if candidate is not None:
            settings = ReadSettings(mapping, candidate.settings.eye)
            self._candidates.read_as(
                candidate.path, candidate.format, settings, contract, afresh=True
            )
            self._preview(mapping)

    def _save_preset(self) -> None:
        candidate = self.candidate
        if candidate is not None:
            self.presets.keep(
                candidate.settings.mapping or self.columns.mapping, candidate.contract
            )

    def _preview(self, mapping: Mapping | None) -> None:
        """Show the first rows of a table as a mapping takes them, or the guess for None."""
        self.columns.edited = mapping is not None
        self.ahead.preview(self.candidate, mapping)

    def _refresh(self) -> None:
        """Show the source as it is understood now."""
        candidate = self.candidate
        reading = candidate.reading if candidate is not None else None
        of = None if candidate is None else (reading, candidate.participant)
        if of is None or of != self._trials_of:
            named = candidate.named if candidate is not None else None
            self._trials = None if named is None else ReadTrials(named)
            self._number = min(self._number, max(len(self._trials or ()) - 1, 0))
            self._trials_of = of
        self._show_trial()
        self._show_format(candidate)
        if candidate is not None and reading is not None:
            self.contract.show_contract(
                candidate.contract, reading.contract, candidate.settings.eye
            )
            self.contract.share.setVisible(bool(alike(self._candidates, candidate)))
        self.matching.show_pictures(tuple(self._candidates.pictures.stimuli))
        self.matching.show_matches(
            () if candidate is None else self._candidates.matches(candidate.path)
        )
        self.ahead.look(candidate)

    def _show_format(self, candidate: Candidate | None) -> None:
        """Show who reads the source, and what of it can be changed."""
        formats = candidate.formats if candidate is not None else ()
        self.formats.clear()
        for format_id in formats:
            self.formats.addItem(format_title(format_id), format_id)
        self.formats.setEnabled(len(formats) > 1)
        table = candidate is not None and is_table(candidate)
        before, self._problem = self._problem, candidate.problem if candidate is not None else ""
        reading = candidate.reading if candidate is not None else None
        if candidate is not None:
            self.formats.setCurrentIndex(self.formats.findData(candidate.format))
            if table:
                self.presets.show_file(candidate.path)
        self._top.setRowVisible(self.presets, table)
        self._top.setRowVisible(self.participant, candidate is not None and candidate.is_of_one)
        self.participant.show_source(candidate)
        self.tabs.setTabVisible(_COLUMNS, table)
        if table and self._problem and self._problem != before:
            self.tabs.setCurrentIndex(_COLUMNS)  # they are what is not understood
        gaze = reading is not None and bool(reading.recordings or reading.scanpaths)
        self.contract.setEnabled(gaze)
        self.matching.setEnabled(gaze or bool(reading is not None and reading.attention))

    def _show_trial(self) -> None:
        """Draw the trial that is chosen, as the contract and the links say."""
        candidate, trials = self.candidate, self._trials
        if candidate is None or trials is None or not len(trials):
            title = candidate.path.name if candidate is not None else ""
            self.trial.show_trial(Shown(title, problem=nothing_words(candidate)), 0, 0)
            return
        pictures = self._candidates.pictures
        item = shown(trials, self._number, candidate.contract, pictures.known, pictures.links)
        self.trial.show_trial(item, self._number, len(trials))

    def _move(self, way: int) -> None:
        if self._trials is not None and 0 <= self._number + way < len(self._trials):
            self._number += way
            self._show_trial()

    def _show_outlook(self, found: Outlook) -> None:
        self.signs.show_outlook(found)
        self.signs.setVisible(bool(found.signs))
        self.counts.show_outlook(found)


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(widget)
    bar = area.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
    area.setMinimumWidth(widget.minimumSizeHint().width() + bar)
    return area
