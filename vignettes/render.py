"""Render the README, the vignettes and the reference documents as pages of the static site.

python vignettes/render.py site
"""

import re
import shutil
import sys
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

ROOT = Path(__file__).parent.parent
PAGES = {
    "index": ROOT / "README.md",
    **{path.stem: path for path in sorted((ROOT / "vignettes").glob("*.md"))},
    "datasets": ROOT / "datasets" / "README.md",
    "architecture": ROOT / "ARCHITECTURE.md",
    "conventions": ROOT / "CONVENTIONS.md",
    "changelog": ROOT / "CHANGELOG.md",
}
STYLE = """
:root{--ink:#1f2328;--quiet:#59636e;--paper:#fff;--card:#f6f8fa;--line:#d1d9e0;--accent:#0b5cad}
@media (prefers-color-scheme: dark){:root{--ink:#e6edf3;--quiet:#9198a1;--paper:#0d1117;--card:#161b22;--line:#3d444d;
--accent:#6cb0ff}img{background:#fff;padding:8px;box-sizing:border-box;border-radius:8px}}
body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:54rem;color:var(--ink);background:var(--paper);
font:16px/1.65 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding-bottom:.8rem;border-bottom:1px solid var(--line)}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.87em}
pre{background:var(--card);border-radius:8px;padding:.9rem 1.1rem;overflow-x:auto;line-height:1.45}
img{max-width:100%}table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{padding:.25rem .8rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
h1{font-size:1.7rem}h2{font-size:1.25rem;margin-top:2.4rem}
"""


def _code(text: str, language: str, _: str) -> str:
    """Return highlighted code; an empty string leaves it to the renderer."""
    try:
        return highlight(text, get_lexer_by_name(language), HtmlFormatter(nowrap=True)) if language else ""
    except ClassNotFound:
        return ""


def page(name: str, path: Path) -> str:
    """Return one Markdown file as an HTML page whose links to other pages stay within the site."""
    body = MarkdownIt("commonmark", {"highlight": _code}).enable("table").render(path.read_text(encoding="utf-8"))
    here = {str(target.relative_to(ROOT)): f"{stem}.html" for stem, target in PAGES.items()}
    for target, link in here.items():
        body = re.sub(
            rf'href="(?:\.\./|\./)?(?:{re.escape(target)}|{re.escape(Path(target).name)})"', f'href="{link}"', body
        )
    # What the site does not hold is named, not linked.
    body = re.sub(r'<a href="(?!https?:|#|[\w.-]+\.html")[^"]*">(.*?)</a>', r"\1", body, flags=re.DOTALL)
    body = re.sub(r'src="(?:[\w.-]+/)*([^":/]+\.(?:png|svg))"', r'src="images/\1"', body)
    light = HtmlFormatter(style="default").get_style_defs("pre")
    dark = HtmlFormatter(style="github-dark").get_style_defs("pre")
    links = "".join(f'<a href="{stem}.html">{escape(stem.replace("_", " "))}</a>' for stem in PAGES)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>statmodels_tf: {escape(name)}</title>"
        f"<style>{light}@media (prefers-color-scheme: dark){{{dark}}}{STYLE}"
        f'</style></head><body><nav>{links}<a href="api/statmodels_tf.html">reference</a></nav>{body}</body></html>\n'
    )


def main(folder: Path) -> None:
    """Write every page and picture into `folder`."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for name, path in PAGES.items():
        (folder / f"{name}.html").write_text(page(name, path), encoding="utf-8")
    for picture in (ROOT / "vignettes").rglob("*.png"):
        shutil.copy(picture, folder / "images" / picture.name)
    print(f"{len(PAGES)} pages in {folder}/, start at {folder}/index.html")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
