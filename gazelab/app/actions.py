"""Every command of the window as one table: menus, shortcuts and the cheat sheet follow it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

_CONTEXT = "actions"
_MENUS = ("file", "edit", "view", "play", "analyse", "help")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its id, menu, words and keys.

    needs : "" always, "project" when one is open, "stimulus" when one is shown,
        "maps" when there is machine attention to score.
    keys : the first is shown in the menu; single keys work while no text is edited.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    needs: str = ""
    icon: str = ""
    separator_before: bool = False


def _t(text: str) -> str:
    return QT_TRANSLATE_NOOP(_CONTEXT, text)  # type: ignore[return-value]


COMMANDS = (
    Command("new", "file", _t("&New project…"), ("Ctrl+N",)),
    Command("open", "file", _t("&Open project…"), ("Ctrl+O",)),
    Command("sample", "file", _t("Open the &sample project")),
    Command("import", "file", _t("&Import…"), ("Ctrl+I",), "project", separator_before=True),
    Command("save", "file", _t("&Save now"), ("Ctrl+S",), "project"),
    Command("export", "file", _t("&Export…"), ("Ctrl+E",), "project"),
    Command("export_bids", "file", _t("Export as &BIDS…"), ("Ctrl+Shift+B",), "project"),
    Command("close", "file", _t("&Close project"), ("Ctrl+W",), "project", separator_before=True),
    Command("quit", "file", _t("&Quit"), ("Ctrl+Q",)),
    Command(
        "exclusions", "edit", _t("E&xclusions…"), ("Ctrl+Shift+E",), "project",
        separator_before=True,
    ),
    Command("aois", "edit", _t("&Areas of interest"), ("I",), "stimulus"),
    Command("attributes", "edit", _t("A&ttributes…"), ("Ctrl+Shift+A",), "project"),
    Command("remove_maps", "edit", _t("Remove &maps…"), ("Ctrl+Shift+M",), "project"),
    Command("fit", "view", _t("&Fit the stimulus"), ("0",), "stimulus", "fit"),
    Command("zoom_in", "view", _t("Zoom &in"), ("+", "="), "stimulus"),
    Command("zoom_out", "view", _t("Zoom &out"), ("-",), "stimulus"),
    Command("scanpaths", "view", _t("&Scanpath"), ("1",), "stimulus", separator_before=True),
    Command("density", "view", _t("Human &density"), ("2",), "stimulus"),
    Command("attention", "view", _t("&Machine attention"), ("3",), "stimulus"),
    Command("numbers", "view", _t("Fixation &numbers"), ("4",), "stimulus"),
    Command("upcoming", "view", _t("&Upcoming fixations"), ("5",), "stimulus"),
    Command("legend", "view", _t("&Legends"), ("6",), "stimulus"),
    Command("gaze", "view", _t("&Gaze samples"), ("7",), "stimulus"),
    Command("areas", "view", _t("&Areas of interest"), ("8",), "stimulus"),
    Command("trace", "view", _t("Gaze &trace"), ("T",), "project", separator_before=True),
    Command("quality", "view", _t("Data &quality"), ("Q",), "project"),
    Command("reset_layout", "view", _t("&Reset the layout"), separator_before=True),
    Command("first", "play", _t("&First fixation"), ("Home",), "stimulus", "first"),
    Command("previous", "play", _t("&Previous fixation"), ("Left", "A"), "stimulus", "previous"),
    Command("play", "play", _t("P&lay or pause"), ("Space",), "stimulus", "play"),
    Command("next", "play", _t("&Next fixation"), ("Right", "S"), "stimulus", "next"),
    Command("last", "play", _t("L&ast fixation"), ("End",), "stimulus", "last"),
    Command(
        "next_step", "play", _t("Next machine &step"), ("Shift+Right",), "stimulus",
        separator_before=True,
    ),
    Command("previous_step", "play", _t("Previous &machine step"), ("Shift+Left",), "stimulus"),
    Command("faster", "play", _t("Fas&ter"), ("Shift+.", ">"), "stimulus"),
    Command("slower", "play", _t("Slo&wer"), ("Shift+,", "<"), "stimulus"),
    Command(
        "next_stimulus", "play", _t("Ne&xt stimulus"), ("PgDown",), "stimulus",
        separator_before=True,
    ),
    Command("previous_stimulus", "play", _t("Previo&us stimulus"), ("PgUp",), "stimulus"),
    Command("next_participant", "play", _t("Next pa&rticipant"), ("Ctrl+PgDown",), "stimulus"),
    Command(
        "previous_participant", "play", _t("Previous part&icipant"), ("Ctrl+PgUp",), "stimulus"
    ),
    Command("detect", "analyse", _t("&Detect fixations and saccades"), ("Ctrl+D",), "project"),
    Command("run", "analyse", _t("&Run a model…"), ("Ctrl+R",), "stimulus"),
    Command("download", "analyse", _t("Do&wnload a model…")),
    Command("compare", "analyse", _t("&Compare…"), ("Ctrl+K",), "stimulus"),
    Command(
        "page_scanpaths", "analyse", _t("Similarity of &scanpaths"), ("Ctrl+1",), "project",
        separator_before=True,
    ),
    Command("page_areas", "analyse", _t("&Areas of interest"), ("Ctrl+2",), "project"),
    Command("page_steps", "analyse", _t("Steps and &fixations"), ("Ctrl+3",), "project"),
    Command("page_differences", "analyse", _t("Di&fferences"), ("Ctrl+4",), "project"),
    Command("page_conditional", "analyse", _t("Fi&xation by fixation"), ("Ctrl+5",), "project"),
    Command("train", "analyse", _t("&Train a model…"), ("Ctrl+T",), separator_before=True),
    Command("cancel", "analyse", _t("C&ancel the running job"), ("Esc",)),
    Command("keys", "help", _t("&Keyboard shortcuts"), ("F1", "Ctrl+/")),
    Command("verify", "help", _t("&Verify metrics"), separator_before=True),
    Command("about", "help", _t("&About GazeLab")),
)  # fmt: skip


def words(text: str) -> str:
    """Return the translation of a text of the table."""
    return QCoreApplication.translate(_CONTEXT, text)


def plain(text: str) -> str:
    """Return a menu text without its mnemonic mark."""
    return words(text).replace("&", "").removesuffix("…")


def make_actions(window: QWidget, slots: dict[str, Callable[[], object]]) -> dict[str, QAction]:
    """Make one action for each command; every command must have its slot."""
    actions = {}
    for command in COMMANDS:
        action = QAction(words(command.text), window)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if command.keys:
            action.setToolTip(f"{plain(command.text)} ({command.keys[0]})")
        action.triggered.connect(_ignoring_checked(slots[command.id]))
        actions[command.id] = action
    return actions


def _ignoring_checked(slot: Callable[[], object]) -> Callable[[bool], None]:
    def run(_: bool = False) -> None:
        slot()

    return run


def enable(actions: dict[str, QAction], met: Iterable[str]) -> None:
    """Enable the actions whose need is met."""
    fulfilled = {"", *met}
    for command in COMMANDS:
        actions[command.id].setEnabled(command.needs in fulfilled)


def cheat_sheet() -> list[tuple[str, str]]:
    """Return (keys, command) for every command that has keys."""
    return [
        ("  ".join(QKeySequence(key).toString() for key in command.keys), plain(command.text))
        for command in COMMANDS
        if command.keys
    ]
