"""The network: eight causal blocks, each three dilated taps -> hidden -> residual, on 30 ms steps; CTC outputs.

Left context: twice the sum of the dilations = 70 steps = 2.1 s. No look-ahead.
"""

import torch
from torch import nn
from torch.nn import functional as F

from frontend import MELS, STACK
from tokens import SYMBOLS

DILATIONS = (1, 2, 4, 8, 8, 6, 4, 2)
WIDTH, HIDDEN = 256, 320
MIDDLE = 4  # after this block a second CTC loss helps while training; it is not exported


class Block(nn.Module):
    def __init__(self, dilation):
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(WIDTH)
        self.taps = nn.Linear(3 * WIDTH, HIDDEN)
        self.out = nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        h = self.norm(x)
        d = self.dilation
        padded = F.pad(h, (0, 0, 2 * d, 0))
        h = torch.cat([padded[:, : -2 * d], padded[:, d:-d], h], dim=2)
        return x + self.out(F.relu(self.taps(h)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(MELS * STACK))
        self.register_buffer("scale", torch.ones(MELS * STACK))
        self.enter = nn.Linear(MELS * STACK, WIDTH)
        self.blocks = nn.ModuleList(Block(d) for d in DILATIONS)
        self.norm = nn.LayerNorm(WIDTH)
        self.leave = nn.Linear(WIDTH, len(SYMBOLS))
        self.middle_norm = nn.LayerNorm(WIDTH)
        self.middle = nn.Linear(WIDTH, len(SYMBOLS))
        for block in self.blocks:
            nn.init.zeros_(block.out.bias)
            block.out.weight.data *= 0.5

    def forward(self, feats):
        """[B, T, 120] -> log-probabilities [B, T, V] of the end and of the middle."""
        x = self.enter((feats - self.mean) * self.scale)
        middle = None
        for i, block in enumerate(self.blocks, 1):
            x = block(x)
            if i == MIDDLE:
                middle = self.middle(self.middle_norm(x))
        end = self.leave(self.norm(x))
        return F.log_softmax(end.float(), -1), F.log_softmax(middle.float(), -1)


def state_dim():
    """Numbers of streaming state: for each block the last 2·dilation normalised inputs."""
    return sum(2 * d * WIDTH for d in DILATIONS)
