"""The letter n-gram model of the demo recogniser, from the training sentences only.

    python lm.py build OUT.bin [--order N] [--nodes N] [--samples N]
    python lm.py judge [--order N]      perplexity on dev.txt for ways of smoothing

Letters are those of tokens.py, 0 being the edge of a sentence. Interpolated Witten-Bell smoothing, n-grams dropped by how
little they tell (Seymore and Rosenfeld 1996), 8-bit code books. crates/speech/src/ctc/lm.rs tells the file's form.
"""

import argparse
import random
import struct
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from expand import heldout_sentences, train_templates, training_sentences
from grammar import flatten, key, render
from tokens import SYMBOLS, encode

HERE = Path(__file__).parent
DEV = HERE / "dev.txt"
EDGE, LETTERS = 0, len(SYMBOLS)
MAGIC = b"BISEOLM1"
SEED = 20261125
# How much unseen letters weigh after a history of no, one, two … letters, as a multiple of what Witten and Bell say: templates
# repeat themselves more than callers do. Judged on dev.txt.
NOVELTY = (8, 4, 1, 4, 8, 16, 16, 16, 16, 64)


def dev_sentences():
    """Sentences to tune by: neither the network nor this model was trained on them, and no figures are told of them."""
    return [line.strip() for line in DEV.read_text(encoding="utf-8").splitlines() if line.strip()]


def training_text(samples):
    """Sentences with their weights: a sample of all templates, and every template in some of its forms. The square root,
    since how often a sentence is drawn says more of the templates than of callers."""
    r = random.Random(SEED)
    held = {key(s) for s in heldout_sentences()} | {key(s) for s in dev_sentences()}
    templates = train_templates(lambda *_: None)
    text = Counter()
    for _, sentence in zip(range(samples), training_sentences(r, templates, held)):
        text[sentence] += 1
    for _, line, nodes in templates:
        for _ in range(1 + min(30, 2 * (line.count("|") + line.count("{")))):
            sentence = render(flatten(nodes, r), r)
            if key(sentence) not in held:
                text[sentence] += 1
    return {sentence: count**0.5 for sentence, count in text.items()}


class Ngrams:
    """All n-grams of weighted sentences, level by level: level n holds those of n letters, each with its parent (all but the
    last letter), its suffix (all but the first), its last letter and its count."""

    def __init__(self, sentences, weights, order):
        self.order = order
        coded = [np.array([EDGE, *encode(s), EDGE], np.int64) for s in sentences]
        self.letters = np.concatenate(coded)
        self.position = np.concatenate([np.arange(len(c)) for c in coded])
        self.weight = np.repeat(np.asarray(weights, np.float64), [len(c) for c in coded])
        self.weight[self.position == 0] = 0.0  # a beginning is given, not predicted
        self.sentence = np.repeat(np.arange(len(coded)), [len(c) for c in coded])
        self.count, self.parent, self.suffix, self.letter = [None], [None], [None], [None]
        self.at = [None]  # at[n][i]: the n-gram that ends at position i, or -1
        for n in range(1, order + 1):
            self.level(n)

    def level(self, n):
        if n == 1:
            found, ids = np.arange(LETTERS), self.letters.copy()
            parent = suffix = np.zeros(LETTERS, np.int64)
            letter = found
        else:
            ends = np.flatnonzero(self.position >= n - 1)
            keys = self.at[n - 1][ends - 1] * LETTERS + self.letters[ends]
            found, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
            ids = np.full(len(self.letters), -1)
            ids[ends] = inverse
            parent, letter = found // LETTERS, found % LETTERS
            suffix = self.at[n - 1][ends[first]]
        counted = ids >= 0
        self.at.append(ids)
        self.count.append(np.bincount(ids[counted], self.weight[counted], len(found)))
        self.parent.append(parent)
        self.suffix.append(suffix)
        self.letter.append(letter)

    def size(self, n):
        return len(self.letter[n])


def below(grams, n, values):
    """For each n-gram of level n the value of its suffix; for single letters the same for all."""
    return values[grams.suffix[n]] if n > 1 else np.full(LETTERS, 1.0 / LETTERS)


