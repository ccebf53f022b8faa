"""Styles of requests: their shares, and what is on record of a sample."""

import pytest

from workbench.core.request_styles import STYLES, parse_styles, style_of
from workbench.core.samples import Sample, ToolCall
from workbench.core.shares import shares_text
from workbench.jobs.generating.planning import RequestPlan, plan_of

CALL = ToolCall("getBooleanProperty", {"propertyName": "HVAC_AC_ON", "areaId": 1})


def test_shares_are_kept_in_the_order_of_the_styles():
    assert shares_text(parse_styles("voice=2, plain=1,need=0")) == "plain=1,voice=2"


@pytest.mark.parametrize("text", ["", "shout=1", "plain", "plain=1,plain=2", "plain=-1", "plain=0"])
def test_what_is_no_share_of_a_style_is_refused(text):
    with pytest.raises(ValueError, match=r"style|plain|0"):
        parse_styles(text)


@pytest.mark.parametrize(
    ("meta", "style"),
    [({"style": "voice"}, "voice"), ({"style": "shout"}, None), ({"style": 3}, None), (None, None)],
)
def test_the_style_of_a_sample_is_what_is_on_record(meta, style):
    assert style_of(Sample("is the ac on", (CALL,), meta)) == style


def test_a_plan_that_is_asked_again_has_its_styles():
    for styles in ((), parse_styles(",".join(f"{style}=1" for style in STYLES))):
        plan = RequestPlan(20, 7, (), styles=styles)
        assert plan_of(plan.line(1, 0, "offline")) == plan
        assert plan.cut(5).styles == plan.request(0).styles == styles
