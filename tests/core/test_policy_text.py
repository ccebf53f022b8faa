"""The labelling policy as people read it."""

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.core.car.labelling_brief import policy_text


def test_what_the_policy_says_of_conversations_is_in_it(catalog):
    policy = load_policy(CatalogFiles())
    text = policy_text(catalog, policy)
    assert all(rule in text for rule in policy.conversation_rules)
    assert "HVAC_TEMPERATURE_SET: a little 0.5, plainly 1, much 3 °C" in text
    assert "“one of the back windows”" in text


def test_a_policy_without_conversations_says_nothing_of_them(catalog):
    policy = load_policy(CatalogFiles())
    bare = policy.model_copy(update={"relative": {}, "unclear": (), "conversation_rules": ()})
    assert "onversation" not in policy_text(catalog, bare)
