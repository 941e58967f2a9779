"""What the API pages are made of: docstrings of the compiled module, and plain Markdown."""

import importlib
import re
from typing import Any

import griffe

COMPILED = "autograd._core"
# A session that stands in the text, rather than under a heading of its own.
SESSION = re.compile(r"^>>> .+(?:\n.+)*", re.M)
# A literal block of reStructuredText: "as follows::", and indented lines below an empty one.
LITERAL = re.compile(r"::(?=\n\n {4})")


class Docstrings(griffe.Extension):
    """Signatures of compiled objects are in their stub, docstrings in the objects alone."""

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:
        """Complete what was read from the sources."""
        self._take_over(pkg[COMPILED.partition(".")[2]], importlib.import_module(COMPILED))
        self._to_markdown(pkg)

    def _take_over(self, documented: griffe.Object, compiled: object) -> None:
        for name, member in documented.members.items():
            if member.is_alias or not hasattr(compiled, name) or name.startswith("__"):
                continue
            thing = getattr(compiled, name)
            if member.docstring is None and isinstance(thing.__doc__, str):
                member.docstring = griffe.Docstring(
                    thing.__doc__, parent=member, parser=griffe.Parser.numpy
                )
            if member.is_class:
                self._take_over(member, thing)
                if "__new__" in member.members:  # the parameters of a class are looked for in this
                    member.set_member("__init__", member["__new__"])

    def _to_markdown(self, documented: griffe.Object) -> None:
        for member in documented.members.values():
            if member.is_alias:
                continue
            if member.docstring is not None:
                text = LITERAL.sub(":", member.docstring.value)
                if "\nExamples\n---" not in text:
                    text = SESSION.sub(r"```pycon\n\g<0>\n```", text)
                member.docstring.value = text
            self._to_markdown(member)
