"""The words of the import wizard for what a contract says and what a source holds."""

from PySide6.QtCore import QCoreApplication, QLocale

from gazelab.errors import SettingsError
from gazelab.io.readers import reader_named
from gazelab.study.candidates import Candidate
from gazelab.study.previewing import Summary, summary
from gazelab.task import Step


def _tr(text: str) -> str:
    return QCoreApplication.translate("import", text)


def choice_words(field: str, choice: object) -> str:
    """Return what a value of a field of a contract, or an eye, is called."""
    words: dict[str, dict[object, str]] = {
        "positions": {
            "stimulus px": _tr("pixels of the picture"),
            "screen px": _tr("pixels of the screen"),
            "stimulus fraction": _tr("fractions of the picture, 0 to 1"),
            "screen fraction": _tr("fractions of the screen, 0 to 1"),
            "screen deg": _tr("degrees on the screen"),
            "screen mm": _tr("millimetres on the screen"),
        },
        "origin": {
            "top-left": _tr("top left, y goes down"),
            "bottom-left": _tr("bottom left, y goes up"),
            "centre": _tr("centre, y goes down"),
            "centre, y up": _tr("centre, y goes up, as in PsychoPy"),
        },
        "base": {0: _tr("0"), 1: _tr("1, as in MATLAB")},
        "placed": {
            "as told": _tr("as the source tells"),
            "centred": _tr("in the middle, in its own size"),
            "filled": _tr("stretched over the screen"),
            "fitted": _tr("as large as fits, in the middle"),
            "top-left": _tr("at the top left, in its own size"),
        },
        "clock": {
            "ns": _tr("nanoseconds"),
            "us": _tr("microseconds"),
            "ms": _tr("milliseconds"),
            "s": _tr("seconds"),
        },
        "zero": {
            "stimulus": _tr("the onset of the stimulus"),
            "first": _tr("the first event of each trial"),
        },
        "eye": {
            "": _tr("as the source suggests"),
            "left": _tr("left"),
            "right": _tr("right"),
            "mean": _tr("mean of both"),
        },
    }
    return words[field].get(choice, str(choice))


def format_title(format_id: str) -> str:
    """Return what a reader reads, in words."""
    try:
        return reader_named(format_id).title
    except SettingsError:
        return format_id


def nothing_words(candidate: Candidate | None) -> str:
    """Return why there is no trial to be seen."""
    if candidate is None:
        return _tr("Add recordings to see them on their pictures")
    return candidate.problem or _tr("Reading …")


def candidate_words(candidate: Candidate, step: Step | None, hindrance: str = "") -> str:
    """Return what a source is and how far it is understood: one to three lines."""
    if not candidate.formats:
        return _tr("Not read: {why}").format(why=candidate.problem)
    lines = [format_title(candidate.format)]
    if step is not None:
        lines.append(_progress_words(step))
    elif candidate.problem:
        lines.append(_tr("Cannot be read: {why}").format(why=candidate.problem))
    elif candidate.reading is not None:
        lines.append(summary_words(summary(candidate.reading)))
        if hindrance:
            lines.append(hindrance.split(". ")[0].removesuffix(".") + ".")
    return "\n".join(lines)


def _progress_words(step: Step) -> str:
    if step.total:
        return _tr("reading, {share:.0%} …").format(share=step.done / step.total)
    if step.done:
        return _tr("reading, {n} rows …").format(n=number_words(step.done))
    return _tr("reading …")


def summary_words(held: Summary) -> str:
    """Return in one line how much a source holds."""
    several = [
        (held.participants, _tr("1 participant"), _tr("{n} participants")),
        (held.trials, _tr("1 trial"), _tr("{n} trials")),
        (held.samples, _tr("1 sample"), _tr("{n} samples")),
        (held.fixations, _tr("1 fixation"), _tr("{n} fixations")),
        (held.saccades, _tr("1 saccade"), _tr("{n} saccades")),
        (held.blinks, _tr("1 blink"), _tr("{n} blinks")),
        (held.stimuli, _tr("1 picture"), _tr("{n} pictures")),
        (held.maps, _tr("1 map"), _tr("{n} maps")),
    ]
    parts = [
        one if number == 1 else many.format(n=number_words(number))
        for number, one, many in several
        if number
    ]
    if held.rates_hz:
        ends = dict.fromkeys(f"{rate:.4g}" for rate in (held.rates_hz[0], held.rates_hz[-1]))
        parts.append(_tr("{rate} Hz").format(rate=" – ".join(ends)))
    if held.eyes:
        names = ", ".join(choice_words("eye", eye) for eye in held.eyes)
        parts.append(_tr("eye: {names}").format(names=names))
    return ", ".join(parts)


def number_words(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return QLocale(QLocale.Language.English).toString(number)
