"""The table of scores in the window: its columns, what a cell says, how metrics get there."""

import csv
import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from studies import attention, saved_study, scanpath
from windows import opened

from gazelab.app.dialogs.compare import CompareDialog
from gazelab.app.panels.compare import ComparePanel, SummaryModel
from gazelab.app.window import MainWindow
from gazelab.cli.command import main
from gazelab.data.scores import GOLD_STANDARD, INTER_OBSERVER
from gazelab.project import store
from gazelab.report.remarks import Remarks
from gazelab.report.summary import Summary
from gazelab.study import ceilings
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

HEADER, TIP = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
PEOPLE = {"auc-normalised": "nAUC ↑", "ig-explained": "IG explained ↑"}

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
    model.set_summaries((NSS, gold), {GOLD_STANDARD: "A mixture.\nsigma 15 px"}, {})
    tip = Qt.ItemDataRole.ToolTipRole
    vertical = Qt.Orientation.Vertical
    assert [model.headerData(row, vertical) for row in (0, 1)] == ["net saliency", GOLD_STANDARD]
    assert model.headerData(0, vertical, tip) == "net saliency"
    assert model.headerData(1, vertical, tip) == f"{GOLD_STANDARD}\nA mixture.\nsigma 15 px"
    assert [model.data(model.index(row, 0)) for row in (0, 1)] == ["1.500", "0.000"]