def parents(grams, n):
    """How many parents level n has: the root for level 1."""
    return 1 if n == 1 else grams.size(n - 1)


def witten_bell(grams, novelty):
    """The probability of each n-gram's last letter after the others, level by level."""
    levels = [None]
    for n in range(1, grams.order + 1):
        count, parent = grams.count[n], grams.parent[n]
        total = np.bincount(parent, count, parents(grams, n))[parent]
        kinds = novelty[min(n, len(novelty)) - 1] * np.bincount(parent, count > 0, parents(grams, n))[parent]
        lower = below(grams, n, levels[-1])
        seen = total > 0
        levels.append(np.where(seen, (count + kinds * lower) / np.where(seen, total + kinds, 1.0), lower))
    return levels


def perplexity(grams, levels, sentences):
    """Per letter, over the sentences whose numbers are given."""
    chosen = np.isin(grams.sentence, sentences) & (grams.position > 0)
    best = np.zeros(chosen.sum())
    for n in range(1, grams.order + 1):
        ids = grams.at[n][chosen]
        best[ids >= 0] = levels[n][ids[ids >= 0]]
    return float(np.exp(-np.log(best).mean()))


def effective(grams, probability, keep):
    """What the pruned model says of every n-gram, and each history's back-off weight, level by level."""
    says, weights = [None], []
    for n in range(1, grams.order + 1):
        parent, kept, lower = grams.parent[n], keep[n], below(grams, n, says[-1])
        size = parents(grams, n)
        left = 1.0 - np.bincount(parent, probability[n] * kept, size)
        lower_left = 1.0 - np.bincount(parent, lower * kept, size)
        weight = np.maximum(left, 1e-6) / np.maximum(lower_left, 1e-6)
        weights.append(np.where(np.bincount(parent, kept, size) > 0, weight, 1.0))
        says.append(np.where(kept, probability[n], weights[-1][parent] * lower))
    weights.append(np.ones(grams.size(grams.order)))
    return says, weights


def prune(grams, probability, threshold):
    """Which n-grams tell enough, or are needed by longer ones that do."""
    keep = [None] + [np.ones(grams.size(n), bool) for n in range(1, grams.order + 1)]
    _, weights = effective(grams, probability, keep)
    needed = np.zeros(grams.size(grams.order), bool)
    for n in range(grams.order, 1, -1):
        shorter = weights[n - 1][grams.parent[n]] * probability[n - 1][grams.suffix[n]]
        gain = grams.count[n] * (np.log(probability[n]) - np.log(np.maximum(shorter, 1e-12)))
        keep[n] = (np.abs(gain) > threshold) | needed
        needed = np.bincount(grams.parent[n], keep[n], grams.size(n - 1)) > 0
    return keep


def prune_to(grams, probability, nodes):
    """The mildest pruning that leaves no more than so many n-grams."""
    low, high = 0.0, 1e3
    for _ in range(24):
        middle = (low + high) / 2
        total = sum(k.sum() for k in prune(grams, probability, middle)[1:])
        low, high = (middle, high) if total > nodes else (low, middle)
    return prune(grams, probability, high)


def book(values):
    """256 evenly spaced values from the least to the greatest."""
    return np.linspace(values.min(), values.max(), 256).astype(np.float32)


def code(values, codes):
    step = (codes[-1] - codes[0]) / 255 or 1.0
    return np.clip(np.round((values - codes[0]) / step), 0, 255).astype(np.uint8)


def quantise(grams, probability, keep):
    """Code books and codes; back-off weights are made after the probabilities are rounded, so that all add up to one."""
    all_kept = np.concatenate([np.log(probability[n][keep[n]]) for n in range(1, grams.order + 1)])
    p_book = book(np.minimum(all_kept, 0.0))
    p_codes = [None] + [code(np.log(probability[n]), p_book) for n in range(1, grams.order + 1)]
    rounded = [None] + [np.exp(p_book[c].astype(np.float64)) for c in p_codes[1:]]
    _, weights = effective(grams, rounded, keep)
    w_kept = [np.log(weights[0])] + [np.log(weights[n][keep[n]]) for n in range(1, grams.order + 1)]
    w_book = book(np.concatenate(w_kept))
    return p_book, p_codes, w_book, [code(np.log(w), w_book) for w in weights]


