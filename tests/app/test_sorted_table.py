import math
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gazelab.app.panels.sorted_table import Row, SortedModel, SortedView

DOWN, UP = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[SortedModel]:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = SortedModel([("Name", ""), ("Value", "")], parent)
    values = {"b": 2.0, "a": math.nan, "c": 10.0}
    model.show_rows([Row((n, str(v)), (n, v), "", n) for n, v in values.items()])
    yield model
    parent.close()


def names(model: SortedModel) -> str:
    return "".join(model.row(k).of for k in range(model.rowCount(QModelIndex())))


def test_numbers_are_sorted_as_numbers_and_what_is_undefined_stands_last(
    model: SortedModel,
) -> None:
    assert names(model) == "bac"
    model.sort(1, UP)
    assert names(model) == "bca"
    model.sort(1, DOWN)
    assert names(model) == "cba"
    model.sort(-1, UP)
    assert names(model) == "bac"


def test_the_chosen_row_stays_chosen_when_rows_are_sorted(model: SortedModel, qtbot: QtBot) -> None:
    view = SortedView(model, "Values")
    qtbot.addWidget(view)
    view.selectRow(2)
    view.sortByColumn(0, DOWN)
    assert names(model) == "cba"
    assert model.row(view.currentIndex().row()).of == "c"
