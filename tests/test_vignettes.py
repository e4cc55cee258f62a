"""Every Python block of every vignette and of the README runs, and prints what the page says it prints."""

import re
from pathlib import Path

import pytest

from vignettes.blocks import run

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "vignettes").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_the_page_runs_and_prints_what_it_says(page, tmp_path):
    blocks = list(run(page, tmp_path))
    assert blocks, "no Python block"
    for block in blocks:
        if block.expected is not None:
            assert block.comparable(block.printed) == block.comparable(block.expected), f"block {block.number}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_the_pictures_of_the_page_exist(page):
    for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).is_file(), target


def test_a_page_that_lies_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 2\n```\n\ntext\n\n```python\nprint(x + 2)\n```\n\n```text\n5\n```\n")
    assert [block.agrees() for block in run(page, tmp_path)] == [True, False]


def test_numbers_that_are_drawn_may_differ_and_words_may_not(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint('mean 1.2 (x)')\n```\n\n```text drawn\nmean -3,000 (x)\n```\n")
    assert [block.agrees() for block in run(page, tmp_path)] == [True]
    page.write_text("```python\nprint('mean 1.2 (x)')\n```\n\n```text drawn\nmean 1.2 (z)\n```\n")
    assert [block.agrees() for block in run(page, tmp_path)] == [False]
