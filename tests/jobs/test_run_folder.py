"""The folder of a fine-tuning: what others put there stays."""

import pytest

from workbench.core.errors import InputError
from workbench.jobs.finetune.folder import checkpoints_of, drop_checkpoints, open_run, save_run

BEGUN = {"data": {}, "model": "m", "settings": {}, "encoded": "x", "versions": {}}


def test_checkpoints_go_and_files_of_others_stay(tmp_path):
    folder = checkpoints_of(tmp_path)
    (folder / "checkpoint-3").mkdir(parents=True)
    (folder / "notes.md").write_text("mine")
    drop_checkpoints(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["notes.md"]
    (folder / "notes.md").unlink()
    (folder / "README.md").write_text("tags:\n- generated_from_trainer\n")
    drop_checkpoints(tmp_path)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["README.md", "loss.svg"])
def test_a_card_of_somebody_else_s_is_refused_before_training_goes_on(tmp_path, name):
    save_run(tmp_path, {"format": 1, **BEGUN, "done": False})
    (tmp_path / name).write_text("# My model\n")
    with pytest.raises(InputError, match=f"{name}: this program didn't write it"):
        open_run(tmp_path, BEGUN, resume=True)
    assert (tmp_path / name).read_text() == "# My model\n"
    save_run(tmp_path, {"format": 1, **BEGUN, "done": True})
    assert open_run(tmp_path, BEGUN, resume=True).done
