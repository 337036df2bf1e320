"""Decode pictures with Pillow: any common format, any mode, the right way up, and never more pixels than agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import MediaError
from .sources import Source, describe, opened

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000
"""Pixels that a picture may have; read from its header, before anything is decoded."""
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""Formats that are read. Others that Pillow knows would start programs (EPS) or are never photographs."""
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


def open_picture(source: Source, longest: int | None = None) -> Image.Image:
    """Return a picture as RGB, upright, transparency on white, of an animation the first frame.

    Args:
        source: a path or the bytes of an upload.
        longest: shrink so that no side is longer, in pixels; JPEGs are then decoded smaller from the start.

    Raises:
        MediaError: it is missing, empty, cut off, too large, or no picture.
    """
    from PIL import Image, ImageOps

    with opened(source, "picture") as stream, _opened_image(stream, source) as image:
        if longest is not None:
            # Twice the wanted size is kept, since what draft() does is coarse.
            image.draft("RGB", (2 * longest, 2 * longest))
        try:
            image.load()
            if longest is not None and max(image.size) > 2 * longest:
                image = image.reduce(max(1, max(image.size) // (2 * longest)))
            upright = ImageOps.exif_transpose(image)
            plain = _as_rgb(upright)
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
            raise _damaged(source, error) from error
    if longest is not None:
        plain.thumbnail((longest, longest), Image.Resampling.BICUBIC)
    return plain


def check_picture(source: Source) -> None:
    """Read only the header.

    Raises:
        MediaError: it is missing, empty, too large, or no picture.
    """
    with opened(source, "picture") as stream, _opened_image(stream, source):
        pass


def _opened_image(stream: Any, source: Source) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        Image.init()
        image = Image.open(stream, formats=[name for name in _FORMATS if name in Image.OPEN])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(source, "It has far more pixels than that.") from error
    except UnidentifiedImageError:
        hint = f"Use one of {', '.join(_FORMATS)}."
        raise MediaError("This is no picture that can be read.", describe(source), hint) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise _damaged(source, error) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        image.close()
        raise _too_large(source, f"It has {width:,} x {height:,}.")
    return image


def _as_rgb(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode in _DEEP_MODES:
        image = _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return grey of 16 or 32 bits as 8 bits, from its darkest to its lightest value."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image, dtype=np.float32)
    values = np.nan_to_num(values)
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255.0 / (high - low)) if high > low else np.zeros_like(values)
    return Image.fromarray(scaled.astype(np.uint8))


def _too_large(source: Source, size: str) -> MediaError:
    return MediaError(
        f"The picture is too large: at most {MAX_PIXELS:,} pixels are read. {size}",
        describe(source),
        "Scale it down first.",
    )


def _damaged(source: Source, error: BaseException) -> MediaError:
    return MediaError(
        f"The picture is damaged or cut off: {error}.", describe(source), "Replace it with one that opens elsewhere."
    )
