"""The analyses: a page for each, behind a bar of tabs.

A page is imported and made when it is first looked at: the window is on screen sooner.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from gazelab.app.jobs import Jobs
from gazelab.app.panels.page import Page
from gazelab.app.viewing import Viewing

_CONTEXT = "pages"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A page that there is: `name` is that of its command, without `page_`."""

    name: str
    title: str
    make: Callable[[Viewing, Jobs], Page]


def _t(text: str) -> str:
    return QT_TRANSLATE_NOOP(_CONTEXT, text)  # type: ignore[return-value]


def _scanpaths(viewing: Viewing, jobs: Jobs) -> Page:
    from gazelab.app.panels.scanpaths import ScanpathsPage

    return ScanpathsPage(viewing, jobs)


def _areas(viewing: Viewing, jobs: Jobs) -> Page:
    from gazelab.app.aois.page import AreasPage

    return AreasPage(viewing, jobs)


def _steps(viewing: Viewing, jobs: Jobs) -> Page:
    from gazelab.app.panels.steps import StepsPage

    return StepsPage(viewing, jobs)


def _conditional(viewing: Viewing, jobs: Jobs) -> Page:
    from gazelab.app.panels.conditional import ConditionalPage

    return ConditionalPage(viewing, jobs)


def _differences(viewing: Viewing, jobs: Jobs) -> Page:
    from gazelab.app.panels.differences import DifferencesPage

    return DifferencesPage(viewing, jobs)


PAGES = (
    _Entry("scanpaths", _t("Scanpaths"), _scanpaths),
    _Entry("areas", _t("Areas"), _areas),
    _Entry("steps", _t("Steps"), _steps),
    _Entry("differences", _t("Differences"), _differences),
    _Entry("conditional", _t("Fixation by fixation"), _conditional),
)
"""The pages in the order of their tabs."""


class AnalysesPanel(QWidget):
    """Shows one page at a time."""

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__()
        self._viewing = viewing
        self._jobs = jobs
        self._made: dict[str, Page] = {}
        self._looking = False
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setAccessibleName(self.tr("Analyses"))
        self._rooms = [self._add_tab(entry) for entry in PAGES]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self.tabs.currentChanged.connect(lambda _: self.look(self._looking))

    def look(self, looking: bool) -> None:
        """Know whether somebody looks, and make the page that is looked at."""
        self._looking = looking
        if looking and self._viewing.document.is_open:
            self.page(PAGES[self.tabs.currentIndex()].name)

    def page(self, name: str) -> Page:
        """Return a page, made if need be."""
        if name not in self._made:
            place = _place(name)
            page = self._made[name] = PAGES[place].make(self._viewing, self._jobs)
            self._rooms[place].addWidget(page)
        return self._made[name]

    def bring(self, name: str) -> None:
        """Bring a page forward and let it take the keys."""
        self.tabs.setCurrentIndex(_place(name))
        button = self.page(name).compute_button
        focus = button if button.isEnabled() else self.tabs.tabBar()
        focus.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_pages(self) -> None:
        """Let the pages drop what must not outlive the window."""
        for page in self._made.values():
            page.close_page()

    def _add_tab(self, entry: _Entry) -> QVBoxLayout:
        """Add a tab without a page, and return the layout that will take it."""
        holder = QWidget()
        room = QVBoxLayout(holder)
        room.setContentsMargins(0, 0, 0, 0)
        self.tabs.addTab(holder, QCoreApplication.translate(_CONTEXT, entry.title))
        return room


def _place(name: str) -> int:
    return next(place for place, entry in enumerate(PAGES) if entry.name == name)
