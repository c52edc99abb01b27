"""The mapping file: which of a feed's columns become which of our fields, and how."""

from typing import Annotated, Any, Literal, Self

import regex
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from core.fields import Currency, Name
from ingestion.readers.port import Options
from ingestion.schemas import Kind

MAIN = "main"
"""Name of the only source where a mapping does not name its sources."""

Path = Annotated[str, Field(min_length=1, max_length=300)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Paths = Annotated[list[Path], BeforeValidator(_listed), Field(max_length=50)]


def _pattern(text: str) -> str:
    try:
        regex.compile(text)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Pattern = Annotated[str, Field(max_length=200), AfterValidator(_pattern)]


class Source(Options):
    """One of the files of a feed, or several of the same form.

    Attributes:
        file: names or patterns ("tours_*.json") in the feed's folder; an address is taken as is.
        format: of the file, where its name and its first bytes do not tell.
        on: for a source that adds to the first one: its column, and the column or path there.
        where: records whose columns have other values than these are passed over.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Paths = Field([])
    format: str | None = None
    on: dict[Path, Path] = Field({})
    where: dict[Path, str | int | float | bool | list[str]] = Field({})

    def options(self) -> Options:
        """Return what the reader must know."""
        return Options(**{name: getattr(self, name) for name in Options.model_fields})


def _spec(value: Any) -> Any:
    """Let a column's name, or a list of names, stand for the whole of a field's rule."""
    return {"from": value} if isinstance(value, str | list) else value


class FieldRule(_Strict):
    """Where a field's values come from.

    Attributes:
        paths: columns, in order; `source.column` reaches into a joined source and `a.b` into an
            object; a list gives all its elements.
        value: what stands in every record, where no column says it.
        template: columns in braces within fixed words: "{city} Street Food".
        pattern: only what its first group matches is kept; what it does not match is left out.
        first: only the first value that is not blank is kept.
    """

    paths: Paths = Field([], alias="from")
    value: str | int | float | None = None
    template: str | None = None
    pattern: Pattern | None = None
    first: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.inputs():
            raise ValueError("give from, value or template")
        return self

    def inputs(self) -> list[str]:
        """Return what it takes its values from; for a mapping without any, nothing."""
        fixed = [] if self.value is None else [str(self.value)]
        return [*self.paths, *fixed, *([self.template] if self.template else [])]


class PriceRule(FieldRule):
    """A price: its currency where the text has none, and whether it is for a group."""

    currency: Currency | None = None
    per: Literal["person", "group"] = "person"
    people: Annotated[int, Field(ge=1, le=1_000)] | None = None


class DurationRule(FieldRule):
    """A duration: the unit of a bare number, or the two dates between which it lies."""

    unit: Literal["days", "nights", "hours", "minutes"] | None = None
    start: Path | None = None
    end: Path | None = None

    @model_validator(mode="after")
    def _has_both_dates(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end go together")
        return self

    def inputs(self) -> list[str]:
        """Return its columns; two dates will do."""
        return [*super().inputs(), *(path for path in (self.start, self.end) if path)]


class PlacesRule(FieldRule):
    """Places: listed, or found in running text.

    Attributes:
        find: look for the gazetteer's places in the text, instead of taking its parts as names.
        without: columns whose places are left out, such as where the tour departs from.
        separator: what stands between names, where it is not a usual one.
    """

    find: bool = False
    without: Paths = []
    separator: str | None = None


class DatesRule(FieldRule):
    """Days of departure; `day_first` says whether 3/4 is in April."""

    day_first: bool = True


class LinkRule(FieldRule):
    """An address; a relative one is joined to `base`."""

    base: str | None = None


class ScoreRule(FieldRule):
    """A number; `out_of` is the best on the feed's scale."""

    out_of: Annotated[float, Field(gt=0, le=1_000)] = 10


class SplitRule(FieldRule):
    """A long text whose sentences go to the criteria they are about.

    Attributes:
        heading: what stands over it, such as "Not included".
    """

    heading: str | None = None


Rule = Annotated[FieldRule, BeforeValidator(_spec)]


class TourFields(_Strict):
    """The fields of a tour; `id` and `title` must be there."""

    id: Rule
    title: Rule
    description: Rule | None = None
    locations: Annotated[PlacesRule, BeforeValidator(_spec)] | None = None
    country: Rule | None = None
    language: Rule | None = None
    duration: Annotated[DurationRule, BeforeValidator(_spec)] | None = None
    price: Annotated[PriceRule, BeforeValidator(_spec)] | None = None
    available: Annotated[DatesRule, BeforeValidator(_spec)] | None = None
    transportation: Rule | None = None
    food: Rule | None = None
    activities: Rule | None = None
    accommodation: Rule | None = None
    notes: Rule | None = None
    url: Annotated[LinkRule, BeforeValidator(_spec)] | None = None
    image: Annotated[LinkRule, BeforeValidator(_spec)] | None = None


class AccommodationFields(_Strict):
    """The fields of a place to stay; `id` and `name` must be there."""

    id: Rule
    name: Rule
    description: Rule | None = None
    address: Rule | None = None
    city: Rule | None = None
    country: Rule | None = None
    latitude: Rule | None = None
    longitude: Rule | None = None
    stars: Annotated[ScoreRule, BeforeValidator(_spec)] | None = None
    rating: Annotated[ScoreRule, BeforeValidator(_spec)] | None = None
    reviews: Rule | None = None
    price: Annotated[PriceRule, BeforeValidator(_spec)] | None = None
    amenities: Annotated[PlacesRule, BeforeValidator(_spec)] | None = None
    url: Annotated[LinkRule, BeforeValidator(_spec)] | None = None
    image: Annotated[LinkRule, BeforeValidator(_spec)] | None = None


def _share(value: Any) -> Any:
    """Read "20 %" as well as 0.2."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return float(value.strip().removesuffix("%")) / 100
    return value


Share = Annotated[float, BeforeValidator(_share), Field(ge=0, le=1)]


class Limits(_Strict):
    """Shares beyond which a run stops before it changes anything.

    Attributes:
        set_aside: of the records read.
        retire: of the provider's tours in the catalogue.
    """

    set_aside: Share = 0.5
    retire: Share = 0.3


def _split_rule(value: Any) -> Any:
    return [_spec(each) for each in (value if isinstance(value, list) else [value])]


class Mapping(_Strict):
    """A provider's mapping file.

    Attributes:
        provider: whose feed it is.
        kind: what its records are.
        sources: its files, the one whose records are the tours first; one unnamed by default.
        fields: the rule of each of our fields.
        split: long texts that speak of several criteria.
        currency: of amounts that have none; likewise `country` and `language`.
        repeats: what to do with a record whose id came before in the feed: `set_aside`, or
            `merge` where one tour fills several records.
        complete: whether the feed holds all tours, so that those missing from it are retired.
        limits: when to stop rather than go on.
        location: the feed's address or folder, for runs on a schedule.
        schedule: five cron fields, in UTC.
    """

    provider: Name
    kind: Kind = "tours"
    sources: Annotated[dict[str, Source], Field(min_length=1)] = {MAIN: Source()}
    fields: TourFields | AccommodationFields
    split: Annotated[list[SplitRule], BeforeValidator(_split_rule), Field(max_length=50)] = []
    currency: Currency | None = None
    country: Name | None = None
    language: Annotated[str, Field(min_length=2, max_length=35)] | None = None
    repeats: Literal["set_aside", "merge"] = "set_aside"
    complete: bool = False
    limits: Limits = Limits()
    location: str | None = None
    schedule: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _fields_of_its_kind(cls, value: Any) -> Any:
        """Check the fields as those of the kind alone, so that an error names the field."""
        if isinstance(value, dict) and isinstance(value.get("fields"), dict):
            shape = AccommodationFields if value.get("kind") == "accommodations" else TourFields
            return {**value, "fields": shape.model_validate(value["fields"])}
        return value

    @model_validator(mode="after")
    def _joins_can_be_made(self) -> Self:
        first, *others = self.sources.items()
        if first[1].on:
            raise ValueError(
                f"sources.{first[0]}: the first source is what the others are joined to"
            )
        for name, source in others:
            if len(source.on) != 1:
                raise ValueError(f"sources.{name}: say in `on` which column joins it to the first")
        self._joins_are_in_order([name for name, _ in others])
        return self

    def _joins_are_in_order(self, names: list[str]) -> None:
        """Insist that a source that is joined to another one comes after it."""
        for position, name in enumerate(names):
            there = next(iter(self.sources[name].on.values())).partition(".")[0]
            if there in names[position:]:
                raise ValueError(f"sources.{name}: it is joined to {there}, which must come before")

    @property
    def main(self) -> str:
        """Name of the source whose records are the tours."""
        return next(iter(self.sources))

    def rules(self) -> dict[str, FieldRule]:
        """Return the rule of each field that has one."""
        given = {name: getattr(self.fields, name) for name in type(self.fields).model_fields}
        return {name: rule for name, rule in given.items() if rule is not None}
