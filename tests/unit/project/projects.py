"""Projects for the tests: strategies, one fixed example, and what equality means."""

import dataclasses
import math
from types import MappingProxyType
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.data.aoi import Aoi, merged
from gazelab.data.attention import EVIDENCE, KINDS, Attention, Explanation
from gazelab.data.attributes import Attributes
from gazelab.data.gaze import Origin, Scanpath
from gazelab.data.scores import Score
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.project.project import ImportRecord, Project, Settings

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
sizes = st.integers(1, 10_000)
stimuli = st.builds(
    Stimulus, words, words, sizes, sizes, words, st.lists(words, max_size=2).map(tuple)
)
origins = st.builds(
    Origin, words, words, st.booleans(), st.booleans(), st.lists(words, max_size=2).map(tuple)
)
records = st.builds(
    ImportRecord,
    words,
    words,
    words,
    st.dictionaries(words, st.integers(0, 2**40), max_size=3),
    st.lists(words, max_size=2).map(tuple),
)
attributes = st.lists(words, unique=True, max_size=2).flatmap(
    lambda names: st.dictionaries(words, st.tuples(*(words for _ in names)), max_size=3).map(
        lambda rows: Attributes(tuple(names), rows)
    )
)
finite = st.floats(allow_nan=False, allow_infinity=False)
settings = st.builds(
    Settings,
    px_per_deg=st.floats(0.1, 1e4) | st.just(math.nan),
    sigma_deg=finite,
    sigma_px=finite,
    weight_by_duration=st.booleans(),
    alignment=words,
)


@st.composite
def scanpaths(draw: Any) -> Scanpath:
    size = draw(st.integers(0, 5))
    column = hnp.arrays(np.float64, size, elements=st.floats(width=64))
    return Scanpath(
        *[draw(words) for _ in range(2)],
        *[draw(column) for _ in range(4)],
        draw(hnp.arrays(np.int8, size)),
        draw(words),
        draw(origins),
    )


@st.composite
def maps(draw: Any) -> Attention:
    shape = draw(hnp.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=3))
    kind = draw(st.sampled_from(KINDS))
    elements = st.floats(-1 if kind == EVIDENCE else 0, 1, width=32)
    values = draw(hnp.arrays(np.float32, shape, elements=elements))
    steps = tuple(draw(words) for _ in range(shape[0]))
    explanation = draw(st.none() | st.builds(Explanation, words, words, words, words, words))
    parts = draw(st.sampled_from([(), tuple(range(1, shape[0] + 1))]))
    notes = draw(st.sampled_from([(), steps]))
    about = draw(words), parts, notes, explanation
    return Attention(draw(words), draw(words), kind, values, steps, *about)


@st.composite
def scores(draw: Any) -> Score:
    kinds = {str: words, int: st.integers(0, 2**40), float: st.floats()}
    return Score(**{f.name: draw(kinds[f.type]) for f in dataclasses.fields(Score)})


@st.composite
def aois(draw: Any) -> Aoi:
    corners = draw(st.lists(st.tuples(finite, finite), min_size=3, max_size=5))
    try:
        return Aoi(draw(words), draw(words), np.array(corners))
    except SettingsError:
        reject()


@st.composite
def projects(draw: Any) -> Project:
    return Project(
        title=draw(words),
        stimuli={s.id: s for s in draw(st.lists(stimuli, max_size=3))},
        scanpaths=tuple({p.key: p for p in draw(st.lists(scanpaths(), max_size=4))}.values()),
        attention={a.key: a for a in draw(st.lists(maps(), max_size=3))},
        scores=tuple(draw(st.lists(scores(), max_size=3))),
        aois=merged(draw(st.lists(aois(), max_size=2)), ()),
        records=tuple(draw(st.lists(records, max_size=2))),
        participant_attributes=draw(attributes),
        stimulus_attributes=draw(attributes),
        settings=draw(settings),
    )


def same(one: Any, two: Any) -> bool:
    """Whether two values are equal through and through; NaN equals NaN."""
    if dataclasses.is_dataclass(one):
        return type(one) is type(two) and all(
            same(getattr(one, f.name), getattr(two, f.name)) for f in dataclasses.fields(one)
        )
    if isinstance(one, np.ndarray):
        return one.dtype == two.dtype and one.shape == two.shape and one.tobytes() == two.tobytes()
    if isinstance(one, dict | MappingProxyType):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, tuple):
        return len(one) == len(two) and all(map(same, one, two))
    return bool(one == two) or (one != one and two != two)


def example(step: int = 0) -> Project:
    """Return a small project with some of everything; another `step`, other values."""
    places = np.arange(6.0) + step
    path = Scanpath(
        "P1",
        "a.png",
        places,
        places,
        places * 200,
        places + 100,
        np.zeros(6, np.int8),
        origin=Origin("table", "t.csv"),
    )
    stack = Attention("a.png", "sam", "attention", np.full((2, 3, 4), step, np.float32), ("1", "2"))
    score = Score(
        participant="all",
        stimulus="a.png",
        source="sam",
        kind="attention",
        step=1,
        fixations="all",
        metric="nss",
        variant="",
        value=1.5 + step,
        unit="",
        n_fixations=6,
        n_excluded=0,
        sigma_px=24.0,
        sigma_deg=math.nan,
        alignment="index",
        grid="4x3",
    )
    return Project(
        title=f"Example {step}",
        stimuli={"a.png": Stimulus("a.png", "../a.png", 8, 6, "0" * 64)},
        scanpaths=(path, dataclasses.replace(path, participant="P2")),
        attention={stack.key: stack},
        scores=(score,),
        records=(ImportRecord("t.csv", "table", "", {"fixations": 12}),),
    )
