"""The import dialog on EyeLink files: columns for reports only, the way out for EDF."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from eyelink_files import Block, write_asc
from pytestqt.qtbot import QtBot
from studies import saved_study

from gazelab.app.dialogs.import_ import ImportDialog

NAMES = "RECORDING_SESSION_LABEL TRIAL_INDEX CURRENT_FIX_X CURRENT_FIX_Y CURRENT_FIX_DURATION"


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[ImportDialog]:
    folder, _ = saved_study(tmp_path)
    dialog = ImportDialog(None, folder)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close_jobs()


def test_a_report_shows_its_columns_with_the_pictures_found(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    report = tmp_path / "fix.xls"
    header = "\t".join([*NAMES.split(), "shown"])
    report.write_text(f"{header}\ns1\t1\t5\t6\t200\ta.png\ns1\t1\t7\t8\t250\ta.png\n")
    dialog.add_source(report)
    qtbot.waitUntil(lambda: dialog.columns.rows.rowCount() > 0)
    assert dialog.columns.isVisible()
    assert dialog.columns.fields["stimulus"].currentData() == "shown"


def test_a_recording_has_no_columns_and_a_binary_one_is_refused(
    dialog: ImportDialog, tmp_path: Path
) -> None:
    dialog.add_source(write_asc(tmp_path / "s1.asc", Block(5000)))
    assert dialog.sources.count() == 1
    assert not dialog.columns.isVisible()
    edf = tmp_path / "s1.edf"
    edf.write_bytes(b"SR_RESEARCH_1000FILE")
    dialog.add_source(edf)
    assert dialog.sources.count() == 1
    assert "edf2asc" in dialog.message.text()
