"""What is drawn in the two panes, and how."""

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.canvas.colormaps import NAMES
from gazelab.app.viewing import Viewing

_BESIDE_PX = 24
"""Room beside the words of a list, for its margins and its scroll bar."""


class LayersPanel(QScrollArea):
    """Three groups: scanpath, human density, machine attention."""

    def __init__(self, viewing: Viewing) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._viewing = viewing
        self._boxes: dict[str, QCheckBox | QGroupBox] = {}
        self._sliders: dict[str, QSlider] = {}
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._scanpath_group())
        layout.addWidget(self._density_group())
        layout.addWidget(self._attention_group())
        layout.addWidget(self._check("areas", self.tr("Areas of &interest")))
        layout.addStretch()
        self.setWidget(inside)
        scroll_bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(inside.minimumSizeHint().width() + scroll_bar)
        viewing.changed.connect(self._refresh)
        self._refresh(frozenset({"project", "layers"}))

    def _scanpath_group(self) -> QGroupBox:
        group = self._group("scanpaths", self.tr("&Scanpath"))
        layout = QVBoxLayout(group)
        layout.addWidget(self._check("numbers", self.tr("Numbers")))
        layout.addWidget(self._check("saccades", self.tr("Saccade lines")))
        layout.addWidget(self._check("upcoming", self.tr("Upcoming fixations")))
        layout.addWidget(self._check("gaze", self.tr("Gaze samples")))
        layout.addWidget(self._check("scanpath_on_machine", self.tr("Current fixation on machine")))
        return group

    def _density_group(self) -> QGroupBox:
        group = self._group("density", self.tr("Human &density"))
        form = _form(group)
        form.addRow(self.tr("Opacity"), self._slider("density_opacity", self.tr("Density opacity")))
        self.sigma = QDoubleSpinBox(decimals=2)
        self.sigma.setKeyboardTracking(False)
        self.sigma.setAccessibleName(self.tr("Sigma of the density"))
        self.sigma.valueChanged.connect(self._set_sigma)
        self.unit = QComboBox()
        self.unit.addItems([self.tr("deg"), self.tr("px")])
        self.unit.setAccessibleName(self.tr("Unit of sigma"))
        self.unit.activated.connect(lambda _: self._refresh(frozenset({"project"})))
        row = QHBoxLayout()
        row.addWidget(self.sigma, 1)
        row.addWidget(self.unit)
        form.addRow(self.tr("Sigma"), row)
        self.px_per_deg = QDoubleSpinBox(decimals=2, maximum=1000.0)
        self.px_per_deg.setKeyboardTracking(False)
        self.px_per_deg.setSpecialValueText(self.tr("unknown"))
        self.px_per_deg.setAccessibleName(self.tr("Pixels per degree"))
        self.px_per_deg.valueChanged.connect(self._set_px_per_deg)
        form.addRow(self.tr("Px per deg"), self.px_per_deg)
        self.by_duration = QCheckBox(self.tr("Weight by duration"))
        self.by_duration.toggled.connect(lambda on: self._set(weight_by_duration=on))
        form.addRow(self.by_duration)
        return group

    def _attention_group(self) -> QGroupBox:
        group = self._group("attention", self.tr("&Machine attention"))
        form = _form(group)
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("Model and kind of map"))
        self.source.activated.connect(self._choose_source)
        form.addRow(self.tr("Maps"), self.source)
        form.addRow(
            self.tr("Opacity"), self._slider("attention_opacity", self.tr("Attention opacity"))
        )
        form.addRow(self._check("shared_range", self.tr("One range for all steps")))
        form.addRow(self._check("glimpses", self.tr("Spread and earlier peaks")))
        self.colormap = QComboBox()
        self.colormap.addItems(list(NAMES))
        self.colormap.setAccessibleName(self.tr("Colour map"))
        self.colormap.textActivated.connect(lambda name: self._viewing.show_layers(colormap=name))
        form.addRow(self.tr("Colours"), self.colormap)
        form.addRow(self._check("legend", self.tr("Legends")))
        return group

    def _group(self, field: str, title: str) -> QGroupBox:
        group = QGroupBox(title, checkable=True)
        group.toggled.connect(lambda on: self._viewing.show_layers(**{field: on}))
        self._boxes[field] = group
        return group

    def _check(self, field: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.toggled.connect(lambda on: self._viewing.show_layers(**{field: on}))
        self._boxes[field] = box
        return box

    def _slider(self, field: str, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setPageStep(10)
        slider.setAccessibleName(name)
        slider.setMinimumWidth(48)
        slider.valueChanged.connect(lambda v: self._viewing.show_layers(**{field: v / 100}))
        self._sliders[field] = slider
        return slider

    def _refresh(self, fields: frozenset[str]) -> None:
        if "layers" in fields:
            self._show_layers()
        if fields & {"project", "source", "kind"}:
            self._show_settings()
            self._show_sources()

    def _show_layers(self) -> None:
        layers = self._viewing.state.layers
        for field, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(getattr(layers, field))
        for field, slider in self._sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(round(100 * getattr(layers, field)))
        self.colormap.setCurrentText(layers.colormap)

    def _show_settings(self) -> None:
        settings = self._viewing.document.project.settings
        known = not math.isnan(settings.px_per_deg)
        self.unit.setVisible(known)
        self.sigma.setSuffix("" if known else self.tr(" px"))
        in_degrees = known and self.unit.currentIndex() == 0
        with (
            QSignalBlocker(self.sigma),
            QSignalBlocker(self.px_per_deg),
            QSignalBlocker(self.by_duration),
        ):
            self.sigma.setRange(*((0.1, 10.0) if in_degrees else (1.0, 500.0)))
            self.sigma.setSingleStep(0.1 if in_degrees else 1.0)
            blur = settings.blur
            self.sigma.setValue(blur.sigma_deg if in_degrees else blur.sigma_px)
            self.px_per_deg.setValue(settings.px_per_deg if known else 0.0)
            self.by_duration.setChecked(settings.weight_by_duration)

    def _show_sources(self) -> None:
        sources = self._viewing.document.project.sources
        self.source.clear()
        for source, kind in sources:
            self.source.addItem(f"{source} {kind}", (source, kind))
        if not sources:
            self.source.addItem(self.tr("none yet"), None)
        self.source.setEnabled(bool(sources))
        state = self._viewing.state
        self.source.setCurrentIndex(max(self.source.findText(f"{state.source} {state.kind}"), 0))
        # names of attention methods are long: the list may be wider than its box
        self.source.view().setMinimumWidth(self.source.view().sizeHintForColumn(0) + _BESIDE_PX)
        self.source.setToolTip(self.source.currentText())

    def _choose_source(self, row: int) -> None:
        if chosen := self.source.itemData(row):
            self._viewing.show(source=chosen[0], kind=chosen[1], step=0)

    def _set_sigma(self, value: float) -> None:
        settings = self._viewing.document.project.settings
        if math.isnan(settings.px_per_deg):
            self._set(sigma_px=value)
        elif self.unit.currentIndex() == 0:
            self._set(sigma_deg=value)
        else:
            self._set(sigma_deg=value / settings.px_per_deg)

    def _set_px_per_deg(self, value: float) -> None:
        self._set(px_per_deg=value if value > 0 else math.nan)

    def _set(self, **fields: Any) -> None:
        document = self._viewing.document
        document.set_settings(replace(document.project.settings, **fields))


def _form(group: QGroupBox) -> QFormLayout:
    form = QFormLayout(group)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form
