"""The settings of an attention gradient after each fixation: kernel, width, what is left."""

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

from gazelab.gaze.gradient import FALLOFFS, FixationGradient, kernel_of
from gazelab.report.gradient import GradientUsed

_LEAST_DEG = 0.1


class GradientSettings(QWidget):
    """A row of settings.

    boxes : its widgets in the order of the keys.
    changed : the user chose another gradient.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        titles = {
            "gaussian": self.tr("Gaussian"),
            "exponential": self.tr("Exponential"),
            "acuity": self.tr("Acuity"),
            "spotlight": self.tr("Spotlight"),
        }
        self.kernel = QComboBox()
        for falloff in FALLOFFS:
            self.kernel.addItem(f"{titles[falloff.id]}: {falloff.about}", falloff.id)
        self.kernel.setAccessibleName(self.tr("How attention falls off around a fixation"))
        self.width_deg = QDoubleSpinBox(
            minimum=_LEAST_DEG, maximum=45.0, singleStep=0.1, decimals=2, suffix="°"
        )
        self.width_deg.setAccessibleName(self.tr("Width w of the kernel in degrees"))
        self.rho = QDoubleSpinBox(minimum=0.0, maximum=1.0, singleStep=0.05, decimals=2, value=0.5)
        self.rho.setAccessibleName(self.tr("What is left of it one fixation later"))
        for widget in (self.kernel, self.width_deg, self.rho):
            widget.setToolTip(widget.accessibleName())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for title, widget in (
            (self.tr("Falls off"), self.kernel),
            (self.tr("w"), self.width_deg),
            (self.tr("Left after a fixation"), self.rho),
        ):
            label = QLabel(title)
            label.setBuddy(widget)
            layout.addWidget(label)
            layout.addWidget(widget)
        layout.addStretch()
        self._take_default_width()
        self.boxes = (self.kernel, self.width_deg, self.rho)
        self.kernel.currentIndexChanged.connect(self._take_default_width)
        self.width_deg.valueChanged.connect(self.changed)
        self.rho.valueChanged.connect(self.changed)

    @property
    def gradient(self) -> FixationGradient:
        """What is chosen."""
        kernel = kernel_of(self.kernel.currentData(), self.width_deg.value())
        return FixationGradient(kernel, self.rho.value())

    def _take_default_width(self) -> None:
        with QSignalBlocker(self.width_deg):
            self.width_deg.setValue(kernel_of(self.kernel.currentData()).width_deg)
        self.changed.emit()


def gradient_in_words(used: GradientUsed) -> str:
    """Return how a gradient was made, and how far it reaches."""
    text = QCoreApplication.translate(
        "GradientSettings",
        "attention gradient, our interpretation of the theory: {kernel} of {width}°, {px} px per "
        "degree, {rho} of it left one fixation later; effective range: 50 % of the kernel within "
        "{near}°, 90 % within {far}°",
    )
    return text.format(
        kernel=used.kernel,
        width=f"{used.width_deg:g}",
        px=f"{used.px_per_deg:g}",
        rho=f"{used.rho:g}",
        near=f"{used.range_50_deg:.2f}",
        far=f"{used.range_90_deg:.2f}",
    )
