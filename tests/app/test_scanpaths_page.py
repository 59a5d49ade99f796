"""The page of scanpaths: means by measure, the matrix of one, and where its cells lead."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from studies import attention, saved_study, scanpath
from windows import opened

from gazelab.app.panels.heatmap import Grid, HeatMap
from gazelab.app.panels.scanpaths import ScanpathsPage
from gazelab.app.window import MainWindow
from gazelab.metrics.clustering import clustered
from gazelab.project import store

K = Qt.Key
NAMES = ("P1", "P22", "P333", "P4444")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window with four participants on two pictures, one of them on a third."""
    folder, project = saved_study(tmp_path)
    paths = [scanpath(who, name, 6) for name in ("a.png", "b.png") for who in NAMES]
    paths += [scanpath("P5", "c.png", 6), scanpath("P1", "c.png", 4)]
    maps = [attention(name, 5, "other") for name in ("a.png", "b.png")]
    store.save(project.with_scanpaths(paths).with_attention(maps), folder)
    window = opened(qtbot, folder)
    yield window
    window.document.undo_stack.clear()
    window.close()


def computed(window: MainWindow, qtbot: QtBot, scope: int = 0) -> ScanpathsPage:
    window.actions_by_id["page_scanpaths"].trigger()
    page = window.pages.page("scanpaths")
    assert isinstance(page, ScanpathsPage)
    page.scope.setCurrentIndex(scope)
    page.compute()
    qtbot.waitUntil(lambda: page.asked is not None and page.isVisible())
    return page


def measure(page: ScanpathsPage, name: str) -> None:
    model = page.model
    row = next(k for k in range(model.rowCount()) if model.row(k).measure == name)
    page.table.selectRow(row)


