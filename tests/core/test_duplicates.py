"""Near-duplicates: tokens, the rule, contrast pairs, and exactness against brute force."""

import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.car.catalog import Catalog, build_catalog
from workbench.core.car.overlay import Overlay
from workbench.core.likeness.duplicates import DuplicateFilter, twin_components
from workbench.core.likeness.encoding import Alphabet
from workbench.core.likeness.rouge import RougeIndex, Rule
from workbench.core.likeness.tokens import MASK, sample_tokens, tokenize
from workbench.core.samples import Reply, Sample, Step, ToolCall

TEMPERATURE, FAN_MODE, GEAR = "TEMPERATURE", "FAN_MODE", "GEAR"
SHOWN_MASK = "_"


def build_test_catalog() -> Catalog:
    """A measured property, one whose values are listed, and one whose values are named."""
    areas = [{"areaId": 1}, {"areaId": 4}]
    listed = [{"areaId": 0, "supportedEnumValues": [1, 2, 3]}]
    entries = [
        {"propertyName": TEMPERATURE, "dataType": "Float", "areaIdProfiles": areas},
        {"propertyName": FAN_MODE, "dataType": "Integer", "areaIdProfiles": listed},
        {"propertyName": GEAR, "dataType": "Integer", "areaIdProfiles": [{"areaId": 0}]},
    ]
    overlay = Overlay.model_validate(
        {"properties": {GEAR: {"Integer": {"values": {"1": "neutral", "4": "park"}}}}}
    )
    return build_catalog(entries, [], overlay)


CATALOG = build_test_catalog()


def call(prop: str = TEMPERATURE, area: int = 1, value: Any = 22, name: str = "set") -> ToolCall:
    return ToolCall(name, {"propertyName": prop, "areaId": area, "value": value})


def sample(query: str, *calls: ToolCall) -> Sample:
    return Sample(query, calls or (call(),))


def masked(query: str, *values: Any) -> str:
    calls = tuple(ToolCall("set", {"value": value}) for value in values)
    tokens = sample_tokens(Sample(query, calls)).masked
    return " ".join(SHOWN_MASK if token == MASK else token for token in tokens)


