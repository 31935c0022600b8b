"""What is asked of a model and what it may answer, as plain values: no Django, no rows, no network.

A model answers JSON text in the form of `answer_schema`; nothing it wrote becomes a `SuggestedField`
but through `aiprefill.gate`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from string import Template
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, WithJsonSchema, create_model

from listings.fields import AI_FIELDS, Condition, ListingFields

MAX_REASON: Final = 160

Taxonomy = tuple[tuple[str, str], ...]
"""The categories as offered to a model, in order: (slug, name)."""


class Dropped(StrEnum):
    """Why the gate left a field empty, although the model had (or should have) said something."""

    MISSING = "missing"
    MALFORMED = "malformed"
    UNKNOWN_CHOICE = "unknown_choice"
    NOT_A_PRICE = "not_a_price"
    CONTACT = "contact"
    WRONG_LANGUAGE = "wrong_language"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Second-hand price in euros, two decimals each; 0 <= low <= likely <= high."""

    low: Decimal
    likely: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class SuggestedField:
    """One field as suggested. `value` None: the model could not tell, or the gate refused (`dropped`).

    `value` is text for title and description, a slug for category, a `Condition`, a `PriceRange` for price.
    `reason` is the model's own cleaned words, for price also when it is told; "" when it gave none.
    """

    value: str | PriceRange | None = None
    reason: str = ""
    dropped: Dropped | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for a row or a page; a price's numbers become strings such as "12.00"."""
        price = self.value if isinstance(self.value, PriceRange) else None
        value = {k: str(v) for k, v in asdict(price).items()} if price else self.value
        return {"value": value, "reason": self.reason, "dropped": self.dropped}

    @classmethod
    def from_json(cls, name: str, data: Mapping[str, Any]) -> Self:
        """The field `name` that `to_json` wrote."""
        value = data["value"]
        if value is not None and name == "price":
            value = PriceRange(**{k: Decimal(v) for k, v in value.items()})
        elif value is not None and name == "condition":
            value = Condition(value)
        return cls(value, data["reason"], Dropped(data["dropped"]) if data["dropped"] else None)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A whole answer, gated: every field told or empty."""

    title: SuggestedField
    category: SuggestedField
    condition: SuggestedField
    description: SuggestedField
    price: SuggestedField

    def __iter__(self) -> Iterator[tuple[str, SuggestedField]]:
        for name in AI_FIELDS:
            yield name, self.field(name)

    def field(self, name: str) -> SuggestedField:
        """The field of that name, one of `AI_FIELDS`."""
        found: SuggestedField = getattr(self, name)
        return found

    def listing_fields(self) -> ListingFields:
        """What a form would hold if every suggestion were kept; the price is the likely one."""
        values: dict[str, Any] = {name: field.value for name, field in self}
        if isinstance(self.price.value, PriceRange):
            values["price"] = self.price.value.likely
        return ListingFields(**values)

    def to_json(self) -> dict[str, Any]:
        """Field name to `SuggestedField.to_json`, in the order of `AI_FIELDS`."""
        return {name: field.to_json() for name, field in self}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The suggestion that `to_json` wrote."""
        return cls(**{name: SuggestedField.from_json(name, data[name]) for name in AI_FIELDS})


