"""Fixes that do not conflict are made together."""

from workbench.core.editing.fixing import fix_sample
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import Edit, Finding, Fix

SAMPLE = Sample("q", tuple(ToolCall(f"f{n}", {"areaId": n, "value": n}) for n in range(4)))


def finding(*edits, label="fix"):
    return Finding("format.wrong_type", label, (), Fix(label, edits))


def areas(sample):
    return [call.arguments["areaId"] for call in sample.answers]


def test_fixes_of_different_places_are_all_made():
    one = finding(Edit("replace", ("answers", 0, "arguments", "areaId"), 9), label="one")
    two = finding(Edit("replace", ("answers", 3, "arguments", "areaId"), 8), label="two")
    fixed = fix_sample(SAMPLE, [one, two])
    assert areas(fixed.sample) == [9, 1, 2, 8]
    assert [fix.label for fix in fixed.used] == ["one", "two"]


def test_of_two_fixes_of_one_place_the_first_is_made():
    path = ("answers", 0, "arguments", "areaId")
    fixed = fix_sample(
        SAMPLE, [finding(Edit("replace", path, 7)), finding(Edit("replace", path, 8))]
    )
    assert areas(fixed.sample)[0] == 7
    assert len(fixed.left) == 1


def test_calls_taken_out_do_not_shift_what_other_fixes_mean():
    out = [finding(Edit("remove", ("answers", n)), label=str(n)) for n in (0, 2)]
    change = finding(Edit("replace", ("answers", 3, "arguments", "areaId"), 8), label="change")
    assert areas(fix_sample(SAMPLE, [*out, change]).sample) == [1, 8]


def test_a_change_of_a_call_that_is_taken_out_is_left():
    out = finding(Edit("remove", ("answers", 1)))
    change = finding(Edit("replace", ("answers", 1, "arguments", "areaId"), 8))
    fixed = fix_sample(SAMPLE, [out, change])
    assert areas(fixed.sample) == [0, 2, 3]
    assert len(fixed.left) == 1


def test_without_fixes_the_sample_stays():
    assert fix_sample(SAMPLE, []).sample is SAMPLE


def test_of_two_equal_calls_none_is_taken_out_where_a_change_of_one_parts_them():
    twins = Sample("q", (SAMPLE.answers[1], SAMPLE.answers[1], SAMPLE.answers[2]))
    out = Fix("remove call 2", (Edit("remove", ("answers", 1)),))
    repeated = Finding("execution.repeated_call", "call 2 repeats call 1", ("answers", 1), out)
    change = finding(Edit("replace", ("answers", 0, "arguments", "areaId"), 9), label="change")
    assert areas(fix_sample(twins, [repeated, change]).sample) == [9, 1, 2]
    assert areas(fix_sample(twins, [repeated]).sample) == [1, 2]
    both = finding(
        *(Edit("replace", ("answers", n, "arguments", "value"), 7) for n in (0, 1)), label="both"
    )
    assert areas(fix_sample(twins, [repeated, both]).sample) == [1, 2]
