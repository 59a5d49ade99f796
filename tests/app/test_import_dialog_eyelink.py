"""The import wizard on EyeLink files: columns for reports only, the way out for EDF."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from eyelink_files import Block, write_asc
from pytestqt.qtbot import QtBot
from studies import saved_study

from gazelab.app.dialogs.importing.dialog import ImportDialog

NAMES = "RECORDING_SESSION_LABEL TRIAL_INDEX CURRENT_FIX_X CURRENT_FIX_Y CURRENT_FIX_DURATION"


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[ImportDialog]:
    dialog = ImportDialog(None, *saved_study(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close_jobs()


def add(dialog: ImportDialog, qtbot: QtBot, path: Path) -> None:
    dialog.candidates.add([path])
    qtbot.waitUntil(
        lambda: not dialog.candidates.busy and not dialog.view.ahead.busy, timeout=20_000
    )


def test_a_report_shows_its_columns_with_the_pictures_found(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    report = tmp_path / "fix.xls"
    header = "\t".join([*NAMES.split(), "shown"])
    report.write_text(f"{header}\ns1\t1\t5\t6\t200\ta.png\ns1\t1\t7\t8\t250\ta.png\n")
    add(dialog, qtbot, report)
    assert dialog.view.tabs.isTabVisible(1)
    assert dialog.view.columns.fields["stimulus"].currentData() == "shown"


def test_a_recording_has_no_columns_and_its_contract_has_reasons(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    add(dialog, qtbot, write_asc(tmp_path / "s1.asc", Block(5000)))
    assert "EyeLink ASC" in dialog.list.sources.item(0).text()
    assert not dialog.view.tabs.isTabVisible(1)
    assert dialog.view.contract.boxes["positions"].currentData() == "screen px"
    assert "pixels of the screen" in dialog.view.contract.says.text()


def test_a_damaged_binary_recording_says_why_it_is_not_read(
    dialog: ImportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    edf = tmp_path / "s1.edf"
    edf.write_bytes(b"SR_RESEARCH_1000FILE")
    add(dialog, qtbot, edf)
    assert "ead: " in dialog.list.sources.item(0).text()
    assert not dialog.import_button.isEnabled()
