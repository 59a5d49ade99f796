"""The import dialog shows what it understood before anything changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from studies import saved_study

from gazelab.app.dialogs.import_ import ImportDialog
from gazelab.project import store
from gazelab.study.importing import import_files
from gazelab.task import finish

TABLE = "who;picture;px x;py;length\n" + "".join(
    f"P9;a.png;{10 + k},5;{20 + k},25;{200 + k}\n" for k in range(4)
)


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[ImportDialog]:
    folder, _ = saved_study(tmp_path)
    dialog = ImportDialog(None, folder)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close_jobs()


def with_table(dialog: ImportDialog, qtbot: QtBot, tmp_path: Path, text: str = TABLE) -> None:
    path = tmp_path / "fixations.csv"
    path.write_text(text)
    dialog.add_source(path)
    qtbot.waitUntil(lambda: dialog.columns.rows.rowCount() > 0)


def test_a_table_shows_its_guess_and_its_first_rows(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    with_table(dialog, qtbot, tmp_path)
    assert dialog.columns.isVisible()
    assert dialog.columns.settings["decimal"].currentData() == ","
    assert dialog.columns.rows.item(0, 2).text() == "10,5"


def test_a_changed_guess_is_what_gets_imported(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    with_table(dialog, qtbot, tmp_path)
    choose = {"participant": "who", "stimulus": "picture", "x": "px x", "y": "py"}
    for field, column in {**choose, "duration": "length"}.items():
        box = dialog.columns.fields[field]
        box.setCurrentIndex(box.findData(column))
        box.activated.emit(box.currentIndex())
    plan = dialog.plan
    assert plan.mapping is not None
    project = store.load(tmp_path / "study.gazelab")
    addition = finish(import_files(plan, project))
    assert [p.participant for p in addition.scanpaths] == ["P9"]
    assert list(addition.scanpaths[0].x_px) == [10.5, 11.5, 12.5, 13.5]


def test_what_is_no_recording_is_refused_with_a_sentence(
    dialog: ImportDialog, tmp_path: Path
) -> None:
    path = tmp_path / "noise.bin"
    path.write_bytes(bytes(range(256)) * 4)
    dialog.add_source(path)
    assert dialog.sources.count() == 0
    assert "noise.bin" in dialog.message.text()


def test_a_folder_of_images_beside_a_recording_is_proposed(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "stimuli").mkdir()
    with_table(dialog, qtbot, tmp_path)
    assert dialog.plan.images == tmp_path / "stimuli"
