"""Files of strangers cost at most a stated time and memory, and say what is wrong with them."""

import time

import pytest

from workbench.adapters.config.prices import load_prices
from workbench.adapters.config.secrets import SecretsError, find_gemini_key
from workbench.adapters.config.settings import load_settings
from workbench.adapters.templates import sandbox
from workbench.adapters.templates.chat import load_chat_template
from workbench.adapters.templates.rendering import PromptError, Templates
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.wordlists import load_lexicon
from workbench.core.errors import InputError

MESSAGE = [{"role": "user", "content": "q"}]


@pytest.mark.parametrize(
    "load",
    [
        pytest.param(lambda p: load_catalog(CatalogFiles(overlay=p)), id="overlay"),
        pytest.param(lambda p: load_policy(CatalogFiles(policy=p)), id="policy"),
        pytest.param(lambda p: load_lexicon(p.parent), id="lexicon"),
        pytest.param(load_prices, id="prices"),
        pytest.param(load_settings, id="settings"),
        pytest.param(lambda p: find_gemini_key({}, (p.parent.parent,)), id="secrets"),
    ],
)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a = " + "[" * 2000, "levels deep|not TOML", id="lists"),
        pytest.param("a = " + "{b = " * 2000, "levels deep|not TOML", id="tables"),
        pytest.param("a" + ".b" * 2000 + " = 1", "levels deep|not TOML", id="dotted key"),
        pytest.param("[" + "b . " * 300_000 + "c]", "levels deep|not TOML", id="long key"),
        pytest.param("[" + '"b".' * 300_000 + "c]", "levels deep|not TOML", id="quoted key"),
        pytest.param("a = " + "9" * 10_000, "not TOML", id="digits"),
        pytest.param("a" * 300_000, "not TOML", id="one word"),
    ],
)
def test_toml_of_any_shape_is_refused_in_one_sentence_and_soon(tmp_path, load, text, said):
    path = tmp_path / "secrets" / "access_token.toml"
    path.parent.mkdir()
    path.write_text(text)
    begun = time.monotonic()
    with pytest.raises((InputError, SecretsError), match=said) as caught:
        load(path)
    assert time.monotonic() - begun < 20
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('classes.a = ["x", "@b"]\nclasses.b = ["@a"]', "the class @b names itself"),
        (
            "".join(f'classes.a{i} = ["@a{i + 1}", "@a{i + 1}"]\n' for i in range(23))
            + 'classes.a23 = ["x"]',
            "the class @a1 expands to more than 20,000 phrases",
        ),
        (
            "".join(f'classes.a{i} = ["@a{i + 1}", "@a{i + 1}"]\n' for i in range(40))
            + "classes.a40 = []",
            "expands to more than 20,000 phrases",
        ),
        ('classes.on = ["on"]', "class aside, which reading needs, is missing"),
        ('classes.a = ["' + "[~] " * 40 + 'x"]', "too many optional parts"),
        ('classes.a = ["' + "... " * 20 + 'x"]', "too many optional parts"),
        ('classes.a = ["' + "(" * 3000 + 'x"]', "longer than 2,000 characters"),
        ('classes.a = ["' + "(" * 500 + "x" + ")" * 500 + '"]', "brackets more than 20 deep"),
    ],
    ids=["cycle", "doubling", "doubling nothing", "missing", "optional", "gaps", "long", "deep"],
)
def test_a_lexicon_that_grows_without_end_is_named_with_its_file(tmp_path, text, said):
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        load_lexicon(tmp_path)
    assert str(tmp_path) in str(caught.value)
    if "class @" in said:
        assert "own.toml" in str(caught.value)


HUGE = [
    pytest.param("{{ 'a' * 3000000000 }}", id="a product"),
    pytest.param("{% set x = 3000000000 %}{{ ('a' * x) | length }}", id="a product at run time"),
    pytest.param("{{ ['a'] * 3000000000 }}", id="a list"),
    pytest.param("{{ 9 ** (9 ** 9) }}", id="a power"),
    pytest.param(
        "{% set n = namespace(x=9) %}{% for i in range(99) %}"
        "{% set n.x = n.x * n.x %}{% endfor %}{{ n.x }}",
        id="squares",
    ),
    pytest.param("{{ 'a' | center(3000000000) }}", id="a filter"),
    pytest.param("{{ 'a'.ljust(3000000000) }}", id="a method"),
    pytest.param("{{ '%3000000000d' % 1 }}", id="a format"),
    pytest.param(
        "{% set n = namespace(x='ab') %}{% for i in range(60) %}"
        "{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x | length }}",
        id="doubling",
    ),
    pytest.param(
        "{% for i in range(99999) %}{% for i in range(99999) %}"
        "{% for j in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        id="a triple loop",
    ),
    pytest.param(
        "{% set n = range(99999) %}{% for i in n %}{{ n | map('string') | list | length }}"
        "{% endfor %}",
        id="a loop in a filter",
    ),
    pytest.param("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", id="a macro in itself"),
    pytest.param("{% for i in range(99999) %}{{ 'a' * 999 }}{% endfor %}", id="a text"),
    pytest.param("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", id="nested"),
    pytest.param("{% for a in [1] %}" * 40 + "{% endfor %}" * 40, id="nested loops"),
]


@pytest.fixture
def brief(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)


@pytest.mark.parametrize("source", HUGE)
@pytest.mark.usefixtures("brief")
def test_a_chat_template_is_bounded_in_time_and_memory(tmp_path, source):
    (tmp_path / "tokenizer_config.json").write_text("{}")
    (tmp_path / "chat_template.jinja").write_text(source)
    begun = time.monotonic()
    with pytest.raises(InputError, match=str(tmp_path)) as caught:
        load_chat_template(tmp_path).render(MESSAGE, [], add_generation_prompt=True)
    assert time.monotonic() - begun < 20
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", [*HUGE, pytest.param("{% include 'p.j2' %}", id="itself")])
@pytest.mark.usefixtures("brief")
def test_a_prompt_is_bounded_in_time_and_memory(tmp_path, source):
    (tmp_path / "p.j2").write_text(source)
    with pytest.raises(PromptError, match=r"p\.j2") as caught:
        Templates(tmp_path).render("p.j2", {})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["../secret.j2", "link.j2"])
def test_a_prompt_includes_nothing_from_outside_its_folder(tmp_path, name):
    folder = tmp_path / "prompts"
    folder.mkdir()
    (tmp_path / "secret.j2").write_text("key")
    (folder / "link.j2").symlink_to(tmp_path / "secret.j2")
    (folder / "p.j2").write_text(f"{{% include '{name}' %}}")
    with pytest.raises(PromptError):
        Templates(folder).render("p.j2", {})


def test_a_large_chat_is_rendered_all_the_same(tmp_path):
    (tmp_path / "tokenizer_config.json").write_text("{}")
    (tmp_path / "chat_template.jinja").write_text(
        "{% for m in messages %}{{ '-' * 80 }}{{ m.content }}{% endfor %}"
    )
    messages = [{"role": "user", "content": "q" * 1000}] * 2000
    template = load_chat_template(tmp_path)
    assert len(template.render(messages, [], add_generation_prompt=True)) == 2000 * 1080
