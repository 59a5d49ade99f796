"""The exclusions: rules are made and taken back, and what they hit is counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studies import saved_study
from windows import opened

from gazelab.app.dialogs import exclusions as module
from gazelab.app.dialogs.exclusions import ExclusionsDialog, RuleDialog, add_rules
from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.data.exclusion import ExclusionRule
from gazelab.project import store

RULES = (
    ExclusionRule("P1", what="first", reason="fixation cross", since="2026-03-04T05:06:07+00:00"),
    ExclusionRule(stimulus="a.png", trial="1", reason="wrong picture"),
)


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Iterator[Document]:
    """Return a study of three pictures: P1 has 5 fixations on each, P2 has 6."""
    jobs = Jobs()
    document = Document(jobs)
    document.open(*saved_study(tmp_path, steps=0))
    yield document
    document.close()
    jobs.close()


@pytest.fixture
def dialog(document: Document, qtbot: QtBot) -> ExclusionsDialog:
    document.set_rules("Exclude", RULES)
    dialog = ExclusionsDialog(None, document)
    qtbot.addWidget(dialog)
    return dialog


def cells(dialog: ExclusionsDialog) -> list[list[str]]:
    table = dialog.table
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def test_rules_and_what_is_excluded_by_itself_are_listed_with_counts(
    dialog: ExclusionsDialog,
) -> None:
    first, picture, *own = cells(dialog)
    assert [first[k] for k in (0, 1, 2, 4)] == [
        "the first fixation of each scanpath",
        "P1",
        "fixation cross",
        "3",
    ]
    assert "2026" in first[3]
    assert (picture[1], picture[3], picture[4]) == ("a.png, trial 1", "", "11")
    assert [line[0] for line in own] == ["off the stimulus", "no position", "no duration"]
    assert {line[2] for line in own} == {"automatic"}
    assert dialog.says.text().startswith("13 of 33 fixations take no part in any measure: 13 by")


def test_a_rule_is_taken_back_as_one_edit(dialog: ExclusionsDialog, document: Document) -> None:
    assert not dialog.remove.isEnabled()
    dialog.table.selectRow(0)
    dialog.remove.click()
    assert document.project.rules == RULES[1:]
    assert document.undo_stack.undoText() == "Take an exclusion back"
    assert len(cells(dialog)) == 4
    document.undo_stack.undo()
    assert document.project.rules == RULES
    assert len(cells(dialog)) == 5  # it follows


def test_what_is_excluded_by_itself_cannot_be_taken_back(dialog: ExclusionsDialog) -> None:
    dialog.table.selectRow(3)
    assert dialog.chosen_rules() == ()
    assert not dialog.remove.isEnabled()


def test_several_rules_are_taken_back_at_once(dialog: ExclusionsDialog, document: Document) -> None:
    dialog.table.selectAll()
    dialog.remove.click()
    assert document.project.rules == ()
    document.undo_stack.undo()
    assert document.project.rules == RULES


def test_a_new_rule_is_added_to_the_others(
    dialog: ExclusionsDialog, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = (ExclusionRule("P2", what="longer", limit_ms=100.0),)
    monkeypatch.setattr(module.RuleDialog, "ask", lambda *_: new)
    dialog.add.click()
    *old, added = document.project.rules
    assert tuple(old) == RULES
    assert (added.participant, added.limit_ms, bool(added.since)) == ("P2", 100.0, True)
    assert cells(dialog)[2][0] == "fixations longer than 100 ms"


def test_thinking_better_of_it_is_no_edit(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.RuleDialog, "ask", lambda *_: ())
    add_rules(None, document, ())
    assert not document.undo_stack.canUndo()


def test_a_rule_is_chosen_and_counted_before_it_is_made(document: Document, qtbot: QtBot) -> None:
    dialog = RuleDialog(None, document.project, ())
    qtbot.addWidget(dialog)
    assert dialog.says.text() == "33 of 33 fixations in use would be excluded."
    dialog.whose[0].setCurrentText("P2")
    dialog.whose[1].setCurrentText("b.png")
    assert dialog.says.text() == "6 of 33 fixations in use would be excluded."
    assert not dialog.limit.isEnabled()
    dialog.what.setCurrentIndex(dialog.what.findData("shorter"))
    assert dialog.limit.isEnabled()
    dialog.limit.setValue(201)
    assert dialog.says.text() == "6 of 33 fixations in use would be excluded."
    dialog.limit.setValue(200)
    assert dialog.says.text() == "0 of 33 fixations in use would be excluded."
    dialog.reason.setText("  too short ")
    assert dialog.rules == (
        ExclusionRule("P2", "b.png", "", "shorter", 200.0, "too short"),
    )  # fmt: skip


def test_each_chosen_trial_has_its_own_rule(document: Document, qtbot: QtBot) -> None:
    targets = [("P1", "a.png", "1"), ("P2", "b.png", "1")]
    dialog = RuleDialog(None, document.project, targets)
    qtbot.addWidget(dialog)
    assert [(r.participant, r.stimulus, r.trial) for r in dialog.rules] == targets
    assert dialog.says.text() == "11 of 33 fixations in use would be excluded."


def test_what_is_taken_back_in_the_window_reaches_the_folder(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    folder, project = saved_study(tmp_path, steps=0)
    store.save(project.with_rules(RULES), folder)
    window = opened(qtbot, folder)
    action = window.actions_by_id["exclusions"]
    assert action.shortcut().toString() == "Ctrl+Shift+E"
    action.trigger()
    dialog = window.findChild(ExclusionsDialog)
    assert dialog is not None
    dialog.table.selectRow(0)
    dialog.remove.click()
    assert repr(window.document.project.rules) == repr(RULES[1:])
    window.close()
    assert repr(store.load(folder).rules) == repr(RULES[1:])


def test_excluded_fixations_are_drawn_as_excluded(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    folder, _ = saved_study(tmp_path, steps=0)
    window = opened(qtbot, folder)
    (layer,) = window.panes.shown[0].scanpaths
    assert layer.scanpath.used.all()
    window.document.set_rules("Exclude", [ExclusionRule()])
    human = window.panes.shown[0]
    (layer,) = human.scanpaths
    assert not layer.scanpath.used.any()
    assert human.overlay is None  # nothing is left for the density
    window.close()
