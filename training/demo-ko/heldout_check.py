"""Proof that what is trained on holds no held-out sentence and no held-out template's skeleton."""

import random
import re

from grammar import PAIRS, Malformed, all_flat, flatten, key, parse, render
from slots import SLOTS

PARTICLES = sorted({f for pair in PAIRS for f in pair}, key=len, reverse=True)


def read_templates(path, report):
    """(line number, text, parsed) of the well-formed lines; the others go to `report(path, number, line, reason)`."""
    good = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            try:
                good.append((number, line, parse(line)))
            except Malformed as reason:
                report(path, number, line, reason)
    return good


def skeleton(flat):
    """A flat template without blanks, values as their slot, without the particle after them."""
    out = ""
    after_slot = False
    for kind, value in flat:
        if kind == "slot":
            out, after_slot = out + "{" + value + "}", True
            continue
        text = value
        if after_slot:
            text = next((text[len(p):] for p in PARTICLES if text == p or text.startswith(p + " ")), text)
        out, after_slot = out + key(text), False
    return out


def skeletons(nodes):
    """All skeletons of a template; of a very large one a thousand at random."""
    try:
        flats = all_flat(nodes)
    except Malformed:
        r = random.Random(1)
        flats = [flatten(nodes, r) for _ in range(1000)]
    return {skeleton(flat) for flat in flats}


_classes = {}


def slot_pattern(name):
    """A regular expression that matches (at least) every value of a slot, blanks left out."""
    if name not in _classes:
        r = random.Random(7)
        values = {key(SLOTS[name](r)) for _ in range(4000)}
        lengths = [len(v) for v in values]
        chars = "".join(sorted({c for v in values for c in v}))
        _classes[name] = f"[{chars}]{{{min(lengths)},{max(lengths)}}}"
    return _classes[name]


def pattern(flat):
    """A regular expression for all sentences of a flat template (blanks left out, particles in any form)."""
    out, joined = "", False
    for kind, value in flat:
        if kind == "slot":
            out, joined = out + slot_pattern(value), True
            continue
        text = value
        found = next((p for p in PARTICLES if text.startswith(p)), None) if joined or text in PARTICLES else None
        if found:
            forms = sorted({f for pair in PAIRS if found in pair for f in pair}, key=len, reverse=True)
            out, text = out + "(?:" + "|".join(forms) + ")", text[len(found):]
        out, joined = out + re.escape(key(text)), False
    return out


def yields(nodes, heldout_keys, sure):
    """The held-out sentences that a template can make. `sure` decides a regular-expression hit by sampling."""
    hits = set()
    try:
        flats = all_flat(nodes, 4000)
    except Malformed:
        r = random.Random(2)
        flats = [flatten(nodes, r) for _ in range(500)]
    for flat in flats:
        if not any(kind == "slot" for kind, _ in flat):
            text = key(render(flat, random.Random(0)))
            hits |= {text} & heldout_keys
            continue
        expression = re.compile(pattern(flat))
        hits |= {h for h in heldout_keys if expression.fullmatch(h) and sure(flat, h)}
    return hits