def common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest common subsequence, by the textbook."""
    row = [0] * (len(second) + 1)
    for a in first:
        before = 0
        for at, b in enumerate(second, start=1):
            before, row[at] = row[at], before + 1 if a == b else max(row[at], row[at - 1])
    return row[-1]


def are_twins(first: Sample, second: Sample, threshold: str) -> bool:
    """The definition, without any shortcut."""
    limit = Fraction(threshold)
    one, two = sample_tokens(first), sample_tokens(second)
    if one.words == two.words:
        return limit < 1
    m, n = len(one.masked), len(two.masked)
    score = Fraction(2 * common_length(one.masked, two.masked), m + n) if m + n else Fraction(1)
    return score > limit


def kept_by_brute_force(samples: Iterable[Sample], threshold: str) -> list[bool]:
    kept: list[Sample] = []
    decisions = []
    for one in samples:
        keep = not any(are_twins(one, other, threshold) for other in kept)
        decisions.append(keep)
        if keep:
            kept.append(one)
    return decisions


# Tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param(
            "Turn it ON, now!", ["turn", "it", "on", ",", "now", "!"], id="words-and-marks"
        ),
        pytest.param("wait...", ["wait", ".", ".", "."], id="each-mark-by-itself"),
        pytest.param("don't", ["don't"], id="inner-apostrophe"),
        pytest.param("don’t", ["don't"], id="typographic-apostrophe"),
        pytest.param(
            "the cars' 'go'", ["the", "cars", "'", "'", "go", "'"], id="outer-apostrophes"
        ),
        pytest.param("Straße STRASSE", ["strasse", "strasse"], id="casefold"),
        pytest.param("café cafe\u0301", ["café", "café"], id="accents-composed"),
        pytest.param("暖かく して", [*"暖かくして"], id="no-blanks"),
        pytest.param("ปรับเป็น ๒๔", ["ป", "รั", "บ", "เ", "ป็", "น", "24"], id="marks-and-digits"),
        pytest.param("गाड़ी का तापमान", ["गाड़ी", "का", "तापमान"], id="vowels-are-marks"),
        pytest.param("온도를 24도로", [*"온도를", "24", *"도로"], id="blanks-as-one-likes"),
        pytest.param("٢٤٫٥٪ २४", ["24", ".", "5", "%", "24"], id="digits-of-other-scripts"),
        pytest.param("２４℃に", ["24", "°", "c", "に"], id="full-width"),
        pytest.param("🚗👍🏽", ["🚗", "👍", "🏽"], id="emoji"),
        pytest.param("21.5°C", ["21", ".", "5", "°", "c"], id="numbers"),
        pytest.param(" \t\n\x1f ", [], id="white-space"),
    ],
)
def test_text_is_cut_into_words_and_single_marks(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


@given(st.text())
def test_no_text_yields_the_mask(text: str) -> None:
    assert MASK not in tokenize(text)
    assert MASK not in sample_tokens(Sample(text + MASK, ())).masked


MASKING = [
    pytest.param("set 24 please", [24], "set _ please", id="integer"),
    pytest.param("24.0 or 24.00", [24], "_ or _", id="integer-spelt-with-decimals"),
    pytest.param("set 24", [24.0], "set _", id="float-spelt-as-integer"),
    pytest.param("set 24.", [24], "set _ .", id="end-of-sentence"),
    pytest.param("24, 24: (24)", [24], "_ , _ : ( _ )", id="marks-around"),
    pytest.param("24°C 24% $24", [24], "_ ° c _ % $ _", id="marks-of-units"),
    pytest.param("24C 24km/h", [24], "_ c _ km / h", id="units-attached"),
    pytest.param("24th 4x4 24_", [24, 4], "24th 4x4 24_", id="not-amounts"),
    pytest.param("124 240 a24", [24], "124 240 a24", id="inside-longer"),
    pytest.param("24.5 2.24 .24", [24], "24 . 5 2 . 24 . 24", id="inside-decimals"),
    pytest.param("7:24 24:30", [24], "7 : 24 24 : 30", id="inside-times"),
    pytest.param("1,024 24,000", [24], "1 , 024 24 , 000", id="inside-thousands"),
    pytest.param("1,500 1500 11,500", [1500], "_ _ 11 , 500", id="thousands"),
    pytest.param("21.5 21.50 21.55", [21.5], "_ _ 21 . 55", id="decimals"),
    pytest.param("0.5 .5 1.5", [0.5], "_ _ 1 . 5", id="fraction"),
    pytest.param("-2 \N{MINUS SIGN}2 2", [-2], "_ _ 2", id="negative"),
    pytest.param("-2 20-2", [2], "- 2 20 - _", id="minus-or-hyphen"),
    pytest.param("-.5 .5", [-0.5], "_ . 5", id="negative-fraction"),
    pytest.param("0 and 10", [-0.0], "_ and 10", id="zero"),
    pytest.param("24½", [24], "24½", id="vulgar-fraction"),
    pytest.param("new NEW Newark", ["New"], "_ _ newark", id="string-in-any-case"),
    pytest.param("new's renew new-york", ["New"], "_ ' s renew _ - york", id="string-at-marks"),
    pytest.param("tür türen", ["TÜR"], "_ türen", id="unicode-boundaries"),
    pytest.param("cafe\u0301", ["café"], "_", id="accents"),
    pytest.param("the i/o+ panel", ["I/O+"], "the _ panel", id="string-with-marks"),
    pytest.param("say a b", ["a"], "say a b", id="one-letter"),
    pytest.param("say a5", ["A5"], "say _", id="letter-and-digit"),
    pytest.param("24 in 24.5", ["24"], "_ in 24 . 5", id="digits-in-a-string"),
    pytest.param("see New York City", ["New York", "New York City"], "see _", id="longest-first"),
    pytest.param(
        "the New York City", ["the New", "New York City"], "the _", id="longest-not-leftmost"
    ),
    pytest.param("5 6 abc 7", [[5, [6.0, "abc"]], {"x": 7}], "_ _ _ _", id="nested"),
    pytest.param(
        "true False none null", [True, False, None], "true false none null", id="no-values"
    ),
    pytest.param("1 and 0", [True, False], "1 and 0", id="booleans-are-no-numbers"),
    pytest.param("nan inf", [float("nan"), float("inf")], "nan inf", id="not-finite"),
    pytest.param("9 " + "9" * 50, [10**6000, int("9" * 50)], "9 " + "9" * 50, id="huge"),
    pytest.param("24 and 24", [24, 24.0, "24"], "_ and _", id="one-mask-each"),
    pytest.param("على ٢٤٫٥ درجة", [24.5], "على _ درجة", id="arabic-digits"),
    pytest.param("到２４度", [24], "到 _ 度", id="full-width-digits"),
    pytest.param("到24度，24.5度", [24], "到 _ 度 , 24 . 5 度", id="digits-in-chinese"),
    pytest.param("到二十四度", [24], "到 _ 度", id="chinese"),
    pytest.param("到二十四度半", [24.5], "到 _", id="chinese-and-a-half"),
    pytest.param("二十四点五", [24.5], "_", id="chinese-tenths"),
    pytest.param("二十四点五度", [24, 5], "二 十 四 点 五 度", id="chinese-inside-tenths"),
    pytest.param("一百零五，一百五十", [105], "_ , 一 百 五 十", id="chinese-hundreds"),
    pytest.param("两百零五", [205], "_", id="chinese-other-two"),
    pytest.param("二十四", [4, 20], "二 十 四", id="chinese-inside-longer"),
    pytest.param("风量二档，等一下", [1, 2], "风 量 _ 档 , 等 一 下", id="chinese-by-chance"),
    pytest.param("十分，十度", [10], "十 分 , _ 度", id="chinese-ten"),
    pytest.param("十八度にして", [18], "_ 度 に し て", id="japanese"),
    pytest.param("이십사도로, 이 일", [24, 1], "_ 도 로 , 이 일", id="korean"),
    pytest.param("ยี่สิบเอ็ดองศา", [21], "_ อ ง ศ า", id="thai"),
    pytest.param("ระดับสาม ได้ สามารถ", [3], "ร ะ ดั บ _ ไ ด้ ส า ม า ร ถ", id="thai-by-chance"),
    pytest.param("零下五度", [-5], "零 下 _ 度", id="chinese-negative"),
    pytest.param("二十四", [240000, 24.05], "二 十 四", id="chinese-not-said"),
]


@pytest.mark.parametrize(("query", "values", "tokens"), MASKING)
def test_whole_values_are_masked(query: str, values: list[Any], tokens: str) -> None:
    assert masked(query, *values) == tokens


def test_values_of_all_arguments_and_calls_are_masked() -> None:
    calls = (call(area=4, value=22), call(prop="FAN", value=3))
    tokens = sample_tokens(Sample("set fan in area 4 to 3, not 22", calls)).masked

    assert tokens == ["set", MASK, "in", "area", MASK, "to", MASK, ",", "not", MASK]


# The rule


SAID_AGAIN = {
    "Chinese": (
        "把主驾温度调到22度",
        "把主驾温度调到二十四度吧",
        "请把主驾温度调到２３度",
    ),
    "Japanese": (
        "運転席の温度を22度にして",
        "運転席の温度を二十四度にして",
        "運転席の温度を２３度に",
    ),
    "Thai": (
        "ปรับอุณหภูมิฝั่งคนขับ 22 องศา",
        "ปรับอุณหภูมิฝั่งคนขับ ๒๔ องศา",
        "ปรับอุณหภูมิฝั่งคนขับยี่สิบสามองศา",
    ),
    "Korean": (
        "운전석 온도를 22도로 맞춰줘",
        "운전석 온도를 이십사도로 맞춰 줘",
        "운전석온도 23도로 맞춰줘",
    ),
    "Arabic": (
        "اضبط حرارة السائق على 22 درجة",
        "اضبط حرارة السائق على ٢٤ درجة",
        "اضبط حرارة السائق على ٢٣ درجة",
    ),
}
APART = {
    "Chinese": ("打开主驾座椅加热", "打开副驾座椅通风"),
    "Japanese": ("運転席の窓を開けて", "助手席のドアを開けて"),
    "Thai": ("เปิดหน้าต่างคนขับ", "เปิดไฟหน้า"),
    "Korean": ("운전석 창문 열어줘", "조수석 창문 닫아줘"),
    "Arabic": ("افتح نافذة السائق", "افتح باب الراكب"),
}


@pytest.mark.parametrize("queries", SAID_AGAIN.values(), ids=SAID_AGAIN)
def test_what_is_said_again_is_a_duplicate_in_any_script(queries: Sequence[str]) -> None:
    samples = [sample(one, call(value=v)) for one, v in zip(queries, (22, 24, 23), strict=True)]
    twins = DuplicateFilter(CATALOG).extend(samples)
    assert [twin is None for twin in twins] == [True, False, False]


@pytest.mark.parametrize("queries", APART.values(), ids=APART)
def test_what_is_said_of_something_else_is_none(queries: Sequence[str]) -> None:
    assert DuplicateFilter(CATALOG).extend([sample(one) for one in queries]) == [None, None]


@pytest.mark.parametrize(
    ("threshold", "common", "m", "n", "twins"),
    [
        pytest.param("0.8", 4, 5, 5, False, id="tie"),
        pytest.param("0.8", 44, 55, 55, False, id="tie-that-floats-miss"),
        pytest.param(0.8, 44, 55, 55, False, id="float-read-as-decimal"),
        pytest.param("0.8", 5, 6, 6, True, id="above"),
        pytest.param("0.7999", 4, 5, 5, True, id="tie-above-another"),
        pytest.param("1", 5, 5, 5, False, id="one-drops-nothing"),
        pytest.param("1", 0, 0, 0, False, id="one-and-empty"),
        pytest.param("0.999", 5, 5, 5, True, id="below-one"),
        pytest.param("0", 0, 5, 5, False, id="zero-nothing-common"),
        pytest.param("0", 1, 5, 500, True, id="zero-one-common"),
        pytest.param("0.8", 0, 0, 0, True, id="empty-both"),
        pytest.param("0", 0, 0, 3, False, id="empty-one"),
        pytest.param(Fraction(2, 3), 2, 3, 3, False, id="fraction"),
    ],
)
def test_the_rule_is_exact(threshold: Any, common: int, m: int, n: int, twins: bool) -> None:
    assert Rule.of(threshold).holds(common, m, n) is twins


@pytest.mark.parametrize("threshold", ["-0.1", "1.01", 2, "much", "nan", "1/0", ""])
def test_other_thresholds_are_refused(threshold: Any) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        DuplicateFilter(CATALOG, threshold)


def test_a_negative_number_of_contrast_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        DuplicateFilter(CATALOG, contrast=-1)


THRESHOLDS = st.sampled_from(["0", "0.2", "0.5", "0.6", "0.75", "0.8", "0.9", "0.999", "1"])
SEQUENCES = st.lists(st.text("abcde", max_size=12), max_size=30)


@given(SEQUENCES, st.text("abcde", max_size=12), THRESHOLDS)
def test_the_index_finds_what_brute_force_finds(
    texts: list[str], query: str, threshold: str
) -> None:
    rule = Rule.of(threshold)
    index = RougeIndex(rule)
    for text in texts:
        index.add(text)

    found = index.search(query)

    expected = []
    for number, text in enumerate(texts):
        common, total = common_length(query, text), len(query) + len(text)
        if rule.holds(common, len(query), len(text)):
            expected.append((number, 2 * common / total if total else 1.0))
    assert found == expected


@pytest.mark.exhaustive
@pytest.mark.parametrize("letters", ["ab", "abcdefghijklmnopqrstuvwxyz"], ids=["few", "many"])
@pytest.mark.parametrize(("count", "longest"), [(1400, 12), (10, 400)], ids=["short", "long"])
def test_the_index_stays_exact_as_it_grows(letters: str, count: int, longest: int) -> None:
    texts = altered_copies(letters, count, longest)
    rule = Rule.of("0.6")
    index = RougeIndex(rule)
    for text in texts:
        index.add(text)

    for query in texts[:: count // 5]:
        found = [number for number, _ in index.search(query)]
        assert found == [
            number
            for number, text in enumerate(texts)
            if rule.holds(common_length(query, text), len(query), len(text))
        ]


def altered_copies(letters: str, count: int, longest: int) -> list[str]:
    """Random texts; each third is the one before with a quarter of its letters drawn anew."""
    rng = random.Random(1)
    texts: list[str] = []
    for n in range(count):
        if n % 3:
            text = rng.choices(letters, k=rng.randint(longest // 2, longest))
        else:
            text = list(texts[-1]) if texts else ["a"]
            for at in rng.sample(range(len(text)), len(text) // 4):
                text[at] = rng.choice(letters)
        texts.append("".join(text))
    return texts


def test_characters_are_distinct_and_never_surrogates() -> None:
    alphabet = Alphabet()

    text = alphabet.encode([str(n) for n in range(60_000)])

    assert len(set(text)) == 60_000
    assert text.encode("utf-8").decode("utf-8") == text
    assert alphabet.encode(["7"]) == text[7]


def test_frequent_tokens_get_the_first_characters() -> None:
    alphabet = Alphabet()

    alphabet.learn([["rare", "often"], ["often"]])

    assert alphabet.encode(["often", "rare", "new"]) == "\0\1\2"


# Decisions

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "24", ","]), max_size=9).map(" ".join)
CALLS = st.builds(
    call,
    st.sampled_from([TEMPERATURE, FAN_MODE]),
    st.sampled_from([1, 4]),
    st.sampled_from([24, 3, True]),
)
SAMPLES = st.lists(st.builds(sample, WORDS, CALLS), max_size=14)


@given(SAMPLES, THRESHOLDS)
def test_the_plain_rule_keeps_what_brute_force_keeps(samples: list[Sample], threshold: str) -> None:
    decisions = DuplicateFilter(CATALOG, threshold, contrast=0).extend(samples)

    kept = [twin is None for twin in decisions]
    assert kept == kept_by_brute_force(samples, threshold)


@given(SAMPLES, THRESHOLDS, st.integers(0, 3))
def test_one_by_one_is_as_all_at_once(samples: list[Sample], threshold: str, contrast: int) -> None:
    single = DuplicateFilter(CATALOG, threshold, contrast)
    bulk = DuplicateFilter(CATALOG, threshold, contrast)

    assert [single.add(one) for one in samples] == bulk.extend(samples)
    assert len(single) == len(bulk)


@pytest.mark.exhaustive
def test_one_by_one_is_as_all_at_once_for_thousands() -> None:
    samples = [sample(f"w{n % 61} w{n % 17} w{n % 7} w{n % 5} and w{n % 3}") for n in range(5000)]
    single = DuplicateFilter(CATALOG)

    assert [single.add(one) for one in samples] == DuplicateFilter(CATALOG).extend(samples)


@given(SAMPLES, st.integers(0, 3))
def test_kept_samples_contrast_and_no_more_than_allowed(
    samples: list[Sample], contrast: int
) -> None:
    decide = DuplicateFilter(CATALOG, "0.6", contrast)
    kept = [one for one in samples if decide.add(one) is None]

    for index, one in enumerate(kept):
        others = [twin for twin in decide.twins_of(one) if twin.index != index]
        assert len(others) <= contrast
        assert not any(twin.same_calls for twin in others)


@given(SAMPLES, st.integers(0, 3), st.integers(0, 14))
def test_loading_what_was_kept_goes_on_as_if_never_stopped(
    samples: list[Sample], contrast: int, cut: int
) -> None:
    whole = DuplicateFilter(CATALOG, "0.6", contrast)
    first = [one for one in samples[:cut] if whole.add(one) is None]
    resumed = DuplicateFilter(CATALOG, "0.6", contrast)
    resumed.load(first)

    assert [resumed.add(one) for one in samples[cut:]] == [whole.add(one) for one in samples[cut:]]


def test_queries_that_differ_in_masked_numbers_are_twins() -> None:
    decide = DuplicateFilter(CATALOG)
    decide.add(sample("set it to 22 degrees", call(value=22)))

    twin = decide.add(sample("Set it to 24.5 degrees", call(value=24.5)))

    assert twin is not None
    assert (twin.index, twin.score, twin.same_calls) == (0, 1.0, True)
    assert twin.query == "set it to 22 degrees"
    assert twin.id == sample("set it to 22 degrees", call(value=22)).id


@pytest.mark.parametrize(
    ("query", "again", "other"),
    [
        pytest.param(
            "请把驾驶座的温度调到{}度", "麻烦请把驾驶座的温度调到{}度吧", "打开右后窗户", id="zh"
        ),
        pytest.param(
            "運転席のエアコンを{}度にして",
            "運転席エアコンを{}度にしてね",
            "窓を開けてください",
            id="ja",
        ),
        pytest.param(
            "ช่วยปรับอุณหภูมิเป็น{}องศา", "ช่วยปรับอุณหภูมิเป็น{}องศาหน่อย", "เปิดหน้าต่างด้านหลัง", id="th"
        ),
        pytest.param("ຕັ້ງອຸນຫະພູມເປັນ{}ອົງສາ", "ຕັ້ງອຸນຫະພູມເປັນ{}ອົງສາແດ່", "ເປີດປ່ອງຢ້ຽມ", id="lo"),
        pytest.param("កំណត់សីតុណ្ហភាព{}អង្សា", "សូមកំណត់សីតុណ្ហភាព{}អង្សា", "បើកបង្អួច", id="km"),
        pytest.param("အပူချိန်ကို{}ဒီဂရီထားပါ", "အပူချိန်ကို{}ဒီဂရီထားပါနော်", "ပြတင်းပေါက်ဖွင့်ပါ", id="my"),
        pytest.param(
            "ड्राइवर का तापमान {} डिग्री करो", "ड्राइवर का तापमान {} डिग्री", "खिड़की खोलो", id="hi"
        ),
        pytest.param("🚗🔥🔥{}", "🚗🔥🔥🔥{}", "🪟🔓", id="emoji"),
    ],
)
def test_near_duplicates_are_found_in_any_script(query: str, again: str, other: str) -> None:
    seen = DuplicateFilter(CATALOG)
    asked = [query.format(22), query.format(23), again.format(24), other]
    found = [sample(words, call(value=22 + n)) for n, words in enumerate(asked)]
    kept = [seen.add(one) is None for one in found]
    assert kept == [True, False, False, True]
    assert sorted(map(len, twin_components(found))) == [1, 3]


def test_empty_queries_are_twins_of_each_other_only() -> None:
    decide = DuplicateFilter(CATALOG, "0")

    assert decide.extend([sample(""), sample("go")]) == [None, None]
    assert decide.add(sample(" \n")) is not None


# Contrast pairs

ON_THE_LEFT = "please turn the light on for the left seat now"
ON_THE_RIGHT = "please turn the light on for the right seat now"


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        pytest.param(call(), call(name="get"), True, id="function"),
        pytest.param(call(), call(prop="OTHER"), True, id="property"),
        pytest.param(call(area=1), call(area=4), True, id="area"),
        pytest.param(call(value=True), call(value=False), True, id="boolean"),
        pytest.param(call(value=True), call(value=1), True, id="boolean-and-number"),
        pytest.param(call(value="warm"), call(value="cold"), True, id="string"),
        pytest.param(call(FAN_MODE, 0, 1), call(FAN_MODE, 0, 2), True, id="listed-value"),
        pytest.param(call(GEAR, 0, 1), call(GEAR, 0, 4), True, id="named-value"),
        pytest.param(call(value=[1, 2]), call(value=[1, 2, 3]), True, id="length-of-a-list"),
        pytest.param(call(value=[1, True]), call(value=[1, False]), True, id="inside-a-list"),
        pytest.param(call(), call(), False, id="equal"),
        pytest.param(call(value=22), call(value=24.5), False, id="number"),
        pytest.param(call(FAN_MODE, 0, 1), call(FAN_MODE, 0, 1.0), False, id="same-listed-value"),
        pytest.param(call(value=[1, 2]), call(value=[3, 4]), False, id="numbers-in-a-list"),
        pytest.param(call("NEW", 0, 1), call("NEW", 0, 2), False, id="unknown-property"),
        pytest.param(call(value={"a": 1}), call(value={"a": 2}), False, id="numbers-in-an-object"),
    ],
)
def test_a_twin_is_kept_if_calls_differ_in_more_than_numbers(
    first: ToolCall, second: ToolCall, kept: bool
) -> None:
    decide = DuplicateFilter(CATALOG)
    decide.add(sample(ON_THE_LEFT, first))

    twin = decide.add(sample(ON_THE_RIGHT, second))

    assert (twin is None) is kept
    if twin:
        assert twin.same_calls


def test_the_order_of_calls_makes_no_difference() -> None:
    decide = DuplicateFilter(CATALOG)
    decide.add(sample(ON_THE_LEFT, call(area=1), call(area=4)))

    assert decide.add(sample(ON_THE_RIGHT, call(area=4), call(area=1))) is not None


def test_a_repeated_call_makes_a_difference() -> None:
    decide = DuplicateFilter(CATALOG)
    decide.add(sample(ON_THE_LEFT, call(area=1)))

    assert decide.add(sample(ON_THE_RIGHT, call(area=1), call(area=1))) is None


def test_arguments_nested_without_end_are_compared() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    first = sample(ON_THE_LEFT, ToolCall("set", {"value": deep}))

    assert DuplicateFilter(CATALOG).twins_of(first) == []


def test_the_same_words_contradict_and_are_dropped() -> None:
    decide = DuplicateFilter(CATALOG)
    decide.add(sample(ON_THE_LEFT, call(area=1)))

    twin = decide.add(sample(ON_THE_LEFT.upper(), call(area=4)))

    assert twin is not None
    assert (twin.score, twin.same_calls) == (1.0, False)


@pytest.mark.parametrize("contrast", [0, 2])
def test_the_same_words_are_twins_even_if_masks_differ(contrast: int) -> None:
    decide = DuplicateFilter(CATALOG, contrast=contrast)
    decide.add(sample("set 24", call(value=24)))

    twin = decide.add(sample("set 24", call(value=25)))

    assert twin is not None
    assert (twin.score, twin.same_calls) == (1.0, True)


def variants(count: int) -> list[Sample]:
    """Twins of each other, each with calls of its own."""
    phrase = "please turn the light on for the {} seat now"
    return [sample(phrase.format(f"x{n}y"), call(f"P{n}")) for n in range(count)]


@pytest.mark.parametrize(("contrast", "kept"), [(0, 1), (1, 2), (2, 3), (4, 5)])
def test_contrast_pairs_are_limited_for_each_query(contrast: int, kept: int) -> None:
    decisions = DuplicateFilter(CATALOG, contrast=contrast).extend(variants(6))

    assert [twin is None for twin in decisions] == [True] * kept + [False] * (6 - kept)


def test_a_drop_beyond_the_limit_tells_of_different_calls() -> None:
    twin = DuplicateFilter(CATALOG, contrast=1).extend(variants(3))[2]

    assert twin is not None
    assert (twin.index, twin.same_calls) == (0, False)


def test_a_full_partner_refuses_a_candidate_that_has_room() -> None:
    decide = DuplicateFilter(CATALOG, "0.5", contrast=1)
    decide.add(sample("a b c d e f", call("P1")))
    decide.add(sample("a b c d x y", call("P2")))

    twin = decide.add(sample("u v c d e f", call("P3")))

    assert twin is not None
    assert (twin.index, twin.same_calls) == (0, False)


def test_the_same_calls_outweigh_a_nearer_contrast() -> None:
    decide = DuplicateFilter(CATALOG, "0.5")
    decide.add(sample("a b c d e f", call("P1")))
    decide.add(sample("a b c x y f", call("P2")))

    twin = decide.add(sample("a b c d e y", call("P2", value=7)))

    assert twin is not None
    assert (twin.index, twin.same_calls) == (1, True)


# Loaded samples and lookups


def test_loaded_samples_are_not_filtered_but_count() -> None:
    decide = DuplicateFilter(CATALOG)
    decide.load([sample("set 22"), sample("set 22"), sample("go on")])

    twin = decide.add(sample("go on"))

    assert len(decide) == 3
    assert twin is not None
    assert twin.index == 2


def test_contrast_pairs_among_loaded_samples_count() -> None:
    decide = DuplicateFilter(CATALOG, contrast=2)
    decide.load(variants(3))

    assert [twin.index for twin in decide.twins_of(variants(4)[3])] == [0, 1, 2]
    far = sample("please turn the light on for the x0y seat when dark", call("P9"))
    assert len(decide.twins_of(far)) == 1
    assert decide.add(far) is not None


def test_samples_loaded_later_count_for_those_kept_before() -> None:
    decide = DuplicateFilter(CATALOG, contrast=1)
    first, second, third = variants(3)
    decide.add(first)
    decide.load([second])

    assert decide.add(third) is not None


def test_twins_come_best_first_then_earliest() -> None:
    decide = DuplicateFilter(CATALOG, "0.5")
    decide.load(
        [sample("a b c x"), sample("a b c d", call(area=4)), sample("a b c y"), sample("no")]
    )

    twins = decide.twins_of(sample("a b c d"))

    found = [(twin.index, twin.score, twin.same_calls) for twin in twins]
    assert found == [(1, 1.0, False), (0, 0.75, True), (2, 0.75, True)]


def test_looking_up_keeps_nothing() -> None:
    decide = DuplicateFilter(CATALOG)

    assert decide.twins_of(sample("go")) == []
    assert len(decide) == 0


# Components


@settings(deadline=None)
@given(SAMPLES, THRESHOLDS)
def test_components_are_those_of_all_pairs(samples: list[Sample], threshold: str) -> None:
    groups = [{n} for n in range(len(samples))]
    for a, one in enumerate(samples):
        for b in range(a):
            if are_twins(one, samples[b], threshold):
                first = next(group for group in groups if a in group)
                second = next(group for group in groups if b in group)
                if first is not second:
                    first |= second
                    groups.remove(second)
    expected = sorted(sorted(group) for group in groups)

    assert twin_components(samples, threshold) == expected


def test_components_join_what_no_single_pair_joins() -> None:
    samples = [sample("a b c d"), sample("z"), sample("c d e f"), sample("b c d e")]

    assert twin_components(samples, "0.7") == [[0, 2, 3], [1]]


def test_contrast_pairs_and_same_words_are_in_one_component() -> None:
    samples = [
        sample(ON_THE_LEFT, call(area=1)),
        sample(ON_THE_RIGHT, call(area=4)),
        sample("set 24", call(value=24)),
        sample("set 24", call(value=25)),
    ]

    assert twin_components(samples) == [[0, 1], [2, 3]]


def test_no_samples_have_no_components() -> None:
    assert twin_components([]) == []


def test_components_tell_their_progress() -> None:
    seen: list[int] = []

    twin_components([sample(f"w{n}") for n in range(300)], on_progress=seen.append)

    assert seen == [256, 300]


def reading(area: int = 1) -> ToolCall:
    return ToolCall("get", {"propertyName": TEMPERATURE, "areaId": area})


def going_on(*steps: Step, query: str = "a degree warmer please", area: int = 1) -> Sample:
    return Sample(query, (reading(area),), then=steps)


SERVED = Step(answers=(ToolCall("set", {"propertyName": TEMPERATURE, "areaId": 1, "value": 21.0}),))
MORE = msgspec.structs.replace(
    SERVED, answers=(ToolCall("set", {"propertyName": TEMPERATURE, "areaId": 1, "value": 25.0}),)
)
AT_THE_END = Step(reply=Reply("tell", "It's as warm as it gets."))
THANKS = Step(query="thanks", reply=Reply("chat", "You're welcome."))


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        pytest.param(going_on(MORE), False, id="another number"),
        pytest.param(going_on(AT_THE_END), True, id="the same words, served and not"),
        pytest.param(going_on(SERVED, THANKS), True, id="it goes on"),
        pytest.param(going_on(SERVED, query="A degree warmer, please!"), False, id="same words"),
    ],
)
def test_of_a_conversation_all_steps_are_compared(other: Sample, kept: bool):
    twins = DuplicateFilter(CATALOG, 0.7, 2)
    assert twins.add(going_on(SERVED)) is None
    assert (twins.add(other) is None) is kept
