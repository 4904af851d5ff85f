"""Trains the network for a given time, the learning rate falling to nothing at its end; can be taken up again.

    python train.py SHARDS EVALDIR OUTDIR MINUTES [--until HH:MM] [--peak 0.002] [--workers 2]

Each worker is a process of one thread with batches of its own; every few steps the workers' weights are averaged. On a busy machine that is
much faster than one process of two threads, or than averaging gradients at each step.
OUTDIR/last.pt is written every five minutes (and taken up again when it is there), OUTDIR/log.txt tells of loss and errors.
`--until` ends at a time of day instead. The averaged weights (`average`) are the ones to export.
"""

import argparse
import copy
import datetime
import math
import time
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn import functional as F

import evaluate
from data import loader
from frontend import features
from model import Network

SAVE_EVERY, JUDGE_EVERY, WARM_UP = 300, 900, 150
BATCH_STEPS = 2000  # of each worker: about 60 s of sound
SYNC_EVERY = 4  # steps
PORT = 29431


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("shards")
    parser.add_argument("evaldir")
    parser.add_argument("out", type=Path)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--until")
    parser.add_argument("--peak", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def colour(feats):
    """Other voices and handsets: for 40 % of the sounds one or two broad hills or dips over the mels, of some decibels."""
    batch = feats.shape[0]
    mels = torch.arange(40.0)[None, None]
    height = torch.randn(batch, 2, 1) * 1.5 * (torch.rand(batch, 1, 1) < 0.4)
    hills = height * torch.exp(-((mels - torch.rand(batch, 2, 1) * 40) / (2 + torch.rand(batch, 2, 1) * 6)).square())
    return feats + hills.sum(1).repeat(1, 3)[:, None, :]


class Run:
    def __init__(self, options, rank):
        self.o, self.rank = options, rank
        options.out.mkdir(parents=True, exist_ok=True)
        self.net, self.step, self.begun = Network(), 0, time.time()
        self.average = copy.deepcopy(self.net).eval().requires_grad_(False)
        groups = [{"params": [p for p in self.net.parameters() if p.ndim > 1], "weight_decay": 0.02},
                  {"params": [p for p in self.net.parameters() if p.ndim == 1], "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=1e-9, betas=(0.9, 0.98), eps=1e-8)
        self.last = options.out / "last.pt"
        if self.last.exists():
            self.resume()
        self.end = self.begun + options.minutes * 60
        if options.until:
            clock = datetime.time.fromisoformat(options.until)
            self.end = datetime.datetime.combine(datetime.date.today(), clock).timestamp()
        self.parameters = list(self.net.parameters())
        self.batches = iter(loader(options.shards, BATCH_STEPS, self.step * 2 + 1 + rank, self.step == 0))

    def resume(self):
        saved = torch.load(self.last, weights_only=True)
        self.net.load_state_dict(saved["net"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.begun = saved["step"], saved["begun"]

    def save(self, name="last.pt"):
        state = {"net": self.net.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict(),
                 "step": self.step, "begun": self.begun}
        torch.save(state, self.o.out / "part")
        (self.o.out / "part").rename(self.o.out / name)

    def log(self, text):
        text = f"{datetime.datetime.now():%H:%M:%S} step {self.step} {text}"
        print(text, flush=True)
        with open(self.o.out / "log.txt", "a", encoding="utf-8") as file:
            file.write(text + "\n")

    def measure(self):
        """The features' mean and spread, from the first batches."""
        feats = torch.cat([features(next(self.batches)[0]).flatten(0, 1) for _ in range(4)])
        for net in (self.net, self.average):
            net.mean.copy_(feats.mean(0))
            net.scale.copy_(1 / feats.std(0).clamp(min=0.5))
        for tensor in list(self.net.parameters()) + list(self.net.buffers()):
            dist.broadcast(tensor.data, 0)
        self.average.load_state_dict(self.net.state_dict())

    def rate(self):
        part = (time.time() - self.begun) / max(1.0, self.end - self.begun)
        return self.o.peak * min(1.0, (self.step + 1) / WARM_UP) * max(0.002, 0.5 * (1 + math.cos(math.pi * min(1.0, part))))

    def learn(self):
        """One step; returns the loss, the steps heard and whether to go on."""
        waves, steps, labels, sizes = next(self.batches)
        with torch.no_grad():
            feats = colour(features(waves))
        steps = steps.clamp(max=feats.shape[1])
        with torch.autocast("cpu", torch.bfloat16):
            end, middle = self.net(feats)
        ctc = lambda logp: F.ctc_loss(logp.transpose(0, 1), labels, steps, sizes, zero_infinity=True, reduction="sum") / sizes.sum().clamp(min=1)
        loss = ctc(end)
        total = loss + 0.3 * ctc(middle)
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.step += 1
        go_on = self.step % SYNC_EVERY != 0 or self.share_weights()
        if self.rank == 0 and self.step % SYNC_EVERY == 0:
            keep = min(0.99, 1 - 1 / (self.step / SYNC_EVERY / 4 + 1))
            with torch.no_grad():
                for a, p in zip(self.average.parameters(), self.parameters):
                    a.lerp_(p, 1 - keep)
        return float(loss.detach()), int(steps.sum()), go_on

    def share_weights(self):
        """Averages the workers' weights; the first worker's clock tells whether to go on."""
        go_on = torch.tensor([float(self.rank == 0 and time.time() < self.end)])
        with torch.no_grad():
            flat = torch.cat([p.flatten() for p in self.parameters] + [go_on])
            dist.all_reduce(flat)
            at = 0
            for p in self.parameters:
                p.copy_(flat[at:at + p.numel()].view_as(p) / self.o.workers)
                at += p.numel()
        return bool(flat[-1] > 0)

    def judge(self):
        rows = evaluate.index(self.o.evaldir, 40)
        self.log("CER/exact  " + evaluate.line(evaluate.score(evaluate.of_network(self.average), rows)))

    def go(self):
        if self.step == 0:
            self.measure()
        self.saved = self.judged = self.told = time.time()
        self.losses, self.heard, go_on = [], 0, True
        while go_on:
            loss, steps, go_on = self.learn()
            self.losses.append(loss)
            self.heard += steps * 0.03
            if self.rank == 0:
                self.look_after()
        if self.rank == 0:
            self.save()
            self.save("final.pt")
            self.judge()

    def look_after(self):
        """Log, checkpoint and evaluation when they are due."""
        now = time.time()
        if now - self.told > 60:
            speed = self.o.workers * self.heard / (now - self.told)
            self.log(f"loss {sum(self.losses) / len(self.losses):.3f}  rate {self.rate():.5f}  {speed:.0f} x real time")
            self.losses, self.heard, self.told = [], 0, now
        if now - self.saved > SAVE_EVERY:
            self.save()
            self.saved = now
        if now - self.judged > JUDGE_EVERY:
            self.judge()
            self.judged = self.told = time.time()
            self.losses, self.heard = [], 0


def work(rank, options):
    torch.manual_seed(1 + rank)
    torch.set_num_threads(1)
    dist.init_process_group("gloo", f"tcp://127.0.0.1:{PORT}", rank=rank, world_size=options.workers)
    Run(options, rank).go()
    dist.destroy_process_group()


if __name__ == "__main__":
    chosen = arguments()
    torch.multiprocessing.spawn(work, (chosen,), nprocs=chosen.workers)
