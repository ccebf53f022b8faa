"""Uploads: on request alone, and the token is seen nowhere."""

import pytest
from hub_server import HubServer
from pydantic import SecretStr

from workbench.core.errors import InputError
from workbench.jobs.publish import PublishOptions, publish

pytest.importorskip("datasets")
pytest.importorskip("huggingface_hub")

CANARY = "hf_Canary0123456789abcdefghijklmnopqr"


@pytest.fixture
def hub():
    with HubServer() as server:
        yield server


def seen(folder, result):
    files = [p for p in folder.rglob("*") if p.is_file() and p.parent.name != "secrets"]
    assert any(path.name == "debug.log" for path in files)
    return result.stdout + result.stderr + "".join(p.read_text("latin-1") for p in files)


def test_nothing_leaves_without_upload_whatever_is_set(records, publishing, hub, tmp_path):
    result = publishing(
        records, "--to", "hub:me/car", "--license", "mit", HF_TOKEN=CANARY, HF_ENDPOINT=hub.url
    )
    assert result.returncode == 0, result.stderr
    assert "not uploaded" in result.stderr
    assert (tmp_path / "build/publish/me/car/README.md").exists()
    assert hub.asked == []
    assert not (tmp_path / "connected.log").exists()


@pytest.fixture
def secrets(tmp_path):
    """The token in a file that everybody can read."""
    path = tmp_path / "secrets" / "access_token.toml"
    path.parent.mkdir()
    path.write_text(f'[ai_services.hugging_face]\ntoken = "{CANARY}"\n')
    path.chmod(0o644)


def test_an_upload_is_the_folder_in_a_private_repository(
    records, publishing, hub, secrets, tmp_path
):
    hub.before = ["README.md", "strings/test.parquet", "records/train.jsonl", "mine.txt"]
    result = publishing(
        records, "--to", "hub:me/car", "--license", "mit", "--upload", HF_ENDPOINT=hub.url
    )
    assert result.returncode == 0, result.stderr
    assert "uploaded: " in result.stdout
    folder = tmp_path / "build/publish/me/car"
    here = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    del here[".workbench-publish.json"]  # says what was published, for the next time
    assert hub.files == here
    assert hub.deleted == ["strings/test.parquet"]  # of an earlier one; others' files stay
    assert {"name": "car", "organization": "me", "type": "dataset"}.items() <= hub.made.items()
    assert hub.made.get("private") is True or hub.made.get("visibility") == "private"
    large = {token for _, path, token in hub.asked if path.startswith("/large/")}
    assert large == {""}
    assert {token for _, _, token in hub.asked} == {CANARY, ""}
    assert "the key in it; run: chmod 600" in result.stderr
    assert CANARY not in seen(tmp_path, result)


def test_files_of_others_in_the_folder_are_not_uploaded(
    records, publishing, hub, secrets, tmp_path
):
    folder = tmp_path / "build/publish/me/car"
    arguments = (records, "--to", "hub:me/car", "--license", "mit")
    assert publishing(*arguments).returncode == 0
    (folder / "notes.md").write_text("mine")
    (folder / "records/token").symlink_to(secrets_file := tmp_path / "secrets/access_token.toml")
    result = publishing(*arguments, "--replace", "--upload", HF_ENDPOINT=hub.url)
    assert result.returncode == 0, result.stderr
    assert not {"notes.md", "records/token"} & set(hub.files)
    assert (folder / "notes.md").read_text() == "mine"
    assert secrets_file.exists()


def test_a_hub_that_echoes_the_token_shows_it_nowhere(records, publishing, hub, secrets, tmp_path):
    hub.refuse = 401
    result = publishing(
        records, "--to", "hub:me/car", "--license", "mit", "--upload", HF_ENDPOINT=hub.url
    )
    assert result.returncode == 1
    assert "doesn't accept the token" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert hub.asked[0][2] == CANARY
    assert CANARY not in seen(tmp_path, result)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "doesn't accept the token"),
        (403, "can't write to me/car"),
        (404, "doesn't know it"),
        (400, "the Hub refused"),
        (0, "connection"),
    ],
)
def test_every_refusal_is_a_sentence_without_the_token(tmp_path, monkeypatch, hub, status, words):
    from huggingface_hub import constants

    from workbench.adapters.hub.upload import UploadError, upload

    hub.refuse = status
    monkeypatch.setattr(constants, "ENDPOINT", hub.url if status else "http://127.0.0.1:9")
    with pytest.raises(UploadError, match=words) as caught:
        upload(tmp_path, (), "me/car", "dataset", SecretStr(CANARY), public=False)
    assert CANARY not in str(caught.value)
    assert "run the same command with --replace to try again" in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("to", "environ", "words"),
    [
        ("hub:me/car", {"HF_TOKEN": CANARY, "OFFLINE": True}, "HF_HUB_OFFLINE is set"),
        ("hub:me/car", {}, "there is no token for the Hub"),
        ("out", {"HF_TOKEN": CANARY}, "out is a folder; use --to hub:OWNER/NAME"),
        ("hub:car", {"HF_TOKEN": CANARY}, "name the owner too"),
    ],
)
def test_what_stands_against_an_upload_is_said_before_anything_is_written(
    records, monkeypatch, tmp_path, to, environ, words
):
    from huggingface_hub import constants

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", environ.pop("OFFLINE", False))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=words):
        publish(PublishOptions(records, to, "mit", upload=True))
    assert not (tmp_path / "build").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "HTTPS_PROXY",
            "http://me:secret@h:x",
            r"HTTPS_PROXY \(http://h:x\): this is not a proxy's address",
        ),
        ("SSL_CERT_FILE", "/nowhere.pem", r"SSL_CERT_FILE \(/nowhere.pem\): there is no such file"),
    ],
)
def test_a_network_that_cannot_be_used_is_said_before_anything_is_written(
    records, monkeypatch, tmp_path, name, value, words
):
    monkeypatch.setenv("HF_TOKEN", CANARY)
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=words):
        publish(PublishOptions(records, "hub:me/car", "mit", upload=True))


def test_an_answer_that_is_not_the_hubs_is_no_fault_of_the_network(tmp_path, monkeypatch, hub):
    from huggingface_hub import constants

    from workbench.adapters.hub.upload import UploadError, upload

    hub.created = {"message": "moved"}
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    with pytest.raises(UploadError, match="doesn't answer like the Hub; check HF_ENDPOINT"):
        upload(tmp_path, (), "me/car", "dataset", SecretStr(CANARY), public=False)
