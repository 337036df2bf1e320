"""Serving a cross-encoder, with a toy model whose logit is the sum of the text's token ids."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from retrieval.errors import EncoderError
from retrieval.rerank import CrossEncoder, PairTemplate, RerankConfig, blend, load_reranker, query_text, standard

WORDS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "a", "b", *(f"w{number}" for number in range(6, 40))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("toy")
    toy_tokenizer().save(str(out / "tokenizer.json"))
    onnx.save(toy_model(), out / "model.onnx")
    budget = {"name": "toy", "max_length": 10, "query_length": 3}
    (out / "reranker.json").write_text(json.dumps(budget), encoding="utf-8")
    return out


def toy_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    special = [("[CLS]", 1), ("[SEP]", 2)]
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=special
    )
    return tokenizer


def toy_model() -> onnx.ModelProto:
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in names]
    nodes = [
        helper.make_node("Mul", ["input_ids", "token_type_ids"], ["second"]),
        helper.make_node("Mul", ["second", "attention_mask"], ["seen"]),
        helper.make_node("Cast", ["seen"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["floats", "axes"], ["logits"], keepdims=0),
    ]
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n"])]
    graph = helper.make_graph(nodes, "toy", inputs, outputs, [axes])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_scores_come_in_the_order_of_the_texts(folder: Path) -> None:
    reranker = CrossEncoder(folder, RerankConfig(batch_size=2))
    scores = reranker.score("a", ["w20 w21", "w6", "w7 w8 w9", "w39"])
    assert scores.dtype == np.float32
    assert scores.tolist() == [20 + 21 + 2, 6 + 2, 7 + 8 + 9 + 2, 39 + 2]


def test_no_texts_give_no_scores(folder: Path) -> None:
    assert CrossEncoder(folder, RerankConfig()).score("a", []).shape == (0,)


def test_the_text_is_cut_to_what_the_query_leaves(folder: Path) -> None:
    """Ten tokens: three markers and one query word leave six."""
    text = " ".join(["w6"] * 30)
    assert CrossEncoder(folder, RerankConfig()).score("a", [text]).tolist() == [6 * 6 + 2]


@pytest.mark.parametrize(("bound", "kept"), [(2, 2), (6, 6), (9, 6)])
def test_a_text_may_be_cut_shorter(folder: Path, tmp_path: Path, bound: int, kept: int) -> None:
    for name in ("tokenizer.json", "model.onnx"):
        shutil.copy(folder / name, tmp_path)
    (tmp_path / "reranker.json").write_text(json.dumps({"max_length": 10, "text_length": bound}), encoding="utf-8")
    text = " ".join(["w6"] * 30)
    assert CrossEncoder(tmp_path, RerankConfig()).score("a", [text]).tolist() == [kept * 6 + 2]


def test_a_long_query_keeps_its_end_and_leaves_room(folder: Path) -> None:
    """Three query words are kept, so four text words fit."""
    text = " ".join(["w6"] * 30)
    assert CrossEncoder(folder, RerankConfig()).score("b b b b b b a", [text]).tolist() == [4 * 6 + 2]


def test_the_pair_template_is_the_tokenizers_own() -> None:
    tokenizer = toy_tokenizer()
    whole = tokenizer.encode("w6 w7", "w8 w9 w10")
    ids, types = PairTemplate(tokenizer).join([6, 7], [8, 9, 10])
    assert (ids, types) == (whole.ids, whole.type_ids)


def test_threads_get_the_same_scores(folder: Path) -> None:
    reranker = CrossEncoder(folder, RerankConfig(batch_size=3, cache_size=5))
    texts = [f"w{number} w{number + 1}" for number in range(6, 38)]
    alone = reranker.score("a", texts)
    with ThreadPoolExecutor(8) as pool:
        for scores in pool.map(lambda _: reranker.score("a", texts), range(40)):
            np.testing.assert_array_equal(scores, alone)


def test_switched_off_is_none() -> None:
    assert load_reranker(RerankConfig(enabled=False)) is None


def test_a_folder_is_loaded_by_path(folder: Path) -> None:
    reranker = load_reranker(RerankConfig(enabled=True, model=str(folder)))
    assert reranker is not None
    assert reranker.name == "toy"


def test_missing_files_name_the_training_command(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"lacks \['model.onnx', 'tokenizer.json'\].*palate train reranker"):
        load_reranker(RerankConfig(enabled=True, model=str(tmp_path)))


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "reranker.json"])
def test_a_broken_file_is_an_error_that_names_it(folder: Path, tmp_path: Path, name: str) -> None:
    for part in folder.iterdir():
        (tmp_path / part.name).write_bytes(b"not this" if part.name == name else part.read_bytes())
    with pytest.raises(EncoderError, match=name):
        load_reranker(RerankConfig(enabled=True, model=str(tmp_path)))


def test_a_name_of_no_kind_is_refused() -> None:
    with pytest.raises(EncoderError, match="neither 'bundled', a folder nor a hub name"):
        load_reranker(RerankConfig(enabled=True, model="no such folder"))


def test_serving_imports_no_training_library(folder: Path) -> None:
    """Torch alone would add seconds and hundreds of megabytes to the start."""
    code = (
        "import sys; from retrieval.rerank import RerankConfig, load_reranker;"
        f"load_reranker(RerankConfig(enabled=True, model={str(folder)!r})).score('a', ['b']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"words": "something darker"}, "something darker"),
        ({"words": "something darker", "liked": ["Alien (1979)"]}, "Likes Alien (1979). something darker"),
        ({"words": "", "wishes": ["Comedy", "not Horror"]}, "Wants Comedy, not Horror."),
    ],
)
def test_the_latest_words_stand_last(arguments: dict[str, object], expected: str) -> None:
    assert query_text(**arguments) == expected  # type: ignore[arg-type]


def test_shipped_weights_read_for_meaning() -> None:
    """The right text shares no word with the request."""
    reranker = load_reranker(RerankConfig())
    assert reranker is not None
    texts = [
        "Something (2001). Comedy. funny, feel-good. wedding.",
        "Something (2001). Drama. melancholy. grief, death.",
    ]
    happy, sad = reranker.score("a wistful one about mourning", texts)
    assert sad > happy


def test_the_blend_keeps_the_fused_order_at_weight_nothing() -> None:
    fused = [0.03, 0.02, 0.01]
    scores = blend(fused, [0.0, 5.0, 9.0], [1.0, 10.0, 100.0], RerankConfig(weight=0.0))
    assert scores.argsort().tolist() == [2, 1, 0]


def test_the_blend_follows_a_heavy_cross_encoder() -> None:
    scores = blend([0.03, 0.02, 0.01], [0.0, 5.0, 9.0], [1.0, 1.0, 1.0], RerankConfig(weight=4.0))
    assert scores.argmax() == 2


def test_equal_values_do_not_sway_the_blend() -> None:
    assert standard([3.0, 3.0]).tolist() == [0.0, 0.0]
    assert standard([]).size == 0


def test_logits_that_hardly_differ_hardly_count() -> None:
    fused = [0.030, 0.029, 0.010]
    assert blend(fused, [0.0, 0.004, 0.0], [1.0] * 3, RerankConfig()).argmax() == 0
    assert blend(fused, [0.0, 4.0, 0.0], [1.0] * 3, RerankConfig()).argmax() == 1


def test_one_far_logit_does_not_outweigh_everything() -> None:
    fused = [0.06] * 30 + [0.01] * 10
    logits = [0.0] * 39 + [50.0]
    scores = blend(fused, logits, [1.0] * 40, RerankConfig())
    assert scores[-1] < scores[0]
