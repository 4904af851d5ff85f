"""Expands the sentence templates and keeps training text and held-out text apart.

    python expand.py check            malformed lines, leaks; ends in 1 when there are any
    python expand.py heldout          writes heldout.txt (fixed seed)
    python expand.py train N [SEED]   prints N training sentences
"""

import random
import sys
from pathlib import Path

from grammar import flatten, key, render
from heldout_check import read_templates, skeletons, yields

HERE = Path(__file__).parent
HELDOUT_TEMPLATES = HERE / "templates_heldout.txt"
HELDOUT = HERE / "heldout.txt"
TRAIN_FILES = ["templates_train.txt", "sentences_domain.txt", "sentences_general.txt"]
HELDOUT_SENTENCES = 360
HELDOUT_SEED = 20261124


def report(path, number, line, reason):
    print(f"{Path(path).name}:{number}: {reason}: {line}", file=sys.stderr)


def train_templates(log=report):
    """Parsed training templates of all files that are there, leaking and malformed lines left out (and reported)."""
    held_skeletons = set()
    for _, _, nodes in read_templates(HELDOUT_TEMPLATES, log):
        held_skeletons |= skeletons(nodes)
    held = {key(s) for s in heldout_sentences()}
    good, seen = [], set()
    for name in TRAIN_FILES:
        if not (HERE / name).exists():
            continue
        for number, line, nodes in read_templates(HERE / name, log):
            if line in seen:
                continue
            seen.add(line)
            reason = leak(nodes, held_skeletons, held)
            if reason:
                log(name, number, line, reason)
            else:
                good.append((name, line, nodes))
    return good


def leak(nodes, held_skeletons, held):
    """Why a training template may not be trained on, or None."""
    mine = skeletons(nodes)
    if mine & held_skeletons:
        return f"same skeleton as a held-out template: {sorted(mine & held_skeletons)[0]}"
    hits = yields(nodes, held, lambda flat, sentence: True)
    if hits:
        return f"yields the held-out sentence {sorted(hits)[0]}"
    return None


def heldout_sentences():
    """The fixed held-out sentences, from heldout.txt."""
    return [line.strip() for line in HELDOUT.read_text(encoding="utf-8").splitlines() if line.strip()] if HELDOUT.exists() else []


def make_heldout():
    """Every held-out template once, then those with slots in turn with new values, until there are enough."""
    r = random.Random(HELDOUT_SEED)
    templates = [nodes for _, _, nodes in read_templates(HELDOUT_TEMPLATES, report)]
    with_slots = [t for t in templates if any(kind == "slot" for kind, _ in t)]
    sentences, keys = [], set()
    queue = templates + with_slots * 10
    for nodes in queue:
        text = render(flatten(nodes, r), r)
        if len(sentences) < HELDOUT_SENTENCES and key(text) not in keys:
            keys.add(key(text))
            sentences.append(text)
    return sentences


def contains_heldout(text, held):
    """Whether a sentence is, or has within it, a held-out sentence (of eight syllables or more)."""
    mine = key(text)
    return mine in held or any(len(h) >= 8 and h in mine for h in held)


def training_sentences(r, templates, held):
    """Endless training sentences: each template as likely as the square root of its number of forms, at most ninefold."""
    weights = [min(9.0, max(1.0, len(line) ** 0.5 * (1 + line.count("|") + 2 * line.count("{")) ** 0.5 / 4)) for _, line, _ in templates]
    while True:
        _, _, nodes = r.choices(templates, weights)[0]
        text = render(flatten(nodes, r), r)
        if text and not contains_heldout(text, held):
            yield text


def main(arguments):
    if arguments[:1] == ["heldout"]:
        HELDOUT.write_text("\n".join(make_heldout()) + "\n", encoding="utf-8")
    elif arguments[:1] == ["check"]:
        faults = []
        templates = train_templates(lambda *what: (faults.append(what), report(*what)))
        print(f"{len(templates)} training templates, {len(heldout_sentences())} held-out sentences, {len(faults)} lines refused")
        sys.exit(bool(faults))
    elif arguments[:1] == ["train"]:
        r = random.Random(int(arguments[2]) if len(arguments) > 2 else 1)
        held = {key(s) for s in heldout_sentences()}
        for _, text in zip(range(int(arguments[1])), training_sentences(r, train_templates(), held)):
            print(text)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
