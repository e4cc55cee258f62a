"""One summary, four formats: aligned text, HTML for both themes, Markdown, LaTeX."""

from html.parser import HTMLParser

import numpy as np
import pytest

from statmodels_tf.fits.table import Heading, Summary, Table, column_format, fixed, grouped
from tests.fits.cases import data_of, dense_fit, dense_lmer


def simple():
    table = Table(
        (Heading("Fixed effects"), Heading("estimate"), Heading("95% interval", span=2)),
        (("Intercept", "3.28", "3.25", "3.32"), ("service[1]", "-0.09", "-0.12", "-0.07")),
    )
    return Summary(
        "Linear mixed model", "y ~ service + (1 | g)", ("2 rows",), (table,), ("AIC 1",), ("A note & more.",)
    )


def test_text_is_aligned():
    lines = str(simple()).splitlines()
    assert lines[0].startswith("Linear mixed model") and lines[0].endswith("y ~ service + (1 | g)")
    rows = [line for line in lines if line.startswith(("Fixed", "Intercept", "service"))]
    assert len(rows) == 3 and len({len(row) for row in rows}) == 1
    assert lines[-1] == "A note & more."


def test_long_formulas_stand_on_their_own_line():
    summary = Summary("Title", "y ~ " + " + ".join(f"x{i}" for i in range(60)), (), ())
    assert str(summary).splitlines()[0] == "Title"


def test_long_lines_are_broken():
    summary = Summary("T", "f", (" · ".join(f"{i} levels of factor" for i in range(12)),), ())
    assert max(map(len, str(summary).splitlines())) <= 88
    assert "11 levels of factor" in str(summary)


class _Balance(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_whole_escaped_and_has_two_themes():
    page = simple()._repr_html_()
    parser = _Balance()
    parser.feed(page)
    assert parser.open == []
    assert "prefers-color-scheme: dark" in page
    assert "A note &amp; more." in page and 'colspan="2"' in page
    assert "http" not in page and "<script" not in page
    hostile = Summary("<script>x</script>", "f", (), (Table((Heading("<b>"),), (("<i>",),)),))
    assert "<script>" not in hostile._repr_html_() and "<i>" not in hostile._repr_html_()


def test_markdown_has_a_rule_and_escaped_cells():
    lines = simple().to_markdown().splitlines()
    assert lines[0] == "**Linear mixed model** `y ~ service + (1 | g)`"
    table = [line for line in lines if line.startswith("|")]
    assert table[1] == "| :--- | ---: | ---: | ---: |"
    assert {line.count("|") for line in table} == {5}
    assert r"service\[1\]" in table[3]


def test_latex_escapes_and_balances():
    text = simple().to_latex()
    assert r"A note \& more." in text and r"95\% interval" in text and r"\textbar{}" in text
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 1
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    ("scale", "value", "shown"),
    [
        (6.82, 251.405, "251.41"),
        (0.0188, 3.28331, "3.2833"),
        (123.0, 98765.4, "98765"),
        (0.0188, -0.00001, "-0.0000100"),
    ],
)
def test_figures_are_shown_to_three_digits_of_the_standard_error(scale, value, shown):
    assert column_format([scale])([value]) == [shown]


def test_a_number_smaller_than_its_column_keeps_its_digits():
    """Ratios have intervals whose ends differ by powers of ten; one is never rounded to the other side of the null."""
    assert column_format([237.0])([90.1, 0.507, 15882.3]) == ["90", "0.507", "15882"]
    assert column_format([0.5, 0.4, 0.6, 0.5, 0.3, 1e-6])([1.2, 1e-6]) == ["1.20000", "0.00000100"]
    assert column_format([0.5])([1e-13, -1e-13, 0.0, np.inf]) == ["0.000", "0.000", "0.000", "inf"]


def test_large_numbers_have_an_exponent():
    assert column_format([1877627337.0])([37285126167.0, 1877627337.0]) == ["3.729e+10", "1.878e+09"]
    assert column_format([18776.0])([3728512.6]) == ["3728513"]


def test_figures_of_very_different_size_keep_their_digits():
    assert column_format([1e-8, 1e6])([1.2345e-6, 1234567.0]) == ["1.234e-06", "1.235e+06"]
    assert fixed([np.nan, 1.0], 1) == ["", "1.0"]


def test_the_summary_of_a_mixed_model_reads_as_designed():
    fit = dense_fit("slopes")
    assert str(fit.summary()).splitlines() == [
        "Linear mixed model, REML               Reaction ~ Days + (Days | Subject)",
        "180 rows · 18 Subjects",
        "dense: converged, 1 evaluation, 0.10 s",
        "",
        "Fixed effects   estimate     se       t     df        p      95% interval",
        "Intercept         251.41   6.82   36.84   17.0   <0.001   237.01   265.80",
        "Days               10.47   1.55    6.77   17.0   <0.001     7.21    13.73",
        "",
        "Random effects   effect          sd   variance   correlation",
        "Subject          Intercept   24.740     612.09",
        "                 Days         5.922      35.07          0.07",
        "residual                     25.592     654.94",
        "",
        "REML criterion 1,743.6 · log-likelihood -871.8 · AIC 1,755.6 · BIC 1,774.8",
    ]
    assert repr(fit) == str(fit.summary())
    assert fit._repr_html_() == fit.summary()._repr_html_()
    np.testing.assert_allclose(fit.summary().table["estimate"], fit.coef())


def test_the_header_names_levels_and_options():
    text = str(dense_fit("crossed").summary())
    assert "reference levels: arm old" in text
    assert "weights w" in text
    assert "6 levels of g" in text
    subj = dense_lmer("Reaction ~ Days + (1 | subj)", data_of("slopes").rename(columns={"Subject": "subj"}))
    assert "18 levels of subj" in str(subj)


def test_correlations_stand_in_columns():
    text = dense_fit("crossed").summary(df="none").tables[1].text()
    assert "correlation" in text
    assert "df" not in str(dense_fit("crossed").summary(df="none").tables[0].text()).split()


def test_coefficients_that_are_not_estimated_show_na():
    (row,) = (line for line in str(dense_fit("aliased").summary()).splitlines() if line.startswith("twice"))
    assert row.split() == ["twice", *["NA"] * 7]
    summary = dense_fit("aliased").summary()
    assert "<td" in summary._repr_html_() and ">NA<" in summary._repr_html_()
    assert "| NA |" in summary.to_markdown() and "& NA" in summary.to_latex()


def test_contrasts_other_than_treatment_stand_in_the_header():
    fit = dense_lmer("y ~ x + arm + (1 | g)", data_of("crossed"), contrasts={"arm": "contr.sum"})
    assert "contrasts: arm contr.sum" in str(fit) and "reference levels" not in str(fit)
    written = dense_lmer("y ~ x + C(arm, contr.sum) + (1 | g)", data_of("crossed"))
    assert "contrasts:" not in str(written)


def test_huge_numbers_have_an_exponent():
    assert fixed([6.12e20, -3e15, 1.5], 2) == ["6.12e+20", "-3.00e+15", "1.50"]
    assert grouped(6.12e20) == "6.12e+20" and grouped(-1234.56) == "-1,234.6"
