"""The verbs and their arguments."""

import argparse
from typing import Any

from gazelab import __version__
from gazelab.cli.areas import add_area_arguments
from gazelab.cli.attributes import add_attributes
from gazelab.cli.conditional import add_conditional_arguments
from gazelab.cli.differences import add_differences
from gazelab.cli.gradient import KERNELS, add_gradient_arguments
from gazelab.cli.similarity import add_similarity_arguments
from gazelab.cli.verbs import add_verb
from gazelab.cli.verifying import add_check_arguments

_ABOUT = """\
Do people and neural networks look at the same things?
Without a verb, the window opens."""

_EPILOG = """\
A study from beginning to end:
  gazelab import study.gazelab fixations.csv --images pictures/
  gazelab run    study.gazelab --model sam-s
  gazelab score  study.gazelab --by-step
  gazelab export study.gazelab results/

`gazelab VERB --help` explains a verb. Results go to standard output, with --json as JSON;
progress and problems go to standard error. The exit code is 0 if all went well, else 1."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="gazelab",
        description=_ABOUT,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"gazelab {__version__}")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(verb="open", project=None)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    _window_verbs(verbs)
    _import(verbs)
    add_attributes(verbs)
    _detect(verbs)
    _run(verbs)
    _gradient(verbs)
    _remove(verbs)
    _score(verbs)
    add_differences(verbs)
    _comparing_verbs(verbs)
    _quality_verbs(verbs)
    _other_verbs(verbs)
    return parser


def _window_verbs(verbs: Any) -> None:
    opening = add_verb(verbs, "open")
    opening.add_argument("project", nargs="?", metavar="PROJECT", help="a folder *.gazelab")
    demo = add_verb(verbs, "demo")
    demo.add_argument("--headless", action="store_true", help="without a window")
    demo.add_argument(
        "--out",
        metavar="DIR",
        help="new folder for the sample project and, with --headless, its export (with "
        "--headless: gazelab-demo in this folder; else: a temporary folder)",
    )


def _import(verbs: Any) -> None:
    parser = add_verb(verbs, "import")
    parser.add_argument("project", metavar="PROJECT", help="a folder *.gazelab, made if needed")
    parser.add_argument(
        "sources", metavar="SOURCE", nargs="*", help="a file or folder; none with --images alone"
    )
    parser.add_argument("--images", metavar="DIR", help="folder of the pictures people looked at")
    parser.add_argument(
        "--format", metavar="NAME", help="such as table or eyelink-asc; judged by content otherwise"
    )
    parser.add_argument(
        "--eye", choices=("left", "right", "mean"), default="", help="which, where there are both"
    )
    parser.add_argument(
        "--participant",
        metavar="NAME",
        default="",
        help="who was recorded, of sources of one participant; otherwise as they say, or after "
        "the folder where files have the same name",
    )
    parser.add_argument(
        "--px-per-degree",
        metavar="P",
        type=float,
        help="pixels of the picture in one degree of visual angle, in place of those of the "
        "project; without a source nothing else changes",
    )
    parser.add_argument(
        "--column",
        metavar="ROLE=NAME",
        action="extend",
        nargs="+",
        default=[],
        help="the column of a table that holds participant, stimulus, trial, x, y, onset, end, "
        "duration or order; `ROLE=` for none",
    )
    parser.add_argument(
        "--table",
        metavar="SETTING=VALUE",
        action="extend",
        nargs="+",
        default=[],
        help="how a table is read: base (0 or 1), coordinates (px, normalised), y_axis (down, up), "
        "time_unit and duration_unit (s, ms, us, ns), onset_from (stimulus, recording), "
        "decimal, delimiter, encoding; participant and stimulus for all rows",
    )
    parser.add_argument("--preset", metavar="NAME", help="how a table is read, as kept before")
    parser.add_argument("--save-preset", metavar="NAME", help="keep how the table was read")
    _geometry(parser)
    _links(parser)


def _geometry(parser: argparse.ArgumentParser) -> None:
    """Add what positions and times mean, where the guess is wrong or something is not known."""
    parser.add_argument("--screen", metavar="WxH", help="pixels of the screen, such as 1280x1024")
    parser.add_argument("--screen-mm", metavar="WxH", help="its size in millimetres")
    parser.add_argument("--distance-mm", metavar="D", type=float, help="from the eyes to it")
    parser.add_argument(
        "--contract",
        metavar="FIELD=VALUE",
        action="extend",
        nargs="+",
        default=[],
        help="what numbers mean: positions (stimulus px, screen px, stimulus fraction, screen "
        "fraction, screen deg, screen mm), origin (top-left, bottom-left, centre, "
        "'centre, y up'), base (0 or 1), "
        "placed (as told, centred, filled, fitted, top-left), clock (ns, us, ms, s), zero "
        "(stimulus, first)",
    )


def _links(parser: argparse.ArgumentParser) -> None:
    """Add which picture a name means."""
    parser.add_argument(
        "--link",
        metavar="NAME=PICTURE",
        action="extend",
        nargs="+",
        default=[],
        help="the picture that a name in the source means; `NAME=` for an empty screen",
    )
    parser.add_argument("--links", metavar="FILE", help="the same as a CSV file: name,picture")
    parser.add_argument(
        "--empty-screen",
        action="store_true",
        help="show on an empty screen what fits no picture, instead of leaving it out",
    )


def _detect(verbs: Any) -> None:
    parser = add_verb(verbs, "detect")
    parser.add_argument("project", metavar="PROJECT", nargs="?", help="a folder *.gazelab")
    parser.add_argument("--detector", choices=("i-vt", "i-dt", "microsaccades"), default="i-vt")
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="extend",
        nargs="+",
        default=[],
        help="a parameter of the detector; see --list",
    )
    parser.add_argument("--participant", metavar="NAME", help="only this one")
    parser.add_argument("--stimuli", metavar="GLOB", help="only these, such as '10*.jpg'")
    parser.add_argument(
        "--use", metavar="NAME", help="put fixations in use again, such as those of eyelink-asc"
    )
    parser.add_argument("--list", action="store_true", help="list detectors and parameters")


def _run(verbs: Any) -> None:
    parser = add_verb(verbs, "run")
    _project(parser)
    parser.add_argument("--model", metavar="ID", required=True, help="see `gazelab models`")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: a GPU if any"
    )
    parser.add_argument("--stimuli", metavar="GLOB", help="only these, such as '10*.jpg'")
    parser.add_argument(
        "--steps", metavar="N", type=int, help="how often it looks (as it was trained otherwise)"
    )
    parser.add_argument(
        "--method",
        metavar="NAME",
        action="extend",
        nargs="+",
        default=[],
        help="how maps are read out of a model that names classes, such as grad-cam; each gives "
        "a source of its own; `gazelab models info ID` lists them",
    )
    parser.add_argument(
        "--class",
        dest="target",
        metavar="NAME",
        help="the class that the maps are to speak for: predicted (if nothing is said), expected "
        "(the class that is a label of the picture, or the name of its folder), or a name",
    )
    parser.add_argument("--layer", metavar="NAME", help="where to look in (the last otherwise)")
    parser.add_argument(
        "--signed", action="store_true", help="keep what speaks against the class, below 0"
    )


def _gradient(verbs: Any) -> None:
    parser = add_verb(verbs, "gradient")
    _project(parser)
    parser.add_argument(
        "--kernel",
        choices=KERNELS,
        default="gaussian",
        help="how attention falls off around a fixation",
    )
    parser.add_argument(
        "--width-deg",
        metavar="D",
        type=float,
        help="width of the kernel in degrees (1; acuity 2.3, spotlight 2 otherwise)",
    )
    parser.add_argument(
        "--tau-ms", metavar="MS", type=float, help="time constant of decay (500); inf for none"
    )
    parser.add_argument(
        "--by-fixation", action="store_true", help="a map after each fixation, not in time"
    )
    parser.add_argument(
        "--rho", metavar="R", type=float, help="what is left one fixation later, 0 to 1 (0.5)"
    )
    parser.add_argument(
        "--steps",
        metavar="N",
        type=int,
        help="how many maps (4 otherwise; by fixation, as many as half of the viewings have)",
    )
    parser.add_argument(
        "--participant", metavar="NAME", default="all", help="of one; otherwise the mean of all"
    )


def _remove(verbs: Any) -> None:
    parser = add_verb(verbs, "remove")
    _project(parser)
    parser.add_argument(
        "sources", metavar="NAME", nargs="+", help="a source, or a pattern such as 'cam*'"
    )


def _score(verbs: Any) -> None:
    parser = add_verb(verbs, "score")
    _project(parser)
    parser.add_argument(
        "--model",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="only these sources, or patterns such as 'cam*' (all otherwise)",
    )
    parser.add_argument(
        "--metric",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="nss cc auc sauc kl sim ig (all seven otherwise), or a variant such as auc-judd",
    )
    blur = parser.add_mutually_exclusive_group()
    blur.add_argument(
        "--sigma-deg", metavar="D", type=float, help="blur of human density in degrees"
    )
    blur.add_argument("--sigma-px", metavar="P", type=float, help="blur of human density in pixels")
    parser.add_argument(
        "--baseline",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="also uniform one-human gold-standard grid-ceiling, or some of them, beside centre "
        "bias and inter-observer",
    )
    parser.add_argument("--by-step", action="store_true", help="also each timestep of a model")
    parser.add_argument("--fresh", action="store_true", help="compute also what has not changed")
    parser.add_argument(
        "--jobs", metavar="N", type=int, help="threads (one for each core otherwise)"
    )
    parser.add_argument(
        "--alignment",
        choices=("index", "time", "unlinked"),
        help="which fixation stands beside a timestep (the project's choice otherwise)",
    )
    _matrix(parser)
    add_conditional_arguments(parser)
    add_gradient_arguments(parser)


def _matrix(parser: argparse.ArgumentParser) -> None:
    """Add what compares every step with every fixation number."""
    parser.add_argument(
        "--matrix",
        metavar="NAME",
        action="extend",
        nargs="+",
        default=[],
        help="store nothing: compare each step of these sources, or patterns, with each fixation "
        "by its number, alone and with those before it, by NSS or the metrics of --metric",
    )
    parser.add_argument(
        "--fixations",
        metavar="K",
        type=int,
        help="for --matrix: the first K (as many as there are steps otherwise; 10 for one map); "
        "for --conditional: 10 otherwise",
    )
    parser.add_argument(
        "--out",
        metavar="OUTDIR",
        help="for --matrix and --conditional: write every value to a new folder",
    )


def _comparing_verbs(verbs: Any) -> None:
    similarity = add_verb(verbs, "similarity")
    _project(similarity)
    add_similarity_arguments(similarity)
    areas = add_verb(verbs, "aoi")
    _project(areas)
    add_area_arguments(areas)


def _quality_verbs(verbs: Any) -> None:
    quality = add_verb(verbs, "quality")
    _project(quality)
    quality.add_argument("--trials", action="store_true", help="each trial, not each participant")
    exclude = add_verb(verbs, "exclude")
    _project(exclude)
    for name in ("participant", "stimulus", "trial"):
        exclude.add_argument(f"--{name}", metavar="NAME", default="", help="any otherwise")
    exclude.add_argument(
        "--what",
        choices=("all", "first", "shorter", "longer", "before-onset"),
        help="all fixations (if nothing is said), the first of each scanpath, those shorter or "
        "longer than --limit-ms, or those begun before the onset of the stimulus",
    )
    exclude.add_argument("--limit-ms", metavar="MS", type=float, help="for shorter and longer")
    exclude.add_argument("--reason", metavar="TEXT", default="", help="why; stands in the export")
    exclude.add_argument("--list", action="store_true", help="list the rules, change nothing")
    exclude.add_argument("--remove", metavar="N", type=int, help="take rule N of the list back")


def _other_verbs(verbs: Any) -> None:
    export = add_verb(verbs, "export")
    _project(export)
    export.add_argument("outdir", metavar="OUTDIR", help="a new folder")
    export.add_argument(
        "--bids",
        action="store_true",
        help="samples, fixations, saccades and blinks as a BIDS data set, and nothing else",
    )
    export.add_argument(
        "--samples",
        action="store_true",
        help="every gaze sample as well: one CSV file for each recording, which may be large",
    )
    models = add_verb(verbs, "models")
    models.add_argument(
        "action", nargs="?", choices=("list", "info", "verify", "download"), default="list"
    )
    models.add_argument("model", nargs="?", metavar="ID", help="for info, verify, download")
    models.add_argument("--yes", action="store_true", help="download without being asked again")
    train = add_verb(verbs, "train")
    train.add_argument("config", metavar="CONFIG.toml", help="what to train, on what, and how")
    how = train.add_mutually_exclusive_group()
    how.add_argument("--resume", action="store_true", help="continue a run that was stopped")
    how.add_argument("--measure", action="store_true", help="only measure the trained model again")
    add_check_arguments(add_verb(verbs, "check"))


def _project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", help="a folder *.gazelab")
