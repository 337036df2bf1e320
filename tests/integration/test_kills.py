"""Builds killed at random moments lose, double and tear nothing, and the index that serves goes on serving."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evals.scaling import kill_step


@pytest.mark.skipif(not hasattr(os, "fork"), reason="killing forked builds needs os.fork, which this system lacks")
def test_killed_builds_leave_the_serving_index_whole(tmp_path: Path) -> None:
    report = kill_step(tmp_path, items=150, kills=8, seed=7)
    assert report.problems == ()
    assert report.killed == 8
    assert report.builds >= 10, "the first, the killed and the last one"
    assert sum(report.stages.values()) == 8
