"""Values of arguments that are easily lost or changed on the way through a model's text."""

VALUES = [
    True,
    False,
    0,
    -3,
    22,
    22.0,
    17.5,
    1e-07,
    "12",
    "true",
    "",
    "äö😀",
    "äö😀 </tool",
    "line\nbreak",
    'a,b}{["x"]: y',
    [1, 2, 3],
    [1.5, 2.0],
    ["a", "b,c"],
    [],
    {"a": {"b": [1, "x"]}},
]
