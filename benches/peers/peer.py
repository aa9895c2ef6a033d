"""One other runtime, as `samesay bench --peers` runs it: embeds texts when it is asked to, and says how long that took.

    python peer.py JOB.json

JOB.json: {"peer", "model" (a sentence-transformers directory), "texts" (a list), "threads", "window", "pooling" ("mean" or
"cls"), "normalize", "scratch" (a folder for what is built from the model)}. Answers and requests are JSON, one per line:

    out  {"ready": {"version", "batch", "tokens", "note"}}  or  {"missing": WHY}  or  {"failed": WHY}
    in   {"pass": true}                                      out  {"seconds": S}
    in   {"vectors": [TEXT, ...], "to": FILE}                out  {"shape": [N, DIM]}      FILE: f32, row by row

A pass embeds all texts, tokenising included. Every runtime gets what suits it: texts sorted by length, padded to the longest of
their batch, and the batch size that is fastest here.

A peer that finds the nearest of vectors has "vectors" instead of all that is about texts: {"file" (f32, row by row), "shape"
([n, dim]), "top_k"}. Its pass takes them in and finds so many nearest to each, itself not counted.

    in   {"nearest": true, "to": FILE}                       out  {"shape": [N, TOP_K]}    FILE: i32, row by row, -1 for none
"""
import json
import os
import sys
import time
from pathlib import Path

BATCHES = (8, 16, 32, 64)
# Texts that the batch size is chosen on.
TRIAL = 192


class Missing(Exception):
    """A package that is not there."""


def imported(name):
    import importlib
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Missing(f"{name} cannot be imported ({error})") from error


class Padded:
    """A runtime that gives hidden states for padded batches of token ids."""

    def __init__(self, job):
        self.np = imported("numpy")
        tokenizers = imported("tokenizers")
        self.job = job
        self.tokenizer = tokenizers.Tokenizer.from_file(str(Path(job["model"]) / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(job["window"])

    def tokens(self, texts):
        return sum(len(text.ids) for text in self.tokenizer.encode_batch(texts))

    def embed(self, texts, batch):
        np = self.np
        encoded = [text.ids for text in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(encoded)), key=lambda at: -len(encoded[at]))
        batches = [order[at:at + batch] for at in range(0, len(order), batch)]
        found = []
        self.run((self.padded(encoded, rows) for rows in batches), found)
        out = np.zeros((len(texts), found[0][1].shape[1]), np.float32)
        for rows, pooled in found:
            out[rows] = pooled
        return out / np.linalg.norm(out, axis=1, keepdims=True) if self.job["normalize"] else out

    def padded(self, encoded, rows):
        np = self.np
        width = max(len(encoded[row]) for row in rows)
        ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
        for at, row in enumerate(rows):
            ids[at, :len(encoded[row])] = encoded[row]
            mask[at, :len(encoded[row])] = 1
        return rows, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}

    def pooled(self, states, mask):
        if self.job["pooling"] == "cls":
            return states[:, 0].copy()
        return (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)

    def graph(self):
        """The network as ONNX, built from the weights once for all peers of a run."""
        imported("onnx")
        imported("safetensors")
        path = Path(self.job["scratch"]) / "model.onnx"
        if not path.exists():
            from onnx_graph import build
            build(Path(self.job["model"]), path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
        return path

    note = ""


class OnnxRuntime(Padded):
    def __init__(self, job, kind):
        runtime = imported("onnxruntime")
        super().__init__(job)
        self.version = f"ONNX Runtime {runtime.__version__}"
        path = self.graph()
        if kind == "int8":
            from onnxruntime.quantization import QuantType, quantize_dynamic
            int8 = path.with_name("int8.onnx")
            if not int8.exists():
                quantize_dynamic(str(path), str(int8.with_suffix(".part")), weight_type=QuantType.QInt8, per_channel=True)
                int8.with_suffix(".part").rename(int8)
            path = int8
            self.note = "dynamic quantisation, one scale per channel"
        options = runtime.SessionOptions()
        options.intra_op_num_threads = job["threads"]
        options.log_severity_level = 3
        self.session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, batches, found):
        for rows, feed in batches:
            found.append((rows, self.pooled(self.session.run(None, feed)[0], feed["attention_mask"])))


