"""A prompt version as one readable file, exactly; no Django.

TOML: texts stand in several lines, long lines go on after a backslash, the two JSON texts are indented, and
every character that would not be seen is written as an escape. What is read back has the digest it had.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

from aiprefill.suggestion import PromptSpec, Taxonomy, canonical_json
from listings.fields import AI_FIELDS

TEXTS: Final = ("instructions", "request", "language_rule")
JSONS: Final = ("output_schema", "parameters")
LINES: Final = {"note": 500, "provider": 20, "model": 80}
"""Texts of one line, with the characters that their column holds."""
OPTIONAL: Final = ("digest", "based_on", "retrieval", "tools")
FIELDS: Final = ("note", "digest", "based_on", *(field.name for field in fields(PromptSpec)))
SIZES: Final = range(128, 2049)
WIDTH: Final = 100
DIGEST: Final = re.compile(r"[0-9a-f]{64}")

HEAD: Final = """\
# A prompt version. It never changes: for another, copy this file under a name of its own, set digest = "" and
# based_on to the digest that stands here, and let note say what you changed and why.
"""


class BadPromptFile(ValueError):
    """What is wrong with a file, a sentence each that names the field and what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PromptFile:
    """What a file says. `based_on` is the digest of the version that it was copied from, "" for none."""

    spec: PromptSpec
    note: str
    based_on: str = ""


def read(text: str) -> PromptFile:
    """The version that the file's text says. Raises BadPromptFile with everything that is wrong."""
    if unseen := [*_unseen(text)]:
        raise BadPromptFile(*unseen)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadPromptFile(
            f"This is not TOML: {error}. Texts of several lines stand in "
            '"""three quotes""", a backslash in them is written \\\\.'
        ) from error
    if problems := [*_fields(data), *_values(data)]:
        raise BadPromptFile(*problems)
    values = {name: _value(name, data[name]) for name in FIELDS[3:] if name in data}
    file = PromptFile(PromptSpec(**values), data["note"], data.get("based_on", ""))
    _check_digest(data.get("digest", ""), file.spec.digest)
    return file


def _unseen(text: str) -> Iterator[str]:
    # A reviewer must see what a model is told: no hidden characters, no text that is shown in another order.
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if hidden := next((char for char in line if not char.isprintable() and char != "\t"), ""):
            yield f"line {number}: it holds a character that is not seen. Write it as {_escape(hidden)}."


def _fields(data: dict[str, Any]) -> Iterator[str]:
    for name in sorted(data.keys() - set(FIELDS)):
        yield f"{name}: there is no such field. The fields are {', '.join(FIELDS)}."
    for name in FIELDS:
        if name not in data and name not in OPTIONAL:
            yield f"{name}: it is missing. A version says everything that decides an answer."


def _values(data: dict[str, Any]) -> Iterator[str]:
    for name in (name for name in FIELDS if name in data):
        value = data[name]
        if name == "picture_size":
            if type(value) is not int or value not in SIZES:
                yield f"{name}: it must be a whole number of pixels from {SIZES[0]} to {SIZES[-1]}."
        elif name == "taxonomy":
            yield from _taxonomy(value)
        elif not isinstance(value, str):
            yield f"{name}: it must be a text."
        elif name in JSONS:
            yield from _json(name, value)
        elif name in LINES and not (value.strip() and value.isprintable() and len(value) <= LINES[name]):
            yield f"{name}: it must be one line of 1 to {LINES[name]} characters."
        elif name in {"digest", "based_on"} and value and not DIGEST.fullmatch(value):
            yield f'{name}: it must be the 64 hexadecimal digits of a version\'s digest, or "".'


def _taxonomy(value: object) -> Iterator[str]:
    if not isinstance(value, dict) or not value or not all(isinstance(name, str) for name in value.values()):
        yield 'taxonomy: it must be a table of categories, slug = "Name".'


