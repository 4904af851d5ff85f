"""espeak-ng voice variants: those trained on, and those never trained on (to judge by)."""

import subprocess

# Never trained on; both sexes, none a sibling (…2, …3) of a trained one.
UNTRAINED = ["Andrea", "Annie", "belinda", "f3", "Lee", "Michael", "m2", "paul"]
# Left out altogether: not a voice, or doubles of another's sound.
LEFT_OUT = ["fast"]


def variants():
    """File names of all variants of this espeak-ng."""
    listing = subprocess.run(["espeak-ng", "--voices=variant"], capture_output=True, text=True, check=True).stdout
    return sorted({line[line.index("!v/") + 3:].split("(")[0].strip() for line in listing.splitlines() if "!v/" in line})


def trained():
    """Voices to train on: plain `ko` and all other variants."""
    return ["ko"] + ["ko+" + v for v in variants() if v not in UNTRAINED + LEFT_OUT]


def untrained():
    return ["ko+" + v for v in UNTRAINED]
