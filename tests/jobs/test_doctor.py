"""The doctor names what is wrong, says how to fix it, and leaves everything as it was."""

import asyncio
import json
import os
import subprocess
import sys

import gemini_server
import pytest

from workbench.adapters.config.terms import load_terms, terms_of
from workbench.adapters.files.durable import locked
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.setting_problems import setting_problems
from workbench.core.samples import from_item
from workbench.jobs.doctor import DoctorOptions, examine
from workbench.jobs.doctor.dataset import check_dataset
from workbench.jobs.doctor.folder import check_folder
from workbench.jobs.doctor.key import check_key
from workbench.jobs.doctor.program import check_program, compare
from workbench.jobs.doctor.service import check_service
from workbench.jobs.doctor.sources import Sources
from workbench.jobs.doctor.terminal import Terminal, check_terminal

FILES = CatalogFiles()
KEY = "AIza-canary-of-a-key"
ITEM = {
    "query": "Set it to 22 degrees",
    "answers": [
        {
            "name": "setFloatProperty",
            "arguments": {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0},
        }
    ],
}


def amiss(checks):
    """What is not well: state and name of each, and the remedies."""
    found = [check for check in checks if check.state != "ok"]
    assert all(check.remedy for check in found), "something is amiss without a remedy"
    return found


