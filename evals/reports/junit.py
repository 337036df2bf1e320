"""A report as JUnit XML, which every CI shows: a test for each case, a failure for each that is red."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Tree

from ..report import describe_failures
from ..types import CaseResult, Report

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) cannot hold, not even escaped."""


def junit(report: Report) -> str:
    """Return the report as JUnit XML.

    A check that does not hold is a failure, a turn without an outcome an error, and a case in which something could
    not be scored, but nothing failed, is skipped.
    """
    root = Tree.Element("testsuites", name="palate")
    suite = Tree.SubElement(root, "testsuite", name=report.info.suite, timestamp=report.info.started_at)
    properties = Tree.SubElement(suite, "properties")
    info = report.info.model_dump(include={"version", "commit", "model", "config_hash", "suite_sha256"})
    for name, value in info.items():
        Tree.SubElement(properties, "property", name=name, value=_clean(str(value)))
    outcomes = [_case(suite, result, report.info.suite) for result in report.results]
    counts = {kind: outcomes.count(tag) for kind, tag in _COUNTED.items()}
    time = f"{sum(_seconds(result) for result in report.results):.3f}"
    for element in (root, suite):
        element.attrib |= {"tests": str(len(outcomes)), "time": time} | {k: str(n) for k, n in counts.items()}
    Tree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Tree.tostring(root, encoding="unicode") + "\n"


_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def _case(suite: Tree.Element, result: CaseResult, name: str) -> str:
    """Add a case and return what its outcome is called; empty when it passed."""
    group = f"{name}.{result.tags[0]}" if result.tags else name
    element = Tree.SubElement(
        suite, "testcase", classname=_clean(group), name=result.name, time=f"{_seconds(result):.3f}"
    )
    outcome = _outcome(result)
    if outcome:
        wrong = [score for score in result.scores if score.value != 1.0]
        message = "; ".join(dict.fromkeys(f"turn {score.turn}, {score.check}: {score.reason}" for score in wrong))
        Tree.SubElement(element, outcome, message=_clean(message)).text = _clean("\n".join(describe_failures(result)))
    return outcome


def _outcome(result: CaseResult) -> str:
    if result.passed:
        return ""
    if any(turn.error for turn in result.turns):
        return "error"
    return "failure" if any(score.value == 0.0 for score in result.scores) else "skipped"


def _seconds(result: CaseResult) -> float:
    return sum(turn.timings_ms.get("total", 0.0) for turn in result.turns) / 1000


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
