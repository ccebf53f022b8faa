"""What the code's structure promises: rooms without circles, and one home for each public type."""

import pytest

from tests.structure import PACKAGES, circle, homes, imports, rooms, sources


@pytest.fixture(scope="module")
def modules():
    return sources()


@pytest.fixture(scope="module")
def arrows(modules):
    return imports(modules)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_imports_one_that_imports_it(arrows, package):
    assert circle(rooms(arrows, package)) == []


def test_no_module_imports_one_that_imports_it(arrows):
    assert circle(arrows) == []


def test_a_circle_is_found_wherever_its_imports_stand():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert not circle({"a": {"b", "c"}, "b": {"c"}, "c": set()})


def test_every_public_type_has_one_home(modules):
    twice = {name: places for name, places in homes(modules).items() if len(places) > 1}
    assert twice == {}