@dataclass(frozen=True, slots=True)
class PromptSpec:
    """Everything that decides an answer: two calls with equal specs, pictures and language ask the same.

    `request` and `language_rule` are `string.Template` texts: `$categories` becomes one "slug: name" line per
    category, `$language` the language code. `output_schema` and `parameters` are canonical JSON texts; the
    schema's key order is the order of the answer, so it must be kept as text and never as jsonb.
    `picture_size` is the longest side in pixels. `retrieval` and `tools` are "" for none.
    """

    instructions: str
    request: str
    output_schema: str
    taxonomy: Taxonomy
    language_rule: str
    provider: str
    model: str
    parameters: str
    picture_size: int
    retrieval: str = ""
    tools: str = ""

    @property
    def suggests(self) -> bool:
        """Whether it asks for a suggestion. One that offers no category, a judge's, does not."""
        return bool(self.taxonomy)

    @property
    def digest(self) -> str:
        """SHA-256, hex, of `to_json`."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """Canonical JSON text of the whole spec."""
        return canonical_json(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The spec that `to_json` wrote."""
        data = json.loads(text)
        data["taxonomy"] = tuple((slug, name) for slug, name in data["taxonomy"])
        return cls(**data)

    def request_text(self, language: str) -> str:
        """The user's turn in words: the request with its categories, then the language rule."""
        categories = "\n".join(f"{slug}: {name}" for slug, name in self.taxonomy)
        texts = (Template(text) for text in (self.request, self.language_rule) if text)
        return "\n\n".join(text.safe_substitute(categories=categories, language=language) for text in texts)


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    """One call's input. `pictures` are JPEG files, cover first, already at the spec's size.

    `language` is the site's language code; `end_user` a hashed identifier without personal data, or "".
    `token_scale` multiplies the spec's `max_output_tokens`: 2 in the one retry after an incomplete answer.
    `material` is text that is asked about, "" for none: untrusted, it follows the pictures as a part of its
    own, and whoever gives it has delimited it.
    """

    pictures: tuple[bytes, ...]
    language: str
    spec: PromptSpec
    end_user: str = ""
    token_scale: int = 1
    material: str = ""


def canonical_json(value: object) -> str:
    """Sorted keys, no spaces, as UTF-8 text: equal values give equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class _Text(BaseModel):
    value: str | None
    reason: str = Field(description="Empty when value is told; else why the photos do not tell it.")


class _Condition(_Text):
    value: Condition | None


class _Price(BaseModel):
    reason: str = Field(description="What the price rests on, or why it cannot be told. Written first.")
    low: float | None
    likely: float | None
    high: float | None


def answer_schema(taxonomy: Taxonomy) -> str:
    """The strict JSON schema of an answer, as compact JSON text in the order of the answer, price last."""
    slug = Annotated[str, WithJsonSchema({"type": "string", "enum": [slug for slug, _ in taxonomy]})]
    category = create_model("_Category", __base__=_Text, value=(slug | None, ...))
    fields: dict[str, Any] = dict.fromkeys(AI_FIELDS, (_Text, ...))
    fields |= {"category": (category, ...), "condition": (_Condition, ...), "price": (_Price, ...)}
    model: type[BaseModel] = create_model("_Answer", **fields)
    return json.dumps(strict_schema(model), separators=(",", ":"), ensure_ascii=False)


_KEPT: Final[tuple[str, ...]] = ("type", "description", "enum", "const")


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema in the strict subset: every key required, nothing added, no lengths or ranges.

    Caps stay in the gate, since providers refuse different keywords. References are written out.
    Raises `OpenSchemaError` for an open
    object and for a choice of types other than null, which is how a Decimal comes out.
    """
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})

    def walk(node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in node:
            node = definitions[node["$ref"].rpartition("/")[2]] | {
                k: v for k, v in node.items() if k != "$ref"
            }
        strict = {key: node[key] for key in _KEPT if key in node}
        if "anyOf" in node:
            strict["anyOf"] = [walk(choice) for choice in node["anyOf"]]
            if sum(choice.get("type") != "null" for choice in strict["anyOf"]) != 1:
                raise OpenSchemaError(model)
        if "items" in node:
            strict["items"] = walk(node["items"])
        if node.get("type") == "object":
            if "properties" not in node:
                raise OpenSchemaError(model)
            strict["properties"] = {name: walk(value) for name, value in node["properties"].items()}
            strict |= {"required": list(node["properties"]), "additionalProperties": False}
        elif not strict.keys() & {"type", "enum", "const", "anyOf"}:
            raise OpenSchemaError(model)
        return strict

    return walk(schema)


class OpenSchemaError(TypeError):
    """The model holds something that a strict schema cannot say: a dict, any value, a Decimal."""

    def __init__(self, model: type[BaseModel]) -> None:
        super().__init__(f"{model.__name__} has a field that a strict JSON schema cannot describe")
