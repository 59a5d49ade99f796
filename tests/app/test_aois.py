"""Areas of interest in the window: drawn, typed, named, copied, loaded, and all undone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot
from studies import HEIGHT_PX, WIDTH_PX, saved_study

from gazelab.app.canvas.pane import Pane
from gazelab.app.window import MainWindow
from gazelab.project import store

K = Qt.Key
Corners = list[list[float]]
BOX: Corners = [[20, 30], [80, 30], [80, 90], [20, 90]]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    folder, project = saved_study(tmp_path)
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.document.open(folder, project)
    yield window
    window.close()


def at(pane: Pane, x_px: float, y_px: float) -> QPoint:
    return QPointF(*pane.view.to_screen(x_px, y_px)).toPoint()


def drag(qtbot: QtBot, pane: Pane, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(pane, end)
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=end)


def corners(window: MainWindow, name: str = "area 1") -> Corners:
    found = [aoi for aoi in window.aois.edits.here if aoi.name == name]
    return found[0].corners_px.tolist()  # type: ignore[no-any-return]


def add(window: MainWindow, at_px: float = 0) -> None:
    window.aois.edits.add(np.array(BOX) + at_px)


def test_a_rectangle_is_dragged_over_either_pane(window: MainWindow, qtbot: QtBot) -> None:
    for pane in (window.panes.human, window.panes.machine):
        window.aois.rectangle.click()
        drag(qtbot, pane, at(pane, 80, 90), at(pane, 20, 30))
        assert np.abs(np.array(corners(window)) - BOX).max() <= 1
        assert window.panes.camera.is_fitted  # it was not panned
        assert not window.aois.drawing.shape
        window.document.undo_stack.undo()
        assert window.document.project.aois == ()


def test_corners_are_whole_pixels_inside_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    pane = window.panes.human
    window.aois.rectangle.click()
    drag(qtbot, pane, QPoint(1, pane.height() - 1), at(pane, 40.1, -5))
    assert corners(window)[0] == [0, 0]
    assert corners(window)[2] == [40, HEIGHT_PX]


def test_a_click_draws_no_rectangle(window: MainWindow, qtbot: QtBot) -> None:
    pane = window.panes.human
    window.aois.rectangle.click()
    drag(qtbot, pane, at(pane, 40, 40), at(pane, 41, 41))
    assert window.document.project.aois == ()
    assert window.aois.drawing.shape == "rectangle"
    qtbot.keyClick(pane, K.Key_Escape)
    assert not window.aois.drawing.shape


@pytest.mark.parametrize("end", ["double click", "enter", "first corner"])
def test_a_polygon_is_clicked_corner_by_corner(window: MainWindow, qtbot: QtBot, end: str) -> None:
    pane, left = window.panes.human, Qt.MouseButton.LeftButton
    window.aois.polygon.click()
    for x, y in ((30, 30), (90, 35), (5, 5)):
        qtbot.mouseClick(pane, left, pos=at(pane, x, y))
    qtbot.keyClick(pane, K.Key_Backspace)
    assert len(window.viewing.state.draft) == 2
    qtbot.mouseClick(pane, left, pos=at(pane, 60, 90))
    if end == "double click":
        qtbot.mouseDClick(pane, left, pos=at(pane, 60, 90))
    elif end == "enter":
        qtbot.keyClick(pane, K.Key_Return)
    else:
        qtbot.mouseClick(pane, left, pos=at(pane, 30.5, 30.5))
    assert np.abs(np.array(corners(window)) - [[30, 30], [90, 35], [60, 90]]).max() <= 1
    assert window.viewing.state.draft == ()


def test_by_keys_alone_an_area_is_made_and_its_corners_are_typed(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.aois.rectangle.click()
    qtbot.keyClick(window.panes.human, K.Key_Return)
    assert corners(window)[0] == [WIDTH_PX / 4, HEIGHT_PX / 4]
    table = window.aois.corners.table
    table.item(0, 0).setText("12.5")
    assert corners(window)[0] == [12.5, HEIGHT_PX / 4]
    window.aois.corners.add.click()
    assert len(corners(window)) == 5
    table.setCurrentCell(4, 0)
    window.aois.corners.remove.click()
    assert len(corners(window)) == 4
    table.item(0, 0).setText("nothing")
    assert "is no number" in window.aois.says.text()
    assert table.item(0, 0).text() == "12.5"


def test_what_was_begun_ends_with_its_picture(window: MainWindow, qtbot: QtBot) -> None:
    pane = window.panes.human
    window.aois.polygon.click()
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=at(pane, 30, 30))
    scene = pane.scene
    assert scene is not None and len(scene.areas) == 1
    window.viewing.show_stimulus("b.png")
    assert not window.aois.drawing.shape
    assert window.aois.polygon.text() == "Po&lygon"
    assert window.viewing.state.draft == ()


def test_a_new_area_is_named_at_once(window: MainWindow, qtbot: QtBot) -> None:
    window.aois.rectangle.click()
    qtbot.keyClick(window.panes.human, K.Key_Return)
    editor = window.aois.list.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "face")
    qtbot.keyClick(editor, K.Key_Return)
    qtbot.waitUntil(lambda: [aoi.name for aoi in window.document.project.aois] == ["face"])
    assert window.viewing.state.area == "face"
    assert [area.name for area in window.panes.shown[1].areas] == ["face"]
    window.document.undo_stack.undo()
    assert window.aois.list.item(0).text() == "area 1"


def test_a_name_that_is_taken_or_empty_is_refused(window: MainWindow) -> None:
    add(window)
    add(window, 10)
    for name, sentence in (("area 1", "'area 1' already"), (" ", "needs a name")):
        window.aois.list.item(1).setText(name)
        assert sentence in window.aois.says.text()
        assert window.aois.list.item(1).text() == "area 2"


def test_corners_on_one_line_are_refused_in_words(window: MainWindow, qtbot: QtBot) -> None:
    add(window)
    pane = window.panes.human
    window.aois.polygon.click()
    for x in (10, 50, 90):
        qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=at(pane, x, 60))
    qtbot.keyClick(pane, K.Key_Return)
    assert "no width or no height" in window.aois.says.text()
    assert len(window.document.project.aois) == 1
    assert window.aois.list.findChild(QLineEdit) is None


def test_only_the_new_area_is_chosen(window: MainWindow) -> None:
    add(window)
    add(window, 10)
    assert window.aois.chosen() == ("area 2",)
    window.aois.list.selectAll()
    window.viewing.show_stimulus("b.png")
    window.viewing.show_stimulus("a.png")
    assert window.aois.chosen() == ("area 2",)


def test_areas_are_copied_to_all_pictures_and_deleted_on_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    add(window)
    window.aois.copy.click()
    assert window.aois.says.text() == "Copied to 2 pictures."
    assert [aoi.stimulus for aoi in window.document.project.aois] == ["a.png", "b.png", "c.png"]
    window.viewing.show_stimulus("b.png")
    assert window.aois.chosen() == ("area 1",)
    qtbot.keyClick(window.aois.list, K.Key_Delete)
    assert [aoi.stimulus for aoi in window.document.project.aois] == ["a.png", "c.png"]
    assert not window.aois.delete.isEnabled()
    for _ in range(3):
        window.document.undo_stack.undo()
    assert window.document.project.aois == ()


def test_the_layer_is_hidden_by_its_key_and_shown_for_drawing(window: MainWindow) -> None:
    add(window)
    window.actions_by_id["areas"].trigger()
    assert window.panes.shown[0].areas == ()
    window.aois.rectangle.click()
    assert len(window.panes.shown[0].areas) == 1
    window.aois.drawing.cancel()


def chosen_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))


def idle(window: MainWindow) -> Callable[[], bool]:
    return lambda: not window.jobs.busy


def test_what_was_saved_is_loaded_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(window)
    chosen_file(monkeypatch, tmp_path / "aois.csv")
    window.aois.files.save.click()
    qtbot.waitUntil(idle(window))
    window.aois.delete.click()
    window.aois.files.load.click()
    qtbot.waitUntil(lambda: len(window.document.project.aois) == 1)
    assert corners(window) == BOX
    window.document.flush()
    assert window.document.folder is not None
    assert [aoi.name for aoi in store.load(window.document.folder).aois] == ["area 1"]


def test_a_table_for_other_pictures_is_refused_in_words(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "aois.csv"
    path.write_text("stimulus,aoi,x,y,width,height\nnix.png,face,1,1,9,9\nnix.png,b,1,1,9,9\n")
    chosen_file(monkeypatch, path)
    window.aois.files.load.click()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    box = window.findChild(QMessageBox)
    assert box is not None and "no stimulus 'nix.png'" in box.text()
    box.close()
    assert window.document.project.aois == ()
