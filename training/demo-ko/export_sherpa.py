"""Writes the demo network in the form that sherpa-onnx loads as a streaming "T-one" CTC model.

    python export_sherpa.py MODEL.onnx FOLDER

sherpa-onnx computes none of its feature front ends as `frontend.py` does; a T-one model is the one kind that is given raw samples (8 kHz).
So the front end becomes part of the graph: window and Fourier transform as one convolution, mel bands as a product. The network itself is
taken from MODEL.onnx as it is, weights in int8 and all. What sherpa-onnx 2.0.1 expects of such a model:

| | | |
| --- | --- | --- |
| in | `signal` | int32 [1, N, 1], samples times 32767; N = 2400, 300 ms |
| in | `state` | float16 [1, S], zero at first; S is in the metadata as `state_dim` |
| out | `logprobs` | float32 [1, T, V] |
| out | `state_next` | float16 [1, S] |

The state is the network's own followed by the last 120 samples: a frame of 200 samples reaches 120 into the piece before. In 16 bit it is
a little less exact than in the program's own engine; `check` prints by how much. One call at a time: the network's shapes have no batch.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

RATE, WINDOW, FFT, HOP, MELS, STACK = 8000, 200, 256, 80, 40, 3
LOW, HIGH, FLOOR = 60.0, 3800.0, 1e-6
CARRIED = WINDOW - HOP
PIECE_MS = 300


def kernels():
    """[258, 1, 200]: the real, then the imaginary parts of the windowed transform."""
    n = np.arange(WINDOW)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / WINDOW)
    angle = 2 * np.pi * np.arange(FFT // 2 + 1)[:, None] * n / FFT
    return np.concatenate([np.cos(angle) * hann, -np.sin(angle) * hann])[:, None, :].astype(np.float32)


def bands():
    """[40, 129], as `frontend.filterbank` turned round."""
    low, high = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (LOW, HIGH))
    corners = 700.0 * (10.0 ** (np.linspace(low, high, MELS + 2) / 2595.0) - 1.0)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    rising = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    return np.minimum(rising, falling).clip(min=0.0).astype(np.float32)


class Front:
    """Nodes and constants before and after the network; all names begin with `front_`."""

    def __init__(self):
        self.nodes, self.constants, self.n = [], [], 0

    def const(self, values, dtype):
        self.n += 1
        name = f"front_{self.n}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=dtype), name))
        return name

    def op(self, kind, inputs, name=None, **attributes):
        self.n += 1
        name = name or f"front_{self.n}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def slice(self, x, start, end):
        return self.op("Slice", [x] + [self.const([v], np.int64) for v in (start, end, 1)])


def before(front, state_dim):
    """From `signal` and `state` to the network's `feats` and its own state; the samples that are to be carried on."""
    samples = front.op("Mul", [front.op("Cast", ["signal"], to=TensorProto.FLOAT), front.const(1 / 32768, np.float32)])
    samples = front.op("Reshape", [samples, front.const([1, -1], np.int64)])
    whole = front.op("Cast", ["state"], to=TensorProto.FLOAT)
    front.op("Identity", [front.slice(whole, 0, state_dim)], name="front_state")
    sound = front.op("Concat", [front.slice(whole, state_dim, state_dim + CARRIED), samples], axis=1)
    carried = front.slice(sound, -CARRIED, np.iinfo(np.int64).max)
    sound = front.op("Unsqueeze", [sound, front.const([1], np.int64)])
    lines = front.op("Conv", [sound, front.const(kernels(), np.float32)], strides=[HOP])
    squares = front.op("Mul", [lines, lines])
    half = FFT // 2 + 1
    power = front.op("Add", [front.slice(squares, 0, half), front.slice(squares, half, 2 * half)])
    energy = front.op("MatMul", [front.const(bands(), np.float32), power])
    logs = front.op("Log", [front.op("Max", [energy, front.const(FLOOR, np.float32)])])
    frames = front.op("Transpose", [logs], perm=[0, 2, 1])
    front.op("Reshape", [frames, front.const([1, -1, MELS * STACK], np.int64)], name="feats")
    return carried


def build(network):
    """The whole model of sherpa-onnx's kind."""
    info = {prop.key: prop.value for prop in network.metadata_props}
    state_dim, tokens = int(info["state_dim"]), network.graph.output[0].type.tensor_type.shape.dim[2].dim_value
    front = Front()
    carried = before(front, state_dim)
    inner = [rename(node, {"state": "front_state"}) for node in network.graph.node]
    after = [
        helper.make_node("Identity", ["logp"], ["logprobs"]),
        helper.make_node("Concat", ["state_out", carried], ["front_next"], axis=1),
        helper.make_node("Cast", ["front_next"], ["state_next"], to=TensorProto.FLOAT16),
    ]
    tensor = helper.make_tensor_value_info
    whole = state_dim + CARRIED
    graph = helper.make_graph(
        front.nodes + inner + after, "demo_ko_sherpa",
        [tensor("signal", TensorProto.INT32, [1, "N", 1]), tensor("state", TensorProto.FLOAT16, [1, whole])],
        [tensor("logprobs", TensorProto.FLOAT, [1, "T", tokens]), tensor("state_next", TensorProto.FLOAT16, [1, whole])],
        list(network.graph.initializer) + front.constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="biseo demo-ko")
    helper.set_model_props(made, {
        "model_type": "t-one", "frame_length_ms": str(PIECE_MS), "state_dim": str(whole), "sample_rate": str(RATE),
        "language": "ko", "comment": "synthetic espeak-ng voices only"})
    onnx.checker.check_model(made, full_check=True)
    return made


def rename(node, names):
    """The node with other names of inputs."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.input[:] = [names.get(name, name) for name in node.input]
    return copy


def reference(network, sound):
    """What the network makes of the features as `frontend.py` computes them, all in 32 bit."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    spectrum = np.einsum("tn,kn->tk", frames, kernels()[:, 0])
    half = FFT // 2 + 1
    power = spectrum[:, :half] ** 2 + spectrum[:, half:] ** 2
    logs = np.log(np.maximum(power @ bands().T, FLOOR))
    feats = logs[: len(logs) // STACK * STACK].reshape(1, -1, MELS * STACK).astype(np.float32)
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    state = np.zeros(session.get_inputs()[1].shape, np.float32)
    return session.run(["logp"], {"feats": feats, "state": state})[0]


def check(network, made):
    """Prints how far pieces of 300 ms through the made model are from the network as a whole."""
    pieces, size = 12, RATE * PIECE_MS // 1000
    noise = np.random.default_rng(1).normal(0, 3000, pieces * size).clip(-30000, 30000).astype(np.int32)
    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    state, out = np.zeros(session.get_inputs()[1].shape, np.float16), []
    for piece in noise.reshape(pieces, 1, size, 1):
        logs, state = session.run(None, {"signal": piece, "state": state})
        out.append(logs)
    sound = np.concatenate([np.zeros(CARRIED), noise]) / 32768
    apart = np.abs(np.exp(np.concatenate(out, 1)) - np.exp(reference(network, sound.astype(np.float32))))
    print(f"probabilities in pieces against the network as a whole: {apart.max():.4f} apart at most")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(build(onnx.load(source)), folder / "model.onnx")
    (folder / "tokens.txt").write_bytes((source.parent / "tokens.txt").read_bytes())
    check(str(source), str(folder / "model.onnx"))