def test_a_cell_says_relative_to_what_it_is_and_why_others_are_undefined(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = SummaryModel(parent)
    few = replace(NSS, metric="auc-normalised", n_undefined=3)
    none = replace(few, source="other", mean=math.nan, n_stimuli=0)
    said = Remarks((), {"fewer than two participants": 2, "at chance": 1})
    model.set_summaries(
        (few, none),
        {},
        {
            ("net saliency", "auc-normalised"): Remarks(("relative to AUC 0.9",), {}),
            ("other saliency", "auc-normalised"): said,
        },
    )
    assert model.headerData(0, ACROSS) == "nAUC ↑"
    tips = [str(model.data(model.index(row, 0), TIP)).splitlines() for row in (0, 1)]
    assert tips[0] == [
        "plain. Mean of 2 images, SD 0.100; undefined for 3.",
        "relative to AUC 0.9",
    ]
    assert tips[1] == [
        "plain. Not defined for any of 3 images.",
        "Undefined for 2: fewer than two participants",
        "Undefined for 1: at chance",
    ]
    assert model.data(model.index(1, 0)) == "NA"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window with three viewers on two pictures and one on a third."""
    folder, project = saved_study(tmp_path)
    paths = [scanpath(who, name, 5) for name in ("a.png", "b.png") for who in ("P1", "P20", "P300")]
    store.save(project.with_scanpaths([*paths, scanpath("P1", "c.png", 5)]), folder)
    window = opened(qtbot, folder)
    yield window
    window.document.undo_stack.clear()
    window.close()


def compare(window: MainWindow, monkeypatch: pytest.MonkeyPatch, *metrics: str) -> None:
    """Tick metrics in the dialog and go ahead."""

    def ticked(_: QWidget, project: object) -> object:
        dialog = CompareDialog(None, project)  # type: ignore[arg-type]
        for name, box in dialog.metrics.boxes.items():
            box.setChecked(name in metrics)
        return dialog.plan

    monkeypatch.setattr(CompareDialog, "ask", ticked)
    window.actions_by_id["compare"].trigger()


def cells(panel: ComparePanel) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (source, title) -> what a cell shows, and what it says under the pointer."""
    model = panel.model
    return {
        (model.headerData(row, DOWN), model.headerData(column, ACROSS)): (
            model.data(model.index(row, column)),
            model.data(model.index(row, column), TIP),
        )
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    }


def test_metrics_in_relation_to_people_have_columns_with_the_numbers_of_the_command(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, folder = window.compare, window.document.folder
    compare(window, monkeypatch, "auc", *PEOPLE)
    qtbot.waitUntil(lambda: panel.model.columnCount() == 3)
    shown = cells(panel)
    assert [title for source, title in shown if source == INTER_OBSERVER] == [
        "AUC ↑",
        *PEOPLE.values(),
    ]
    window.document.flush()
    sigma_px = str(window.document.project.settings.blur.sigma_px)
    words = ["score", str(folder), "--metric", "auc", *PEOPLE, "--sigma-px", sigma_px]
    assert main([*words, "--fresh"]) == 0
    assert main(["export", str(folder), str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "scores_summary.csv").open(encoding="utf-8") as file:
        told = {
            (f"{row['model']} {row['kind']}".strip(), PEOPLE[row["metric"]]): row["mean"]
            for row in csv.DictReader(file)
            if row["metric"] in PEOPLE and (row["step"], row["fixations"]) == ("0", "all")
        }
    sources = ["model saliency", "centre bias", INTER_OBSERVER, GOLD_STANDARD]
    assert sorted({source for source, _ in told}) == sorted(sources)
    for place, mean in told.items():
        assert shown[place][0] == ("NA" if mean in ("", "NA") else f"{float(mean):z.3f}")
    assert (
        "Undefined for 1: fewer than two participants with fixations in use"
        in (shown["model saliency", "nAUC ↑"][1])
    )


def test_steps_do_not_have_what_is_for_final_maps_and_say_so(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = window.compare
    assert not panel.curve_metric.toolTip()
    compare(window, monkeypatch, "nss", "auc", *PEOPLE)
    qtbot.waitUntil(lambda: panel.model.columnCount() == 4)
    offered = {panel.curve_metric.itemData(k) for k in range(panel.curve_metric.count())}
    assert "auc" in offered
    assert not offered & set(PEOPLE)
    assert panel.curve_metric.toolTip() == (
        "nAUC, IG explained: for final maps and all fixations, not for single steps."
    )
    panel.curve_metric.setCurrentIndex(panel.curve_metric.findData("auc"))
    panel.scope.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "Of one image" in cells(panel)["model saliency", "nAUC ↑"][1])
    assert "relative to AUC" in cells(panel)["model saliency", "nAUC ↑"][1]
    assert panel.curve_metric.currentData() == "auc"


def test_scoring_in_relation_to_people_is_beside_the_window_and_can_be_cancelled(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    reached, go_on = threading.Event(), threading.Event()
    choose = ceilings.choose_gold_standard

    def slowly(*asked: object) -> object:
        threads.append(threading.current_thread())
        reached.set()
        go_on.wait(10)
        return (yield from choose(*asked))  # type: ignore[arg-type]

    monkeypatch.setattr(ceilings, "choose_gold_standard", slowly)
    compare(window, monkeypatch, *PEOPLE)
    qtbot.waitUntil(reached.is_set)
    with qtbot.waitSignal(window.jobs.cancelled):
        window.jobs.cancel_all()
        go_on.set()
    assert threads and threading.main_thread() not in threads
    assert window.document.project.scores == ()
    assert window.compare.model.columnCount() == 0


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
    window = opened(qtbot, folder)
    panel = window.findChild(ComparePanel)
    qtbot.waitUntil(lambda: panel.model.columnCount() == 3)
    heads = [panel.model.headerData(k, Qt.Orientation.Horizontal) for k in range(3)]
    assert heads == ["NSS ↑ [sd]", "JS ↓ [bit]", "IG explained ↑"]
    curves = [panel.curve_metric.itemText(k) for k in range(panel.curve_metric.count())]
    assert {"NSS", "JS"} < set(curves)
    panel.curve_metric.setCurrentIndex(panel.curve_metric.findData("js"))
    assert "stepper" in panel.curve.accessibleDescription()
    window.document.undo_stack.clear()
    window.close()
