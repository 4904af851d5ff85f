#!/usr/bin/env python3
"""Cut the 8 kHz half out of Silero VAD's two-rate network.

The published file `silero_vad_op18_ifless.onnx` holds two networks, one for 16 kHz and one for 8 kHz, behind an `If` on
the input `sr`. A telephone needs the 8 kHz one only; on its own it is half the size, has no `If`, and takes a batch of any size.
Weights are copied bit for bit; nothing is retrained, quantised or renamed except the graph's inputs and outputs.

    pip download --no-deps silero-vad==6.2.3 && unzip silero_vad-6.2.3-py3-none-any.whl
    pip install onnx numpy onnxruntime
    python extract_8k.py silero_vad/data/silero_vad_op18_ifless.onnx silero_vad_8k.onnx

The script compares the result with the original network on random windows and fails if they differ.
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

WINDOW, CONTEXT, STATE = 256, 32, 128


def eight_khz_branch(graph):
    """The branch of the top-level `If` that runs when `sr` is not 16000."""
    condition = next(n for n in graph.node if n.op_type == "Equal")
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    compared = [int(constants[name].ravel()[0]) for name in condition.input if name in constants]
    wanted = {16000: "else_branch", 8000: "then_branch"}[compared[0]]
    chooser = next(n for n in graph.node if n.op_type == "If")
    return next(a.g for a in chooser.attribute if a.name == wanted)


def used_initializers(graph, branch):
    """Weights the branch reads, whether it keeps them itself or takes them from the outer graph."""
    read = {name for node in branch.node for name in node.input}
    own = {i.name: i for i in branch.initializer}
    outer = {i.name: i for i in graph.initializer if i.name in read}
    return list({**outer, **own}.values())


def extract(model):
    """A model of its own: inputs `input` [batch, 288], `state` [2, batch, 128]; outputs `output` and `stateN`."""
    branch = eight_khz_branch(model.graph)
    floats = TensorProto.FLOAT
    output, state = (o.name for o in branch.output)
    rename = {output: "output", state: "stateN"}
    for node in branch.node:
        node.output[:] = [rename.get(name, name) for name in node.output]
        node.input[:] = [rename.get(name, name) for name in node.input]
    graph = helper.make_graph(
        list(branch.node),
        "silero_vad_8k",
        [
            helper.make_tensor_value_info("input", floats, ["batch", WINDOW + CONTEXT]),
            helper.make_tensor_value_info("state", floats, [2, "batch", STATE]),
        ],
        [
            helper.make_tensor_value_info("output", floats, ["batch", 1]),
            helper.make_tensor_value_info("stateN", floats, [2, "batch", STATE]),
        ],
        initializer=used_initializers(model.graph, branch),
    )
    result = helper.make_model(graph, opset_imports=model.opset_import, producer_name="silero-vad, 8 kHz part")
    result.ir_version = model.ir_version
    onnx.checker.check_model(result)
    return result


def compare(source, target):
    """Run both networks over the same random sound; they must agree to the last few bits."""
    whole = onnxruntime.InferenceSession(source)
    part = onnxruntime.InferenceSession(target)
    random = np.random.default_rng(1)
    for batch in (1, 3):
        state_a = state_b = np.zeros((2, batch, STATE), np.float32)
        for _ in range(50):
            sound = random.normal(0, 0.1, (batch, WINDOW + CONTEXT)).astype(np.float32)
            a, state_a = whole.run(None, {"input": sound, "state": state_a, "sr": np.array(8000, np.int64)})
            b, state_b = part.run(None, {"input": sound, "state": state_b})
            assert np.allclose(a, b, atol=1e-6) and np.allclose(state_a, state_b, atol=1e-5)


if __name__ == "__main__":
    source, target = sys.argv[1:3]
    onnx.save(extract(onnx.load(source)), target)
    compare(source, target)
    print(f"{target}: agrees with {source} at 8 kHz")
