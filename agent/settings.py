"""Read settings: ``palate.toml``, then ``PALATE_*`` variables, then what the caller gives; later ones win."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from retrieval import (
    CatalogConfig,
    CollaborativeConfig,
    IndexConfig,
    RerankConfig,
    RetrievalSettings,
    SafetyConfig,
    SearchConfig,
    VarietyConfig,
)
from retrieval.exploration import ExplorationConfig
from retrieval.types import Value

from .access import ApiConfig, AuthConfig
from .breaker import BreakerConfig
from .budget import BudgetConfig
from .compose import ComposeConfig
from .doors import McpConfig, SlackConfig, TelegramConfig
from .errors import SettingsError
from .feedback import FeedbackConfig
from .guard import GuardConfig
from .llm import LlmConfig
from .memory import MemoryConfig
from .policy import PolicyConfig
from .shedding import LoadConfig
from .store import StoreConfig
from .tracing import TelemetryConfig
from .understanding import UnderstandingConfig
from .uploads import UploadConfig

DEFAULT_FILE = Path("palate.toml")


class ServerConfig(Value):
    """What the doors listen on and show first."""

    host: str = "127.0.0.1"
    """Address of the page and the API."""
    port: int = Field(7860, ge=0, le=65535)
    """Port of the page and the API; 0 takes any free one."""
    user_header: str = ""
    """HTTP header in which the page reads the user's id, for example ``X-Forwarded-User``. Set it only behind a proxy
    that signs users in and replaces this header in every request; empty, the page's visitors are nobody in particular.
    """
    refresh_s: float = Field(10.0, ge=0.0)
    """How often, in seconds, turns look whether a new index was published, to go on with it; 0 = never."""
    public_url: str = ""
    """Address under which everybody reaches this server, such as ``https://palate.example.org``. Chat platforms fetch
    pictures from there; empty, they show none."""
    reports: Path | None = None
    """Folder whose reports the operator's page lists; ``palate eval run --out FOLDER/NAME`` writes one into it."""
    samples: tuple[str, ...] = ()
    """Messages offered on the first screen; empty derives some from the catalogue."""


class Settings(BaseSettings):
    """Everything that can be set; each section belongs to the part it configures."""

    model_config = SettingsConfigDict(
        env_prefix="PALATE_", env_nested_delimiter="__", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    data_dir: Path = Path(".palate")
    """Folder of the index and of the conversation store."""
    catalog: CatalogConfig = CatalogConfig()
    """The catalogue and its columns; without a path, the demo films."""
    index: IndexConfig = IndexConfig()
    """Where the index lies and how it is built."""
    search: SearchConfig = SearchConfig()
    """How items are found and ordered."""
    rerank: RerankConfig = RerankConfig()
    """The cross-encoder."""
    variety: VarietyConfig = VarietyConfig()
    """The dial from familiar to adventurous, the mix of tastes, bounds on exposure; see docs/diversity.md."""
    collaborative: CollaborativeConfig = CollaborativeConfig()
    """Who liked what, as one more signal; see docs/collaborative.md."""
    llm: LlmConfig = LlmConfig()
    """The language model."""
    safety: SafetyConfig = SafetyConfig()
    """What may never be shown: ratings by age, blocked items, blocked values."""
    guard: GuardConfig = GuardConfig()
    """Which messages are turned away."""
    understanding: UnderstandingConfig = UnderstandingConfig()
    """When the language model helps to understand a message."""
    policy: PolicyConfig = PolicyConfig()
    """When to ask and when to recommend."""
    compose: ComposeConfig = ComposeConfig()
    """How reasons are written."""
    memory: MemoryConfig = MemoryConfig()
    """Whether lasting tastes are remembered across conversations; see docs/memory.md."""
    feedback: FeedbackConfig = FeedbackConfig()
    """Whether shown lists are logged, to train and judge rankers by; see docs/feedback.md."""
    exploration: ExplorationConfig = ExplorationConfig()
    """Whether part of the order of logged lists is left to chance."""
    store: StoreConfig = StoreConfig()
    """Where conversations are kept."""
    uploads: UploadConfig = UploadConfig()
    """Pictures and sounds that users send to search by; see docs/looking-and-hearing.md."""
    server: ServerConfig = ServerConfig()
    """The page and the API."""
    auth: AuthConfig = AuthConfig()
    """Who may use the API; see docs/security.md."""
    telemetry: TelemetryConfig = TelemetryConfig()
    """Traces and the form of the log; see docs/operations.md."""
    budget: BudgetConfig = BudgetConfig()
    """What one turn may spend on the language model; see docs/operations.md."""
    breaker: BreakerConfig = BreakerConfig()
    """When the language model is left alone; see docs/operations.md."""
    shedding: LoadConfig = LoadConfig()
    """What is left out when turns wait for the processor; see docs/operations.md."""
    api: ApiConfig = ApiConfig()
    """How much the API takes, from whom, and for how long."""
    slack: SlackConfig = SlackConfig()
    """The Slack app."""
    telegram: TelegramConfig = TelegramConfig()
    """The Telegram bot."""
    mcp: McpConfig = McpConfig()
    """The server for other agents."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; the file is the one that ``load`` names."""
        toml = TomlConfigSettingsSource(settings_cls, settings_cls.model_config.get("toml_file"))
        return (init_settings, env_settings, toml)

    @classmethod
    def load(cls, path: str | Path | None = None, **overrides: Any) -> Settings:
        """Read the settings.

        Args:
            path: the file; None takes ``palate.toml`` in this folder where there is one.
            overrides: sections or single values that win over file and environment.

        Raises:
            SettingsError: the file is missing or unreadable, or a value does not fit.
        """
        file = Path(path) if path is not None else DEFAULT_FILE
        if path is not None and not file.is_file():
            raise SettingsError(
                f"There is no settings file {str(file)!r}.", hint="Write one: palate init YOUR_CATALOGUE"
            )
        reader = type(
            "Settings", (cls,), {"model_config": {**cls.model_config, "toml_file": file}, "__module__": cls.__module__}
        )
        try:
            return reader(**overrides)  # type: ignore[no-any-return]
        except ValidationError as error:
            raise SettingsError(_explain(error, file), hint="All settings are described in docs/settings.md.") from None
        except ValueError as error:
            raise SettingsError(f"{str(file)!r} cannot be read: {error}", hint="It must be a TOML file.") from None

    def retrieval(self) -> RetrievalSettings:
        """Return the part that retrieval needs."""
        index = self.index
        if "path" not in index.model_fields_set:
            index = index.model_copy(update={"path": self.data_dir / "index"})
        return RetrievalSettings(
            catalog=self.catalog,
            index=index,
            search=self.search,
            rerank=self.rerank,
            variety=self.variety,
            safety=self.safety,
            collaborative=self.collaborative,
        )

    def digest(self) -> str:
        """Return a short hash of all settings; secrets count as their masked form."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def _explain(error: ValidationError, file: Path) -> str:
    """Return one line that names each setting that does not fit, its value and why."""
    parts = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"]) or "settings"
        if problem["type"] == "extra_forbidden":
            parts.append(f"{name!r} is not a setting")
        else:
            parts.append(f"{name} = {problem['input']!r}: {problem['msg']}")
    source = f"{str(file)!r} or PALATE_* variables" if file.is_file() else "PALATE_* variables or arguments"
    return f"Settings do not fit ({source}): " + "; ".join(parts) + "."
