"""What a score was computed from, as a number that differs wherever any of it does."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np

import gazelab
from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath
from gazelab.data.image import opencv
from gazelab.data.scores import BASELINES, INTER_OBSERVER
from gazelab.metrics.catalog import metric_of
from gazelab.study.score import Origin, ScorePlan, Scorer
from gazelab.study.viewings import Viewing

CODE = ("data", "gaze", "metrics", "study/entry.py", "study/score.py", "study/viewings.py")
"""Folders and modules that a score is computed by: with other code it is another score."""

_SAID_BY_ROWS = ("models", "kinds", "metrics", "baselines", "ceilings")
"""Fields of a plan that choose which rows there are; the others decide on their values."""

Fingerprint = tuple[int, int]


class Fingerprints:
    """The fingerprints of the rows of one scoring.

    A row depends on the code, the plan, the size of the stimulus and everything people did on
    it; that of a model on its maps; that of a baseline on the steps it is told for. Metrics
    that need the fixations on other stimuli, and baselines but for the agreement between people
    by other metrics, also depend on all fixations in use.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._by_step = scorer.plan.by_step
        self._common = _digest(_code(), *map(_bytes, _plan(scorer.plan)))
        self._pool = _digest(*_of_all(scorer.viewings.values()))

    def of(self, stimulus: str) -> dict[tuple[Origin, str], Fingerprint]:
        """Return (origin, metric) -> fingerprint, of all rows there are on a stimulus."""
        maps = {(a.source, a.kind): a for a in self._scorer.maps(stimulus)}
        people = _digest(self._common, *_of_viewing(self._scorer.viewings[stimulus]))
        moving = {a.beside for a in maps.values() if self._by_step and len(a.maps) > 1}
        steps = [_bytes(one) for one in sorted(map(repr, moving))]
        found = {}
        for origin, metrics in self._scorer.all_of(stimulus).items():
            about = _of_maps(maps[origin]) if origin in maps else [_bytes(origin), *steps]
            own = _digest(people, *about)
            for id_ in metrics:
                others = self._pool if _uses_others(origin, id_) else b""
                row = _digest(own, _bytes((id_, metric_of(id_).variant)), others)
                found[origin, id_] = _number(row)
        return found


def _uses_others(origin: Origin, metric: str) -> bool:
    """Whether a row depends on the other stimuli; of a baseline unless it is known not to."""
    if origin[0] in BASELINES and origin[0] != INTER_OBSERVER:
        return True
    return metric_of(metric).uses_others


def _of_maps(attention: Attention) -> Iterator[bytes]:
    yield _bytes(attention.maps.shape)
    yield from _of_fields(attention)


def _of_fields(item: Attention | Scanpath) -> Iterator[bytes]:
    for field in fields(item):
        value = getattr(item, field.name)
        yield value.tobytes() if isinstance(value, np.ndarray) else _bytes((field.name, value))


def _of_viewing(viewing: Viewing) -> Iterator[bytes]:
    stimulus = viewing.stimulus
    yield _bytes((stimulus.id, stimulus.shape))
    for path in viewing.scanpaths:
        yield from _of_fields(path)


def _of_all(viewings: Iterable[Viewing]) -> Iterator[bytes]:
    """Yield the fixations in use on all stimuli that have any, as a pool takes them."""
    for viewing in viewings:
        if viewing.used.any():
            yield _bytes((viewing.stimulus.id, viewing.stimulus.shape))
            yield viewing.points.x_px[viewing.used].tobytes()
            yield viewing.points.y_px[viewing.used].tobytes()
            yield viewing.points.weight[viewing.used].tobytes()


def _plan(plan: ScorePlan) -> Iterator[tuple[str, object]]:
    for field in fields(plan):
        if field.name not in _SAID_BY_ROWS:
            yield field.name, getattr(plan, field.name)


@cache
def _code() -> bytes:
    """Return a digest of the modules that compute scores, and of the libraries they use."""
    room = Path(gazelab.__file__).parent
    paths = [path for name in CODE for path in sorted([room / name, *(room / name).rglob("*.py")])]
    sources = [path.read_bytes() for path in paths if path.is_file()]
    return _digest(_bytes((gazelab.__version__, np.__version__, opencv().__version__)), *sources)


def _bytes(value: object) -> bytes:
    return repr(value).encode()


def _digest(*parts: bytes) -> bytes:
    """Return the SHA-256 of parts, each told from the next by its length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()


def _number(digest: bytes) -> Fingerprint:
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")