class OpenVino(Padded):
    def __init__(self, job, kind):
        openvino = imported("openvino")
        super().__init__(job)
        self.version = f"OpenVINO {openvino.__version__.split('-')[0]}"
        core = openvino.Core()
        if kind == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            raise Missing("OpenVINO does not offer bf16 on this CPU")
        settings = {"INFERENCE_PRECISION_HINT": kind, "PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": job["threads"]}
        self.compiled = core.compile_model(core.read_model(str(self.graph())), "CPU", settings)
        self.queue = openvino.AsyncInferQueue(self.compiled, job["threads"])
        self.queue.set_callback(self.done)

    def done(self, request, data):
        found, rows, mask = data
        found.append((rows, self.pooled(request.get_output_tensor(0).data, mask)))

    def run(self, batches, found):
        for rows, feed in batches:
            self.queue.start_async(feed, (found, rows, feed["attention_mask"]))
        self.queue.wait_all()


class SentenceTransformers:
    note = "PyTorch, eager"

    def __init__(self, job, kind):
        torch = imported("torch")
        package = imported("sentence_transformers")
        torch.set_num_threads(job["threads"])
        self.version = f"sentence-transformers {package.__version__}, PyTorch {torch.__version__}"
        self.model = package.SentenceTransformer(job["model"], device="cpu", local_files_only=True)
        self.model.max_seq_length = job["window"]
        self.job = job
        if kind == "bf16":
            self.model = self.model.bfloat16()

    def tokens(self, texts):
        ids = self.model.tokenizer(texts, truncation=True, max_length=self.job["window"])["input_ids"]
        return sum(map(len, ids))

    def embed(self, texts, batch):
        vectors = self.model.encode(texts, batch_size=batch, show_progress_bar=False, convert_to_tensor=True)
        return vectors.float().numpy()


