"""Dialogs: Enter does what the dialog is for, Escape leaves everything as it was."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from studies import attention, saved_study
from tiny_models import tiny_model
from windows import opened

from gazelab.app.dialogs.compare import CompareDialog
from gazelab.app.dialogs.keys import KeysDialog
from gazelab.app.dialogs.message import tell_lines
from gazelab.app.dialogs.removing import RemoveMapsDialog
from gazelab.app.dialogs.run import RunDialog
from gazelab.metrics.catalog import METRICS, VARIANTS
from gazelab.nets.card import load_card
from gazelab.paths import shipped
from gazelab.project import store
from gazelab.study.score import score
from gazelab.task import finish


@pytest.fixture(params=["run", "compare"])
def dialog(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> QDialog:
    _, project = saved_study(tmp_path)
    cards = (load_card(shipped("models") / "sam-s"), load_card(shipped("models") / "cam"))
    made = RunDialog(None, cards, 3) if request.param == "run" else CompareDialog(None, project)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.mark.parametrize(
    ("key", "result"),
    [
        (Qt.Key.Key_Return, QDialog.DialogCode.Accepted),
        (Qt.Key.Key_Escape, QDialog.DialogCode.Rejected),
    ],
)
def test_enter_goes_ahead_and_escape_leaves(
    dialog: QDialog, qtbot: QtBot, key: Qt.Key, result: QDialog.DialogCode
) -> None:
    focused = dialog.focusWidget()
    assert isinstance(focused, QWidget)
    with qtbot.waitSignal(dialog.finished) as finished:
        qtbot.keyClick(focused, key)
    assert finished.args == [result.value]


def test_a_model_is_described_by_its_card(qtbot: QtBot) -> None:
    card = load_card(shipped("models") / "sam-s")
    dialog = RunDialog(None, (card,), 3)
    qtbot.addWidget(dialog)
    assert card.trained_on in dialog.about.text()
    assert card.licence in dialog.about.text()
    assert dialog.choice.model_id == "sam-s"
    assert dialog.choice.all_stimuli


def test_without_a_model_there_is_nothing_to_run(qtbot: QtBot) -> None:
    dialog = RunDialog(None, (), 3)
    qtbot.addWidget(dialog)
    assert dialog.about.text() == "No model is installed."


def test_what_is_ticked_is_compared(qtbot: QtBot, tmp_path: Path) -> None:
    _, project = saved_study(tmp_path)
    dialog = CompareDialog(None, project)
    qtbot.addWidget(dialog)
    assert dialog.plan.metrics == tuple(metric.id for metric in METRICS)
    dialog.metrics.boxes["kl"].setChecked(False)
    dialog.by_step.setChecked(False)
    assert "kl" not in dialog.plan.metrics
    assert not dialog.plan.by_step
    assert dialog.plan.models == ("model",)
    assert dialog.plan.ceilings == ()
    dialog.baselines["gold-standard"].setChecked(True)
    assert dialog.plan.ceilings == ("gold-standard",)


def test_other_definitions_can_be_ticked_and_what_was_scored_is_ticked_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    _, project = saved_study(tmp_path)
    dialog = CompareDialog(None, project)
    qtbot.addWidget(dialog)
    assert list(dialog.metrics.boxes) == [metric.id for metric in (*METRICS, *VARIANTS)]
    for id_, box in dialog.metrics.boxes.items():
        box.setChecked(id_ in ("ig-explained", "cc", "auc-judd"))
    assert dialog.plan.metrics == ("cc", "auc-judd", "ig-explained")
    tip = dialog.metrics.boxes["ig-explained"].toolTip()
    assert "-∞ to ∞, unit 1, higher is better" in tip
    scored = project.with_scores(finish(score(project, dialog.plan)))
    again = CompareDialog(None, scored)
    qtbot.addWidget(again)
    assert again.plan.metrics == dialog.plan.metrics


def test_metrics_in_relation_to_people_are_ticked_like_others_and_bring_their_baseline(
    qtbot: QtBot, tmp_path: Path
) -> None:
    _, project = saved_study(tmp_path)
    dialog = CompareDialog(None, project)
    qtbot.addWidget(dialog)
    gold = dialog.baselines["gold-standard"]
    assert "several viewers" in dialog.metrics.boxes["auc-normalised"].toolTip()
    assert "KDE gold standard is scored with it" in " ".join(
        dialog.metrics.boxes["ig-explained"].toolTip().split()
    )
    dialog.metrics.boxes["auc-normalised"].setChecked(True)
    assert gold.isEnabled() and not gold.isChecked()
    dialog.metrics.boxes["ig-explained"].setChecked(True)
    assert dialog.plan.metrics[-2:] == ("auc-normalised", "ig-explained")
    assert dialog.plan.ceilings == ("gold-standard",)
    assert not gold.isEnabled()
    assert gold.text() == "KDE gold standard (with IG explained)"
    dialog.metrics.boxes["ig-explained"].setChecked(False)
    assert gold.isEnabled() and not gold.isChecked()
    assert gold.text() == "KDE gold standard"


def test_many_sources_scroll_and_the_dialog_fits_the_screen(qtbot: QtBot, tmp_path: Path) -> None:
    _, project = saved_study(tmp_path)
    maps = [attention("a.png", 1, f"source {k}") for k in range(60)]
    dialog = CompareDialog(None, project.with_attention(maps))
    qtbot.addWidget(dialog)
    assert len(dialog.models) > 60
    assert dialog.sizeHint().height() < 700


def test_the_cheat_sheet_names_the_arrows(qtbot: QtBot) -> None:
    dialog = KeysDialog(None)
    qtbot.addWidget(dialog)
    texts = {label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text")}
    assert "Next fixation" in texts


def test_how_often_a_model_looks_is_asked_where_it_is_free(qtbot: QtBot, tmp_path: Path) -> None:
    free = tiny_model(tmp_path / "g", "glimpsenet", ("a", "b"), "g", {"steps": 3, "hidden": 16})
    fixed = load_card(shipped("models") / "sam-s")
    dialog = RunDialog(None, (fixed, free), 3)
    qtbot.addWidget(dialog)
    assert not dialog.steps.isEnabled()
    assert dialog.choice.steps == 0
    dialog.model.setCurrentIndex(1)
    assert dialog.steps.value() == 3
    dialog.steps.setValue(9)
    assert dialog.choice.steps == 9


def test_a_long_message_scrolls_and_fits_the_screen(qtbot: QtBot) -> None:
    short = tell_lines(None, "Imported", ["one source"])
    long = tell_lines(None, "Imported", [f"source {k}" for k in range(500)])
    for box in (short, long):
        qtbot.addWidget(box)
    assert isinstance(short, QMessageBox)
    assert long.height() <= long.screen().availableSize().height()
    (text,) = long.findChildren(QPlainTextEdit)
    assert text.toPlainText().endswith("source 499")
    with qtbot.waitSignal(long.accepted):
        qtbot.keyClick(long, Qt.Key.Key_Return)
    short.close()


def test_maps_are_removed_when_they_are_ticked_and_come_back_when_undone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, project = saved_study(tmp_path)
    store.save(project.with_attention([attention("a.png", 1, "other")]), folder)
    window = opened(qtbot, folder)

    def ticked(dialog: RemoveMapsDialog) -> bool:
        assert not dialog.go.isEnabled()
        dialog.boxes["model"].click()
        return dialog.go.isEnabled()

    monkeypatch.setattr(RemoveMapsDialog, "exec", ticked)
    window.actions_by_id["remove_maps"].trigger()
    assert {source for source, _ in window.document.project.sources} == {"other"}
    assert window.viewing.attention is None or window.viewing.attention.source == "other"
    window.document.undo_stack.undo()
    assert {source for source, _ in window.document.project.sources} == {"model", "other"}
    window.document.undo_stack.clear()
    window.close()