def test_every_measure_has_its_mean_beside_chance_for_people_and_each_source(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    assert page.model.rowCount() == 28
    assert page.model.row(page.table.currentIndex().row()).measure == "scanmatch"
    assert [page.who.itemText(k) for k in range(page.who.count())] == [
        "People with one another",
        "People with model, saliency",
        "People with other, saliency",
    ]
    people = page.model.index(0, 1).data()
    page.who.setCurrentIndex(2)
    assert page.model.index(0, 1).data() != people
    assert page.model.index(0, 3).data() == "4"
    titles = [page.model.index(k, 0).data() for k in range(28)]
    assert {"scanmatch ↑", "dtw ↓ [px]", "corm [%]"} < set(titles)
    assert page.caption.text() == (
        "14 pairs on a.png, 24 fixations of 4 participants, 0 excluded. Chance: scanpaths of "
        "other people on other images (seed 0)."
    )


def test_the_matrix_says_the_value_of_the_cell_under_the_pointer_or_the_keys(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot, scope=1)
    measure(page, "dtw")
    view, grid = page.matrix, page.matrix.map.grid
    assert grid is not None
    assert sorted(grid.rows[:4]) == sorted(NAMES)
    assert grid.rows[4:] == ["P5"]
    assert grid.columns[5:] == ["model", "other"]
    assert "Below the tree, undefined with others: P5." in view.about.text()
    first, second = sorted(grid.rows[:2])
    place = view.map.placed().cell(0, 1).center().toPoint()
    qtbot.mouseMove(view.map, QPoint(1, 1))
    qtbot.mouseMove(view.map, place)
    assert view.value.text().startswith(
        f"{first} and {second}: {grid.values[0, 1]:,.1f} px, chance"
    )
    assert view.value.text().endswith("mean of 2 pairs")
    view.map.setFocus()
    qtbot.keyClick(view.map, K.Key_Down)
    assert view.map.current == (1, 1)
    assert "not compared with themselves" in view.value.text()
    for _ in range(9):
        qtbot.keyClick(view.map, K.Key_Right)
    assert view.map.current == (1, 6)
    assert view.value.text().startswith(f"other, saliency and {grid.rows[1]}: ")
    assert window.viewing.state.fixation == 0


def test_a_cell_leads_to_its_scanpaths_or_to_the_source(window: MainWindow, qtbot: QtBot) -> None:
    page = computed(window, qtbot, scope=1)
    cells, grid = page.matrix.map, page.matrix.map.grid
    assert grid is not None
    qtbot.mouseClick(
        cells, Qt.MouseButton.LeftButton, pos=cells.placed().cell(1, 2).center().toPoint()
    )
    assert window.viewing.state.participants == (grid.rows[1], grid.rows[2])
    cells.setFocus()
    cells.point_at(3, 3)
    qtbot.keyClick(cells, K.Key_Return)
    assert window.viewing.state.participants == (grid.rows[3],)
    cells.point_at(2, 6)
    qtbot.keyClick(cells, K.Key_Space)
    assert window.viewing.state.participants == (grid.rows[2],)
    assert window.viewing.state.source == "other"
    assert not window.transport.clock.playing
    cells.point_at(4, 4)  # who looked at another picture only
    qtbot.keyClick(cells, K.Key_Return)
    assert window.viewing.state.stimulus == "c.png"
    assert window.viewing.state.participants == ("P5",)


def test_the_linkage_is_chosen_and_a_measure_without_direction_has_no_tree(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    tree = page.matrix.map.grid.tree  # type: ignore[union-attr]
    page.matrix.linkage.setCurrentText("complete")
    assert page.matrix.map.grid.tree.linkage == "complete"  # type: ignore[union-attr]
    assert tree is not None
    assert tree.linkage == "average"
    measure(page, "corm")
    assert page.matrix.map.grid.tree is None  # type: ignore[union-attr]
    assert "Not clustered: neither end" in page.matrix.about.text()


def test_tab_goes_from_the_settings_to_the_matrix(window: MainWindow, qtbot: QtBot) -> None:
    page = computed(window, qtbot)
    page.scope.setFocus()
    for widget in (
        page.who,
        page.matrix.linkage,
        page.compute_button,
        page.save_button,
        page.table,
        page.matrix.map,
    ):
        qtbot.keyClick(window.focusWidget(), K.Key_Tab)
        assert window.focusWidget() is widget
    assert page.matrix.map.current == (0, 0)


def shown(grid: Grid, qtbot: QtBot) -> HeatMap:
    view = HeatMap()
    qtbot.addWidget(view)
    view.resize(480, 260)
    view.show_grid(grid)
    view.show()
    return view


@pytest.mark.parametrize("n", [2, 15, 60])
def test_all_cells_can_be_reached_and_lie_inside(qtbot: QtBot, n: int) -> None:
    values = np.random.default_rng(n).random((n, n + 2))
    names = [f"participant {k}" for k in range(n)]
    tree = clustered(values[:, :n] + values[:, :n].T)
    grid = Grid(names, [*names, "m", "k"], values, n, tree, False, ("less", "more"))
    view = shown(grid, qtbot)
    for row, column in ((0, 0), (n - 1, n - 1), (0, n), (n - 1, n + 1)):
        place = view.placed().cell(row, column)
        assert view.rect().contains(place.toRect())
        assert view.cell_at(place.center()) == (row, column)


def test_the_brightest_colour_is_the_most_alike_and_undefined_has_none(qtbot: QtBot) -> None:
    values = np.array([[np.nan, 1.0], [3.0, np.nan]])
    high, low = (Grid("ab", "ab", values, 2, None, flip, ("", "")) for flip in (False, True))
    lightness = [
        [grid.image().pixelColor(*place).lightness() for place in ((1, 0), (0, 1))]
        for grid in (high, low)
    ]
    assert lightness[0][0] < lightness[0][1]
    assert lightness[1][0] > lightness[1][1]
    assert high.image().pixelColor(0, 0).alpha() == 0


def test_without_values_the_map_is_painted_all_the_same(qtbot: QtBot) -> None:
    view = shown(Grid("a", "a", np.full((1, 1), np.nan), 1, None, False, ("", "")), qtbot)
    assert not view.grab().isNull()
    view.show_grid(None)
    assert view.cell_at(view.rect().center().toPointF()) == (-1, -1)