def git(folder, *arguments):
    names = ["-c", "user.name=n", "-c", "user.email=e@x"]
    subprocess.run(["git", "-C", folder, *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def key_file(tmp_path, monkeypatch):
    """A secrets file in the working directory, readable by its owner alone, in a repository."""
    monkeypatch.chdir(tmp_path)
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("/secrets/*.toml\n/build/\n")
    path = tmp_path / "secrets" / "access_token.toml"
    path.parent.mkdir()
    path.write_text(f'[ai_services.gemini]\napi_key = "{KEY}"\n')
    path.chmod(0o600)
    return path


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps([ITEM]))
    return path


class TestSettings:
    @pytest.fixture
    def settings(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        path = tmp_path / "cartool-workbench" / "settings.toml"
        path.parent.mkdir()
        return path

    def checked(self):
        return [one for one in check_program(setting_problems) if one.name == "settings"]

    def test_what_has_no_effect_is_a_warning(self, settings):
        settings.write_text('theme = "worbench-light"\n[keys]\n"review.reject" = "a"\n')
        assert [one.state for one in self.checked()] == ["warning", "warning"]
        theme, keys = (one.message for one in self.checked())
        assert "there is no theme worbench-light; did you mean workbench-light?" in theme
        assert "a is on review.reject, so not on review.accept" in keys

    def test_a_theme_of_textual_is_well(self, settings):
        settings.write_text('theme = "nord"')
        assert [one.state for one in self.checked()] == ["ok"]

    def test_an_unknown_setting_is_a_problem(self, settings):
        settings.write_text('them = "nord"')
        [found] = self.checked()
        assert (found.state, 'unknown setting "them"' in found.message) == ("problem", True)


class TestKey:
    def test_a_safe_one_is_well(self, key_file):  # noqa: ARG002
        assert amiss(check_key()) == []

    def test_none_is_a_warning_since_offline_works(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("workbench.adapters.config.secrets.CHECKOUT", tmp_path)
        for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        assert [check.state for check in check_key()] == ["warning"]

    def test_others_can_read_it(self, key_file):
        key_file.chmod(0o644)
        (found,) = amiss(check_key())
        assert (found.state, found.remedy) == ("warning", f"chmod 600 {key_file}")

    def test_git_does_not_ignore_it(self, key_file, tmp_path):  # noqa: ARG002
        (tmp_path / ".gitignore").write_text("")
        assert ".gitignore" in amiss(check_key())[0].remedy

    def test_it_was_committed_even_if_removed_since(self, key_file, tmp_path):
        git(tmp_path, "add", "-f", key_file)
        git(tmp_path, "commit", "-qm", "oops")
        assert amiss(check_key())[0].state == "problem"
        git(tmp_path, "rm", "-q", "--cached", key_file)
        git(tmp_path, "commit", "-qm", "gone, and not gone")
        (found,) = amiss(check_key())
        assert found.state == "problem"
        assert "revoke" in found.remedy

    def test_a_placeholder_is_a_problem(self, key_file):
        key_file.write_text('[ai_services.gemini]\napi_key = "..."\n')
        assert "placeholder" in amiss(check_key())[0].message


class TestDataset:
    def test_none_yet_is_well(self, tmp_path):
        assert amiss(check_dataset(tmp_path / "build" / "data.json", FILES)) == []

    def test_items_that_are_none_are_counted(self, dataset):
        dataset.write_text(json.dumps([ITEM, 9, "x"]))
        (found,) = amiss(check_dataset(dataset, FILES))
        assert "1 sample and 2 unusable items" in found.message
        assert "item 1" in found.message

    def test_a_broken_file_is_a_problem(self, dataset):
        dataset.write_text("[{")
        assert [c.state for c in amiss(check_dataset(dataset, FILES))] == ["problem"]

    def test_labels_outside_git_and_stale_ones(self, dataset):
        with open_labels(labels_path(dataset), "ann", catalog="another") as labels:
            labels.decide(from_item(ITEM), "accepted")
        found = {check.name: check for check in amiss(check_dataset(dataset, FILES))}
        assert "1 decisions are older" in found["labels"].message
        assert "labels export" in found["versions"].remedy
        assert "git add" not in found["versions"].remedy

    def test_labels_that_git_ignores_then_has(self, dataset, tmp_path):
        git(tmp_path, "init", "-q")
        (tmp_path / ".gitignore").write_text("*.labels*\n")
        with open_labels(labels_path(dataset), "ann", catalog=FILES.digest()) as labels:
            labels.decide(from_item(ITEM), "accepted")
        (found,) = amiss(check_dataset(dataset, FILES))
        assert "git add -f" in found.remedy
        git(tmp_path, "add", "-f", *tmp_path.glob("*.labels*"))
        git(tmp_path, "commit", "-qm", "labels")
        assert amiss(check_dataset(dataset, FILES)) == []

    def test_replies_left_in_the_journal_and_a_torn_line(self, dataset):
        journal = dataset.with_name("data.journal.jsonl")
        reply = {"kind": "reply", "run": 1, "request": 0, "engine": "offline", "model": "m"}
        journal.write_text(json.dumps(reply | {"asked": 1, "reply": "[]"}) + "\n")
        assert "1 replies are not in the dataset" in amiss(check_dataset(dataset, FILES))[0].message
        journal.write_text(journal.read_text() + '{"kind":')
        before = journal.read_bytes()
        assert "1 replies" in amiss(check_dataset(dataset, FILES))[0].message
        assert journal.read_bytes() == before

    def test_a_writer_is_named_until_it_is_gone(self, dataset):
        with locked(dataset, "generate"):
            said = [check.message for check in check_dataset(dataset, FILES)]
        assert any(f"process {os.getpid()}" in line for line in said)
        lock = dataset.with_name(".data.json.lock")
        lock.write_text(json.dumps({"pid": 1, "host": "h", "user": "u", "doing": "d", "since": ""}))
        said = [check.message for check in check_dataset(dataset, FILES)]
        assert not any("being written" in line for line in said)

    def test_what_a_killed_writer_left(self, dataset):
        dataset.with_name(".data.json.abcdefgh.tmp").write_text("[")
        assert [check.name for check in amiss(check_dataset(dataset, FILES))] == ["leftovers"]


class TestService:
    @pytest.fixture(autouse=True)
    def key(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("workbench.adapters.config.secrets.CHECKOUT", tmp_path)
        monkeypatch.setenv("GEMINI_API_KEY", gemini_server.KEY)

    def look(self, url, model="gemini-3.8-flash", prompt="x " * 5000):
        async def collect():
            return [check async for check in check_service(model, url, prompt, False)]

        return asyncio.run(collect())

    def test_key_model_and_prompt_are_well(self, gemini_server):
        checks = self.look(gemini_server.url)
        assert [check.name for check in checks] == ["service", "model", "request"]
        assert amiss(checks) == []
        assert gemini_server.asked == [], "nothing was sent that costs"

    def test_a_key_that_is_refused_a_model_that_is_not_there_a_service_that_is_not(
        self, gemini_server, monkeypatch
    ):
        (found,) = amiss(self.look(gemini_server.url, "gemini-3.8-flsh"))
        assert "gemini-3.8-flash" in found.remedy
        (found,) = amiss(self.look("http://127.0.0.1:9"))
        assert "connection" in found.message
        monkeypatch.setenv("GEMINI_API_KEY", KEY)
        (found,) = amiss(self.look(gemini_server.url))
        assert "does not accept the key" in found.message
        assert KEY not in str(found)


TERMINAL = Terminal({"TERM": "xterm-256color"}, True, "utf-8", (120, 40), {})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"environ": {"TERM": "dumb"}}, "TERM is dumb"),
        ({"environ": {"TERM": "xterm"}}, "16 colours"),
        ({"encoding": "ascii"}, "not UTF-8"),
        ({"size": (70, 20)}, "70 by 20"),
        (
            {
                "environ": {"TERM": "tmux-256color", "TMUX": "x", "COLORTERM": "truecolor"},
                "tmux": {"escape-time": "500"},
            },
            "500 ms after Escape",
        ),
        (
            {"environ": {"TERM": "xterm-256color", "TMUX": "x"}},
            "TERM is xterm-256color but you are inside",
        ),
    ],
)
def test_terminals_with_known_troubles(change, said):
    found = amiss(check_terminal(Terminal(**(vars(TERMINAL) | change))))
    assert [said in check.message for check in found] == [True]


