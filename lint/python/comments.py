"""Lists comments and docstrings that begin with a clause like "What …": docs/STYLE.md. Ruff takes no rule of a project's own; oxlint's
`no-warning-comments` holds the same for TypeScript.

    python comments.py [FILE…]   (default: every file of the project)
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

HEADLESS = re.compile(r"[\s#]*(what|who|whoever|whom|whose)\b", re.IGNORECASE)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The line and the text of each comment, and of each string that is a statement: docstrings, and those of variables."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def project() -> list[str]:
    """Every Python file that is or may be committed."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.py"]
    return [file for file in subprocess.check_output(listed, text=True).splitlines() if Path(file).exists()]


problems = [
    f"{file}:{line}: begin with a noun or a verb, not with {found[1]!r}: {text.strip().splitlines()[0]}"
    for file in sys.argv[1:] or project()
    for line, text in texts(Path(file).read_text(encoding="utf-8"))
    if (found := HEADLESS.match(text))
]
sys.exit("\n".join(problems) or 0)
