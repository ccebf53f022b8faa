"""A user's settings."""

import pytest

from workbench.adapters.config.settings import Settings, load_settings, settings_path
from workbench.core.errors import InputError


def test_without_a_file_all_is_by_default(tmp_path):
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_what_is_set_is_read(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('theme = "nord"\nreasons = ["odd"]\n[keys]\n"review.accept" = "a,enter"\n')
    settings = load_settings(path)
    assert settings.theme == "nord"
    assert settings.reasons == ("odd",)
    assert settings.keys == {"review.accept": "a,enter"}
    assert settings.ascii is False


@pytest.mark.parametrize("text", ["theme = [", "colour = 1", "reasons = 5", 'reasons = ["x"'])
def test_a_bad_file_is_one_sentence_that_names_it(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"settings\.toml"):
        load_settings(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('them = "nord"', 'unknown setting "them"; did you mean "theme"?'),
        ("[gemini]\nmodle = 'x'", 'unknown setting "gemini.modle"; did you mean "model"?'),
        ("colour = 1", 'unknown setting "colour".'),
        ("reasons = 5\nzzz = 1", 'unknown setting "zzz".'),
    ],
)
def test_a_setting_that_there_is_not_is_named(tmp_path, text, words):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        load_settings(path)
    assert str(raised.value) == f"{path}: {words}"


def test_the_file_is_where_such_files_are(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_path() == tmp_path / "cartool-workbench" / "settings.toml"
