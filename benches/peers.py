#!/usr/bin/env python3
"""Embedding speed of samesay beside OpenVINO and ONNX Runtime, in turns, so that a noisy machine is noisy to all.

    python3 -m venv VENV && VENV/bin/pip install numpy onnxruntime onnx openvino tokenizers
    cargo build --release
    VENV/bin/python benches/peers.py --samesay target/release/samesay --model MODEL_DIR --onnx MODEL.onnx TEXTS.txt

MODEL_DIR holds the sentence-transformers model, MODEL.onnx the same network (inputs input_ids, attention_mask,
token_type_ids; first output the last hidden states). TEXTS.txt has one text a line.

A round runs every contestant once over all texts, tokenising included, one after the other; a contestant's ratio is taken
within each round. The peers get what suits them: texts sorted by length, padded to the longest of their batch, the batch
size that is fastest for each, as many requests in flight as threads, mean pooling in numpy. All texts are cut at 256 tokens.
Prints Markdown.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import openvino
from tokenizers import Tokenizer

WINDOW = 256


class Peer:
    """A runtime that gives hidden states for padded batches."""

    def __init__(self, name, tokenizer, texts, batch):
        self.name, self.tokenizer, self.texts, self.batch = name, tokenizer, texts, batch

    def embed(self):
        encoded = [text.ids for text in self.tokenizer.encode_batch(self.texts)]
        self.tokens = sum(map(len, encoded))
        order = sorted(range(len(encoded)), key=lambda at: -len(encoded[at]))
        out = np.zeros((len(encoded), self.dim), np.float32)
        self.run((self.padded(encoded, order[at:at + self.batch]) for at in range(0, len(order), self.batch)), out)
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    @staticmethod
    def padded(encoded, rows):
        width = max(len(encoded[row]) for row in rows)
        ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
        for at, row in enumerate(rows):
            ids[at, :len(encoded[row])] = encoded[row]
            mask[at, :len(encoded[row])] = 1
        return rows, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}

    @staticmethod
    def pooled(states, mask):
        return (states * mask[:, :, None]).sum(axis=1)


class OnnxRuntime(Peer):
    def __init__(self, label, path, threads, dim, *rest):
        super().__init__(f"ONNX Runtime {label}", *rest)
        self.dim = dim
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, batches, out):
        for rows, feed in batches:
            out[rows] = self.pooled(self.session.run(None, feed)[0], feed["attention_mask"])


class OpenVino(Peer):
    def __init__(self, precision, path, threads, dim, *rest):
        super().__init__(f"OpenVINO {precision}", *rest)
        self.dim = dim
        core = openvino.Core()
        settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": threads}
        model = core.compile_model(core.read_model(str(path)), "CPU", settings)
        self.queue = openvino.AsyncInferQueue(model, threads)
        self.queue.set_callback(self.done)

    def done(self, request, job):
        out, rows, mask = job
        out[rows] = self.pooled(request.get_output_tensor(0).data, mask)

    def run(self, batches, out):
        for rows, feed in batches:
            self.queue.start_async(feed, (out, rows, feed["attention_mask"]))
        self.queue.wait_all()


class Samesay:
    """The program itself: `bench` embeds once to warm up and once that counts."""

    def __init__(self, binary, engine, model, texts, threads):
        self.name = f"samesay {engine}"
        isa, precision = engine.split(":")
        command = [binary, "--isa", isa, "--precision", precision, "--model", model, "--threads", str(threads)]
        self.bench = command + ["bench", "--rounds", "1", "--format", "json", "--texts", texts]
        self.vectors = command + ["embed", "--lines", "--format", "npy", texts]
        self.batch = "ragged"

    def tokens_per_second(self):
        answer = json.loads(subprocess.run(self.bench, check=True, capture_output=True).stdout)
        return answer["workloads"][0]["tokens_per_s"]["median"]

    def embed(self):
        with tempfile.NamedTemporaryFile(suffix=".npy") as file:
            subprocess.run(self.vectors + ["-o", file.name], check=True)
            return np.load(file.name)


def timed(contestant):
    if isinstance(contestant, Samesay):
        return contestant.tokens_per_second()
    start = time.perf_counter()
    contestant.embed()
    return contestant.tokens / (time.perf_counter() - start)


# A runtime that is torn down while its threads wait aborts the process.
KEPT = []


def fastest(make, batches):
    """The contestant with the batch size that did best in one warmed-up pass."""
    tried = [make(batch) for batch in batches]
    for peer in tried:
        peer.embed()
    KEPT.extend(tried)
    return max(tried, key=timed)


def contestants(options, texts, folder):
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(WINDOW)
    dim = json.loads((options.model / "config.json").read_text())["hidden_size"]

    def of(kind, label, path):
        return fastest(lambda batch: kind(label, path, options.threads, dim, tokenizer, texts, batch), options.batches)

    peers = []
    if "int8" in options.peers:
        from onnxruntime.quantization import QuantType, quantize_dynamic
        int8 = Path(folder) / "int8.onnx"
        quantize_dynamic(str(options.onnx), str(int8), weight_type=QuantType.QInt8, per_channel=True)
        peers.append(of(OnnxRuntime, "int8", int8))
    if "onnxruntime" in options.peers:
        peers.append(of(OnnxRuntime, "f32", options.onnx))
    for precision in ("f32", "bf16"):
        if f"openvino-{precision}" in options.peers:
            peers.append(of(OpenVino, precision, options.onnx))
    ours = [Samesay(str(options.samesay), engine, str(options.model), str(options.texts), options.threads) for engine in options.engines]
    return peers + ours


def cpu():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    value = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    return f"{value.get('model name', platform.processor())} (family {value.get('cpu family')}, model {value.get('model')})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path)
    parser.add_argument("--samesay", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", type=int, nargs="+", default=[8, 16, 32])
    parser.add_argument("--engines", nargs="+", default=["avx2:int16", "avx2:f32"], help="ISA:PRECISION")
    parser.add_argument("--peers", nargs="+", default=["int8", "onnxruntime", "openvino-f32", "openvino-bf16"])
    options = parser.parse_args()
    texts = [line for line in options.texts.read_text(encoding="utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        everyone = contestants(options, texts, folder)
        vectors = [contestant.embed() for contestant in everyone]
        rounds = [[timed(contestant) for contestant in everyone] for _ in range(options.rounds)]
    reference = next((v for c, v in zip(everyone, vectors) if c.name.endswith("f32")), vectors[-1])
    tokens = next((c.tokens for c in everyone if isinstance(c, Peer)), 0)
    version = subprocess.run([str(options.samesay), "--version"], capture_output=True, text=True).stdout.strip()
    print(f"CPU: {cpu()}, {options.threads} threads. {time.strftime('%Y-%m-%d')}. {version}, OpenVINO {openvino.__version__.split('-')[0]}, "
          f"ONNX Runtime {onnxruntime.__version__}.")
    print(f"{len(texts)} texts, {tokens} tokens, tokenising included; {options.rounds} rounds in turns.\n")
    ours = [at for at, contestant in enumerate(everyone) if isinstance(contestant, Samesay)]
    print("| | batch | tokens/s: median | min | max | cosine: min | mean |" + "".join(f" {everyone[at].name} / this |" for at in ours))
    print("|---|---|---|---|---|---|---|" + "---|" * len(ours))
    for at, contestant in enumerate(everyone):
        speeds = [speeds[at] for speeds in rounds]
        cosines = (vectors[at] * reference).sum(axis=1)
        ratios = [statistics.median(speeds[mine] / speeds[at] for speeds in rounds) for mine in ours]
        print(f"| {contestant.name} | {contestant.batch} | {statistics.median(speeds):,.0f} | {min(speeds):,.0f} | {max(speeds):,.0f} "
              f"| {cosines.min():.6f} | {cosines.mean():.6f} |" + "".join(f" {ratio:.2f} |" for ratio in ratios))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # OpenVINO's threads may abort the process when they are torn down.
    os._exit(0)
