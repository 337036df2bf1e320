"""How time, memory and disk grow with the number of items."""

from .run import measure_scaling
from .types import ScaleReport
from .words import plot_scaling, render_scaling

__all__ = ["ScaleReport", "measure_scaling", "plot_scaling", "render_scaling"]
