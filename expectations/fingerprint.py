"""The auditor's version follows its rules: what it judges by is hashed, so that no changed rule is forgotten."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

from warehouse.catalogue import SEEDS
from warehouse.settings import ROOT

_AUDITOR = ("expectations.audit", "expectations.identities")
_PACKAGES = ("expectations.", "warehouse.")
_DATA = ("identities.csv", "measures.csv")
_LANGUAGE = "expectations/language.toml"


@cache
def audit_version() -> str:
    """The version under which submissions are audited now; a submission audited under another is audited again."""
    return fingerprint(ROOT, SEEDS)


def fingerprint(root: Path, seeds: Path) -> str:
    """Sixteen hex digits over the statements (not the comments and docstrings) of the auditor's modules and all that they import of
    the project, over its words and over its catalogues.

    Args:
        root: the folder of `expectations/` and `warehouse/`.
        seeds: the folder of the catalogues.
    """
    seen: dict[str, str] = {}
    waiting = list(_AUDITOR)
    while waiting:
        name = waiting.pop()
        if name not in seen and (path := root / f"{name.replace('.', '/')}.py").is_file():
            tree = _without_docstrings(ast.parse(path.read_bytes()))
            seen[name] = ast.dump(tree)
            waiting += _imported(tree)
    digest = hashlib.sha256()
    for text in (*(f"{name} {seen[name]}" for name in sorted(seen)), *((seeds / name).read_text(encoding="utf-8") for name in _DATA), *_words(root)):
        digest.update(text.encode())
    return digest.hexdigest()[:16]


def _words(root: Path) -> list[str]:
    path = root / _LANGUAGE
    return [path.read_text(encoding="utf-8")] if path.is_file() else []


def _imported(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return [name for name in found if name.startswith(_PACKAGES)]


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [line for line in node.body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))] or [ast.Pass()]
    return tree