def test_a_terminal_that_is_well():
    assert amiss(check_terminal(TERMINAL)) == []
    no_colour = Terminal(**(vars(TERMINAL) | {"environ": {"TERM": "xterm", "NO_COLOR": "1"}}))
    assert amiss(check_terminal(no_colour)) == []


def test_packages_too_old_too_new_or_missing():
    assert compare("rich", "13.9", "13.9") is None
    assert compare("rich", "13.9.0", "13.10") is None
    assert compare("rich", "13.9", "13.8.2").state == "problem"
    assert compare("textual", "8.2", "9.0b1").state == "warning"
    assert compare("no-such-package-here", "1").state == "problem"


def test_a_broken_template_is_named_with_its_line(tmp_path, monkeypatch):
    for path in (FILES.properties_path.parents[1] / "prompts").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "other.md.j2").write_text("fine\n{% if %}\n")
    monkeypatch.setattr("workbench.jobs.doctor.sources.prompts_dir", lambda: tmp_path)
    (found,) = amiss(Sources(FILES).checks())
    assert (found.name, found.state) == ("prompts", "problem")
    assert "other.md.j2, line 2" in found.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    assert "problem" in [check.state for check in check_folder(tmp_path / "build")]


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "build").write_text("")
    assert [check.state for check in check_folder(tmp_path / "build")] == ["problem"]


def test_a_look_leaves_nothing_behind(key_file, dataset, tmp_path):
    before = sorted(tmp_path.rglob("*"))

    async def look():
        return [check async for check in examine(DoctorOptions(dataset, offline=True))]

    checks = asyncio.run(look())
    assert sorted(tmp_path.rglob("*")) == before
    assert not any(KEY in f"{check.message}{check.remedy}" for check in checks)
    assert [check.name for check in checks if check.state == "problem"] == []


def test_the_terms_are_dated_and_tell_the_tiers_apart():
    terms = load_terms()
    assert terms.source in terms_of()[0]
    assert str(terms.looked_up) in terms_of()[0]
    paid, unpaid, unknown = terms_of("gemini", "paid"), terms_of("gemini", "unpaid"), terms_of()
    assert not set(terms.tiers["unpaid"]) & set(paid)
    assert set(terms.tiers["unpaid"]) < set(unpaid)
    assert set(paid) | set(unpaid) < set(unknown), "it must say that a key does not tell"
    assert any("compete" in sentence for sentence in paid)


@pytest.mark.exhaustive
def test_the_command_says_how_it_stands(tmp_path):
    """Exit status 0 with warnings, 1 with a problem; `--json` gives a line each."""

    def doctor(*arguments):
        command = [sys.executable, "-m", "workbench", "doctor", "--offline", *arguments]
        environ = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
        return subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )

    done = doctor()
    assert done.returncode == 0, done.stdout
    assert "0 problems" in done.stdout
    (tmp_path / "broken.json").write_text("{")
    done = doctor("broken.json", "--json")
    assert done.returncode == 1
    states = {check["name"]: check["state"] for check in map(json.loads, done.stdout.splitlines())}
    assert states["dataset"] == "problem"
