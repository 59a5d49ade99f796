"""Numbers in sentences and in tables that people read."""

import math


def brief(value: float) -> str:
    """Return a number with three decimals, from 10 on with one; NA where it is undefined."""
    if math.isnan(value):
        return "NA"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word: "1 trial", "1,234 trials"; `many` where no s will do."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def counted_as(number: int, name: str) -> str:
    """Return a count with its name, which begins with the plural of a noun: "1 sample lost"."""
    noun, _, rest = name.partition(" ")
    if number == 1 and "that " not in rest:  # what follows that agrees with the plural
        noun = "stimulus" if noun == "stimuli" else noun.replace("s:", ":").removesuffix("s")
    return f"{number:,} {noun} {rest}".rstrip()
