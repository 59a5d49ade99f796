"""The curve draws what is defined and names what is not."""

import math

import pytest
from pytestqt.qtbot import QtBot

from gazelab.app.panels.curve import CurveView
from gazelab.report.curves import Curve

GOOD = Curve("model", True, (1, 2), (1.0, 2.0))
EMPTY = Curve("people", False, (1, 2), (math.nan, math.nan))


@pytest.fixture
def view(qtbot: QtBot) -> CurveView:
    view = CurveView()
    qtbot.addWidget(view, before_close_func=lambda shown: shown.close_library())
    view.show()
    return view


def test_curves_are_drawn_once_the_library_is_there_and_told_in_words(
    view: CurveView, qtbot: QtBot
) -> None:
    view.show_curves((GOOD, EMPTY), "NSS")
    qtbot.waitUntil(lambda: view.is_drawn, timeout=10_000)
    assert view.accessibleDescription().splitlines() == [
        "model: 1 1.000, 2 2.000",
        "people: 1 undefined, 2 undefined",
    ]
    view.show_curves((GOOD,), "NSS")
    assert view.accessibleDescription() == "model: 1 1.000, 2 2.000"


def test_without_curves_there_is_a_hint(view: CurveView, qtbot: QtBot) -> None:
    view.show_curves((), "NSS")
    assert not view.is_drawn


def test_values_below_one_stand_on_the_axis_as_they_are(view: CurveView, qtbot: QtBot) -> None:
    view.show_curves((Curve("model", True, (1, 2), (0.4, 0.8)),), "CC")
    qtbot.waitUntil(lambda: view.is_drawn, timeout=10_000)
    from pyqtgraph import PlotWidget

    plot = view.findChild(PlotWidget)
    plot.grab()
    axis = plot.getAxis("left")
    assert (axis.labelString().count("CC"), "0.001" in axis.labelString()) == (1, False)
    assert axis.autoSIPrefixScale == 1


def test_in_a_low_place_the_axis_stays_in_sight_beside_many_names(
    view: CurveView, qtbot: QtBot
) -> None:
    view.resize(500, 110)
    curves = [Curve(f"source {k}", True, (1, 2), (0.4, 0.8)) for k in range(12)]
    view.show_curves(curves, "CC")
    qtbot.waitUntil(lambda: view.is_drawn, timeout=10_000)
    from pyqtgraph import PlotWidget

    plot = view.findChild(PlotWidget)
    plot.grab()
    axis = plot.getAxis("bottom")
    assert axis.mapRectToScene(axis.boundingRect()).top() < plot.height()
    assert axis.mapToScene(axis.rect().bottomLeft()).y() <= plot.height()
