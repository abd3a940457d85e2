"""Hooks of MkDocs: what is made from the program is filled in, and built pages ask the network for nothing."""

import re
import sys
from pathlib import Path

from mkdocs.exceptions import PluginError

sys.path.insert(0, str(Path(__file__).parent))

import figures
import reference

LOADS = re.compile(
    r"<(?:script|img|iframe|source|audio|video)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|<link\b(?![^>]*rel=[\"']?canonical)[^>]*\bhref=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|url\([\"']?https?://[^)]+\)|@import\s+[\"']https?://[^\"']+",
)
"""What a browser would fetch by itself from elsewhere when it shows a page."""
FETCHED = re.compile(
    r"https://(?:unpkg\.com|cdn\.jsdelivr\.net|fonts\.googleapis\.com|cdnjs\.cloudflare\.com)/[^\"'`\s]*"
)
"""What the theme's scripts would fetch for features that are not used here (diagrams of Mermaid, old browsers)."""


def on_page_markdown(markdown: str, **_: object) -> str:
    return figures.fill(reference.fill(markdown))


def loads(text: str) -> list[str]:
    """What ``text`` (HTML or CSS) loads from other hosts."""
    return [match[0] for match in LOADS.finditer(text)]


def on_post_build(config, **_: object) -> None:
    site = Path(config.site_dir)
    for script in site.rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        if FETCHED.search(text):
            script.write_text(FETCHED.sub("", text), encoding="utf-8")
    for page in [*site.rglob("*.html"), *site.rglob("*.css"), *site.rglob("*.svg")]:
        if outside := loads(page.read_text(encoding="utf-8")):
            raise PluginError(f"{page.relative_to(site)} loads from elsewhere: {', '.join(outside)}")
