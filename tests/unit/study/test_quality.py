"""The data quality of a study: trials, participants, and what is not computed twice."""

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from gazelab.data.exclusion import ExclusionRule
from gazelab.data.gaze import Scanpath
from gazelab.data.recording import Recording
from gazelab.data.scores import INTER_OBSERVER
from gazelab.data.stimulus import Stimulus
from gazelab.project.project import Project
from gazelab.report.quality import LIMITS, Limit, QualityRow, level_of
from gazelab.study import quality as module
from gazelab.study.quality import study_quality
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

PICTURES = MappingProxyType(
    {name: Stimulus(name, name, 100, 100, "") for name in ("a.png", "b.png")}
)


def recording(participant: str, lost: int, stimulus: str = "a.png") -> Recording:
    times = np.arange(500.0) * 2
    noise = np.random.default_rng(1).normal(50, 2, 500)
    noise[:lost] = np.nan
    return Recording(participant, stimulus, times, noise, noise, rate_hz=500.0, px_per_deg=20.0)


def scanpath(participant: str, stimulus: str = "a.png", off: int = 0) -> Scanpath:
    x_px = np.linspace(10, 90, 10)
    x_px[:off] = 300
    return Scanpath(
        participant,
        stimulus,
        x_px,
        x_px,
        np.arange(10) * 300.0,
        np.full(10, 250.0),
        np.zeros(10, np.int8),
    )


def study(*items: Recording | Scanpath) -> Project:
    recordings = {item.key: item for item in items if isinstance(item, Recording)}
    paths = [item for item in items if isinstance(item, Scanpath)]
    project = Project(stimuli=PICTURES, recordings=MappingProxyType(recordings))
    return project.with_scanpaths(paths)


def test_trials_and_participants() -> None:
    project = study(
        recording("P1", 50), recording("P1", 0, "b.png"), scanpath("P1"), scanpath("P2", off=4)
    )
    found = finish(study_quality(project))
    rows = {row.key: row for row in found.trials}
    assert set(rows) == {("P1", "a.png", "1"), ("P1", "b.png", "1"), ("P2", "a.png", "1")}
    assert rows["P1", "a.png", "1"].loss_percent == 10
    assert rows["P1", "a.png", "1"].n_fixations == 10
    assert rows["P1", "b.png", "1"].n_fixations == 0
    only = rows["P2", "a.png", "1"]
    assert (only.n_samples, only.off_of, only.off_stimulus_percent) == (0, "fixations", 40)
    assert math.isnan(only.loss_percent)
    one, two = found.participants
    assert (one.participant, one.n_trials, one.n_samples, one.loss_percent) == ("P1", 2, 1000, 5)
    assert (two.participant, two.off_stimulus_percent, two.excluded_percent) == ("P2", 40, 40)
    assert "500 Hz" in found.sentence
    assert "Of 20 fixations, 4 (20.0 %) were excluded" in found.sentence


def test_degrees_need_pixels_per_degree_of_the_recording_or_of_the_project() -> None:
    without = replace(recording("P1", 0), px_per_deg=math.nan)
    project = study(without)
    assert math.isnan(finish(study_quality(project)).trials[0].rms_s2s_deg)
    known = project.with_settings(replace(project.settings, px_per_deg=20.0))
    expected = finish(study_quality(study(recording("P1", 0)))).trials[0]
    assert finish(study_quality(known)).trials[0].rms_s2s_deg == expected.rms_s2s_deg > 0


def test_only_what_changed_is_measured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []
    real = module.quality

    def noted(recording: Recording, size_px: tuple[float, float] | None = None) -> object:
        measured.append(recording.participant)
        return real(recording, size_px)

    monkeypatch.setattr(module, "quality", noted)
    project = study(recording("P1", 5), recording("P2", 5), scanpath("P1"), scanpath("P2"))
    first = finish(study_quality(project))
    assert measured == ["P1", "P2"]
    again = finish(study_quality(project, first))
    assert measured == ["P1", "P2"]
    assert repr(again.trials) == repr(first.trials)  # NaN is NaN there
    ruled = project.with_rules([ExclusionRule("P2")])
    second = finish(study_quality(ruled, first))
    assert measured == ["P1", "P2", "P2"]
    assert [row.n_excluded for row in second.trials] == [0, 10]


def test_it_can_be_stopped_between_trials() -> None:
    task = study_quality(study(recording("P1", 0), recording("P2", 0)))
    step = next(task)
    assert (step.done, step.total) == (0, 2)
    task.close()


def test_nothing_has_no_quality_and_no_sentence() -> None:
    found = finish(study_quality(Project()))
    assert (found.trials, found.participants, found.sentence) == ((), (), "")


def test_an_empty_recording_is_unknown_not_good() -> None:
    none = np.empty(0)
    empty = replace(recording("P1", 0), t_ms=none, x_px=none, y_px=none)
    (row,) = finish(study_quality(study(empty))).trials
    assert (row.n_samples, level_of(row, LIMITS)) == (0, None)


def row(**values: float) -> QualityRow:
    numbers = {
        name: values.get(name, math.nan)
        for name in QualityRow.__slots__
        if name not in ("participant", "stimulus", "trial", "off_of")
    }
    counts = {"n_fixations": 0, "n_excluded": 0}
    return QualityRow("P1", "", "", off_of="samples", **(numbers | counts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({}, None),
        ({"loss_percent": 0.0}, 0),
        ({"loss_percent": 10.0}, 0),
        ({"loss_percent": 10.1}, 1),
        ({"loss_percent": 25.1}, 2),
        ({"loss_percent": 5.0, "accuracy_deg": 0.7}, 1),
        ({"loss_percent": 99.0, "accuracy_deg": 0.1}, 2),
    ],
)
def test_the_worst_limit_decides(values: dict[str, float], level: int | None) -> None:
    assert level_of(row(**values), LIMITS) == level


def test_limits_can_be_others() -> None:
    strict = (Limit("loss_percent", 1.0, 2.0),)
    assert level_of(row(loss_percent=3.0), strict) == 2
    assert level_of(row(loss_percent=3.0, accuracy_deg=9.0), (Limit("loss_percent", 5, 9),)) == 0


def test_a_rule_that_excludes_a_participant_is_scored_without_them() -> None:
    paths = [scanpath(who, name) for name in PICTURES for who in ("P1", "P2", "P3")]
    project = study(*paths)
    plan = ScorePlan(blur=replace(project.settings, sigma_px=9.0).blur, metrics=("nss",))

    def observers(*rules: ExclusionRule) -> list[tuple[int, int, float, str]]:
        scores = finish(score(project.with_rules(rules), plan))
        found = [s for s in scores if s.source == INTER_OBSERVER]
        return [(s.n_fixations, s.n_excluded, s.value, s.note) for s in found]

    for n_fixations, n_excluded, value, _ in observers(ExclusionRule("P3", reason="left")):
        assert (n_fixations, n_excluded) == (20, 10)
        assert not math.isnan(value)
    alone = observers(ExclusionRule("P2"), ExclusionRule("P3"))
    for n_fixations, n_excluded, value, note in alone:
        assert (n_fixations, n_excluded) == (10, 20)
        assert math.isnan(value)
        assert note
    everyone_on_a = observers(ExclusionRule(stimulus="a.png"))
    assert (everyone_on_a[0][0], math.isnan(everyone_on_a[0][2])) == (0, True)
    assert everyone_on_a[0][3]
