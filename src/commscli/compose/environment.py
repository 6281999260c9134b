"""The sandbox in which templates run: Jinja without the parts that can reach out or run on.

Three fences stand one behind the other: `grammar` admits only what templates need, before
anything runs; Jinja's own sandbox refuses unsafe attributes and changes; a budget of steps
and of characters ends what would go on for ever. None of them depends on a clock.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from jinja2 import FunctionLoader, Template, Undefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_STEPS = 1000
"""Calls of macros and loads of templates in one rendering."""
MAX_OUTPUT = 256 * 1024
"""Characters of one rendering, or of one macro."""
TESTS = ("defined", "undefined")


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment for one rendering, with nothing in it but what is given."""

    def __init__(
        self,
        *,
        texts: Mapping[str, str],
        filters: Mapping[str, Callable[..., Any]],
        undefined: type[Undefined],
        names: Mapping[str, object],
    ) -> None:
        super().__init__(
            loader=FunctionLoader(texts.get),
            undefined=undefined,
            autoescape=False,  # Markdown; a page escapes where it is made
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.filters = dict(filters)
        self.tests = {name: self.tests[name] for name in TESTS}
        # Names are global so that imported macros see the same facts as everything else.
        self.globals = dict(names)
        self._steps = 0

    def generate_within_limits(self, name: str) -> str:
        """Render a template.

        Raises:
            SecurityError: beyond the limits. Whatever else Jinja raises goes through.
        """
        template = self.get_template(name)
        parts: list[str] = []
        size = 0
        for part in template.root_render_func(template.new_context()):
            size += len(part)
            self._check_size(size)
            parts.append(part)
        return "".join(parts)

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Template:
        """Load a template, as one step of the budget."""
        self._step()
        return super().get_template(name, parent, globals)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or ``super()``, as one step of the budget."""
        self._step()
        result = super().call(context, obj, *args, **kwargs)
        self._check_size(len(result) if isinstance(result, str) else 0)
        return result

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise SecurityError(f"more than {MAX_STEPS} calls and loads")

    def _check_size(self, size: int) -> None:
        if size > MAX_OUTPUT:
            raise SecurityError(f"more than {MAX_OUTPUT} characters")
