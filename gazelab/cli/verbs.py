"""What each verb is for, in words, and its place on the command line."""

import argparse
import textwrap
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: a line for the list, what it does in plain words, and an example."""

    name: str
    brief: str
    about: str
    example: str


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "open",
            "open the window",
            "Open the window, on a project if one is named.",
            "gazelab open study.gazelab",
        ),
        Verb(
            "demo",
            "show the program on a sample",
            "Open the window on a sample project. Its pictures are drawn and its viewers are "
            "simulated; no data are needed. With --headless the sample is imported, a model is "
            "run, scored at every step and exported, without a window.",
            "gazelab demo --headless --out sample",
        ),
        Verb(
            "import",
            "read recordings, pictures or maps into a project",
            "Make a project, or add to one. A source is a table of fixations (CSV, TSV), an OSIE "
            "fixations.mat, a folder of pictures, or a folder of saliency maps named like the "
            "pictures. What the columns of a table mean is guessed and told; --column and --table "
            "correct it. Says what was read, rejected and excluded, and why. If a source cannot "
            "be read, the project stays as it was.",
            "gazelab import study.gazelab fixations.csv --images pictures/ --px-per-degree 32 "
            "--column participant=Subject",
        ),
        Verb(
            "attributes",
            "say to which group or condition participants and pictures belong",
            "Take attributes such as group, condition or age from a table, with a row for each "
            "participant, such as participants.tsv of BIDS, or for each picture. They are exported "
            "and stand in lists, and NAME=VALUE names a group in `gazelab differences`. Scores "
            "stay as they are. Without a table, the attributes there are are listed.",
            "gazelab attributes study.gazelab participants.tsv",
        ),
        Verb(
            "detect",
            "find fixations in gaze samples",
            "Find fixations, saccades and blinks in the samples of a project and put the fixations "
            "in use; those of the tracker, or of another detector, are set aside and can be put in "
            "use again with --use. Scores no longer hold then and are dropped.",
            "gazelab detect study.gazelab --detector i-vt --set velocity_threshold_deg_s=40",
        ),
        Verb(
            "run",
            "let a model look at the pictures",
            "Compute where a model attends, step by step, for the pictures of a project, and "
            "store the maps in it. Earlier maps of the same model are replaced. Several processes "
            "share the pictures: torchrun --nproc-per-node=2 -m gazelab run ...",
            "gazelab run study.gazelab --model sam-s --device cpu",
        ),
        Verb(
            "gradient",
            "make maps of the attention of people over time",
            "Compute where the attention of people lies over time, by our interpretation of "
            "gradient theory: it falls off around each fixation, builds up and decays. The maps "
            "are stored as a source, to be stepped and scored beside those of models, and the "
            "effective range is printed. They are dropped when fixations change.",
            "gazelab gradient study.gazelab --kernel gaussian --tau-ms 500 --steps 4",
        ),
        Verb(
            "remove",
            "take the maps of a source out of a project",
            "Remove the maps of sources, by name or pattern, and their scores. Pictures and "
            "fixations stay. The window does the same, and can undo it.",
            "gazelab remove study.gazelab 'cam*'",
        ),
        Verb(
            "score",
            "compare models with people",
            "Compute how well the maps of models agree with the fixations of people, store the "
            "scores in the project in place of earlier ones, and print the means over pictures. "
            "The centre bias and the agreement between people stand beside the models, and with "
            "--baseline what one person, the KDE gold standard and a grid can reach. With "
            "--matrix, every step is compared with every fixation number.",
            "gazelab score study.gazelab --model sam-s --metric nss cc --by-step",
        ),
        Verb(
            "differences",
            "compare two sources, groups or sets of pictures",
            "Compare two sources picture by picture by the scores there are; two groups of "
            "participants by their density maps and by how well each source agrees with either; "
            "or the scores on two sets of pictures, such as those that a classifier named rightly "
            "and wrongly. Prints means, differences with intervals, p, p corrected for all "
            "comparisons, and effect sizes. Changes nothing; --out writes every picture.",
            "gazelab differences study.gazelab --pair sam-s 'centre bias' --pair "
            "group=patients group=controls",
        ),
        Verb(
            "similarity",
            "compare scanpaths",
            "Compute how alike the scanpaths of people on the same picture are, and those of "
            "people and the peaks of a model's steps, by MultiMatch, ScanMatch, string edit, DTW, "
            "Frechet, Hausdorff, Eyenalysis, TDE and cross-recurrence. Beside each mean stands "
            "chance: scanpaths of different pictures. Changes nothing; --out writes every pair.",
            "gazelab similarity study.gazelab --measure scanmatch multimatch --out alike",
        ),
        Verb(
            "aoi",
            "measure areas of interest",
            "Compute for areas of interest how often, how long and how soon people fixated them, "
            "how much of a model's map lies in them, whether its peak does, and at which step "
            "first. Without a table, the areas of the project are taken: those drawn in the window "
            "or stored with --load. A table has the columns stimulus, aoi, x, y, a row for each "
            "corner in order, or with width, height a row for each rectangle, in pixels of the "
            "picture. Changes nothing without --load.",
            "gazelab aoi study.gazelab areas.csv --load --out areas",
        ),
        Verb(
            "quality",
            "tell how good the recordings are",
            "Print what was lost, what lies off the stimulus, sampling rates, gaps, precision and "
            "accuracy of each participant, or of each trial, and a sentence that can stand in a "
            "methods section. Changes nothing.",
            "gazelab quality study.gazelab --trials",
        ),
        Verb(
            "exclude",
            "exclude fixations by a rule, and take it back",
            "Exclude fixations of a participant, on a stimulus or in a trial from every measure, "
            "with a reason. Nothing is deleted: --list numbers the rules and says how many "
            "fixations each excludes, --remove takes one back. Scores no longer hold then and "
            "are dropped.",
            "gazelab exclude study.gazelab --participant P07 --what shorter --limit-ms 50 "
            "--reason noise",
        ),
        Verb(
            "export",
            "write tables, pictures and a manifest",
            "Write fixations, events, exclusions, data quality, attention and scores as CSV, with "
            "a data dictionary, a manifest and the current view as PNG and SVG, into a new "
            "folder. Nothing is ever overwritten: if OUTDIR exists, OUTDIR-2 is made, and so on.",
            "gazelab export study.gazelab results",
        ),
        Verb(
            "models",
            "list, explain, verify or download models",
            "list: the models that are installed. info ID: all that is known of one, with its "
            "classes, layers and attention methods. verify: compare the weights of all models, "
            "or of one, with their checksums. download: what can be downloaded, from where and "
            "on what terms; download ID: do so, after asking. Nothing else uses the network.",
            "gazelab models info sam-s",
        ),
        Verb(
            "train",
            "train a model",
            "Train a model as a TOML file says, measure it on the validation pictures, and write "
            "its folder. Can be stopped with Ctrl+C, or killed, and continued with --resume. "
            "Several processes share the work: torchrun --nproc-per-node=2 -m gazelab train ...",
            "gazelab train train.toml --resume",
        ),
        Verb(
            "check",
            "check that a project is whole",
            "Check that every picture and array of a project is there, unchanged, and fits. "
            "Changes nothing. The exit code is 1 if something is wrong. With --metrics, numbers "
            "that reference implementations gave are computed anew on this machine and compared. "
            "With --anchors, so are numbers known of the OSIE data set, from the copy in a folder.",
            "gazelab check study.gazelab",
        ),
    )
}


def add_verb(verbs: Any, name: str) -> argparse.ArgumentParser:
    """Add the parser of a verb, with its words, and return it."""
    verb = VERBS[name]
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=verb.brief,
        description=textwrap.fill(verb.about, 79, break_on_hyphens=False),
        epilog=f"example:\n  {verb.example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # SUPPRESS, so that the flag may stand before the verb or behind it
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON"
    )
    parser.set_defaults(verb=name)
    return parser
