"""Which mutants of the session there are, and a sample of them (cosmic-ray makes them).

A mutant is one change of one place of one file: a comparison turned round, a number moved by one, a
condition negated... What changes only an annotation changes nothing and is left out.
"""

import ast
import difflib
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names


@attrs.frozen
class Mutant:
    """One mutant.

    Args:
        path: The file.
        operator: Cosmic-ray's name of what is changed.
        occurrence: At which of the places where that can be changed, from 0.
        line: Its first line.
    """

    path: Path
    operator: str
    occurrence: int
    line: int

    def source(self) -> str:
        """The file's text with the change in it."""
        text: str = mutate_code(
            self.path.read_text(), get_operator(self.operator)(), self.occurrence
        )
        return text

    def difference(self) -> str:
        """The lines that it changes, before and after."""
        before, after = self.path.read_text().splitlines(), self.source().splitlines()
        changed = difflib.unified_diff(before, after, lineterm="", n=0)
        return "\n".join(line for line in list(changed)[3:])

    def __str__(self) -> str:
        changed = enclosing(self.path.read_text(), self.line)
        kind = f"{self.operator.removeprefix('core/')} {self.occurrence}"
        return f"{self.path}:{self.line} {kind} in {changed}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file whose change can have an effect."""
    text = path.read_text()
    tree, idle = get_ast(text), without_effect(text)
    for name in operator_names():
        kind = get_operator(name)
        if kind.arguments():
            continue
        places = (place for node in ast_nodes(tree) for place in kind().mutation_positions(node))
        for occurrence, (place, _end) in enumerate(places):
            if not any(start <= place < end for start, end in idle):
                yield Mutant(path, name, occurrence, place[0])


Place = tuple[int, int]
"""A line, from 1, and a column, from 0."""


def without_effect(text: str) -> list[tuple[Place, Place]]:
    """Where annotations and overloads stand: no test can see what changes there."""
    stretches: list[tuple[Place, Place]] = []
    for node in ast.walk(ast.parse(text)):
        idle: list[ast.expr | ast.stmt | None] = []
        if isinstance(node, ast.AnnAssign | ast.arg):
            idle.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            idle.append(node.returns)
            if any(ast.unparse(each) == "overload" for each in node.decorator_list):
                idle.append(node)
        for part in idle:
            if part is not None:
                end = (part.end_lineno or 0, part.end_col_offset or 0)
                stretches.append(((part.lineno, part.col_offset), end))
    return stretches


def enclosing(text: str, line: int) -> str | None:
    """The innermost function or class around a line."""
    found = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(found, key=lambda node: node.lineno).name if found else None


def sample(paths: Iterable[Path], count: int, seed: int) -> list[Mutant]:
    """So many mutants over all files, each file by its share, at least one of each."""
    pick = random.Random(seed)
    by_file = [list(mutants_of(path)) for path in sorted(paths)]
    by_file = [mutants for mutants in by_file if mutants]
    total = sum(map(len, by_file))
    chosen: list[Mutant] = []
    for mutants in by_file:
        share = max(round(count * len(mutants) / total), 1)
        chosen += pick.sample(mutants, min(share, len(mutants)))
    pick.shuffle(chosen)  # so that the first part of them is a sample as well
    return chosen
