"""Batches for training: shards read as they appear, lengths bucketed, sounds spoilt anew each time."""

from pathlib import Path

import numpy as np
import torch

import channel
import tokens
from frontend import HOP, WINDOW, STACK

SHORT = 20000  # samples
# Of these kinds only a share is heard in each round.
KEEP = {"recombined": 0.6, "dictionary": 0.6, "syllables": 0.6, "spliced": 0.5}


class Batches(torch.utils.data.IterableDataset):
    """Endless batches (waves [B,N], steps [B], labels, label lengths) of about `steps` steps."""

    def __init__(self, folder, steps, seed, begin=False):
        self.begin = begin
        self.folder, self.steps, self.seed = Path(folder), steps, seed
        self.shards, self.items = {}, []

    def refresh(self):
        """Takes up shards that have been finished since."""
        for tsv in sorted(self.folder.glob("*.tsv")):
            if tsv.stem in self.shards:
                continue
            self.shards[tsv.stem] = np.load(tsv.with_suffix(".npy"), mmap_mode="r")
            for row in tsv.read_text(encoding="utf-8").splitlines():
                start, length, _, kind, text = row.split("\t")
                self.items.append((tsv.stem, int(start), int(length), text, KEEP.get(kind, 1.0)))

    def samples(self, item):
        shard, start, length = item[:3]
        return np.asarray(self.shards[shard][start:start + length])

    def __iter__(self):
        r = np.random.default_rng(self.seed)
        noises = channel.coloured(r)
        order = []
        while True:
            if not order:
                self.refresh()
                order = [i for i in r.permutation(len(self.items)) if r.random() < self.items[i][4]]
                if self.begin:
                    order = [i for i in order if self.items[i][2] < SHORT]
                    self.begin = False
            chosen, order = order[:3000], order[3000:]
            chosen = sorted(chosen, key=lambda i: self.items[i][2])
            for batch in self.cut(r, chosen):
                yield self.make(r, batch, noises)

    def cut(self, r, chosen):
        batches, batch, longest = [], [], 0
        for i in chosen:
            length = self.items[i][2] + 6000
            longest = max(longest, length)
            if batch and longest * (len(batch) + 1) > self.steps * HOP * STACK:
                batches.append(batch)
                batch, longest = [], length
            batch.append(i)
        batches.append(batch)
        r.shuffle(batches)
        return batches

    def make(self, r, batch, noises):
        babble = lambda: self.samples(self.items[int(r.integers(0, len(self.items)))])
        waves = [channel.spoil(r, self.samples(self.items[i]), noises, babble, not self.items[i][3]) for i in batch]
        labels = [tokens.encode(self.items[i][3]) for i in batch]
        longest = max(len(w) for w in waves)
        sound = np.zeros((len(waves), longest), np.float32)
        for row, wave in zip(sound, waves):
            row[:len(wave)] = wave
        steps = [((len(w) - WINDOW) // HOP + 1) // STACK for w in waves]
        flat = torch.tensor([i for label in labels for i in label], dtype=torch.long)
        return torch.from_numpy(sound), torch.tensor(steps), flat, torch.tensor([len(label) for label in labels])


def loader(folder, steps, seed, begin):
    """Batches from one background process; at the very beginning short sounds first."""
    return torch.utils.data.DataLoader(Batches(folder, steps, seed, begin), batch_size=None, num_workers=1, prefetch_factor=6)