def breadth_first(grams, keep):
    """For each level the kept n-grams in the file's order: by their parents' place, then by letter."""
    order, place = [None], np.zeros(1, np.int64)
    for n in range(1, grams.order + 1):
        kept = np.flatnonzero(keep[n])
        kept = kept[np.lexsort((grams.letter[n][kept], place[grams.parent[n][kept]]))]
        order.append(kept)
        place = np.full(grams.size(n), -1)
        place[kept] = np.arange(len(kept))
    return order


def write(path, grams, keep, quantised):
    p_book, p_codes, w_book, w_codes = quantised
    order = breadth_first(grams, keep)
    columns = {"letter": [[0]], "p": [[0]], "w": [w_codes[0]], "children": [[LETTERS]]}
    for n in range(1, grams.order + 1):
        columns["letter"].append(grams.letter[n][order[n]])
        columns["p"].append(p_codes[n][order[n]])
        columns["w"].append(w_codes[n][order[n]])
        more = n < grams.order
        children = np.bincount(grams.parent[n + 1], keep[n + 1], grams.size(n)) if more else np.zeros(grams.size(n))
        columns["children"].append(children[order[n]])
    rows = {name: np.concatenate(parts).astype(np.uint8) for name, parts in columns.items()}
    nodes = len(rows["letter"])
    with open(path, "wb") as file:
        file.write(MAGIC + struct.pack("<BBHI", grams.order, LETTERS, 0, nodes))
        file.write(struct.pack(f"<{LETTERS}I", 0, *(ord(s) for s in SYMBOLS[1:])))
        file.write(p_book.astype("<f4").tobytes() + w_book.astype("<f4").tobytes())
        for name in ("letter", "p", "w", "children"):
            file.write(rows[name].tobytes())
    return nodes


def build(arguments):
    text = training_text(arguments.samples)
    dev = dev_sentences()
    sentences = [*text, *dev]
    # Weight zero: the sentences to judge by have places in the tables, but no say.
    grams = Ngrams(sentences, [*text.values(), *[0.0] * len(dev)], arguments.order)
    probability = witten_bell(grams, NOVELTY)
    judged = np.arange(len(text), len(sentences))
    print(f"{len(text)} sentences, {int(grams.weight.sum())} letters; dev perplexity {perplexity(grams, probability, judged):.3f}")
    keep = prune_to(grams, probability, arguments.nodes)
    keep = [None] + [k & ((grams.count[n] > 0) | (n == 1)) for n, k in enumerate(keep) if n]
    says, _ = effective(grams, probability, keep)
    nodes = write(arguments.out, grams, keep, quantise(grams, probability, keep))
    print(f"{nodes} n-grams kept; dev perplexity {perplexity(grams, says, judged):.3f}")


def judge(arguments):
    text = training_text(arguments.samples)
    dev = dev_sentences()
    grams = Ngrams([*text, *dev], [*text.values(), *[0.0] * len(dev)], arguments.order)
    judged = np.arange(len(text), len(text) + len(dev))
    for factor in (0.25, 0.5, 1.0, 2.0, 4.0):
        levels = witten_bell(grams, [factor * n for n in NOVELTY])
        print(f"novelty times {factor}: dev perplexity {perplexity(grams, levels, judged):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["build", "judge"])
    parser.add_argument("out", nargs="?")
    parser.add_argument("--order", type=int, default=10)
    parser.add_argument("--nodes", type=int, default=600_000)
    parser.add_argument("--samples", type=int, default=20_000)
    arguments = parser.parse_args()
    if arguments.task == "build" and not arguments.out:
        sys.exit(__doc__)
    {"build": build, "judge": judge}[arguments.task](arguments)


if __name__ == "__main__":
    main()
