"""Run a model over pictures: choose the device, check the weights, make the maps."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from gazelab.data.attention import Attention, Map, names_of_parts
from gazelab.data.image import read_rgb, resized
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ModelError, ReadError, SettingsError
from gazelab.nets.card import InputSpec, ModelCard, verify
from gazelab.nets.catalog import Architecture, architecture
from gazelab.nets.explain import Maps
from gazelab.nets.explainer import Explainer, NoClassError
from gazelab.nets.feed import EqualSizes, read_ahead, reading_threads
from gazelab.nets.looks import input_shape
from gazelab.nets.methods import MethodChoice
from gazelab.nets.winograd import quicken
from gazelab.task import Step, Task

DEVICES = ("auto", "cpu", "cuda")
_BATCH = {"cpu": 1, "cuda": 32}
"""On the processor one at a time: as fast, and maps do not depend on their neighbours."""

_DRAWING = (Tensor.normal_, Tensor.uniform_)


Gaze = Callable[[Stimulus], Map | None]
"""Returns the human density of a stimulus on any grid; None where nobody looked."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """Maps in the order of the pictures, the device that made them, and what was left out.

    skipped : (stimulus id, reason).
    """

    attention: tuple[Attention, ...]
    device: str
    skipped: tuple[tuple[str, str], ...] = ()


def run_model(
    card: ModelCard,
    images: Iterable[tuple[Stimulus, Path]],
    device: str = "auto",
    threads: int | None = None,
    methods: Sequence[MethodChoice] = (),
    gaze: Gaze | None = None,
) -> Task[RunResult]:
    """Make the maps of a model for pictures; one that cannot be read is left out and listed.

    device : one of DEVICES; "auto" takes a GPU when there is one. threads : on the processor;
    all cores when None. methods : ways to read maps out of a classifier; without any, each
    model gives the maps that it is made for. gaze : for models whose attention it is.

    Raises ModelError: weights that are not those of the card, or no such device. With methods
    also what `Explainer` raises.
    """
    asked = list(images)
    found: list[Attention] = []
    with _threads(threads):
        yield Step(0, len(asked), f"Loading {card.title}")
        model = Model(card, choose_device(device), methods, gaze)
        reasons = [model.why_not(stimulus) for stimulus, _ in asked]
        chosen = [pair for pair, reason in zip(asked, reasons, strict=True) if not reason]
        skipped = [(s.id, reason) for (s, _), reason in zip(asked, reasons, strict=True) if reason]
        waiting = EqualSizes[Stimulus](model.batch)
        workers = reading_threads(on_gpu=model.device.type == "cuda")
        pictures = read_ahead(model.read, [path for _, path in chosen], workers)
        with contextlib.closing(pictures):
            for number, pixels in enumerate(pictures):
                stimulus = chosen[number][0]
                if isinstance(pixels, ReadError):
                    skipped.append((stimulus.id, str(pixels)))
                else:
                    found += model.attention(waiting.add(stimulus, pixels))
                yield Step(number + 1, len(chosen), f"{card.title} on {model.device_name}")
        for batch in waiting.rest():
            found += model.attention(batch)
    place = {stimulus.id: number for number, (stimulus, _) in enumerate(chosen)}
    found.sort(key=lambda attention: place[attention.stimulus])
    return RunResult(tuple(found), model.device_name, tuple(skipped))


def choose_device(name: str) -> torch.device:
    """Return the device of this name.

    Raises SettingsError for an unknown name, ModelError for a GPU that is not there.
    """
    if name not in DEVICES:
        raise SettingsError(f"There is no device '{name}'.", f"Devices: {', '.join(DEVICES)}.")
    present = torch.cuda.is_available()
    if name == "cuda" and not present:
        raise ModelError(
            "No GPU that can be used was found.", "Choose the device 'cpu', or 'auto'."
        )
    return torch.device("cuda" if present and name != "cpu" else "cpu")


def threads_beside_window() -> int:
    """Return how many threads a model may take while a window is to stay quick."""
    return max(1, (os.cpu_count() or 1) - 1)


def use_threads_beside_window() -> None:
    """Take no more threads than that in this process."""
    torch.set_num_threads(threads_beside_window())


def build(card: ModelCard) -> nn.Module:
    """Return the network of a card with its weights, which were checked against the card.

    Raises ModelError.
    """
    verify(card)
    made = architecture(card.architecture)
    try:
        with _Undrawn():
            net = made.build(card.options, len(card.classes))
        weights = safetensors.torch.load_file(card.weights_path)
        whole = {name: t.float() if t.is_floating_point() else t for name, t in weights.items()}
        net.load_state_dict(whole, assign=True)
    except (TypeError, ValueError, RuntimeError, safetensors.SafetensorError) as error:
        raise ModelError(
            f"{card.weights_path}: the weights do not fit the architecture "
            f"{card.architecture} with the options of the card."
        ) from error
    return net.eval()


class _Undrawn(TorchFunctionMode):
    """While networks are built, leaves out to draw weights, which are replaced at once.

    For the wide networks drawing takes seconds.
    """

    def __torch_function__(
        self, func: Any, _types: Any, args: tuple = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if func in _DRAWING or getattr(func, "__module__", "") == nn.init.__name__:
            return args[0] if args else given["tensor"]
        if func is torch.linalg.qr:  # for orthogonal weights
            return args[0], args[0]
        return func(*args, **given)


class WithGaze(nn.Module):
    """A network that is given the human density along with the pixels."""

    def __init__(self, net: nn.Module, human: Tensor) -> None:
        super().__init__()
        self.net, self.human = net, human

    def forward(self, pixels: Tensor) -> Any:
        """Return what the network makes of the pixels and the gaze."""
        return self.net(pixels, self.human)


class Model:
    """A network that is ready to run; methods, gaze : as for `run_model`."""

    def __init__(
        self,
        card: ModelCard,
        device: torch.device,
        methods: Sequence[MethodChoice] = (),
        gaze: Gaze | None = None,
    ) -> None:
        self.card = card
        self.device = device
        self.batch = _BATCH[device.type]
        self._architecture: Architecture = architecture(card.architecture)
        net = build(card)
        if device.type == "cpu" and self._architecture.learns == "saliency":
            quicken(net)  # classifiers keep their layers, which people look into
        self._net = net.to(device).to(memory_format=torch.channels_last)
        self._explainer = Explainer(card, self._net, methods) if methods else None
        self._gaze = (gaze or _nowhere) if getattr(net, "takes_gaze", False) else None

    @property
    def device_name(self) -> str:
        """The device in words, e.g. "cpu" or "cuda (name of the card)"."""
        if self.device.type == "cpu":
            return "cpu"
        return f"cuda ({torch.cuda.get_device_name(self.device)})"

    def read(self, path: Path) -> np.ndarray:
        """Return a picture file scaled to the network's input. Raises ReadError."""
        return self.fitted(read_rgb(path))

    def fitted(self, pixels: np.ndarray) -> np.ndarray:
        """Return a picture scaled to the network's input."""
        return resized(pixels, *fitted_shape(self.card.input, *pixels.shape[:2]))

    def why_not(self, stimulus: Stimulus) -> str:
        """Return why this stimulus is left out, such as a class that it has not; else ""."""
        try:
            if self._explainer is not None:
                self._explainer.check(stimulus)
        except NoClassError as error:
            return str(error)
        if self._gaze is not None and self._gaze(stimulus) is None:
            return f"{stimulus.id}: nobody looked at it, and this model looks where people did."
        return ""

    def maps(
        self, pictures: Sequence[np.ndarray], gaze: Sequence[Map] = ()
    ) -> list[tuple[Maps, ...]]:
        """Return the maps of pictures that were fitted and are equal in size.

        gaze : the human density of each, for a model that takes it.
        """
        pixels = self._normalised(np.stack(pictures))
        net = self._net
        if gaze:
            net = WithGaze(net, torch.from_numpy(np.stack(gaze))[:, None].to(self.device))
        with torch.inference_mode():
            return self._architecture.explain(net, pixels, self.card.classes)

    def attention(self, pictures: Sequence[tuple[Stimulus, np.ndarray]]) -> list[Attention]:
        """Return the maps of stimuli whose fitted pictures are equal in size."""
        if not pictures:
            return []
        stimuli, fitted = zip(*pictures, strict=True)
        if self._explainer is not None:
            found = self._explainer.maps(stimuli, self._normalised(np.stack(fitted)))
            return [self._attention(stimulus, maps, source) for stimulus, source, maps in found]
        seen = () if self._gaze is None else [self._gaze(stimulus) for stimulus in stimuli]
        gaze = [density for density in seen if density is not None]
        return [
            self._attention(stimulus, maps, self.card.id)
            for stimulus, several in zip(stimuli, self.maps(fitted, gaze), strict=True)
            for maps in several
        ]

    def _attention(self, stimulus: Stimulus, maps: Maps, source: str) -> Attention:
        if not np.isfinite(maps.maps).all():
            raise ModelError(f"{self.card.title} gave a map with a value that is not a number.")
        numbers = tuple(str(step + 1) for step in range(len(maps.maps)))
        return Attention(
            stimulus.id,
            source,
            maps.kind,
            maps.maps,
            names_of_parts(self.card.parts) or numbers,
            maps.note,
            self.card.parts,
            maps.step_notes,
            maps.explanation and replace(maps.explanation, model=self.card.id),
        )

    def _normalised(self, pictures: np.ndarray) -> Tensor:
        """Return fitted pictures of equal size as the network takes them."""
        pixels = torch.from_numpy(pictures)
        if self.device.type == "cuda":
            pixels = pixels.pin_memory().to(self.device, non_blocking=True)
        spec = self.card.input
        mean = torch.tensor(spec.mean, device=self.device)
        std = torch.tensor(spec.std, device=self.device)
        normal = ((pixels.float() - mean) / std).permute(0, 3, 1, 2)
        return normal.contiguous(memory_format=torch.channels_last)


def _nowhere(_stimulus: Stimulus) -> None:
    """Nobody looked at anything."""


def fitted_shape(spec: InputSpec, rows: int, columns: int) -> tuple[int, int]:
    """Return the (rows, columns) to which a picture of this size is scaled."""
    if spec.fit == "stretch":
        return spec.rows, spec.columns
    return input_shape(rows, columns, spec.rows * spec.columns)


@contextlib.contextmanager
def _threads(number: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number or os.cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
