"""CLIP, SigLIP and CLAP by name: tiny models of these architectures with random weights take the whole path."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from retrieval import CatalogConfig, IndexConfig, RerankConfig, RetrievalSettings, Retriever, build_index
from retrieval.encoders import EncoderConfig, MediaConfig, load_media_encoder
from retrieval.errors import EncoderError
from retrieval.modalities.config import ModalityConfig
from retrieval.testing import HashEncoder
from retrieval.types import Query

_SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}
_MARKS: dict[str, Any] = {"vocab_size": 600, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}


def tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = ["<pad>", "<s>", "</s>", "<unk>", *"a red green blue dog rain".split()]
    made = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    marks = [("<s>", 1), ("</s>", 2)]
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=marks)
    PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)


def clip(folder: Path) -> Path:
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    text = {**_SMALL, **_MARKS, "max_position_embeddings": 32}
    config = CLIPConfig(
        text_config=text, vision_config={**_SMALL, "image_size": 32, "patch_size": 16}, projection_dim=12
    )
    CLIPModel(config).save_pretrained(folder)
    size = {"height": 32, "width": 32}
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=size).save_pretrained(folder)
    tokenizer(folder)
    return folder


def siglip(folder: Path) -> Path:
    from transformers import SiglipConfig, SiglipImageProcessor, SiglipModel

    text = {**_SMALL, **_MARKS, "max_position_embeddings": 32}
    config = SiglipConfig(text_config=text, vision_config={**_SMALL, "image_size": 32, "patch_size": 16})
    SiglipModel(config).save_pretrained(folder)
    SiglipImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    tokenizer(folder)
    return folder


def clap(folder: Path) -> Path:
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel

    audio = {
        "hidden_size": 16,
        "patch_embeds_hidden_size": 8,
        "depths": [1, 1],
        "num_attention_heads": [2, 2],
        "num_hidden_layers": 2,
        "spec_size": 64,
        "patch_size": 4,
        "patch_stride": [4, 4],
        "window_size": 4,
        "num_mel_bins": 16,
        "projection_dim": 12,
    }
    text = {**_SMALL, **_MARKS, "max_position_embeddings": 40, "projection_dim": 12}
    ClapModel(ClapConfig(text_config=text, audio_config=audio, projection_dim=12)).save_pretrained(folder)
    ClapFeatureExtractor(
        feature_size=16,
        sampling_rate=16000,
        max_length_s=2,
        fft_window_size=512,
        truncation="rand_trunc",
        frequency_min=200,
        frequency_max=8000,
    ).save_pretrained(folder)
    tokenizer(folder)
    return folder


@pytest.mark.parametrize("make", [clip, siglip])
def test_a_model_that_reads_words_finds_pictures_without_an_alignment(make: Any, tmp_path: Path) -> None:
    for name in ("red", "green", "blue"):
        Image.new("RGB", (40, 30), name).save(tmp_path / f"{name}.png")
    rows = [f'{{"id": "{name}", "title": "thing", "image": "{name}.png"}}' for name in ("red", "green", "blue")]
    (tmp_path / "things.jsonl").write_text("\n".join(rows), "utf-8")
    settings = RetrievalSettings(
        catalog=CatalogConfig.model_validate({"path": tmp_path / "things.jsonl", "columns": {"image": "image"}}),
        index=IndexConfig(path=tmp_path / "index", image=ModalityConfig(model=str(make(tmp_path / "model")))),
        rerank=RerankConfig(enabled=False),
    )
    record = build_index(settings, encoder=HashEncoder()).modalities["image"]
    assert record.items == 3
    assert record.encoder.startswith("model@")
    retriever = Retriever.open(settings, encoder=HashEncoder())
    try:
        worded = retriever.search(Query(text="a red dog", k=3)).hits
        shown = retriever.search(Query(image=(tmp_path / "red.png").read_bytes(), k=3, diversity=0)).hits
    finally:
        retriever.close()
    assert all("text_to_image" in hit.stages for hit in worded)
    assert max(shown, key=lambda hit: hit.stages["image"]).item.id == "red"


def test_a_model_that_listens_and_reads_words(tmp_path: Path) -> None:
    paths = []
    for pitch in (300.0, 2500.0):
        path = tmp_path / f"{pitch:.0f}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            tone = np.sin(2 * np.pi * pitch * np.arange(16000) / 16000)
            file.writeframes((tone * 20000).astype("<i2").tobytes())
        paths.append(path)
    encoder = load_media_encoder("audio", MediaConfig(audio=str(clap(tmp_path / "model"))))
    rows = encoder.encode_items(paths)
    assert rows.shape == (2, encoder.dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert encoder.text_side is not None
    assert encoder.text_side.encode_query(["rain", "a dog"]).shape == rows.shape
    assert encoder.text_side.name == encoder.name


def test_a_model_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    encoder = load_media_encoder("image", MediaConfig(image=str(tmp_path / "nowhere")))
    with pytest.raises(EncoderError, match="could not be loaded"):
        encoder.encode([Image.new("RGB", (8, 8))])
    with pytest.raises(EncoderError, match="modality 'video'"):
        load_media_encoder("video", MediaConfig(video="some/model"))


def one_model(folder: Path) -> Path:
    """Write a sentence-transformers model that takes texts and pictures."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer

    SentenceTransformer(modules=[Transformer(str(clip(folder / "parts")))]).save(str(folder / "model"))
    return folder / "model"


def test_one_model_for_texts_and_pictures_needs_no_alignment(tmp_path: Path) -> None:
    for name in ("red", "green", "blue"):
        Image.new("RGB", (40, 30), name).save(tmp_path / f"{name}.png")
    rows = [f'{{"id": "{name}", "title": "a {name} dog", "image": "{name}.png"}}' for name in ("red", "green", "blue")]
    (tmp_path / "things.jsonl").write_text("\n".join(rows), "utf-8")
    model = str(one_model(tmp_path))
    settings = RetrievalSettings(
        catalog=CatalogConfig.model_validate({"path": tmp_path / "things.jsonl", "columns": {"image": "image"}}),
        index=IndexConfig(
            path=tmp_path / "index", encoder=EncoderConfig(model=model), image=ModalityConfig(model=model)
        ),
        rerank=RerankConfig(enabled=False),
    )
    built = build_index(settings)
    record = built.modalities["image"]
    assert record.encoder == built.encoder
    assert record.alignment == f"same:{built.encoder}"
    retriever = Retriever.open(settings)
    try:
        worded = retriever.search(Query(text="a red dog", k=3)).hits
        shown = retriever.search(Query(image=(tmp_path / "red.png").read_bytes(), k=3, diversity=0)).hits
    finally:
        retriever.close()
    assert all({"dense", "text_to_image"} <= set(hit.stages) for hit in worded)
    assert max(shown, key=lambda hit: hit.stages["image"]).item.id == "red"


def test_one_model_that_cannot_listen_says_what_it_takes(tmp_path: Path) -> None:
    encoder = load_media_encoder("audio", MediaConfig(audio=str(one_model(tmp_path))))
    with pytest.raises(EncoderError, match="takes text, image as it is installed here, and no audio"):
        assert encoder.dimension
