"""Writes EyeLink ASC files of made-up recordings, line by line as edf2asc does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HEADER = (
    "** CONVERTED FROM sub.edf using edfapi 4.2.1 Linux on Mon Jan  1 10:00:00 2024",
    "** DATE: Mon Jan  1 09:00:00 2024",
    "** TYPE: EDF_FILE BINARY EVENT SAMPLE TAGGED",
    "** VERSION: EYELINK II 1",
    "** EYELINK II CL v5.15 Jan 24 2018",
    "**",
    "",
)
CALIBRATION = (
    "MSG\t{start} !CAL ",
    ">>>>>>> CALIBRATION (HV9,P-CR) FOR LEFT: <<<<<<<<<",
    "MSG\t{start} !CAL -25.6, -25.5        -0,    133   ",
    "\t  -77     7   -80     7",
    "  1.4212e-05, -5.2426e-05",
    "MSG\t{start} !CAL CALIBRATION HV9 L LEFT    GOOD ",
)


@dataclass(frozen=True)
class Fix:
    """One fixation, with times from the start of the block; x and y as they are written."""

    start: float
    end: float
    x: object
    y: object
    eye: str = "L"


@dataclass(frozen=True)
class Block:
    """One block, written as one trial.

    before, during, after : messages as (time from the start of the block, text).
    gaze : the lines of samples, without their times; by default all are the same.
    targets : what follows the flags of a sample, as a remote tracker writes it.
    whole_ms : times are written without their half ms. pupil : AREA or DIAMETER.
    """

    start: int
    fixations: Sequence[Fix] = ()
    before: Sequence[tuple[int, str]] = ((-50, "TRIALID 1"),)
    during: Sequence[tuple[int, str]] = ()
    after: Sequence[tuple[int, str]] = ((1, "TRIAL_RESULT 0"),)
    length: int = 1000
    eyes: str = "L"
    rate: int = 1000
    events: str = "GAZE"
    samples: str = "GAZE"
    ended: bool = True
    extra: Sequence[str] = field(default=())
    gaze: Sequence[str] = ()
    targets: str = ""
    whole_ms: bool = True
    pupil: str = "AREA"


def block_lines(block: Block) -> Iterator[str]:
    """Yield the lines of a block, each event where it ends, as edf2asc puts them."""
    yield from (message(block.start + time, text) for time, text in block.before)
    eyes = "\t".join({"L": "LEFT", "R": "RIGHT"}[eye] for eye in block.eyes)
    rate = f"RATE\t{block.rate:7.2f}\tTRACKING\tCR\tFILTER\t2"
    yield f"START\t{block.start} \t{eyes}\tSAMPLES\tEVENTS"
    yield from ("PRESCALER\t1", "VPRESCALER\t1", f"PUPIL\t{block.pupil}")
    yield f"EVENTS\t{block.events}\t{eyes}\t{rate}"
    yield f"SAMPLES\t{block.samples}\t{eyes}\t{rate}"
    timed = [(time, message(block.start + time, text)) for time, text in block.during]
    for fix in block.fixations:
        timed.append((fix.start, f"SFIX {fix.eye}   {block.start + fix.start:g}"))
        timed.append((fix.end, end_of(fix, block)))
    count = block.length * block.rate // 1000
    timed += [(k * 1000 / block.rate, sample(block, k)) for k in range(count)]
    yield from (line for _, line in sorted(timed, key=lambda item: item[0]))
    yield from block.extra
    end = block.start + block.length
    if block.ended:
        yield f"END\t{end} \tSAMPLES\tEVENTS\tRES\t  35.00\t  37.00"
    yield from (message(end + time, text) for time, text in block.after)


def end_of(fix: Fix, block: Block) -> str:
    start, end = block.start + fix.start, block.start + fix.end
    duration = fix.end - fix.start + 1000 / block.rate
    groups = f"{fix.x:>7}\t{fix.y:>7}\t   1000"
    if block.events == "HREF+":  # head-referenced positions come before those on the screen
        groups = f"  -3606\t  -1638\t   1000\t{groups}"
    return f"EFIX {fix.eye}   {start:.0f}\t{end:.0f}\t{duration:g}\t{groups}"


def message(time: float, text: str) -> str:
    return f"MSG\t{time:.0f} {text}"


def sample(block: Block, number: int) -> str:
    time = block.start + number * 1000 / block.rate
    text = f"{int(time)}" if block.whole_ms else f"{time:.1f}"
    eyes = "".join("\t  512.0\t  384.0\t 1000.0" for _ in block.eyes)
    if block.gaze:
        eyes = "\t" + block.gaze[number % len(block.gaze)]
    return f"{text}{eyes}\t" + "." * (2 * len(block.eyes) + 1) + block.targets


def asc_text(blocks: Iterable[Block], *, screen: str = "0 0 1279 1023", end: str = "\n") -> str:
    """Return a whole file. `screen` is what DISPLAY_COORDS says; "" to leave it out."""
    lines = list(HEADER)
    if screen:
        lines.append(f"MSG\t100 DISPLAY_COORDS {screen}")
    lines += [line.format(start=200) for line in CALIBRATION]
    for block in blocks:
        lines += block_lines(block)
    return end.join(lines) + end


def write_asc(path: Path, *blocks: Block, **options: str) -> Path:
    path.write_bytes(asc_text(blocks, **options).encode())
    return path
