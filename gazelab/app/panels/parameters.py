"""The parameters of a detector as sliders and numbers, made from their declarations."""

import math

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QGroupBox,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gazelab.gaze.detect import Detector
from gazelab.gaze.settings import DetectorSettings, Parameter, parameters

_BEYOND = 10  # times what the slider offers may be typed


class ParameterRow:
    """One parameter: its title, a slider and a number with its unit."""

    def __init__(self, parameter: Parameter) -> None:
        translate = QCoreApplication.translate
        self.parameter = parameter
        title = f"{translate('detectors', parameter.title)}, {parameter.unit}"
        self.label = QLabel(title, textFormat=Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        steps = round((parameter.high - parameter.low) / parameter.step)
        self.slider.setRange(0, steps)
        self.slider.setPageStep(max(steps // 10, 1))
        self.slider.setMinimumWidth(60)
        self.number = QDoubleSpinBox()
        self.number.setDecimals(max(-math.floor(math.log10(parameter.step)), 0))
        least = 0.0 if parameter.zero else parameter.step
        self.number.setRange(least, parameter.high * _BEYOND)
        self.number.setSingleStep(parameter.step)
        self.number.setKeyboardTracking(False)
        default = translate("detectors", "Default {value:g} {unit}. {source}").format(
            value=parameter.default, unit=parameter.unit, source=parameter.source
        )
        for widget in (self.slider, self.number):
            widget.setAccessibleName(title)
            widget.setToolTip(default)
        self.label.setToolTip(default)

    @property
    def value(self) -> float:
        """The value that is chosen."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        """Choose a value, without telling."""
        with QSignalBlocker(self.number):
            self.number.setValue(value)
        self.follow_number()

    def follow_number(self) -> None:
        """Move the slider to the number; at its end for numbers beyond."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round((self.value - self.parameter.low) / self.parameter.step))

    def follow_slider(self) -> None:
        """Take the number from the slider."""
        value = self.parameter.low + self.slider.value() * self.parameter.step
        with QSignalBlocker(self.number):
            self.number.setValue(value)


class ParameterForm(QWidget):
    """All parameters of one detector; those of blinks in a group of their own.

    changed : the user chose another value.
    """

    changed = Signal()

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self._detector = detector
        shared = {one.name for one in parameters(DetectorSettings)}
        self.rows = {one.name: ParameterRow(one) for one in detector.parameters}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        own, blinks = QWidget(), QGroupBox(self.tr("Blinks"))
        layout.addWidget(own)
        layout.addWidget(blinks)
        for box, names in (
            (own, [name for name in self.rows if name not in shared]),
            (blinks, [name for name in self.rows if name in shared]),
        ):
            self._fill(box, names)
        self.reset()

    @property
    def settings(self) -> DetectorSettings:
        """The settings as chosen."""
        return self._detector.settings(**{name: row.value for name, row in self.rows.items()})

    def reset(self) -> None:
        """Choose the defaults, without telling."""
        for row in self.rows.values():
            row.set_value(row.parameter.default)

    def show_settings(self, settings: DetectorSettings) -> None:
        """Choose the values of other settings, without telling."""
        for name, value in settings.pairs():
            self.rows[name].set_value(value)

    def _fill(self, box: QWidget, names: list[str]) -> None:
        grid = QGridLayout(box)
        grid.setVerticalSpacing(2)
        if not isinstance(box, QGroupBox):
            grid.setContentsMargins(0, 0, 0, 0)
        for line, name in enumerate(names):
            row = self.rows[name]
            grid.addWidget(row.label, 2 * line, 0, 1, 2)
            grid.addWidget(row.slider, 2 * line + 1, 0)
            grid.addWidget(row.number, 2 * line + 1, 1)
            row.slider.valueChanged.connect(lambda _, row=row: self._moved(row))
            row.number.valueChanged.connect(lambda _, row=row: self._typed(row))
        grid.setColumnStretch(0, 1)

    def _moved(self, row: ParameterRow) -> None:
        row.follow_slider()
        self.changed.emit()

    def _typed(self, row: ParameterRow) -> None:
        row.follow_number()
        self.changed.emit()
