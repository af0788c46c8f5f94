"""Exercises: a hole raises `Todo`, and the notebook shows it as one line.

After `Todo.watch()` a cell that an open exercise stops prints one line; so does a later cell that
fails and uses a name which the stopped cell should have made. Every other error keeps its
traceback, also while exercises are open: whoever fills a hole needs it.

    Todo.watch()
    async def ask(): raise Todo(3, "about 6 lines")
    answer = await ask()     # exercise 3 waits: about 6 lines
    print(answer)            # exercise 3 waits: the cell that makes `answer` needs it

Errors:
    KitError            its text is all that the reader needs
    ├── Todo            an exercise is open
    ├── Missed          a check saw something else than it expects (labs.kit.check)
    └── ExportError     a notebook cannot become a module (labs.kit.module)
"""

from __future__ import annotations

import ast
import functools
import re
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

# A hole in a Lua script cannot raise Todo; it calls error('exercise 2 waits: about 11 lines').
HOLE = re.compile(r"exercise (\d+) waits: (about \d+ lines?)")


class KitError(Exception):
    """The base of what the kit raises; a notebook prints its text, without a traceback."""


class Todo(KitError):
    """A hole that waits for the student: `raise Todo(3, "about 6 lines")`."""

    def __init__(self, exercise: int, size: str) -> None:
        super().__init__(f"exercise {exercise} waits: {size}")
        self.exercise = exercise

    @staticmethod
    def watch() -> None:
        """Let this notebook show an open exercise as one line. Outside a notebook: do nothing."""
        shell = get_ipython()
        if shell is not None:
            watch(shell)


def open_exercise(error: BaseException) -> Todo | None:
    """Find the open exercise behind an error: wrapped, grouped, or told by a Lua script."""
    for each in _behind(error):
        if isinstance(each, Todo):
            return each
        if found := HOLE.search(str(each)):
            return Todo(int(found[1]), found[2])
    return None


@functools.cache
def watch(shell: InteractiveShell) -> Watch:
    """Put one watch on a shell, however often the first cell runs."""
    guard = Watch(shell)
    shell.set_custom_exc((Exception,), guard.show)  # type: ignore[no-untyped-call] # IPython's gap
    shell.events.register("pre_run_cell", guard.start)
    shell.events.register("post_run_cell", guard.finish)
    return guard


class Watch:
    """Remember which names wait for which exercise, and print one line for what they stop."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._source = ""
        self._before: dict[str, object] = {}
        self._waiting: dict[str, int] = {}

    def start(self, info: ExecutionInfo) -> None:
        """Take note of the cell that is about to run."""
        self._source = info.raw_cell or ""
        self._before = self._values()

    def finish(self, result: ExecutionResult) -> None:
        """Forget the names that a cell has made after all."""
        if result.success:
            for name in _made(self._source):
                self._waiting.pop(name, None)

    def show(
        self,
        _: InteractiveShell,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        """Print one line for an open exercise or an error of the kit, else the traceback."""
        line = self._explain(error)
        if line is None:
            self._shell.showtraceback(
                (kind, error, trace), tb_offset=tb_offset, running_compiled_code=True
            )
        else:
            print(line)  # noqa: T201 - this is the notebook's display

    def _values(self) -> dict[str, object]:
        """Return what the names that the cell makes stand for now; None for nothing."""
        return {name: self._shell.user_ns.get(name) for name in _made(self._source)}

    def _explain(self, error: BaseException) -> str | None:
        """Say in one line what the cell waits for; None for an error of its own."""
        todo = open_exercise(error)
        needed = sorted(_used(self._source) & self._waiting.keys())
        if todo is None and not needed:
            return str(error) if isinstance(error, KitError) else None
        exercise = todo.exercise if todo else self._waiting[needed[0]]
        now = self._values()
        unmade = {name for name, value in now.items() if value is self._before[name]}
        self._waiting |= dict.fromkeys(unmade, exercise)
        if todo is None:
            return f"exercise {exercise} waits: the cell that makes `{needed[0]}` needs it"
        return str(error) if isinstance(error, KitError) else str(todo)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Walk an error, the errors it groups and the error it was raised from."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _behind(each)
    before = error.__cause__ or error.__context__
    if before is not None:
        yield from _behind(before)


def _made(source: str) -> set[str]:
    """Return the names that a cell gives the notebook; a comprehension keeps its own."""
    made = set()
    for statement in _statements(source):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.add(statement.name)
        else:
            loops = [n for n in ast.walk(statement) if isinstance(n, ast.comprehension)]
            own = {name for loop in loops for name in _names(loop.target, ast.Store)}
            made |= _names(statement, ast.Store) - own
    return made


def _used(source: str) -> set[str]:
    """Return the names that a cell reads."""
    return {name for s in _statements(source) for name in _names(s, ast.Load)}


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def _statements(source: str) -> list[ast.stmt]:
    """Parse a cell; one with a magic makes nothing that an exercise could hold back."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []
