"""The deployment files: no engine runs here, so their parts are held to what Palate really has."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from typer.main import get_command

from agent import Settings
from ui.cli import app
from ui.metrics import Metrics

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
MANIFESTS = [
    manifest
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    if file.name != "kustomization.yaml"
    for manifest in yaml.safe_load_all(file.read_text("utf-8"))
]


def named(manifest: dict[str, Any]) -> str:
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


def pods() -> Iterator[dict[str, Any]]:
    for manifest in MANIFESTS:
        spec = manifest.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield spec["template"]["spec"]


def containers() -> Iterator[dict[str, Any]]:
    for pod in pods():
        yield from pod["containers"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=named)
def test_a_manifest_fits_the_schema_of_kubernetes(manifest: dict[str, Any]) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is in the dev group")
    assert validate.validate(manifest, validate.latest_version(), strict=True)


def test_every_manifest_is_applied() -> None:
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))["resources"]
    present = {file.name for file in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(listed) == present


def test_the_settings_of_both_ways_load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PALATE_STORE__URL", "postgresql+psycopg://palate:secret@postgres/palate")
    config = next(manifest for manifest in MANIFESTS if manifest["kind"] == "ConfigMap")["data"]["palate.toml"]
    (tmp_path / "palate.toml").write_text(config, encoding="utf-8")
    kubernetes = Settings.load(tmp_path / "palate.toml")
    compose = Settings.load(DEPLOY / "palate.toml")
    assert kubernetes.model_dump() == compose.model_dump(), "the two deployments mean different things"
    assert compose.llm.engine == "endpoint"
    assert compose.store.url.startswith("postgresql+psycopg://")


def test_every_variable_is_a_setting_or_an_option() -> None:
    lines = (DEPLOY / "secrets.example.env").read_text("utf-8").splitlines()
    names = {line.split("=", 1)[0] for line in lines if line and not line.startswith("#")}
    names |= set(COMPOSE["x-palate"]["environment"])
    names |= {entry["name"] for container in containers() for entry in container.get("env", ())}
    names |= set(re.findall(r"\b(PALATE_[A-Z_]+)=", (DEPLOY / "Containerfile").read_text("utf-8")))
    ours = {name for name in names if name.startswith("PALATE_")} - {"PALATE_CONFIG"}
    reference = (DEPLOY.parent / "docs" / "settings.md").read_text("utf-8")
    assert len(ours) >= 3
    assert {name for name in ours if f"`{name}`" not in reference} == set()


def test_traces_go_to_the_collector_that_is_started_beside() -> None:
    endpoint = urlsplit(COMPOSE["x-palate"]["environment"]["PALATE_TELEMETRY__ENDPOINT"])
    collector = yaml.safe_load((DEPLOY / "collector.yaml").read_text("utf-8"))
    assert endpoint.hostname in COMPOSE["services"]
    assert str(endpoint.port) == collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]


def test_the_largest_number_of_replicas_that_is_reckoned_with_is_allowed() -> None:
    scaler = next(manifest for manifest in MANIFESTS if manifest["kind"] == "HorizontalPodAutoscaler")
    lines = (DEPLOY.parent / "docs" / "deployment.md").read_text("utf-8").splitlines()
    header = next(line for line in lines if "replicas of 2 cores" in line)
    column = [cell.strip() for cell in header.split("|")].index("replicas of 2 cores")
    rows = [line.split("|")[column] for line in lines if re.match(r"\| \d[\d,]* \| [\d,]+ \| [\d.]+", line)]
    assert len(rows) >= 3
    assert max(int(cell.split()[0]) for cell in rows) <= scaler["spec"]["maxReplicas"]


def test_every_command_exists() -> None:
    command: Any = get_command(app)
    given = [
        service["command"] for service in COMPOSE["services"].values() if "dockerfile" in str(service.get("build"))
    ]
    given += [container["args"] for container in containers() if container["image"].startswith("palate:")]
    assert len(given) >= 4
    for words in given:
        found = command
        for word in words:
            assert word in found.commands, f"palate {' '.join(words)} is no command"
            found = found.commands[word]


def test_images_are_pinned_and_ours_is_of_this_version() -> None:
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["project"]
    images = {service["image"] for service in COMPOSE["services"].values()}
    images |= {container["image"] for container in containers()}
    assert f"palate:{project['version']}" in images
    for image in images:
        name, _, tag = image.rpartition(":")
        assert name and tag != "latest" and tag[:1] in "v0123456789", f"{image} may change under our feet"
    chroma = next(line for line in project["dependencies"] if line.startswith("chromadb=="))
    assert f"chromadb/chroma:{chroma.removeprefix('chromadb==')}" in images, "client and server of one version"


def test_our_containers_may_do_little() -> None:
    for container in containers():
        if container["image"].startswith("palate:"):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
    assert COMPOSE["x-palate"]["cap_drop"] == ["ALL"]
    assert "\nUSER 10001\n" in (DEPLOY / "Containerfile").read_text("utf-8")


def test_what_is_mounted_is_there() -> None:
    for service in COMPOSE["services"].values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert (DEPLOY / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"], mount
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
    for pod in pods():
        mounts = {mount["name"] for container in pod["containers"] for mount in container.get("volumeMounts", ())}
        known = {volume["name"] for volume in pod.get("volumes", ())}
        assert mounts - known <= {"vectors"}, "only the stateful set's claim is named elsewhere"


def test_the_image_gets_what_the_wheel_is_made_of() -> None:
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    ignored = (DEPLOY.parent / ".dockerignore").read_text("utf-8")
    for package in wheel:
        assert f"COPY {package} {package}\n" in text
        assert f"!{package}\n" in ignored
    torch = next(line for line in project["project"]["dependencies"] if line.startswith("torch=="))
    assert torch in text
    extras = re.search(r"'\.\[([\w,]+)\]'", text)
    assert extras is not None
    assert set(extras[1].split(",")) <= set(project["project"]["optional-dependencies"])


def test_dashboard_and_alerts_ask_for_metrics_that_exist() -> None:
    dashboard = json.loads((DEPLOY / "dashboards" / "palate.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    groups = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"]
    asked += [rule["expr"] for group in groups for rule in group["rules"]]
    known = {family.name for family in text_string_to_metric_families(Metrics().text()[0].decode())}
    names = {name for expression in asked for name in re.findall(r"\bpalate_\w+", expression)}
    assert len(names) >= 12
    assert {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in names} <= known


def test_every_metric_is_on_the_dashboard() -> None:
    dashboard = (DEPLOY / "dashboards" / "palate.json").read_text("utf-8")
    known = {family.name for family in text_string_to_metric_families(Metrics().text()[0].decode())}
    assert {name for name in known if not name.endswith("_created") and name not in dashboard} == set()


def test_every_alert_is_explained() -> None:
    groups = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"]
    explained = (DEPLOY.parent / "docs" / "operations.md").read_text("utf-8")
    alerts = [rule["alert"] for group in groups for rule in group["rules"]]
    assert len(alerts) >= 8
    assert [alert for alert in alerts if f"`{alert}`" not in explained] == []