def _json(name: str, text: str) -> Iterator[str]:
    try:
        value = json.loads(text)
        canonical_json(value).encode()
    except (ValueError, RecursionError) as error:
        yield f"{name}: this is not JSON: {error}."
        return
    if not isinstance(value, dict):
        yield f"{name}: it must be a JSON object, in braces."
    elif name == "output_schema":
        asked = value.get("properties")
        if not isinstance(asked, dict) or set(asked) != set(AI_FIELDS):
            yield f"{name}: its properties must be exactly {', '.join(AI_FIELDS)}."


def _value(name: str, value: Any) -> Any:
    """The value as a PromptSpec holds it. The schema's keys keep their order, the parameters' have none."""
    if name == "parameters":
        return canonical_json(json.loads(value))
    if name == "output_schema":
        return json.dumps(json.loads(value), separators=(",", ":"), ensure_ascii=False)
    return tuple(value.items()) if name == "taxonomy" else value


def _check_digest(told: str, true: str) -> None:
    if told not in {"", true}:
        raise BadPromptFile(
            f"digest: it says {told[:12]}…, but the rest of the file makes {true[:12]}…. A version never "
            f'changes. If you mean a new one, do it in a copy with a name of its own, digest = "", '
            f'based_on = "{told}" and a note that says what you changed; else take the change back.'
        )


def write(file: PromptFile) -> str:
    """The file's text. Raises BadPromptFile for a version that no file can say exactly."""
    spec = file.spec
    lines = [f"note = {_text(file.note)}", f'digest = "{spec.digest}"', f'based_on = "{file.based_on}"', ""]
    lines += [f"{name} = {_text(getattr(spec, name))}" for name in ("provider", "model")]
    lines += [f"picture_size = {spec.picture_size}"]
    lines += [f"{name} = {_text(getattr(spec, name))}" for name in ("retrieval", "tools")]
    for name in TEXTS:
        lines += ["", f"{name} = {_text(getattr(spec, name))}"]
    for name in JSONS:
        lines += ["", f"{name} = {_text(_indented(name, getattr(spec, name)))}"]
    text = "\n".join([HEAD, *lines, "", "[taxonomy]", *_table(spec.taxonomy), ""])
    if read(text) != file:
        raise BadPromptFile("A text of JSON in it is not canonical, or a category stands in it twice.")
    return text


def _indented(name: str, text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError as error:
        raise BadPromptFile(f"{name}: this is not JSON: {error}.") from error


def _table(taxonomy: Taxonomy) -> list[str]:
    return [
        f"{slug if re.fullmatch('[A-Za-z0-9_-]+', slug) else _quoted(slug)} = {_quoted(name)}"
        for slug, name in taxonomy
    ]


def _text(value: str) -> str:
    """A TOML string: of several lines if it has them or is long."""
    if "\n" not in value and len(value) <= WIDTH:
        return _quoted(value)
    # Three quotes in a row would end it, and so would one at its end.
    shown = re.sub(r'"(?=""|\Z)', '\\\\"', _seen(value))
    return '"""\n' + "\n".join(map(_folded, shown.split("\n"))) + '"""'


def _quoted(value: str) -> str:
    return '"' + _seen(value).replace('"', '\\"').replace("\n", "\\n") + '"'


def _seen(value: str) -> str:
    """The text with an escape for every character that a reader would not see; line ends stay."""
    return "".join(
        char if char == "\n" or (char.isprintable() and char != "\\") else _escape(char) for char in value
    )


def _escape(char: str) -> str:
    known = {"\\": "\\\\", "\t": "\\t", "\r": "\\r"}
    return known.get(char) or (f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")


def _folded(line: str) -> str:
    """A line of a text, broken after spaces where it is long; a backslash takes the break back when read."""
    if line.endswith(" "):
        line = line[:-1] + "\\u0020"  # editors cut off what they do not show
    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    words = re.split(r"(?<= )(?=[^ ])", line)
    lines = [""]
    for word in words:
        if lines[-1].strip() and len(lines[-1]) + len(word) > WIDTH:
            lines.append(indent)
        lines[-1] += word
    return "\\\n".join(lines)
