"""What `workbench finetune` says while it trains, without a terminal."""

from workbench.adapters.tuning.train import Logged
from workbench.cli.training import _Lines


def test_each_tenth_has_its_loss_and_the_time_left(capsys):
    now = 0.0
    lines = _Lines(lambda: now)
    for step in range(41, 101):  # gone on from step 40
        lines.tell(Logged("train", step, 100, step / 100, 1.5))
        now += 30.0
    assert capsys.readouterr().err.splitlines() == [
        "step 41 of 100: loss 1.5000",
        "step 50 of 100: loss 1.5000, about 25 min 0 s left",
        "step 60 of 100: loss 1.5000, about 20 min 0 s left",
        "step 70 of 100: loss 1.5000, about 15 min 0 s left",
        "step 80 of 100: loss 1.5000, about 10 min 0 s left",
        "step 90 of 100: loss 1.5000, about 5 min 0 s left",
        "step 100 of 100: loss 1.5000",
    ]
