"""Exports a checkpoint to ONNX, graph written by hand, weights in int8, and checks it.

    python export.py CHECKPOINT|untrained OUT.onnx [weights|dynamic|float]

`weights` (the default): the blocks' weights in int8 for each output, dequantised once when the model is loaded; sums in fp32, so that
the outcome does not depend on how the sound is cut into chunks. `dynamic`: activations quantised too (measured with rten 0.27: no
faster, and it differs with the chunks). `float`: everything in fp32.
"""

import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from model import DILATIONS, HIDDEN, WIDTH, Network, state_dim
from tokens import SYMBOLS, VERSION


class Graph:
    """Collects nodes and initialisers; names are made as needed."""

    def __init__(self, mode):
        self.nodes, self.constants, self.mode, self.n = [], [], mode, 0

    def const(self, array, dtype=np.float32):
        self.n += 1
        name = f"c{self.n}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=dtype), name))
        return name

    def op(self, kind, inputs, outputs=1, names=None, **attributes):
        self.n += 1
        names = names or [f"v{self.n}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def slice(self, x, start, end, axis):
        return self.op("Slice", [x] + [self.const([v], np.int64) for v in (start, end, axis)])

    def norm(self, x, layer):
        return self.op("LayerNormalization", [x, self.const(layer.weight), self.const(layer.bias)], axis=-1, epsilon=1e-5)

    def linear(self, x, layer, whole=False):
        weight = layer.weight.numpy().T
        if whole or self.mode == "float":
            product = self.op("MatMul", [x, self.const(weight)])
        elif self.mode == "weights":
            product = self.weight_only(x, weight)
        else:
            product = self.dynamic(x, weight)
        return self.op("Add", [product, self.const(layer.bias)])

    def quantised(self, weight):
        scale = np.abs(weight).max(axis=0) / 127.0 + 1e-12
        return np.clip(np.round(weight / scale), -127, 127).astype(np.int8), scale.astype(np.float32)

    def weight_only(self, x, weight):
        q, scale = self.quantised(weight)
        zero = np.zeros(scale.shape, np.int8)
        w = self.op("DequantizeLinear", [self.const(q, np.int8), self.const(scale), self.const(zero, np.int8)], axis=1)
        return self.op("MatMul", [x, w])

    def dynamic(self, x, weight):
        q, scale = self.quantised(weight)
        xq, xscale, xzero = self.op("DynamicQuantizeLinear", [x], outputs=3)
        product = self.op("MatMulInteger", [xq, self.const(q, np.int8), xzero])
        scales = self.op("Mul", [self.const(scale), xscale])
        return self.op("Mul", [self.op("Cast", [product], to=TensorProto.FLOAT), scales])


def build(net, mode):
    g = Graph(mode)
    x = g.op("Mul", [g.op("Sub", ["feats", g.const(net.mean)]), g.const(net.scale)])
    x = g.linear(x, net.enter, whole=True)
    at, states = 0, []
    for block, d in zip(net.blocks, DILATIONS):
        size = 2 * d * WIDTH
        past = g.op("Reshape", [g.slice("state", at, at + size, 1), g.const([1, 2 * d, WIDTH], np.int64)])
        at += size
        h = g.norm(x, block.norm)
        seen = g.op("Concat", [past, h], axis=1)
        taps = g.op("Concat", [g.slice(seen, 0, -2 * d, 1), g.slice(seen, d, -d, 1), h], axis=2)
        h = g.linear(g.op("Relu", [g.linear(taps, block.taps)]), block.out)
        x = g.op("Add", [x, h])
        last = g.slice(seen, -2 * d, np.iinfo(np.int64).max, 1)
        states.append(g.op("Reshape", [last, g.const([1, size], np.int64)]))
    g.op("LogSoftmax", [g.linear(g.norm(x, net.norm), net.leave, whole=True)], names=["logp"], axis=-1)
    g.op("Concat", states, names=["state_out"], axis=1)
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        g.nodes, "demo_ko_ctc",
        [info("feats", TensorProto.FLOAT, [1, "T", 120]), info("state", TensorProto.FLOAT, [1, state_dim()])],
        [info("logp", TensorProto.FLOAT, [1, "T", len(SYMBOLS)]), info("state_out", TensorProto.FLOAT, [1, state_dim()])],
        g.constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="biseo demo-ko")
    helper.set_model_props(made, {"state_dim": str(state_dim()), "tokens": VERSION, "sample_rate": "8000", "language": "ko",
                                  "note": "synthetic espeak-ng voices only"})
    onnx.checker.check_model(made, full_check=True)
    return made


def run(session, feats, sizes):
    """Log-probabilities of `feats` [1,T,120] in chunks of the given sizes (the last repeated)."""
    state, out, at, i = np.zeros((1, state_dim()), np.float32), [], 0, 0
    while at < feats.shape[1]:
        size = sizes[min(i, len(sizes) - 1)]
        logp, state = session.run(["logp", "state_out"], {"feats": feats[:, at:at + size], "state": state})
        out.append(logp)
        at, i = at + size, i + 1
    return np.concatenate(out, 1)


def check(path, net):
    """Prints how far the export is from the network, and chunks from the whole."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feats = np.random.default_rng(1).normal(-5, 3, (1, 200, 120)).astype(np.float32)
    with torch.no_grad():
        want = net(torch.from_numpy(feats))[0].numpy()
    whole, chunked = run(session, feats, [200]), run(session, feats, [1, 2, 3, 7, 4])
    print(f"export against network: {np.abs(whole - want).max():.4f}; chunks against whole: {np.abs(whole - chunked).max():.6f}")


def load(checkpoint):
    """The network of a checkpoint in evaluation form; `untrained` gives a fresh one."""
    torch.manual_seed(0)
    net = Network()
    if checkpoint != "untrained":
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        net.load_state_dict(saved["average"])
    else:
        net.mean.fill_(-5.0)
        net.scale.fill_(0.3)
    return net.eval().requires_grad_(False)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    network = load(sys.argv[1])
    onnx.save(build(network, sys.argv[3] if len(sys.argv) > 3 else "weights"), sys.argv[2])
    check(sys.argv[2], network)
