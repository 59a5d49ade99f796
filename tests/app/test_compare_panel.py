"""The table of scores in the window."""

import math
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gazelab.app.panels.compare import SummaryModel
from gazelab.data.scores import GOLD_STANDARD
from gazelab.report.summary import Summary

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
