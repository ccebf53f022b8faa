"""Conversations that tests edit: one of each kind."""

from workbench.core.samples import Reply, Sample, StateValue, Step, ToolCall

TEMPERATURE = "HVAC_TEMPERATURE_SET"


def call(function, name, area, *value):
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments | ({"value": value[0]} if value else {}))


def warm(area, value):
    return call("setFloatProperty", TEMPERATURE, area, value)


def heat(area):
    return call("setIntProperty", "HVAC_SEAT_TEMPERATURE", area, 2)


WARMER = Sample(
    "one degree warmer for me, please",
    (call("getFloatProperty", TEMPERATURE, 1),),
    state=(StateValue(TEMPERATURE, 1, 20.0),),
    then=(
        Step(answers=(warm(1, 21.0),)),
        Step(reply=Reply("tell", "It's 21 degrees on your side now.")),
        Step("same for my wife", (warm(4, 21.0),)),
        Step(reply=Reply("tell", "Done, 21 on the right as well.")),
        Step("no, put mine back", (warm(1, 20.0),)),
    ),
)
"""Six steps in three turns, from a state of its own."""

TOO_WARM = Sample(
    "set it to 50 degrees",
    (),
    reply=Reply("refuse", "It goes up to 32.5.", "execution.value_out_of_range", (warm(1, 50.0),)),
)
SEAT = Sample(
    "warm up the kid's seat",
    (),
    reply=Reply("ask", "Left or right?", options=((heat(16),), (heat(64),))),
    then=(Step("left", (heat(16),)),),
)
JOKE = Sample("tell me a joke", (), reply=Reply("chat", "A flat tyre goes to a bar."))
EVERY = (WARMER, TOO_WARM, SEAT, JOKE)