class FastEmbed:
    note = "with the same network as ONNX; texts sorted by length"

    def __init__(self, job, _kind):
        package = imported("fastembed")
        padded = Padded(job)
        from fastembed.common.model_description import ModelSource, PoolingType
        self.np = padded.np
        folder = Path(job["scratch"]) / "fastembed"
        folder.mkdir(exist_ok=True)
        os.link(padded.graph(), folder / "model.onnx") if not (folder / "model.onnx").exists() else None
        source = Path(job["model"])
        for name in ("config.json", "tokenizer.json"):
            (folder / name).write_bytes((source / name).read_bytes())
        special = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}
        (folder / "special_tokens_map.json").write_text(json.dumps(special))
        (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": job["window"], "pad_token": "[PAD]"}))
        dim = json.loads((source / "config.json").read_text())["hidden_size"]
        pooling = PoolingType.CLS if job["pooling"] == "cls" else PoolingType.MEAN
        package.TextEmbedding.add_custom_model(
            model="samesay/bench", pooling=pooling, normalization=job["normalize"],
            sources=ModelSource(hf="samesay/bench"), dim=dim, model_file="model.onnx")
        self.model = package.TextEmbedding("samesay/bench", specific_model_path=str(folder), threads=job["threads"])
        self.version = f"fastembed {package.__version__}"
        self.tokens = padded.tokens

    def embed(self, texts, batch):
        np = self.np
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        vectors = np.array(list(self.model.embed([texts[at] for at in order], batch_size=batch)), np.float32)
        out = np.empty_like(vectors)
        out[order] = vectors
        return out


class Model2Vec:
    note = "a static model of this model's own token vectors, not distilled: another kind of model, whose vectors are others"

    def __init__(self, job, _kind):
        package = imported("model2vec")
        safetensors = imported("safetensors.numpy")
        tokenizers = imported("tokenizers")
        weights = safetensors.load_file(str(Path(job["model"]) / "model.safetensors"))
        table = next(value for name, value in weights.items() if name.endswith("embeddings.word_embeddings.weight"))
        tokenizer = tokenizers.Tokenizer.from_file(str(Path(job["model"]) / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.model = package.StaticModel(vectors=table, tokenizer=tokenizer, normalize=True)
        self.version = f"model2vec {getattr(package, '__version__', '')}".strip()
        self.job = job
        padded = Padded(job)
        self.tokens = padded.tokens

    def embed(self, texts, batch):
        return self.model.encode(texts, batch_size=1024, max_length=self.job["window"])


class Faiss:
    """Exact search: every product of all with all, in f32."""
    note = "IndexFlatIP, every product in f32"

    def __init__(self, job, _kind):
        faiss = imported("faiss")
        self.faiss, self.np = faiss, imported("numpy")
        faiss.omp_set_num_threads(job["threads"])
        self.version = f"FAISS {faiss.__version__}"
        given = job["vectors"]
        self.vectors = self.np.fromfile(given["file"], "<f4").reshape(given["shape"])
        self.top_k = given["top_k"]
        # Threads and libraries get ready.
        self.found(self.vectors[:256])

    def found(self, asked):
        index = self.faiss.IndexFlatIP(self.vectors.shape[1])
        index.add(self.vectors)
        return index.search(asked, self.top_k + 1)[1]

    def nearest(self):
        """Without each itself; where equals have taken its place, without the last."""
        np = self.np
        found = self.found(self.vectors)
        own = found == np.arange(len(found))[:, None]
        own[~own.any(axis=1), -1] = True
        return found[~own].reshape(len(found), self.top_k).astype("<i4")


PEERS = {
    "faiss": Faiss,
    "onnxruntime": OnnxRuntime,
    "openvino": OpenVino,
    "sentence-transformers": SentenceTransformers,
    "fastembed": FastEmbed,
    "model2vec": Model2Vec,
}


def made(job):
    """The peer of a name such as `openvino-bf16`."""
    for name, kind in PEERS.items():
        if job["peer"] == name or job["peer"].startswith(name + "-"):
            return kind(job, job["peer"][len(name) + 1:])
    raise Missing("this script does not know it")


def fastest_batch(peer, texts):
    """The batch size of the fastest of warmed-up passes over some of the texts."""
    some = texts[::max(1, len(texts) // TRIAL)]
    sizes = [size for size in BATCHES if size <= max(len(some), BATCHES[0])]
    best = {}
    for size in sizes:
        peer.embed(some[:size], size)
        start = time.perf_counter()
        peer.embed(some, size)
        best[size] = time.perf_counter() - start
    return min(best, key=best.get)


def serve(job, say):
    try:
        peer = made(job)
    except Missing as error:
        return say({"missing": str(error)})
    (search if "vectors" in job else embed)(peer, job, say)


def embed(peer, job, say):
    batch = fastest_batch(peer, job["texts"])
    peer.embed(job["texts"][:batch * 2], batch)
    say({"ready": {"version": peer.version, "batch": batch, "tokens": peer.tokens(job["texts"]), "note": peer.note}})
    for line in sys.stdin:
        request = json.loads(line)
        if "vectors" in request:
            vectors = peer.embed(request["vectors"], batch)
            vectors.astype("<f4").tofile(request["to"])
            say({"shape": list(vectors.shape)})
        else:
            say({"seconds": seconds(lambda: peer.embed(job["texts"], batch))})


def search(peer, job, say):
    say({"ready": {"version": peer.version, "batch": None, "tokens": None, "note": peer.note}})
    for line in sys.stdin:
        request = json.loads(line)
        if "nearest" in request:
            found = peer.nearest()
            found.tofile(request["to"])
            say({"shape": list(found.shape)})
        else:
            say({"seconds": seconds(lambda: peer.found(peer.vectors))})


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main():
    # What libraries print is no answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    try:
        serve(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), say)
    except Exception as error:  # whatever a library raises
        import traceback
        traceback.print_exc()
        say({"failed": f"{type(error).__name__}: {error}"})
    sys.stderr.flush()
    # OpenVINO's threads may abort the process when they are torn down.
    os._exit(0)


main()
