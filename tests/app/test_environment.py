"""Variables that Textual heeds: where they name nothing, that is told before there is a screen."""

import pytest
from textual import constants

from workbench.app.main import WorkbenchApp
from workbench.core.errors import InputError


@pytest.mark.parametrize("driver", ["x.y:Z", "os:path", "os:nothing", ""])
def test_a_driver_that_cannot_be_loaded_is_named(monkeypatch, driver):
    monkeypatch.setattr(constants, "DRIVER", driver)
    with pytest.raises(InputError, match=r"TEXTUAL_DRIVER \(.*it can't be loaded"):
        WorkbenchApp()


@pytest.mark.parametrize("system", ["foo", ""])
def test_colours_that_nobody_knows_are_named(monkeypatch, system):
    monkeypatch.setattr(constants, "COLOR_SYSTEM", system)
    with pytest.raises(InputError, match=r"TEXTUAL_COLOR_SYSTEM \(.*one of standard, 256"):
        WorkbenchApp()
