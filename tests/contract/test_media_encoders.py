"""Every encoder of pictures, sounds and films keeps the contract; the bundled ones run on their real weights."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from retrieval.encoders import MediaConfig, load_media_encoder
from retrieval.errors import EncoderError
from retrieval.testing import ColourEncoder, MediaEncoderContract
from retrieval.types import MediaEncoder


def drawn(path: Path, colour: str, shape: str, background: str = "white") -> Path:
    image = Image.new("RGB", (160, 120), background)
    draw = ImageDraw.Draw(image)
    (draw.ellipse if shape == "round" else draw.rectangle)((30, 20, 130, 100), fill=colour)
    image.save(path)
    return path


def played(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes((samples / np.abs(samples).max() * 20000).astype("<i2").tobytes())
    return path


def filmed(path: Path, colour: str, pitch: float) -> Path:
    with av.open(str(path), "w") as media:
        stream = media.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        voice = media.add_stream("aac", rate=22050)
        for _ in range(10):
            media.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (64, 48), colour))))
        media.mux(stream.encode())
        tone = np.sin(np.arange(22050) * 2 * np.pi * pitch / 22050).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        frame.sample_rate = 22050
        media.mux(voice.encode(frame))
        media.mux(voice.encode())
    return path


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    return [
        drawn(folder / "a.png", "red", "round"),
        drawn(folder / "b.jpg", "#f01010", "round"),
        drawn(folder / "c.png", "green", "square"),
        drawn(folder / "d.png", "blue", "square", "black"),
    ]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sounds")
    times = np.arange(22050) / 22050
    noise = np.random.default_rng(1).normal(size=22050)
    return [
        played(folder / "a.wav", np.sin(2 * np.pi * 440 * times)),
        played(folder / "b.wav", np.sin(2 * np.pi * 450 * times)),
        played(folder / "c.wav", np.sin(2 * np.pi * 3000 * times)),
        played(folder / "d.wav", noise),
    ]


class TestColour(MediaEncoderContract):
    @pytest.fixture
    def encoder(self) -> ColourEncoder:
        return ColourEncoder()

    @pytest.fixture
    def files(self, pictures: list[Path]) -> list[Path]:
        return pictures


class TestEfficientNet(MediaEncoderContract):
    @pytest.fixture(scope="class")
    def encoder(self) -> MediaEncoder:
        return load_media_encoder("image")

    @pytest.fixture
    def files(self, pictures: list[Path]) -> list[Path]:
        return pictures


class TestListening(MediaEncoderContract):
    @pytest.fixture(scope="class")
    def encoder(self) -> MediaEncoder:
        return load_media_encoder("audio")

    @pytest.fixture
    def files(self, sounds: list[Path]) -> list[Path]:
        return sounds


class TestLogMel(MediaEncoderContract):
    @pytest.fixture(scope="class")
    def encoder(self) -> MediaEncoder:
        return load_media_encoder("audio", MediaConfig(audio="bundled:log-mel"))

    @pytest.fixture
    def files(self, sounds: list[Path]) -> list[Path]:
        return sounds


class TestFilms(MediaEncoderContract):
    @pytest.fixture(scope="class")
    def encoder(self) -> MediaEncoder:
        return load_media_encoder("video")

    @pytest.fixture(scope="class")
    def files(self, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
        folder = tmp_path_factory.mktemp("films")
        wanted = [("red", 440.0), ("#f01010", 450.0), ("green", 900.0), ("blue", 3000.0)]
        return [filmed(folder / f"{place}.mp4", *one) for place, one in enumerate(wanted)]


def test_an_unknown_bundled_encoder_is_refused_by_name() -> None:
    with pytest.raises(EncoderError, match="'bundled:giant'"):
        load_media_encoder("image", MediaConfig(image="bundled:giant"))
