"""Choosing a method: only where the model names classes, and nothing that cannot be run."""

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gazelab.app.dialogs.run import RunDialog
from gazelab.nets.card import ModelCard, load_card
from gazelab.nets.methods import METHODS, MethodChoice
from gazelab.paths import shipped


@pytest.fixture
def cards() -> tuple[ModelCard, ...]:
    return tuple(load_card(shipped("models") / name) for name in ("sam-s", "cam"))


@pytest.fixture
def dialog(cards: tuple[ModelCard, ...], qtbot: QtBot) -> RunDialog:
    """Return the dialog with the classifier chosen."""
    made = RunDialog(None, cards, 3)
    qtbot.addWidget(made)
    made.model.setCurrentIndex(1)
    return made


def choose(dialog: RunDialog, method: str) -> None:
    titles = [dialog.methods.method.itemText(k) for k in range(dialog.methods.method.count())]
    dialog.methods.method.setCurrentIndex(titles.index(method))


def test_a_model_that_names_no_classes_has_no_methods(
    cards: tuple[ModelCard, ...], qtbot: QtBot
) -> None:
    dialog = RunDialog(None, cards[:1], 3)
    qtbot.addWidget(dialog)
    assert not dialog.methods.isEnabled()
    assert dialog.choice.methods == ()


def test_a_classifier_shows_what_it_shows_unless_a_method_is_chosen(dialog: RunDialog) -> None:
    assert dialog.methods.isEnabled()
    assert dialog.choice.methods == ()
    assert not dialog.methods.target.isEnabled() and not dialog.methods.layer.isEnabled()


def test_method_class_layer_and_sign_are_chosen(dialog: RunDialog) -> None:
    choose(dialog, "Grad-CAM")
    assert dialog.choice.methods == (MethodChoice("grad-cam", "predicted", "head"),)
    dialog.methods.target.setCurrentText("Dalmatian")
    dialog.methods.layer.setCurrentIndex(5)
    dialog.methods.signed.setChecked(True)
    assert dialog.methods.layer.currentText() == "stage 6: 10 x 10 cells"
    chosen = MethodChoice("grad-cam", "dalmatian", "stage 6", signed=True)
    assert dialog.choice.methods == (chosen,)
    choose(dialog, "LayerCAM")
    assert dialog.choice.methods == (replace(chosen, method="layer-cam", signed=False),)
    dialog.model.setCurrentIndex(0)
    assert dialog.choice.methods == ()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_only_what_matters_to_a_method_can_be_chosen(dialog: RunDialog, method) -> None:
    choose(dialog, method.title)
    assert dialog.methods.about.text() == method.about
    assert dialog.methods.about.toolTip() == method.citation
    assert dialog.methods.target.isEnabled() == method.of_class
    assert dialog.methods.layer.isEnabled() == (method.id != "cam")
    assert dialog.methods.signed.isEnabled() == method.signed


def test_what_is_said_of_any_method_has_room(dialog: RunDialog) -> None:
    about = dialog.methods.about
    needed = [QLabel(m.about, wordWrap=True).heightForWidth(420) for m in METHODS]
    assert max(needed) <= about.minimumHeight()


def test_a_class_there_is_not_cannot_be_run(dialog: RunDialog, qtbot: QtBot) -> None:
    dialog.show()
    choose(dialog, "CAM")
    line = dialog.methods.target.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "dalmation")
    assert "Close to it: dalmatian" in dialog.methods.about.text()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.methods.problem
    dialog.methods.target.setCurrentIndex(1)
    assert not dialog.methods.problem
    assert dialog.choice.methods == (MethodChoice("cam", "expected", "head"),)


def test_a_classifier_without_an_average_has_no_true_cam(
    cards: tuple[ModelCard, ...], qtbot: QtBot
) -> None:
    last = msgspec.structs.replace(cards[1].layers[-1], averaged=False)
    card = msgspec.structs.replace(cards[1], layers=(*cards[1].layers[:-1], last))
    dialog = RunDialog(None, (card,), 3)
    qtbot.addWidget(dialog)
    assert dialog.methods.method.findText("Grad-CAM") > 0
    assert dialog.methods.method.findText("CAM", Qt.MatchFlag.MatchExactly) < 0
