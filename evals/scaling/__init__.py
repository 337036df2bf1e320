"""How time, memory and disk grow with the number of items."""

from .kills import KillReport
from .run import kill_step, measure_scaling
from .types import ScaleReport
from .words import plot_scaling, render_scaling

__all__ = ["KillReport", "ScaleReport", "kill_step", "measure_scaling", "plot_scaling", "render_scaling"]
