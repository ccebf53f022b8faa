import os

import pytest

from workbench.adapters.config.secrets import SecretsError, exposure, find_gemini_key

KEY = "AIzaCanary-0123456789"


@pytest.fixture
def write(tmp_path):
    def write(text, folder="a"):
        path = tmp_path / folder / "secrets" / "access_token.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def find(tmp_path, environ=None):
    return find_gemini_key(environ or {}, (tmp_path / "a", tmp_path / "b"))


def entry(key):
    return f'[ai_services.gemini]\napi_key = "{key}"\n'


def test_from_the_file_before_the_environment(tmp_path, write):
    path = write(entry(f" {KEY} "))
    found = find(tmp_path, {"GEMINI_API_KEY": "other"})
    assert found is not None
    assert (found[0].get_secret_value(), found[1]) == (KEY, str(path))
    assert KEY not in repr(found)


def test_from_the_working_directory_before_the_checkout(tmp_path, write):
    write(entry("far"), "b")
    assert find(tmp_path)[0].get_secret_value() == "far"
    write(entry("near"), "a")
    assert find(tmp_path)[0].get_secret_value() == "near"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"GOOGLE_API_KEY": "b"}, ("b", "GOOGLE_API_KEY")),
        ({"GOOGLE_API_KEY": "b", "GEMINI_API_KEY": "a"}, ("a", "GEMINI_API_KEY")),
        ({"GOOGLE_API_KEY": "b", "GEMINI_API_KEY": " "}, ("b", "GOOGLE_API_KEY")),
    ],
)
def test_from_the_environment(tmp_path, environ, expected):
    key, source = find(tmp_path, environ)
    assert (key.get_secret_value(), source) == expected


def test_none(tmp_path, write):
    assert find(tmp_path) is None
    write('[ai_services.other]\nkey = "x"\n')
    assert find(tmp_path) is None


def test_the_working_directory_is_looked_at_by_default(tmp_path, write, monkeypatch):
    write(entry(KEY))
    monkeypatch.chdir(tmp_path / "a")
    assert find_gemini_key({})[0].get_secret_value() == KEY


BROKEN = {
    "not TOML": (f"[ai_services.gemini]\napi_key = {KEY}\n", "line 2: this is not TOML"),
    "a string left open": (f'[ai_services.gemini]\napi_key = "{KEY}', "this is not TOML"),
    "not UTF-8": (b'api_key = "\xff"', "not UTF-8"),
    "a number": ("[ai_services.gemini]\napi_key = 5", "must be a string, not int"),
    "a list": (f'[ai_services.gemini]\napi_key = ["{KEY}"]', "must be a string, not list"),
    "no key": (f'[ai_services.gemini]\napikey = "{KEY}"', "has no api_key"),
    "no table": (f'[ai_services]\ngemini = "{KEY}"', "has no api_key"),
    "a flat file": (f'ai_services = "{KEY}"', "must be a table"),
    "empty": (entry(""), "only a placeholder"),
    "blank": (entry("  "), "only a placeholder"),
    "the example": (entry("…"), "only a placeholder"),
    "dots": (entry("<...>"), "only a placeholder"),
    "two words": (entry(f"{KEY} {KEY}"), "blanks or characters that keys don't have"),
    "a line break": (entry(f"{KEY}\\n{KEY}"), "blanks or characters that keys don't have"),
    "a dash of another kind": (entry(f"{KEY}–"), "blanks or characters that keys don't have"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_an_unusable_file_is_named_and_no_key_told(tmp_path, write, text, said):
    path = write(text)
    with pytest.raises(SecretsError) as caught:
        find(tmp_path, {"GEMINI_API_KEY": KEY})
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert KEY not in str(caught.value)
    assert "; " in str(caught.value)


def test_an_unusable_variable_is_named_and_no_key_told(tmp_path):
    with pytest.raises(SecretsError, match="GEMINI_API_KEY") as caught:
        find(tmp_path, {"GEMINI_API_KEY": f"{KEY}\n{KEY}"})
    assert KEY not in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_can_read_is_warned_about(write, mode, warned):
    path = write(entry(KEY))
    path.chmod(mode)
    said = exposure(path)
    assert bool(said) is warned
    if warned:
        assert said == (
            f"{path}: other users of this machine can read the key in it; run: chmod 600 {path}"
        )


def test_no_variable_of_the_error_holds_the_key(tmp_path, write):
    """As in the report of a crash that shows the variables of each frame."""
    for text, _ in BROKEN.values():
        write(text)
        with pytest.raises(SecretsError) as caught:
            find_gemini_key(None, (tmp_path / "a",))
        error = caught.value
        frames = []
        walk = error.__traceback__.tb_next  # from `find_gemini_key` on
        while walk:
            frames.append(repr(walk.tb_frame.f_locals))
            walk = walk.tb_next
        assert frames
        assert KEY not in "".join(frames)
        assert error.__context__ is None
