"""What the settings ask for is what is opened, and opening costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

import agent.llm
from agent.errors import ModelFileError, ModelUnavailableError
from agent.llm import LlmConfig, open_model

HEAVY = {"torch", "langchain_openai", "langchain_core", "openai", "xllamacpp", "transformers", "huggingface_hub"}


@pytest.fixture
def real_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent.llm, "ALLOW_REAL_MODELS", True)


def test_no_engine_is_no_model() -> None:
    assert open_model(LlmConfig(engine="none")) is None


def test_the_kill_switch_stops_real_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent.llm, "ALLOW_REAL_MODELS", False)
    with pytest.raises(ModelUnavailableError, match="ScriptedModel"):
        open_model(LlmConfig())


@pytest.mark.usefixtures("real_models")
def test_an_endpoint_is_opened_without_asking_it() -> None:
    model = open_model(LlmConfig(engine="endpoint", base_url="http://127.0.0.1:9/v1", model="small"))
    assert model is not None and model.name == "small"


@pytest.mark.usefixtures("real_models")
def test_a_missing_file_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PALATE_MODELS_DIR", str(tmp_path))
    monkeypatch.delenv("PALATE_MODEL_FILE", raising=False)
    with pytest.raises(ModelFileError, match="palate models pull"):
        open_model(LlmConfig())


@pytest.mark.parametrize("fields", [{"engine": "endpoint"}, {"engine": "endpoint", "base_url": "http://x/v1"}])
def test_an_endpoint_without_address_or_name_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="base_url and model"):
        LlmConfig.model_validate(fields)


def test_importing_and_opening_load_no_heavy_library() -> None:
    code = (
        "import sys, agent.llm, agent.llm.endpoint, agent.llm.embedded, agent.llm.pull, agent.testing\n"
        "agent.llm.open_model(agent.llm.LlmConfig(engine='endpoint', base_url='http://x/v1', model='m'))\n"
        f"sys.exit(', '.join(sorted({HEAVY} & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
