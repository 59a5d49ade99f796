"""The main window: it places the parts and connects them, and does nothing else."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gazelab.app import preferences, style
from gazelab.app.actions import COMMANDS, enable, make_actions
from gazelab.app.analyses import Analyses
from gazelab.app.aois.panel import AoiPanel
from gazelab.app.commands import Commands
from gazelab.app.docks import add_docks, bring
from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.app.moves import Moves
from gazelab.app.panels.analyses import PAGES, AnalysesPanel
from gazelab.app.panels.compare import ComparePanel
from gazelab.app.panels.detection import DetectionPanel
from gazelab.app.panels.layers import LayersPanel
from gazelab.app.panels.lists import ParticipantPanel, StimulusPanel
from gazelab.app.panels.panes import PanesPanel
from gazelab.app.panels.quality import QualityPanel
from gazelab.app.panels.status import StatusBar
from gazelab.app.panels.trace import TracePanel
from gazelab.app.panels.transport import TransportPanel
from gazelab.app.pictures import Pictures
from gazelab.app.start_page import StartPage
from gazelab.app.viewing import Viewing

_TOGGLED = ("scanpaths", "density", "attention", "numbers", "upcoming", "legend", "gaze", "areas")
_TRANSPORT = ("first", "previous", "play", "next", "last")
_ZOOM = 1.25
_SIZE = QSize(1280, 800)
_FRAME = QSize(0, 32)


class MainWindow(QMainWindow):
    """Human and machine pane in the middle, lists left, layers right, numbers below."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        room = QGuiApplication.primaryScreen().availableSize() - _FRAME
        self.resize(_SIZE.boundedTo(room))
        self.jobs = Jobs(self)
        self.document = Document(self.jobs, self)
        self.viewing = Viewing(self.document, self)
        self.pictures = Pictures(self)
        self.analyses = Analyses(self, self.document, self.viewing, self.jobs)
        self.commands = Commands(self, self.document, self.jobs, self.analyses)
        self.actions_by_id = make_actions(self, self._slots())
        self.panes = PanesPanel(self.viewing, self.pictures)
        self.transport = TransportPanel(
            self.viewing, [self.actions_by_id[name] for name in _TRANSPORT]
        )
        self.status = StatusBar(self.jobs)
        self.setStatusBar(self.status)
        self._retint()  # before the docks: buttons without icons would make the window too wide
        self._build_centre()
        self._build_docks()
        self._build_menus()
        self._connect()
        self._document_opened()
        self._first_state = self.saveState()
        self._restore_layout()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save, stop all work, remember the layout."""
        self.transport.clock.pause()
        self.document.flush()
        self.quality.stop()
        for work in (self.jobs, self.analyses.training, self.pictures):
            work.close()
        for part in (self.panes.scenes.kept, self.trace, self.detection):
            part.close_thread()
        self.compare.curve.close_library()
        self.pages.close_pages()
        preferences.remember_layout(self.saveGeometry(), self.saveState())
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files while a project is open."""
        if self.document.is_open and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        paths = tuple(Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile())
        if paths:
            self.commands.import_(paths)

    def _slots(self) -> dict[str, Callable[[], object]]:
        commands, moves = self.commands, Moves(self.viewing)
        slots: dict[str, Callable[[], object]] = {
            "new": commands.new,
            "open": commands.open,
            "sample": commands.open_sample,
            "import": commands.import_,
            "attributes": commands.attributes,
            "save": commands.save,
            "export": commands.export,
            "export_bids": commands.export_bids,
            "close": self.document.close,
            "quit": self.close,
            "fit": lambda: self.panes.camera.fit(),
            "zoom_in": lambda: self.panes.zoom(_ZOOM),
            "zoom_out": lambda: self.panes.zoom(1 / _ZOOM),
            "reset_layout": self._reset_layout,
            "first": moves.first,
            "last": moves.last,
            "previous": lambda: moves.fixation(-1),
            "next": lambda: moves.fixation(+1),
            "play": lambda: self.transport.toggle(),
            "next_step": lambda: moves.step(+1),
            "previous_step": lambda: moves.step(-1),
            "faster": lambda: self.transport.set_speed(+1),
            "slower": lambda: self.transport.set_speed(-1),
            "next_stimulus": lambda: moves.stimulus(+1),
            "previous_stimulus": lambda: moves.stimulus(-1),
            "next_participant": lambda: moves.participant(+1),
            "previous_participant": lambda: moves.participant(-1),
            "exclusions": lambda: self.quality.show_exclusions(),
            "aois": lambda: bring(self, "aois", self.aois.list),
            "trace": lambda: bring(self, "trace", self.trace.view),
            "quality": lambda: bring(self, "quality", self.quality.table),
            "detect": lambda: bring(self, "detection", self.detection.detector),
            "cancel": self.jobs.cancel_all,
            "keys": commands.keys,
            "verify": commands.verify_metrics,
            "about": commands.about,
        }
        slots |= self.analyses.slots
        slots |= {f"page_{page.name}": partial(self._bring_page, page.name) for page in PAGES}
        return slots | {name: partial(self.viewing.toggle_layer, name) for name in _TOGGLED}

    def _build_centre(self) -> None:
        start_actions = [self.actions_by_id[name] for name in ("new", "open", "sample")]
        self.start_page = StartPage(start_actions)
        self.start_page.chosen.connect(self.commands.open_folder)
        viewer = QWidget()
        layout = QVBoxLayout(viewer)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.panes, 1)
        layout.addWidget(self.transport)
        self._centre = QStackedWidget()
        self._centre.addWidget(self.start_page)
        self._centre.addWidget(viewer)
        self.setCentralWidget(self._centre)

    def _build_docks(self) -> None:
        self.compare = ComparePanel(self.viewing, self.jobs)
        self.quality = QualityPanel(self.viewing, self.jobs)
        self.trace = TracePanel(self.viewing)
        self.pages = AnalysesPanel(self.viewing, self.jobs)
        self.detection = DetectionPanel(self.viewing, self.jobs)
        self.aois = AoiPanel(self.viewing, self.jobs, (self.panes.human, self.panes.machine))
        panels = {
            "stimuli": StimulusPanel(self.viewing),
            "participants": ParticipantPanel(self.viewing),
            "layers": LayersPanel(self.viewing),
            "compare": self.compare,
            "quality": self.quality,
            "trace": self.trace,
            "analyses": self.pages,
            "detection": self.detection,
            "aois": self.aois,
        }
        self.docks = add_docks(self, panels)
        dock_of = dict(zip(panels, self.docks, strict=True))
        dock_of["quality"].visibilityChanged.connect(self.quality.look)
        dock_of["analyses"].visibilityChanged.connect(self.pages.look)

    def _bring_page(self, name: str) -> None:
        bring(self, "analyses", self.pages)
        self.pages.bring(name)

    def _build_menus(self) -> None:
        titles = {
            "file": self.tr("&File"),
            "edit": self.tr("&Edit"),
            "view": self.tr("&View"),
            "play": self.tr("&Step"),
            "analyse": self.tr("&Analyse"),
            "help": self.tr("&Help"),
        }
        menus = {name: self.menuBar().addMenu(title) for name, title in titles.items()}
        undo = self.document.undo_stack.createUndoAction(self, self.tr("&Undo"))
        redo = self.document.undo_stack.createRedoAction(self, self.tr("&Redo"))
        undo.setShortcuts([QKeySequence("Ctrl+Z")])
        redo.setShortcuts([QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")])
        menus["edit"].addActions([undo, redo])
        for command in COMMANDS:
            if command.separator_before:
                menus[command.menu].addSeparator()
            menus[command.menu].addAction(self.actions_by_id[command.id])
        menus["view"].addSeparator()
        self._add_themes(menus["view"].addMenu(self.tr("&Theme")))
        docks = menus["view"].addMenu(self.tr("D&ocks"))
        for dock in self.docks:
            docks.addAction(dock.toggleViewAction())

    def _add_themes(self, menu: QMenu) -> None:
        words = {
            "system": self.tr("As the &desktop"),
            "light": self.tr("&Light"),
            "dark": self.tr("D&ark"),
        }
        group = QActionGroup(self)
        for name in style.THEMES:
            action = menu.addAction(words[name])
            action.setCheckable(True)
            action.setChecked(name == preferences.theme())
            action.triggered.connect(partial(self._choose_theme, name))
            group.addAction(action)

    def _connect(self) -> None:
        self.commands.shown_scenes = lambda: self.panes.shown
        self.analyses.ran.connect(self.status.show_device)
        self.document.opened.connect(self._document_opened)
        self.document.saved.connect(self.status.show_saved)
        self.document.changed.connect(lambda _: self._enable())
        self.transport.clock.playing_changed.connect(lambda _: self._retint())
        QGuiApplication.styleHints().colorSchemeChanged.connect(
            lambda _: self._choose_theme(preferences.theme())
        )

    def _document_opened(self) -> None:
        self.pictures.clear()
        is_open = self.document.is_open
        self._centre.setCurrentIndex(1 if is_open else 0)
        for dock in self.docks:
            dock.setVisible(is_open)
        title = self.document.project.title if is_open else ""
        self.setWindowTitle(f"{title} – GazeLab" if title else "GazeLab")
        if not is_open:
            self.start_page.set_recent(preferences.recent_projects())
            self.status.say("")
        self.panes.refresh()
        self.panes.human.setFocus()
        self._enable()

    def _enable(self) -> None:
        met = {"project"} if self.document.is_open else set()
        if self.document.is_open and self.document.project.stimuli:
            met.add("stimulus")
        enable(self.actions_by_id, met)

    def _choose_theme(self, name: str, _: bool = False) -> None:
        preferences.set_theme(name)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            style.apply_theme(app, name)
        self._retint()

    def _retint(self) -> None:
        for command in COMMANDS:
            if command.icon:
                playing = command.id == "play" and self.transport.clock.playing
                name = "pause" if playing else command.icon
                self.actions_by_id[command.id].setIcon(style.icon(name, QApplication.palette()))

    def _restore_layout(self) -> None:
        if layout := preferences.layout():
            self.restoreGeometry(layout[0])
            self.restoreState(layout[1])
            self._document_opened()

    def _reset_layout(self) -> None:
        preferences.forget_layout()
        self.restoreState(self._first_state)
        self._document_opened()
