"""The import wizard shows what it understood, follows every change, and commits only at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QInputDialog, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from studies import HEIGHT_PX, saved_study

from gazelab.app.dialogs.importing import dialog as module
from gazelab.app.dialogs.importing.dialog import ImportDialog
from gazelab.app.window import MainWindow
from gazelab.project.project import Project

HEAD = "participant,stimulus,x,y,onset,duration\n"
TABLE = "who;picture;px x;py;length\n" + "".join(
    f"P9;a.png;{10 + k},5;{20 + k},25;{200 + k}\n" for k in range(4)
)

Make = Callable[..., ImportDialog]


def rows(stimulus: str, count: int = 4, participant: str = "P9") -> str:
    return "".join(
        f"{participant},{stimulus},{10 + k},{20 + k},{300 * k},{200 + k}\n" for k in range(count)
    )


@pytest.fixture
def study(tmp_path: Path) -> tuple[Path, Project]:
    return saved_study(tmp_path)


@pytest.fixture
def make(qtbot: QtBot, study: tuple[Path, Project]) -> Iterator[Make]:
    """Return what opens the wizard on files and waits until they are read."""
    made: list[ImportDialog] = []

    def open_on(*paths: Path) -> ImportDialog:
        folder, project = study
        dialog = ImportDialog(None, folder, project, paths)
        made.append(dialog)
        qtbot.addWidget(dialog)
        dialog.show()
        settle(dialog, qtbot)
        return dialog

    yield open_on
    for dialog in made:
        dialog.close_jobs()


def settle(dialog: ImportDialog, qtbot: QtBot) -> None:
    """Wait until everything is read and counted."""
    qtbot.waitUntil(
        lambda: not dialog.candidates.busy and not dialog.view.ahead.busy, timeout=20_000
    )


def table(folder: Path, text: str, name: str = "fixations.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def choose(box: QComboBox, data: object) -> None:
    """Choose an entry as a person does."""
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def said(dialog: ImportDialog, row: int = 0) -> str:
    return dialog.list.sources.item(row).text()


def drawn_y(dialog: ImportDialog) -> list[float]:
    scene = dialog.view.trial.pane.scene
    assert scene is not None
    return [float(y) for y in scene.scanpaths[0].scanpath.y_px]


def imported(dialog: ImportDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        dialog.import_button.click()


def test_a_source_is_recognised_counted_and_drawn(make: Make, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    assert "table" in said(dialog)
    assert "4 fixations" in said(dialog)
    assert drawn_y(dialog) == [20, 21, 22, 23]
    assert "100.0 %" in dialog.view.trial.says.text()
    assert dialog.import_button.isEnabled()


def test_a_table_that_is_not_understood_shows_its_columns(make: Make, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, "1.5,2.5\n3.5,4.5\n"))
    assert dialog.view.tabs.currentWidget() is dialog.view.columns
    assert "No usable column" in dialog.message.text()
    assert "2 lines in the file" in dialog.view.columns.says.text()


def test_the_participant_can_be_named(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    field = dialog.view.participant
    assert (field.isVisible(), field.text(), field.placeholderText()) == (True, "", "P9")
    qtbot.keyClicks(field, "Ann")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert dialog.view.trial.pane.scene.caption.startswith("Ann")  # type: ignore[union-attr]
    settle(dialog, qtbot)
    assert "named Ann, not P9" in dialog.view.counts.notes.toPlainText()
    imported(dialog, qtbot)
    assert dialog.addition is not None
    assert {path.participant for path in dialog.addition.scanpaths} == {"Ann"}


def test_files_of_the_same_name_are_named_after_their_folders(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    head, text = HEAD.partition(",")[2], rows("a.png").replace("P9,", "")
    paths = []
    for name in ("s1", "s2"):
        (tmp_path / name).mkdir()
        paths.append(table(tmp_path / name, head + text, "gaze.csv"))
    dialog = make(*paths)
    assert [said(dialog, row).splitlines()[0] for row in (0, 1)] == ["s1/gaze.csv", "s2/gaze.csv"]
    assert dialog.view.participant.text() == "s1"
    dialog.list.sources.setCurrentRow(1)
    assert dialog.view.participant.text() == "s2"
    imported(dialog, qtbot)
    assert dialog.addition is not None
    assert {path.participant for path in dialog.addition.scanpaths} == {"s1", "s2"}


def test_a_changed_contract_moves_the_drawn_fixations_at_once(make: Make, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    choose(dialog.view.contract.boxes["origin"], "bottom-left")
    assert drawn_y(dialog) == [HEIGHT_PX - y for y in (20, 21, 22, 23)]
    assert dialog.view.contract.reset.isEnabled()
    dialog.view.contract.reset.click()
    assert drawn_y(dialog) == [20, 21, 22, 23]
    assert not dialog.view.contract.reset.isEnabled()


def test_what_a_contract_lacks_keeps_import_back_until_it_is_said(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    choose(dialog.view.contract.boxes["positions"], "screen fraction")
    assert not dialog.import_button.isEnabled()
    assert "size of the screen in pixels" in dialog.message.text()
    dialog.view.contract.numbers["width_px"].setValue(800)
    dialog.view.contract.numbers["height_px"].setValue(600)
    assert dialog.import_button.isEnabled()
    settle(dialog, qtbot)
    assert "not plausible" in dialog.view.signs.text()


def test_positions_off_the_picture_are_seen_and_their_share_is_said(
    make: Make, tmp_path: Path
) -> None:
    text = HEAD + "P9,a.png,10,20,0,200\nP9,a.png,300,20,300,200\n"
    dialog = make(table(tmp_path, text))
    assert "50.0 %" in dialog.view.trial.says.text()
    pane = dialog.view.trial.pane
    x_px, _ = pane._view.to_screen(300, 20)
    assert 0 < x_px < pane.width()


def test_trials_are_stepped_through_with_buttons_and_keys(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png") + rows("b.png", participant="P2")))
    trial = dialog.view.trial
    trial.next.click()
    assert trial.where.text() == "2 of 2"
    assert trial.pane.scene is not None and "b.png" in trial.pane.scene.caption
    assert not trial.next.isEnabled()
    qtbot.keyClick(trial.pane, Qt.Key.Key_Left)
    assert trial.where.text() == "1 of 2"


def test_linking_an_unmatched_name_lets_it_import(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, HEAD + rows("somewhere")))
    assert not dialog.import_button.isEnabled()
    assert "somewhere" in dialog.message.text()
    assert dialog.view.matching.chosen == ["somewhere"]
    choose(dialog.view.matching.target, "b.png")
    assert dialog.import_button.isEnabled()
    assert drawn_y(dialog) == [20, 21, 22, 23]
    imported(dialog, qtbot)
    assert dialog.addition is not None
    assert [path.stimulus for path in dialog.addition.scanpaths] == ["b.png"]


def test_names_without_a_picture_can_be_shown_on_an_empty_screen(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png") + rows("x") + rows("y")))
    names = dialog.view.matching.names
    assert [names.topLevelItem(row).text(0) for row in range(3)] == ["x", "y", "a.png"]
    dialog.view.contract.numbers["width_px"].setValue(640)
    dialog.view.contract.numbers["height_px"].setValue(480)
    dialog.view.matching.others.click()
    imported(dialog, qtbot)
    assert dialog.addition is not None
    assert {path.stimulus for path in dialog.addition.scanpaths} == {
        "a.png",
        "empty screen 640 x 480",
    }


def test_counts_of_what_is_left_out_are_shown(make: Make, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png") + rows("gone") + ",a.png,1,1,1,1\n"))
    tree = dialog.view.counts.counts
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    counts = {item.text(0): item.text(1) for item in items if item is not None}
    assert counts["fixations"] == "4"
    assert counts["trials rejected: no picture"] == "1"
    assert counts["rows rejected: no participant"] == "1"


def test_a_damaged_file_shows_its_sentence_and_the_others_import(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    good = table(tmp_path, HEAD + rows("a.png"))
    bad = table(tmp_path, HEAD + rows("a.png") + "P9,a.png,ten,1,2000,200\n", "bad.csv")
    dialog = make(good, bad)
    assert "'ten'" in said(dialog, 1)
    assert "Line 6" in said(dialog, 1)
    assert "1 of 2" in dialog.message.text()
    imported(dialog, qtbot)
    assert dialog.addition is not None
    assert [record.source for record in dialog.addition.records] == ["fixations.csv"]


def test_what_is_no_recording_is_listed_with_the_reason(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "noise.bin"
    path.write_bytes(bytes(range(256)) * 4)
    dialog = make(path)
    assert "noise.bin" in said(dialog)
    assert "not known" in said(dialog)
    assert not dialog.import_button.isEnabled()


def test_a_dropped_folder_is_taken_apart(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "session"
    folder.mkdir()
    for name in ("one.csv", "two.csv"):
        table(folder, HEAD + rows("a.png", participant=name), name)
    dialog = make()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    nothing = Qt.MouseButton.NoButton
    keys = Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    dialog.dropEvent(QDropEvent(QPointF(5, 5), copy, data, nothing, keys))
    settle(dialog, qtbot)
    assert [said(dialog, row).splitlines()[0] for row in range(2)] == ["one.csv", "two.csv"]


def test_a_source_can_be_removed(make: Make, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    dialog.list.remove.click()
    assert dialog.list.sources.count() == 0
    assert not dialog.import_button.isEnabled()


def test_a_table_shows_its_guess_and_its_first_rows(make: Make, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, TABLE))
    columns = dialog.view.columns
    assert dialog.view.tabs.isTabVisible(1)
    assert columns.settings["decimal"].currentData() == ","
    cell = columns.rows.item(0, 2)
    assert cell is not None and cell.text() == "10,5"


def test_a_changed_column_is_what_gets_imported(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, TABLE))
    columns = {"participant": "who", "stimulus": "picture", "x": "px x", "y": "py"}
    choose(dialog.view.columns.settings["kind"], "fixations")
    for field, column in {**columns, "duration": "length"}.items():
        settle(dialog, qtbot)
        choose(dialog.view.columns.fields[field], column)
    settle(dialog, qtbot)
    assert drawn_y(dialog) == [20.25, 21.25, 22.25, 23.25]
    imported(dialog, qtbot)
    assert dialog.addition is not None
    assert [path.participant for path in dialog.addition.scanpaths] == ["P9"]
    assert list(dialog.addition.scanpaths[0].x_px) == [10.5, 11.5, 12.5, 13.5]


def test_what_was_said_of_one_file_can_be_taken_for_all_of_its_format(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    one = table(tmp_path, HEAD + rows("a.png"), "one.csv")
    dialog = make(one, table(tmp_path, HEAD + rows("b.png"), "two.csv"))
    choose(dialog.view.contract.boxes["origin"], "bottom-left")
    assert dialog.candidates.plan.sources[1].contract is None
    dialog.view.contract.share.click()
    settle(dialog, qtbot)
    contract = dialog.candidates.plan.sources[1].contract
    assert contract is not None and contract.origin == "bottom-left"


def test_a_preset_keeps_columns_and_coordinates_for_the_next_file(
    make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    choose(dialog.view.contract.boxes["origin"], "bottom-left")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("from below", True))
    dialog.view.presets.save.click()
    other = make(table(tmp_path, HEAD + rows("b.png"), "other.csv"))
    assert drawn_y(other) == [20, 21, 22, 23]
    choose(other.view.presets.names, "from below")
    settle(other, qtbot)
    assert drawn_y(other) == [HEIGHT_PX - y for y in (20, 21, 22, 23)]
    other.view.presets.delete.click()
    assert other.view.presets.names.findData("from below") < 0


def test_a_folder_of_images_beside_a_recording_is_proposed(make: Make, tmp_path: Path) -> None:
    (tmp_path / "stimuli").mkdir()
    (tmp_path / "a.png").rename(tmp_path / "stimuli" / "fresh.png")
    dialog = make(table(tmp_path, HEAD + rows("fresh.png")))
    assert dialog.candidates.plan.images == tmp_path / "stimuli"
    assert dialog.import_button.isEnabled()


def test_nothing_is_read_twice(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    path = table(tmp_path, HEAD + rows("a.png"))
    dialog = make(path)
    path.write_text(HEAD + rows("a.png", 9))
    imported(dialog, qtbot)
    assert dialog.addition is not None
    assert len(dialog.addition.scanpaths[0]) == 4


def test_an_import_that_fails_is_said_and_the_wizard_stays(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    path = table(tmp_path, HEAD + rows("a.png"))
    dialog = make(path)
    path.unlink()
    dialog.import_button.click()
    qtbot.waitUntil(lambda: "no such file" in dialog.message.text())
    assert dialog.isVisible() and dialog.addition is None
    assert dialog.list.isEnabled()


def test_every_field_can_be_reached_and_is_named(make: Make, tmp_path: Path) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    buddies = {label.buddy() for label in dialog.findChildren(QLabel)}
    for label in dialog.findChildren(QLabel):
        buddy = label.buddy()
        assert "&" not in label.text() or buddy.focusPolicy() != Qt.FocusPolicy.NoFocus, (
            label.text()
        )
    for kind in (QComboBox, QPushButton, QCheckBox):
        for widget in dialog.findChildren(kind):
            named = widget.accessibleName() or getattr(widget, "text", str)()
            assert named or widget in buddies or widget.focusProxy(), widget
            assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    texts = [
        w.text() for kind in (QPushButton, QCheckBox, QLabel) for w in dialog.findChildren(kind)
    ]
    texts += [dialog.view.tabs.tabText(tab) for tab in range(dialog.view.tabs.count())]
    keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(keys) == len(set(keys)), keys


@pytest.fixture
def window(qtbot: QtBot, study: tuple[Path, Project]) -> Iterator[MainWindow]:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.document.opened):
        window.commands.open_folder(study[0])
    yield window
    window.document.flush()
    window.close()


def answer(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, button: str) -> None:
    """Let the wizard be answered as soon as everything is read."""

    def exec_(dialog: ImportDialog) -> int:
        dialog.show()
        settle(dialog, qtbot)
        with qtbot.waitSignal(dialog.finished, timeout=20_000):
            getattr(dialog, button)()
        return dialog.result()

    monkeypatch.setattr(module.ImportDialog, "exec", exec_)


def test_an_import_is_one_step_that_can_be_undone(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = window.document.project
    monkeypatch.setattr(ImportDialog, "press", lambda self: self.import_button.click(), False)
    answer(monkeypatch, qtbot, "press")
    window.commands.import_((table(tmp_path, HEAD + rows("a.png")),))
    assert "P9" in window.document.project.participants
    assert window.document.undo_stack.count() == 1
    window.document.undo_stack.undo()
    assert window.document.project is before
    box = window.findChild(QMessageBox)
    assert box is not None and "4 fixations" in box.text()
    box.close()


def test_cancel_leaves_everything_as_it_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = window.document.project
    answer(monkeypatch, qtbot, "reject")
    window.commands.import_((table(tmp_path, HEAD + rows("a.png")),))
    assert window.document.project is before
    assert window.document.undo_stack.count() == 0


def test_enter_in_a_field_does_not_import_but_with_control_it_does(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = make(table(tmp_path, HEAD + rows("a.png")))
    field = dialog.view.contract.numbers["width_px"]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert dialog.list.isEnabled() and dialog.addition is None
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
