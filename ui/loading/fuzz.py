"""Send the API what its description allows, and much that it does not; the one place of Schemathesis.

The sessions and items that addresses name are real ones half of the time, so that not everything ends in 404.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from agent.errors import AgentError
from retrieval.types import Value

_MOST_FAILURES = 50
_TIMEOUT_S = 60.0


class FuzzFailure(Value):
    """One answer that should not have been."""

    operation: str
    status: int
    reason: str
    request: str
    """A command that repeats it."""


class FuzzReport(Value):
    """What came back."""

    calls: int
    statuses: dict[str, int]
    """How many answers had each status."""
    operations: int
    server_errors: int
    failures: tuple[FuzzFailure, ...]
    """Server errors, and answers that the description does not describe; the first of them."""
    seed: int


def fuzz(address: str, *, calls: int, seed: int = 42, on_call: Callable[[], None] = lambda: None) -> FuzzReport:
    """Make about ``calls`` calls of a running server, spread over all operations, half of them malformed.

    Raises:
        AgentError: Schemathesis is not installed.
    """
    try:
        import hypothesis
        import schemathesis
    except ModuleNotFoundError as error:
        raise AgentError("Schemathesis is not installed.", hint="pip install schemathesis") from error
    described = httpx.get(f"{address}/openapi.json", timeout=_TIMEOUT_S).json()
    _loosen_pairs(described)
    schema = schemathesis.openapi.from_dict(described)
    operations = [found.ok() for found in schema.get_all_operations() if hasattr(found, "ok")]
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    each = max(1, calls // (len(operations) * len(modes)))
    watch = _Watch(address, on_call)
    for number, operation in enumerate(operations):
        for mode in modes:
            _run(hypothesis, operation.as_strategy(mode), watch, each, seed + number)
    return watch.report(len(operations), seed)


def _loosen_pairs(part: Any) -> None:
    """Write pairs of one type as lists of two: Schemathesis 4.32 trips over ``prefixItems`` in answers."""
    if isinstance(part, dict):
        if part.get("prefixItems") and all(one == part["prefixItems"][0] for one in part["prefixItems"]):
            part["items"] = part.pop("prefixItems")[0]
        for inner in part.values():
            _loosen_pairs(inner)
    elif isinstance(part, list):
        for inner in part:
            _loosen_pairs(inner)


def _run(hypothesis: Any, cases: Any, watch: _Watch, examples: int, seed: int) -> None:
    every = list(hypothesis.HealthCheck)
    settings = hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=every,
        phases=[hypothesis.Phase.generate],
    )

    def call(case: Any) -> None:
        watch.call(case)

    ask: Callable[[], None] = hypothesis.seed(seed)(settings(hypothesis.given(case=cases)(call)))
    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        return  # nothing malformed can be made of an operation without parameters


class _Watch:
    """Make calls and note what comes back."""

    def __init__(self, address: str, on_call: Callable[[], None]) -> None:
        self._address = address
        self._on_call = on_call
        self._statuses: Counter[str] = Counter()
        self._failures: list[FuzzFailure] = []
        self._server_errors = 0
        self._calls = 0
        with httpx.Client(base_url=address, timeout=_TIMEOUT_S) as client:
            item = client.get("/v1/items", params={"limit": 1}).json()["items"][0]["item_id"]
            self._known = {"session_id": "", "item_id": item, "model": "palate"}

    def call(self, case: Any) -> None:
        """Make one call; every other one names things that there are."""
        self._calls += 1
        if self._calls % 2:
            if self._calls % 200 == 1:
                self._known["session_id"] = _begin(self._address)
            for name in set(case.path_parameters or {}) & set(self._known):
                case.path_parameters[name] = self._known[name]
        try:
            response = case.call(base_url=self._address, timeout=_TIMEOUT_S)
        except Exception as error:
            if "InvalidHeader" in type(error).__name__ or "LocationParse" in type(error).__name__:
                return  # no client can send it
            self._note(case, 0, f"{type(error).__name__}: {error}")
            return
        self._on_call()
        self._statuses[str(response.status_code)] += 1
        # 503 is an honest answer, not a defect; where nothing is down or full it must not come either.
        if response.status_code >= 500:
            self._server_errors += 1
            self._note(case, response.status_code, "a server error")
            return
        problem = self._unlike_the_description(case, response)
        if problem:
            self._note(case, response.status_code, problem)

    def report(self, operations: int, seed: int) -> FuzzReport:
        """Return what was noted."""
        return FuzzReport(
            calls=sum(self._statuses.values()),
            statuses=dict(sorted(self._statuses.items())),
            operations=operations,
            server_errors=self._server_errors,
            failures=tuple(self._failures[:_MOST_FAILURES]),
            seed=seed,
        )

    def _unlike_the_description(self, case: Any, response: Any) -> str:
        from schemathesis.checks import CHECKS

        names = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
        try:
            case.validate_response(response, checks=[CHECKS.get_one(name) for name in names])
        except AssertionError as failure:
            return " ".join(str(failure).split())[:300]
        except BaseExceptionGroup as failures:
            return " ".join(str(failures.exceptions[0]).split())[:300]
        return ""

    def _note(self, case: Any, status: int, reason: str) -> None:
        label = f"{case.operation.method.upper()} {case.operation.path}"
        # One of a kind is enough to see it.
        if not any((f.operation, f.status, f.reason) == (label, status, reason) for f in self._failures):
            request = case.as_curl_command()[:2000]
            self._failures.append(FuzzFailure(operation=label, status=status, reason=reason, request=request))


def _begin(address: str) -> str:
    """Begin a session to talk in."""
    return str(httpx.post(f"{address}/v1/sessions", json={}, timeout=_TIMEOUT_S).json()["session_id"])


def render_fuzz(report: FuzzReport) -> str:
    """Return the report in words."""
    spread = ", ".join(f"{count:,} x {status}" for status, count in report.statuses.items())
    lines = [
        f"{report.calls:,} calls of {report.operations} operations (seed {report.seed}): {spread}.",
        f"{report.server_errors} server errors, {len(report.failures)} kinds of failure.",
    ]
    for failure in report.failures:
        lines += ["", f"{failure.operation}: {failure.status}, {failure.reason}", f"  {failure.request}"]
    return "\n".join(lines)
