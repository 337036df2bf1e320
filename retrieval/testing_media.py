"""A double and the contract for encoders of pictures, sounds and films; ``retrieval.testing`` hands them out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .errors import MediaError
from .media.pictures import open_picture
from .types import MediaEncoder, Modality, TextEncoder, Vectors


class ColourEncoder:
    """Encode pictures by their mean colour: instant, no weights."""

    name = "colour"
    modality: Modality = "image"
    dimension = 4
    text_side: TextEncoder | None = None

    def decode(self, source: bytes | Path) -> Any:
        """Return the mean colour, shape (3,), 0 to 1."""
        pixels = np.asarray(open_picture(source, 64), dtype=np.float32)
        return pixels.reshape(-1, 3).mean(axis=0) / 255.0

    def encode(self, decoded: Sequence[Any]) -> Vectors:
        """Return one unit row per picture; the lone constant gives black a direction."""
        rows = np.array([[*colour, 0.1] for colour in decoded], dtype=np.float32).reshape(-1, self.dimension)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def encode_query(self, media: Sequence[bytes]) -> Vectors:
        """Return one unit row per upload."""
        return self.encode([self.decode(data) for data in media])

    def encode_items(self, paths: Sequence[Path]) -> Vectors:
        """Return one unit row per file."""
        return self.encode([self.decode(path) for path in paths])


class MediaEncoderContract:
    """What every encoder of pictures, sounds or films keeps.

    Subclasses give fixtures ``encoder`` and ``files``: four files, the first two much alike, the last unlike them.
    """

    def test_rows_are_unit_float32_of_the_declared_length(self, encoder: MediaEncoder, files: Sequence[Path]) -> None:
        rows = encoder.encode_items(files)
        assert rows.shape == (4, encoder.dimension)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)

    def test_an_upload_is_encoded_like_the_file(self, encoder: MediaEncoder, files: Sequence[Path]) -> None:
        rows = encoder.encode_items(files)
        uploads = encoder.encode_query([path.read_bytes() for path in files])
        np.testing.assert_allclose(uploads, rows, atol=1e-3)

    def test_a_file_is_encoded_alike_alone_and_in_a_batch(self, encoder: MediaEncoder, files: Sequence[Path]) -> None:
        together = encoder.encode_items(files)
        for row, path in zip(together, files, strict=True):
            assert float(row @ encoder.encode_items([path])[0]) > 0.999

    def test_what_is_alike_is_nearer(self, encoder: MediaEncoder, files: Sequence[Path]) -> None:
        first, second, _, last = encoder.encode_items(files)
        assert float(first @ second) > float(first @ last)

    def test_nothing_gives_no_rows(self, encoder: MediaEncoder) -> None:
        assert encoder.encode_items([]).shape == (0, encoder.dimension)

    def test_bad_files_are_media_errors(self, encoder: MediaEncoder, tmp_path: Path) -> None:
        junk = tmp_path / "junk.bin"
        junk.write_bytes(b"neither seen nor heard " * 20)
        for source in (b"", b"neither seen nor heard", junk, tmp_path / "absent", tmp_path):
            assert _refuses(encoder, source), f"took {source!r}"


def _refuses(encoder: MediaEncoder, source: bytes | Path) -> bool:
    try:
        encoder.decode(source)
    except MediaError:
        return True
    return False
