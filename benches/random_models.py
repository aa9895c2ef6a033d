"""Writes models of a usual size with random weights, to measure how fast each network is (their vectors mean nothing).

    python benches/random_models.py OUT [NAME ...] [--layers 6]
    samesay bench --sweep model --models OUT/bert,OUT/qwen3

Each is a tiny model of `tests/fixtures/architectures` (by default all of them) with 384 values for each of its 32, 1536
between the feed-forward products for each 48, 12 heads, and a window of 512 tokens (needs numpy). Its vocabulary stays
that of the fixture, so texts have more tokens than usual; compare tokens per second.
"""

import argparse
import json
import shutil
import struct
from pathlib import Path

import numpy as np

FIXTURES = Path(__file__).resolve().parent.parent / "tests/fixtures/architectures"
WINDOW = 512
HEADS = 12
SIZES = {16: 384, 32: 384, 48: 1536, 96: 1152}
CONFIG = {
    **dict.fromkeys(["hidden_size", "dim", "embedding_size"], 384),
    **dict.fromkeys(["intermediate_size", "hidden_dim"], 1536),
    **dict.fromkeys(["num_attention_heads", "n_heads", "num_key_value_heads"], HEADS),
    "head_dim": 32,
    "local_attention": 128,
    "position_buckets": 256,
}


def tensors(folder):
    """The shapes of all floating-point tensors of a folder, by name."""
    found = {}
    for file in sorted(folder.glob("*.safetensors")):
        data = file.read_bytes()
        header = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])
        for name, tensor in header.items():
            if name != "__metadata__" and tensor["dtype"].startswith(("F", "BF")) and not name.startswith("lm_head"):
                found[name] = tensor["shape"]
    return found


def shape(name, old, config):
    """The shape of a tensor in the larger model."""
    if name.endswith("relative_attention_bias.weight"):
        return [old[0], HEADS]
    if name.endswith("rel_embeddings.weight"):
        return [2 * CONFIG["position_buckets"], 384]
    if name.endswith(("q_norm.weight", "k_norm.weight")):
        return [CONFIG["head_dim"]]
    if ".self_attn." in name:
        return [384, 384]
    if name.endswith("mlp.Wi.weight"):
        return [2 * 1536, 384]
    if name.endswith("position_embeddings.weight"):
        return [config["max_position_embeddings"], 384]
    if name.endswith(("word_embeddings.weight", "tok_embeddings.weight", "embed_tokens.weight")):
        return [old[0], 384]
    return [SIZES.get(size, size) for size in old]


def write(folder, values):
    header, place = {}, 0
    for name, array in values.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    head = json.dumps(header).encode()
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for array in values.values():
            file.write(array.tobytes())


def enlarge(name, out, layers):
    folder, source = out / name, FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in ["tokenizer.json", "tokenizer_config.json"]:
        shutil.copy(source / file, folder)
    config = json.loads((source / "config.json").read_text())
    config.update({key: value for key, value in CONFIG.items() if key in config})
    for key in ["num_hidden_layers", "n_layers"]:
        if key in config:
            config[key] = layers
    if "layer_types" in config:
        period = config.get("global_attn_every_n_layers", 1)
        config["layer_types"] = [config["layer_types"][at % period] for at in range(layers)]
    # RoBERTa and its relatives have rows up to the padding token's id before the window.
    before = config["max_position_embeddings"] - 80 if name in ("roberta", "xlm-roberta", "camembert") else 0
    config["max_position_embeddings"] = WINDOW + (2 if name == "mpnet" else before)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": WINDOW}))
    kinds = ["", "Transformer"], ["1_Pooling", "Pooling"]
    modules = [{"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in kinds]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode_mean_tokens": True}))
    random, values = np.random.default_rng(0), {}
    for tensor, old in tensors(source).items():
        new = shape(tensor, old, config)
        is_norm = tensor.endswith("weight") and len(new) == 1
        # The second layer of the fixtures stands for all that follow.
        names = {tensor}
        for prefix in ["layer.", "layers."]:
            if f"{prefix}1." in tensor:
                names = {tensor.replace(f"{prefix}1.", f"{prefix}{at}.", 1) for at in range(1, layers)}
            elif any(f"{prefix}{at}." in tensor for at in range(2, 10)):
                names = set()
        for tensor in sorted(names):
            values[tensor] = (random.standard_normal(new) * 0.02 + is_norm).astype(np.float32)
    write(folder, values)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    names = given.names or sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir())
    for name in names:
        enlarge(name, given.out, given.layers)


main()
