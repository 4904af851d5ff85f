#!/usr/bin/env python3
"""Lay the weights of `silero_vad_8k.onnx` out as Biseo's own implementation reads them (`crates/speech/src/engines/silero/`).

    pip install onnx numpy
    python flatten.py silero_vad_8k.onnx silero_vad_8k.weights

Weights are copied bit for bit, with two exceptions: the LSTM's two biases are only ever added, so their sum is written,
and of the Fourier transform's bases only the window is kept (the script refuses bases that are not a window times cosine and sine).
Taps of the convolutions that only ever meet padding are left out.

The file, all numbers little-endian:

    8 octets   "BISEOVAD"
    u32        version, 1
    u32        number of tables
    3 x u32    for each table: blocks, rows in a block, columns
    32 octets  SHA-256 of the numbers that follow
    f32 ...    the tables one after another, each [block][row][column]

A layer's table has one block for each 64 outputs and one row for each input and tap ([input][tap]); a row's columns are the 64 outputs.
In the LSTM a block is 16 cells with their four gates (16 x input, forget, candidate, output); its rows are the 128 inputs, then the
128 numbers that the cells gave a window ago. A bias has one row in each block.
"""

import hashlib
import struct
import sys

import numpy as np
import onnx
from onnx import numpy_helper

VERSION, BLOCK, CELLS = 1, 64, 16


def window(bases):
    """The window of the Fourier transform's bases [130, 1, 128]; cosines come first."""
    bases = bases[:, 0].astype(np.float64)
    turns = 2 * np.pi * np.arange(65)[:, None] * np.arange(128) / 128
    expected = np.concatenate([bases[0] * np.cos(turns), -bases[0] * np.sin(turns)])
    assert bases.shape == expected.shape and np.abs(bases - expected).max() < 1e-6, "no windowed Fourier transform"
    return bases[0].reshape(1, 1, 128)


def blocks(outputs_first):
    """[outputs, rows] to [block, row, 64]."""
    outputs, rows = outputs_first.shape
    return outputs_first.reshape(outputs // BLOCK, BLOCK, rows).transpose(0, 2, 1)


def convolution(weights, taps=slice(None)):
    """[outputs, inputs, taps] to [block, input and tap, 64]."""
    kept = weights[:, :, taps]
    return blocks(kept.reshape(len(kept), -1))


def by_cells(gates_first):
    """Rows of four gates of 128 cells each to eight times four gates of 16 cells."""
    rest = gates_first.shape[1:]
    return gates_first.reshape(4, -1, CELLS, *rest).swapaxes(0, 1).reshape(gates_first.shape)


def tables(model):
    """All tables in the file's order."""
    of = {i.name.removeprefix("model_8k."): numpy_helper.to_array(i) for i in model.graph.initializer}
    layer = lambda n: (of[f"encoder.{n}.reparam_conv.weight"], of[f"encoder.{n}.reparam_conv.bias"])
    rnn = lambda part: of[f"decoder.rnn.{part}"]
    bias = lambda values: blocks(values.reshape(-1, 1))
    yield window(of["stft.forward_basis_buffer"])
    # The third convolution sees two frames and padding before them, the fourth one frame between padding.
    for n, taps in enumerate([slice(None), slice(None), slice(1, 3), slice(1, 2)]):
        weights, biases = layer(n)
        yield convolution(weights, taps)
        yield bias(biases)
    yield blocks(by_cells(np.concatenate([rnn("weight_ih"), rnn("weight_hh")], axis=1)))
    yield bias(by_cells(rnn("bias_ih").astype(np.float64) + rnn("bias_hh")))
    yield of["decoder.decoder.2.weight"].reshape(1, 1, 128)
    yield of["decoder.decoder.2.bias"].reshape(1, 1, 1)


def write(model, path):
    """Write the file."""
    found = [np.ascontiguousarray(table, "<f4") for table in tables(model)]
    numbers = b"".join(table.tobytes() for table in found)
    head = struct.pack("<8sII", b"BISEOVAD", VERSION, len(found))
    shapes = b"".join(struct.pack("<3I", *table.shape) for table in found)
    with open(path, "wb") as file:
        file.write(head + shapes + hashlib.sha256(numbers).digest() + numbers)
    return [table.shape for table in found]


if __name__ == "__main__":
    source, target = sys.argv[1:3]
    print(write(onnx.load(source), target))
