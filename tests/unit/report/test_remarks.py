"""What the notes of scores say of their mean."""

import math

from gazelab.data.scores import Score
from gazelab.report.remarks import remarks


def row(stimulus: str, value: float, note: str, *, step: int = 0) -> Score:
    return Score(
        participant="all", stimulus=stimulus, source="net", kind="evidence", step=step,
        fixations="all", metric="ig-explained", variant="plain", value=value, unit="1",
        n_fixations=9, n_excluded=0, sigma_px=math.nan, sigma_deg=math.nan, alignment="",
        grid="8x6", note=note,
    )  # fmt: skip


def test_what_all_say_is_told_once_and_reasons_are_counted() -> None:
    scores = [
        row("a", 0.5, "positive part; about a; relative to IG 1.5"),
        row("b", 0.7, "positive part; relative to IG 1.5"),
        row("c", math.nan, "positive part; too few"),
        row("d", math.nan, "positive part; the map is 0"),
        row("e", math.nan, "positive part; too few"),
        row("a", math.nan, "of a step", step=1),
    ]
    (found,) = remarks(scores).values()
    assert found.common == ("positive part", "relative to IG 1.5")
    assert list(found.reasons.items()) == [("too few", 2), ("the map is 0", 1)]


def test_a_value_without_a_note_has_nothing_in_common() -> None:
    found = remarks([row("a", 0.5, "here alone"), row("b", 0.5, "")])
    assert list(found) == [("net evidence", "ig-explained")]
    assert found["net evidence", "ig-explained"].common == ()
