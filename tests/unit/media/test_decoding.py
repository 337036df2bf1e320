"""Whatever a file claims to be, it is read in bounded memory or refused in one clear line."""

from __future__ import annotations

import io
import struct
import tracemalloc
import wave
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from retrieval.errors import MediaError
from retrieval.media import (
    encode_files,
    open_film,
    open_picture,
    open_sound,
    reencode_picture,
    reencode_sound,
)
from retrieval.testing import ColourEncoder


def picture(mode: str = "RGB", size: tuple[int, int] = (60, 40), kind: str = "PNG", **more: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, more.pop("color", 0)).save(written, kind, **more)  # type: ignore[arg-type]
    return written.getvalue()


def sound(seconds: float, rate: int = 8000, pitch: float = 440.0) -> bytes:
    times = np.arange(int(seconds * rate)) / rate
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.sin(2 * np.pi * pitch * times) * 20000).astype("<i2").tobytes())
    return written.getvalue()


def film(path: Path, frames: int = 20, track: bool = False) -> Path:
    """Write a film that turns from red to blue in the middle."""
    with av.open(str(path), "w") as media:
        stream = media.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        voice = media.add_stream("aac", rate=22050) if track else None
        for place in range(frames):
            colour = (200, 20, 20) if place < frames / 2 else (20, 20, 200)
            image = av.VideoFrame.from_image(Image.new("RGB", (64, 48), colour))
            media.mux(stream.encode(image))
        media.mux(stream.encode())
        if voice is not None:
            tone = np.sin(np.arange(44100) / 10).astype(np.float32)[None]
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate = 22050
            media.mux(voice.encode(frame))
            media.mux(voice.encode())
    return path


