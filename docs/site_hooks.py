"""What MkDocs does not do by itself: pages for files outside docs/, and links that lead to them.

The Markdown links to files as they lie in the repository, so that its links work wherever it is shown. In the site,
README.md is the first page, CONTRIBUTING.md a page of its own, and every other file that a page links to gets a page
that shows its text.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md"}
UNSEARCHED = ("source/", "drills_answers.md")  # the first would hide the explanations, the second gives answers away
LANGUAGES = {".py": "python", ".md": "markdown", ".json": "json", ".js": "js"}
# A block of code, code within a line, or a link: only the last has a target.
LINKS = re.compile(r"^ *(`{3,}).*?^ *\1|(`+)[^`].*?\2|(?<=\]\()(?P<target>[^)\s]+)(?=\))", re.DOTALL | re.MULTILINE)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/: README.md, CONTRIBUTING.md, and one for each file that is linked to."""
    for original, name in PAGES.items():
        files.append(File.generated(config, name, content=(ROOT / original).read_text(encoding="utf-8")))
    linked = {target for file in files.documentation_pages() for target in targets(file)}
    for path in sorted(linked | {inside for folder in linked for inside in files_of(folder)}):
        if (ROOT / path).exists() and site_path(path) not in files.src_uris:
            files.append(File.generated(config, site_path(path), content=as_page(path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links of a page to the pages of this site, and show its blocks as a reader wants them."""
    if page.file.src_uri.startswith(UNSEARCHED):
        page.meta["search"] = {"exclude": True}
    if page.file.src_uri.startswith("source/"):
        return markdown
    if not page.is_homepage:
        page.meta["title"] = heading(markdown)  # "One layer" says enough in a menu, but not in a browser's tab

    def led(match: re.Match[str]) -> str:
        path = repository_path(match["target"], page.file.src_uri) if match["target"] else None
        if path is None:
            return as_session(match[0]) if re.match(r" *```python\n", match[0]) and "\n>>> " in match[0] else match[0]
        start = posixpath.dirname(page.file.src_uri)
        return posixpath.relpath(site_path(path), start) + "".join(match["target"].partition("#")[1:])

    def named(match: re.Match[str]) -> str:
        return f"[{heading((ROOT / 'docs' / match[1]).read_text(encoding='utf-8'))}]"

    markdown = re.sub(r"\[(?:docs/)?([a-z_]+\.md)\](?=\()", named, markdown)
    return LINKS.sub(led, markdown.replace("<details>", '<details markdown="1">'))


def heading(markdown: str) -> str:
    """The heading of a page, which a reader of the site knows it by."""
    return markdown.partition("\n")[0].removeprefix("# ").replace("`", "")


def as_session(block: str) -> str:
    """A block of code with prompts as a reader wants it: colored as a session, without what only doctest reads."""
    block = block.replace("```python\n", "```pycon\n").replace("<BLANKLINE>\n", "\n")
    return re.sub(r" *# doctest: .*", "", block)


def targets(file: File) -> set[str]:
    """The files that a page links to, as paths within the repository."""
    found = {match["target"] for match in LINKS.finditer(file.content_string) if match["target"]}
    return {path for path in (repository_path(target, file.src_uri) for target in found) if path}


def repository_path(target: str, page: str) -> str | None:
    """Where a page's link leads within the repository; None if to another place of the page, or outside."""
    path, originals = target.partition("#")[0], {name: original for original, name in PAGES.items()}
    if not path or "://" in path:
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(originals.get(page, f"docs/{page}")), path))


def site_path(path: str) -> str:
    """Where the site has a file of the repository."""
    if path in PAGES:
        return PAGES[path]
    if path.startswith("docs/") and path.endswith((".md", ".png", ".gif")):
        return path.removeprefix("docs/")
    return f"source/{path}.md"


def files_of(path: str) -> list[str]:
    """The Python files of a folder; none if it is a file."""
    return sorted(found.relative_to(ROOT).as_posix() for found in (ROOT / path).glob("*.py"))


def as_page(path: str) -> str:
    """A page that shows a file, or lists the files of a folder."""
    head = f"# {path}\n\n"
    if (ROOT / path).is_dir():
        return head + "\n".join(
            f"- [{Path(file).name}]({Path(path).name}/{Path(file).name}.md)" for file in files_of(path)
        )
    if path.endswith(".ipynb"):
        return notebook_as_page(path)
    text, language = (ROOT / path).read_text(encoding="utf-8").rstrip(), LANGUAGES.get(Path(path).suffix, "text")
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in re.findall("`{3,}", text))])
    return f'{head}{fence}{language} linenums="1"\n{text}\n{fence}\n'


def notebook_as_page(path: str) -> str:
    """A page that shows a notebook's texts and code; its outputs are in the notebook."""
    parts = ["To see the outputs, open the notebook in Jupyter."]
    for cell in json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        parts.append(
            f"```python\n{text}\n```" if cell["cell_type"] == "code" else re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
        )
    return "\n\n".join(parts) + "\n"
