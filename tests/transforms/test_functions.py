"""What R computes, for functions that have no golden file: labels, contrasts and combinations as R 4.3 prints them."""

import numpy as np
import pytest

from statmodels_tf.errors import DataError
from statmodels_tf.transforms import REGISTRY, Factor
from statmodels_tf.transforms.contrasts import last_treatment, successive

nan, inf = np.nan, np.inf


def call(name, *arguments, **options):
    """Return what a function makes, without its state."""
    transform = REGISTRY[name]
    value = transform.function(*arguments, **options)
    return value[0] if transform.stateful else value


def coded(*labels):
    levels = sorted(set(labels) - {None})
    return Factor(np.array([-1 if v is None else levels.index(v) for v in labels], dtype=np.int32), tuple(levels))


@pytest.mark.parametrize(
    ("breaks", "options", "labels"),
    [
        ([-inf, 3, inf], {}, ("(-Inf,3]", "(3, Inf]")),
        ([-inf, 0, inf], {"right": False}, ("[-Inf,0)", "[0, Inf)")),
        ([-inf, 0, inf], {"include_lowest": True}, ("[-Inf,0]", "(0, Inf]")),
        ([0, 1 / 3, 2 / 3, 1], {}, ("(0,0.333]", "(0.333,0.667]", "(0.667,1]")),
        ([1, 1.0001, 1.0002], {}, ("(1,1.0001]", "(1.0001,1.0002]")),
        ([1000, 12345, 123456], {}, ("(1e+03,1.23e+04]", "(1.23e+04,1.23e+05]")),
        ([0.00001, 0.1, 1], {}, ("(1e-05,0.1]", "(0.1,1]")),
        ([1234.5, 1235.5, 1237], {}, ("(1234,1236]", "(1236,1237]")),
        ([1234.5, 1235.5, 99999], {"dig_lab": 5}, ("(1234.5,1235.5]", "(1235.5,99999]")),
        (3, {"dig_lab": 2}, ("(1.2,3.9]", "(3.9,6.5]", "(6.5,9.1]")),
    ],
)
def test_cut_labels(breaks, options, labels):
    breaks = np.array(breaks, dtype=float) if np.ndim(breaks) else breaks
    assert call("cut", np.array([1.234, 5.678, 9.1]), breaks, **options).levels == labels


def test_contrasts_of_mass_and_sas():
    matrix, names = successive(("1", "2", "3", "4"))
    np.testing.assert_allclose(
        matrix, [[-0.75, -0.5, -0.25], [0.25, -0.5, -0.25], [0.25, 0.5, -0.25], [0.25, 0.5, 0.75]]
    )
    assert names == ("2-1", "3-2", "4-3")
    matrix, names = last_treatment(("a", "b", "c"))
    np.testing.assert_array_equal(matrix, [[1, 0], [0, 1], [0, 0]])
    assert names == ("a", "b")


def test_polynomials_of_two_columns():
    x, z = np.array([1.0, 2, 4, 7, 5]), np.array([3.0, 1, 4, 1, 5])
    made = call("poly", x, z, degree=2)
    assert made.columns == ("1.0", "2.0", "0.1", "1.1", "0.2")
    np.testing.assert_allclose(made.values[0], [-0.58639547, 0.48065801, 0.0559017, -0.03278050, -0.6841841], rtol=1e-6)
    np.testing.assert_array_equal(call("poly", x, z, degree=2, raw=True).values[2], [4, 16, 4, 16, 16])


def test_statistics_leave_missing_values_out():
    x = np.array([4.0, nan, 1, 7])
    values = {"mean": 4, "sd": 3, "var": 9, "min": 1, "max": 7, "median": 4, "sum": 12, "length": 4}
    for name, value in values.items():
        assert call(name, x) == value, name
    assert call("quantile", x, 0.25) == 2.5
    assert REGISTRY["mean"].function(np.array([100.0]), state={"value": 4.0})[0] == 4
    with pytest.raises(DataError, match=r"mean\(\) was given no value"):
        call("mean", np.array([nan, nan]))


def test_ranks():
    np.testing.assert_array_equal(call("rank", np.array([3.0, 1, nan, 3, 10])), [2.5, 1, nan, 2.5, 4])


def test_interaction_runs_the_first_factor_fastest():
    a, b = coded("a", "b", "c", "a", None), coded("x", "y", "y", "y", "x")
    made = call("interaction", a, b)
    assert made.levels == ("a.x", "a.y", "b.y", "c.y")  # those of R's six that occur
    assert made.labels().tolist() == ["a.x", "b.y", "c.y", "a.y", None]
    turned = call("interaction", b, a, sep=":")
    assert turned.levels == ("x:a", "y:a", "y:b", "y:c")
    assert call("interaction", coded("a", "b", "a"), coded("y", "x", "x")).levels == ("a.x", "b.x", "a.y")


def test_paste():
    made = call("paste", coded("b", "a", None), np.array([2, 10, 3]), "z")
    assert made.labels().tolist() == ["b 2 z", "a 10 z", None] and made.text
    assert call("paste0", "v", coded("b", "a")).levels == ("va", "vb")