def bomb(side: int) -> bytes:
    """Return a PNG whose header promises ``side`` squared pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


class TestPictures:
    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
    def test_every_mode_becomes_rgb(self, mode: str) -> None:
        image = open_picture(picture(mode))
        assert (image.mode, image.size) == ("RGB", (60, 40))

    def test_cmyk_keeps_its_colours(self) -> None:
        image = open_picture(picture("CMYK", kind="JPEG", color=(0, 255, 255, 0)))
        red, green, blue = image.getpixel((30, 20))  # type: ignore[misc]
        assert red > 200 and green < 60 and blue < 60

    def test_what_is_transparent_is_white(self) -> None:
        assert open_picture(picture("RGBA", color=(255, 0, 0, 0))).getpixel((5, 5)) == (255, 255, 255)

    def test_a_phone_held_sideways_is_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        assert open_picture(picture(kind="JPEG", exif=exif)).size == (40, 60)

    def test_of_an_animation_the_first_frame_counts(self) -> None:
        frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
        written = io.BytesIO()
        frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
        assert open_picture(written.getvalue()).getpixel((2, 2)) == (255, 0, 0)

    def test_a_large_picture_is_made_small(self) -> None:
        assert open_picture(picture(size=(3000, 1500), kind="JPEG"), 448).size == (448, 224)

    @pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
    def test_odd_shapes_are_read(self, size: tuple[int, int]) -> None:
        assert max(open_picture(picture(size=size), 448).size) <= 448

    @pytest.mark.parametrize("side", [7_000, 12_000, 40_000])
    def test_a_bomb_is_refused_before_it_is_decoded(self, side: int) -> None:
        tracemalloc.start()
        with pytest.raises(MediaError, match=r"too large.*40,000,000 pixels"):
            open_picture(bomb(side))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20_000_000

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "is empty"),
            (b"hello, world", "no picture"),
            (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
            (bomb(100), "damaged or cut off"),
            (picture(size=(300, 300), kind="JPEG", color=(9, 99, 199))[:700], "damaged or cut off"),
            (sound(0.1), "no picture"),
        ],
    )
    def test_what_is_no_picture_is_refused_in_one_line(self, data: bytes, said: str) -> None:
        with pytest.raises(MediaError, match=said) as caught:
            open_picture(data)
        assert f"an upload of {len(data):,} bytes" in str(caught.value)
        assert caught.value.hint

    def test_written_anew_it_holds_nothing_else(self) -> None:
        exif = Image.Exif()
        exif[0x010E] = "taken at home, secret"
        data = picture(kind="JPEG", exif=exif, comment=b"secret comment") + b"secret tail"
        fresh = reencode_picture(data)
        assert b"secret" not in fresh
        assert open_picture(fresh).size == (60, 40)


class TestSounds:
    def test_a_sound_comes_at_the_wanted_rate(self) -> None:
        samples = open_sound(sound(1.0, rate=8000), rate=22050)
        assert abs(len(samples) - 22050) < 400
        assert 0.5 < np.abs(samples).max() <= 1.0

    def test_of_a_long_sound_only_the_start_is_decoded(self, tmp_path: Path) -> None:
        path = tmp_path / "two-hours.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            for _ in range(120):
                file.writeframes(b"\1\2" * 480_000)
        tracemalloc.start()
        samples = open_sound(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(samples) == 30 * 22050
        assert peak < 20_000_000

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "is empty"),
            (b"hello, world" * 50, "no sound"),
            (picture(kind="JPEG"), "no sound"),
            (b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", "no sound"),
            (b"ffconcat version 1.0\nfile /etc/passwd\n", "no sound"),
            (sound(0.0), "no sound|damaged"),
            (sound(1.0)[:40], "no sound|damaged"),
        ],
    )
    def test_what_is_no_sound_is_refused_in_one_line(self, data: bytes, said: str) -> None:
        with pytest.raises(MediaError, match=said) as caught:
            open_sound(data)
        assert caught.value.hint

    def test_what_can_be_heard_of_a_cut_file_is_heard(self) -> None:
        whole = sound(2.0)
        assert 0.8 < len(open_sound(whole[: len(whole) // 2])) / 22050 < 1.2

    def test_written_anew_it_is_a_plain_wav(self) -> None:
        fresh = reencode_sound(sound(0.5) + b"secret")
        assert b"secret" not in fresh
        assert abs(len(open_sound(fresh)) - 11025) < 400


class TestFilms:
    def test_frames_are_spread_over_the_whole(self, tmp_path: Path) -> None:
        taken = open_film(film(tmp_path / "a.mp4"), frames=4)
        reds = [frame.getpixel((30, 20))[0] > 128 for frame in taken.frames]  # type: ignore[index]
        assert reds == [True, True, False, False]
        assert taken.sound is None

    def test_the_sound_track_comes_along(self, tmp_path: Path) -> None:
        taken = open_film(film(tmp_path / "a.mp4", track=True).read_bytes())
        assert taken.sound is not None and len(taken.sound) > 22050

    @pytest.mark.parametrize("data", [b"", b"hello" * 99, picture(kind="JPEG"), sound(0.5)])
    def test_what_is_no_film_is_refused_in_one_line(self, data: bytes) -> None:
        with pytest.raises(MediaError, match=r"film|moving pictures") as caught:
            open_film(data)
        assert caught.value.hint

    def test_a_film_cut_off_is_refused_or_read_as_far_as_it_goes(self, tmp_path: Path) -> None:
        whole = film(tmp_path / "a.mkv").read_bytes()
        assert open_film(whole[: len(whole) * 2 // 3]).frames


def test_one_bad_file_does_not_end_the_work_on_the_others(tmp_path: Path) -> None:
    for name, data in {"a.png": picture(), "b.png": b"", "c.png": picture(color=(255, 0, 0))}.items():
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in ("a.png", "b.png", "missing.png", "c.png")]
    encoded = encode_files(ColourEncoder(), paths, batch=2)
    assert encoded.kept == (0, 3)
    assert encoded.rows.shape == (2, ColourEncoder().dimension)
    assert [Path(problem.path).name for problem in encoded.problems] == ["b.png", "missing.png"]
    assert all(problem.reason and problem.hint for problem in encoded.problems)
