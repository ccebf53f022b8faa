"""Publishing without its extra, or with one that is too old: a sentence says what to install."""

from types import SimpleNamespace

import pytest

from workbench.adapters import hub
from workbench.adapters.config.secrets import SecretsError, find_gemini_key, find_hub_token
from workbench.core.errors import InputError


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setattr(hub, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'cartool-workbench\[publish\]'"):
        hub.need_publish()


def test_datasets_4_is_too_old_to_write(monkeypatch):
    monkeypatch.setattr(hub, "find_spec", lambda _: object())
    monkeypatch.setattr(hub, "import_module", lambda _: SimpleNamespace(__version__="4.4.1"))
    with pytest.raises(InputError, match=r"datasets 4\.4\.1 cannot write typed records"):
        hub.need_publish()


def test_the_hubs_token_is_found_beside_the_key_of_gemini(tmp_path):
    path = tmp_path / "secrets" / "access_token.toml"
    path.parent.mkdir()
    path.write_text('[ai_services.gemini]\napi_key = "AIza-1"\n')
    assert find_hub_token({"HF_TOKEN": " hf_2 "}, (tmp_path,))[0].get_secret_value() == "hf_2"
    assert find_hub_token({}, (tmp_path,)) is None
    path.write_text(path.read_text() + '[ai_services.hugging_face]\ntoken = "hf_1"\n')
    token, source = find_hub_token({"HF_TOKEN": "hf_2"}, (tmp_path,))
    assert (token.get_secret_value(), source) == ("hf_1", str(path))
    assert "hf_1" not in repr(token)
    assert find_gemini_key({}, (tmp_path,))[0].get_secret_value() == "AIza-1"
    path.write_text("[ai_services.hugging_face]\ntoken = 5\n")
    with pytest.raises(SecretsError, match="token must be a string, not int"):
        find_hub_token({}, (tmp_path,))