def test_combinations_of_many_levels_have_no_table_of_all_pairs():
    n = 100_000
    a = Factor(np.arange(n, dtype=np.int32), tuple(map(str, range(n))))
    b = Factor(np.arange(n, dtype=np.int32)[::-1], a.levels)
    made = call("interaction", a, b)
    assert len(made.levels) == n and made.levels[made.codes[5]] == "5.99994"


def test_dummy():
    f = coded("a", "b", "c", "a", None)
    np.testing.assert_array_equal(call("dummy", f, "a").values[:, 0], [1, 0, 0, 1, nan])
    assert call("dummy", f).columns == ("b", "c")
    with pytest.raises(DataError, match=r'dummy.* no level "z"'):
        call("dummy", f, "z")


def test_rounding_and_logistic_functions():
    np.testing.assert_allclose(call("signif", np.array([123.456, 0.0012345, -9.99, 0]), 2), [120, 0.0012, -10, 0])
    np.testing.assert_allclose(call("round", np.array([1.25, -3.14159]), 1), [1.2, -3.1])
    np.testing.assert_allclose(call("qlogis", call("plogis", np.array([-3.0, 0, 2]))), [-3, 0, 2], atol=1e-14)


def test_interaction_has_one_level_for_combinations_that_print_alike():
    made = call("interaction", coded("a.b", "a", "c"), coded("d", "b.d", "d"))
    assert made.labels().tolist() == ["a.b.d", "a.b.d", "c.d"] and len(made.levels) == 2


def test_factor_leaves_out_what_it_is_told_to():
    made, state = REGISTRY["factor"].function(coded("a", "b", "c", None), exclude="a")
    assert made.levels == ("b", "c") and made.labels().tolist() == [None, "b", "c", None]
    again, _ = REGISTRY["factor"].function(coded("a", "c"), exclude="a", state=state)
    assert again.labels().tolist() == [None, "c"]
    numbers = call("factor", np.array([1.0, 2.0, 3.0]), exclude=np.array([1.0, 3.0]))
    assert numbers.levels == ("2",)
    with pytest.raises(DataError, match="exclude = NULL"):
        call("factor", coded("a", "b"), exclude=None)


def test_contrasts_keep_how_many_columns_they_are_told_to():
    made = call("C", coded("a", "b", "c", "d"), "contr.poly", how_many=2)
    assert made.contrast.columns == (".L", ".Q") and made.contrast.matrix.shape == (4, 2)
    with pytest.raises(DataError, match="at most 3, not 4"):
        call("C", coded("a", "b", "c", "d"), "contr.poly", how_many=4)


@pytest.mark.parametrize("base", [-5, 0, 4, 1.5, "d", np.array([1.0, 2.0])])
def test_the_reference_level_is_one_of_the_levels(base):
    with pytest.raises(DataError, match="C\\(\\) knows no level"):
        call("C", coded("a", "b", "c"), "contr.treatment", base=base)
    if not isinstance(base, str):
        with pytest.raises(DataError, match=r"`base` of contr\.treatment"):
            call("contr.treatment", 3, base)


def test_each_coding_takes_what_it_uses():
    with pytest.raises(DataError, match=r"`base` with contr\.treatment alone"):
        call("C", coded("a", "b", "c"), "contr.sum", base=2)
    with pytest.raises(TypeError, match="base"):
        call("contr.sum", 3, base=2)
    assert call("contr.treatment", ("u", "v", "w"), base=2).columns == ("u", "w")
    made = call("C", coded("a", "b", "c"), call("contr.treatment", 3, base=3))
    assert made.contrast.columns == ("a", "b")
    with pytest.raises(DataError, match="a score for each of the 3 levels"):
        call("contr.poly", 3, np.array([1.0, 1.0, 2.0]))


@pytest.mark.parametrize("matrix", [[[1], [2, 3]], [["a"], ["b"]], [[1.0], [nan]]])
def test_a_contrast_matrix_holds_finite_numbers(matrix):
    with pytest.raises(DataError, match="ragged or holds what is no finite number"):
        call("C", coded("a", "b"), matrix)


def test_cut_points_are_some_and_differ():
    for breaks in ([1, nan], [1, 1, 2], []):
        with pytest.raises(DataError, match="cut points that differ"):
            call("cut", np.array([1.0, 2.0]), np.array(breaks, dtype=float))
    with pytest.raises(DataError, match="finite numbers"):
        call("cut", np.array([1.0, inf]), 3)


def test_rounding_to_more_digits_than_there_are_changes_nothing():
    values = np.array([1e300, 1.25, nan, -inf])
    np.testing.assert_array_equal(call("round", values, 200), values)
    np.testing.assert_array_equal(call("round", values, 1), [1e300, 1.2, nan, -inf])
    np.testing.assert_allclose(call("signif", np.array([1e-310, 123.456]), 2), [1e-310, 120], rtol=1e-3)
