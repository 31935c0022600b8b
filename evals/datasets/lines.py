"""Cases as lines of JSON, the form in which they are written by hand, kept in Git and handed on.

    {"id": "d001", "image": "images/d001.jpg", "category": "Furniture", "alt_categories": [],
     "acceptable_title_keywords": [["chair"]], "price_low_eur": 40, "price_high_eur": 320, "tags": ["green"]}

What is null, empty or missing is not expected. Also read: `images` (all, cover first), `conditions`,
`forbidden`, `untellable`, `language`, `split`, `tier`, `cluster` (a name or several), `seller`, and
`same_product_as` (the id of another case, or a name with a colon). Every other key is provenance and comes
back as it was.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from evals.content import CaseContent, Expectation, Split, Tier, storable
from listings.fields import AI_FIELDS, CATEGORIES, MAX_PHOTOS, MAX_PRICE, Condition

SLUGS: Final = {name: slug for slug, name in CATEGORIES.items()} | {slug: slug for slug in CATEGORIES}


class BadLine(Exception):
    """A line that is no case; `problems` are sentences that say what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line as read. `images` are paths beside the file; `content` has no pictures yet.

    `split` None: the line names none.
    """

    content: CaseContent
    images: tuple[str, ...]
    split: Split | None


def read_line(text: str) -> CaseLine:
    """The case that a line says. Raises BadLine."""
    try:
        data = storable(json.loads(text, parse_constant=_no_constant))
    except (ValueError, RecursionError) as error:
        raise BadLine([f"This is not JSON that can be kept ({error}). Write one object a line."]) from error
    if not isinstance(data, dict):
        raise BadLine(["This is not an object. Write one case a line, in { }."])
    try:
        line = _Line.model_validate(data)
    except ValidationError as error:
        raise BadLine([_sentence(problem["loc"], problem["msg"]) for problem in error.errors()]) from error
    return CaseLine(line.content(), tuple(line.images), line.split)


def write_line(content: CaseContent, images: list[str]) -> str:
    """The line, without its line end, that `read_line` reads as the same content."""
    expected = content.expected
    low, high = expected.price or (None, None)
    known = {
        "id": content.key,
        "image": images[0],
        "images": images,
        "category": expected.category,
        "alt_categories": list(expected.also),
        "acceptable_title_keywords": [list(words) for words in expected.title],
        "price_low_eur": _number(low),
        "price_high_eur": _number(high),
        "conditions": list(expected.conditions),
        "forbidden": list(expected.forbidden),
        "untellable": list(expected.untellable),
        "tags": sorted(set(content.tags)),
        "cluster": sorted(set(content.clusters)),
        "split": content.split,
        "tier": content.tier,
        "language": content.language,
    }
    return json.dumps(known | dict(content.provenance), ensure_ascii=False)


def _listed(value: Any) -> Any:
    return [] if value in (None, "") else [value] if isinstance(value, str) else value


def _slug(value: Any) -> Any:
    if isinstance(value, str) and value not in SLUGS:
        raise ValueError(f"{value!r} is no category; use one of {', '.join(CATEGORIES.values())}")
    return SLUGS[value] if isinstance(value, str) else value


_Word = Annotated[str, Field(min_length=1, max_length=60)]
_Name = Annotated[str, Field(min_length=1, max_length=120)]
_Slug = Annotated[str, BeforeValidator(_slug)]
_Field = Annotated[str, Field(pattern=rf"^({'|'.join(AI_FIELDS)})$")]
_Euros = Annotated[Decimal, Field(ge=0, le=MAX_PRICE, decimal_places=2)]
_Words = Annotated[list[_Word], BeforeValidator(_listed)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
    image: str | None = None
    images: Annotated[list[_Name], BeforeValidator(_listed), Field(max_length=MAX_PHOTOS)] = []
    category: Annotated[_Slug | None, BeforeValidator(lambda value: value or None)] = None
    alt_categories: Annotated[list[_Slug], BeforeValidator(_listed)] = []
    acceptable_title_keywords: Annotated[
        list[Annotated[list[_Word], Field(min_length=1)]], BeforeValidator(_listed)
    ] = []
    price_low_eur: _Euros | None = None
    price_high_eur: _Euros | None = None
    conditions: Annotated[list[Condition], BeforeValidator(_listed)] = []
    forbidden: _Words = []
    untellable: Annotated[list[_Field], BeforeValidator(_listed)] = []
    tags: _Words = []
    tier: Tier = Tier.METRIC
    split: Split | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Za-z]+)?$")] = "en"
    cluster: Annotated[list[_Name], BeforeValidator(_listed)] = []
    seller: str | None = None
    same_product_as: str | None = None

    @model_validator(mode="after")
    def _agrees(self) -> "_Line":
        if self.image and self.images and self.images[0] != self.image:
            raise ValueError("image must be the first of images; name the cover first")
        if not self.images:
            if not self.image:
                raise ValueError("name the picture in image, or several in images")
            self.images = [self.image]
        low, high = self.price_low_eur, self.price_high_eur
        if (low is None) != (high is None):
            raise ValueError("give both price_low_eur and price_high_eur, or neither")
        if low is not None and high is not None and low > high:
            raise ValueError("price_low_eur is more than price_high_eur; turn them round")
        if self.alt_categories and not self.category:
            raise ValueError("alt_categories stand beside a category; name the best one in category")
        return self

    def content(self) -> CaseContent:
        """All but the pictures."""
        return CaseContent(
            key=self.id,
            pictures=(),
            expected=self.expected(),
            split=self.split or Split.DEV,
            tier=self.tier,
            language=self.language,
            tags=tuple(sorted(set(self.tags))),
            clusters=tuple(sorted(self.clusters())),
            provenance=self.model_extra or {},
        )

    def expected(self) -> Expectation:
        """What a right answer holds."""
        low, high = self.price_low_eur, self.price_high_eur
        return Expectation(
            category=self.category,
            also=tuple(self.alt_categories),
            title=tuple(tuple(words) for words in self.acceptable_title_keywords),
            price=None if low is None or high is None else (_cents(low), _cents(high)),
            conditions=tuple(condition.value for condition in self.conditions),
            forbidden=tuple(self.forbidden),
            untellable=tuple(self.untellable),
        )

    def clusters(self) -> set[str]:
        """Every name that ties this case to others."""
        names = set(self.cluster)
        if self.seller:
            names.add(f"seller:{self.seller}")
        if self.same_product_as:
            other = self.same_product_as
            names.add(other if ":" in other else f"case:{other}")
        return names


def _sentence(place: tuple[int | str, ...], problem: str) -> str:
    """A problem that pydantic found, with the key that it is about in front."""
    where = ".".join(str(part) for part in place if part not in {"nullable", "constrained-str"})
    said = problem.removeprefix("Value error, ")
    return f"{where}: {said}." if where else f"{said[:1].upper()}{said[1:]}."


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _cents(price: Decimal) -> Decimal:
    return price.quantize(Decimal("0.01"))


def _number(price: Decimal | None) -> int | float | None:
    """The price as a JSON number that reads back as itself."""
    if price is None:
        return None
    return int(price) if price == price.to_integral_value() else float(price)
