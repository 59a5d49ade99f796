"""The table of scores in the window."""

import math
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from studies import attention, saved_study

from gazelab.app.panels.compare import ComparePanel, SummaryModel
from gazelab.app.window import MainWindow
from gazelab.data.scores import GOLD_STANDARD
from gazelab.project import store
from gazelab.report.summary import Summary
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

NSS = Summary(
    participant="all", source="net", kind="saliency", step=0, fixations="all", metric="nss",
    variant="plain", unit="sd", direction="higher", mean=1.5, sd=0.1, median=1.5, n_stimuli=2,
    n_undefined=0, n_fixations=20, n_excluded=1, sigma_px=math.nan, sigma_deg=math.nan,
    alignment="",
)  # fmt: skip


def test_a_baseline_says_what_it_is_and_no_zero_is_negative(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = SummaryModel(parent)
    gold = replace(NSS, source=GOLD_STANDARD, kind="", mean=-1e-9)
    model.set_summaries((NSS, gold), {GOLD_STANDARD: "A mixture.\nsigma 15 px"})
    tip = Qt.ItemDataRole.ToolTipRole
    vertical = Qt.Orientation.Vertical
    assert [model.headerData(row, vertical) for row in (0, 1)] == ["net saliency", GOLD_STANDARD]
    assert model.headerData(0, vertical, tip) == "net saliency"
    assert model.headerData(1, vertical, tip) == f"{GOLD_STANDARD}\nA mixture.\nsigma 15 px"
    assert [model.data(model.index(row, 0)) for row in (0, 1)] == ["1.500", "0.000"]


def test_every_metric_that_was_scored_has_a_column_and_a_curve(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder, project = saved_study(tmp_path)
    stepper = [attention(name, 3, "stepper") for name in project.stimuli]
    project = project.with_attention(stepper)
    plan = ScorePlan(
        blur=project.settings.blur, metrics=("js", "nss", "ig-explained"), by_step=True
    )
    store.save(project.with_scores(finish(score(project, plan))), folder)
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.document.opened):
        window.commands.open_folder(folder)
    panel = window.findChild(ComparePanel)
    qtbot.waitUntil(lambda: panel.model.columnCount() == 3)
    heads = [panel.model.headerData(k, Qt.Orientation.Horizontal) for k in range(3)]
    assert heads == ["NSS ↑ [sd]", "JS ↓ [bit]", "IG explained ↑"]
    curves = [panel.curve_metric.itemText(k) for k in range(panel.curve_metric.count())]
    assert curves == ["NSS", "JS", "IG explained"]
    panel.curve_metric.setCurrentIndex(1)
    assert "stepper" in panel.curve.accessibleDescription()
    window.document.undo_stack.clear()
    window.close()
