"""OCTO, Open Connectivity for Tours, Activities and Attractions: what GET /products answers.

Read are the core fields and those of the capabilities octo/content (as first published, and with
`features`, `media` and `locations` since 2025) and octo/pricing. See https://docs.octo.travel.
"""

from collections.abc import Mapping
from typing import ClassVar

from ingestion.readers.json_array import JsonArrayReader
from ingestion.readers.json_lines import start_of_json
from ingestion.readers.shapes import Node, lines, node, nodes, number, present, text, texts, unique

_WRAPPERS = ("products", "data")
_NO_ADULTS = frozenset({"CHILD", "INFANT", "YOUTH", "STUDENT", "SENIOR", "MILITARY"})
_MOST_DECIMALS = 6
_MINUTES = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}
_PLACES = frozenset({"START", "ITINERARY_ITEM", "POINT_OF_INTEREST", "ADMISSION_INCLUDED", "END"})
_NOTED = (
    "PREBOOKING_INFORMATION",
    "PREARRIVAL_INFORMATION",
    "ACCESSIBILITY_INFORMATION",
    "ADDITIONAL_INFORMATION",
)
_DAY = _MINUTES["day"]


class OctoReader(JsonArrayReader):
    """Reads products in the schema of OCTO as records under our own names; see `port.Reader`.

    What has no name of ours keeps its own; so do exclusions, which nobody may take for an offer.
    """

    format: ClassVar[str] = "octo"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Tell whether it begins with products, their options and the units of these."""
        start = start_of_json(head)
        return start[:1] in ("{", "[") and all(
            f'"{name}"' in start for name in ("internalName", "options", "units")
        )

    def _only(self, found: list[str]) -> str | None:
        return next((path for path in _WRAPPERS if path in found), None) or super()._only(found)

    def shaped(self, values: dict[str, object]) -> Mapping[str, object]:
        """Return a product under our own names."""
        return values | present(_fields(values))


def _fields(product: Node) -> Node:
    options = nodes(product.get("options"))
    highlights = _said(product, "highlights", "HIGHLIGHT")
    inclusions = _said(product, "inclusions", "INCLUSION")
    return {
        "id": text(product.get("id")),
        "title": text(product.get("title"), product.get("internalName")),
        "description": _description(product, options),
        "locations": _locations(product, options) or None,
        "country": _country(product),
        "language": text(product.get("locale"), *(each.get("language") for each in options)),
        "duration": _duration([product]) or _duration(options),
        "price": _price(product, options),
        "activities": lines(highlights),
        "highlights": highlights,
        "inclusions": inclusions,
        "exclusions": _said(product, "exclusions", "EXCLUSION"),
        "notes": lines([*inclusions, *_features(product, *_NOTED)]),
        "url": _url(product, options),
        "image": _image(product),
    }


def _said(product: Node, name: str, kind: str) -> list[str]:
    """Return a list of texts as the older and the newer content capability give it."""
    return texts(product.get(name)) + _features(product, kind)


def _features(product: Node, *kinds: str) -> list[str]:
    features = [each for each in nodes(product.get("features")) if each.get("type") in kinds]
    return [said for each in features for said in texts(each.get("shortDescription"))]


def _description(product: Node, options: list[Node]) -> str | None:
    said = [text(product.get(name)) for name in ("subtitle", "shortDescription", "description")]
    stops = [stop for option in options[:1] for stop in nodes(option.get("itinerary"))]
    told = [": ".join(texts([stop.get("name"), stop.get("description")])) for stop in stops]
    return lines(filter(None, [*said, *told]))


def _locations(product: Node, options: list[Node]) -> list[str]:
    named = [node(product.get("destination")).get("name"), product.get("location")]
    for place in nodes(product.get("locations")):
        if _PLACES.intersection(texts(place.get("types"))) or not place.get("types"):
            named += [place.get("title"), _address(place).get("addressLocality")]
    for option in options:
        stops = nodes(option.get("itinerary"))
        named += [stop.get("name") for stop in stops if stop.get("type") in ("POINT", "POI")]
    return unique(texts(named))


def _address(location: Node) -> Node:
    return node(node(location.get("place")).get("postalAddress"))


def _country(product: Node) -> str | None:
    places = [_address(each).get("addressCountry") for each in nodes(product.get("locations"))]
    return text(product.get("country"), node(product.get("destination")).get("country"), *places)


def _duration(holders: list[Node]) -> Node | None:
    """Return the shortest and the longest duration of a product, or of its options."""
    spans = [span for each in holders for span in _minutes(each)]
    if not spans:
        return None
    unit, minutes = ("days", _DAY) if all(not span % _DAY for span in spans) else ("hours", 60)
    shortest, longest = min(spans) / minutes, max(spans) / minutes
    return {unit: shortest} | ({f"max_{unit}": longest} if longest > shortest else {})


def _minutes(holder: Node) -> list[float]:
    unit = str(holder.get("durationUnit", "")).lower().removesuffix("s")
    amounts = [number(holder.get(name)) for name in ("durationMinutesFrom", "durationMinutesTo")]
    amounts.append((number(holder.get("durationAmount")) or 0) * _MINUTES.get(unit, 0))
    return [amount for amount in amounts if amount]


def _price(product: Node, options: list[Node]) -> Node | None:
    """Return the lowest price of an adult, or of a booking for as many as may come."""
    wanted = text(product.get("defaultCurrency"))
    if product.get("pricingPer") == "BOOKING":
        found = [_for_group(option, wanted) for option in options]
    else:
        units = [unit for option in options for unit in nodes(option.get("units"))]
        found = [_amount(unit.get("pricingFrom"), wanted) for unit in _of_adults(units)]
    prices = [price for price in found if price]
    return min(prices, key=lambda price: number(price["amount"]) or 0.0, default=None)


def _of_adults(units: list[Node]) -> list[Node]:
    adults = [unit for unit in units if unit.get("type") == "ADULT"]
    return adults or [unit for unit in units if unit.get("type") not in _NO_ADULTS]


def _for_group(option: Node, wanted: str | None) -> Node | None:
    """Return the price of a booking; it means nothing where nobody knows for how many it is."""
    price = _amount(option.get("pricingFrom"), wanted)
    people = number(node(option.get("restrictions")).get("maxUnits"))
    return {**price, "per": "group", "people": int(people)} if price and people else None


def _amount(pricing: object, wanted: str | None) -> Node | None:
    """Return a price of integers in the smallest unit of its currency."""
    prices = nodes(pricing)
    price = next((each for each in prices if each.get("currency") == wanted), node(pricing))
    amount = number(price.get("retail"))
    amount = number(price.get("original")) if amount is None else amount
    decimals = number(price.get("currencyPrecision", 2))
    currency = text(price.get("currency"), wanted)
    if amount is None or decimals is None or decimals > _MOST_DECIMALS or not currency:
        return None
    return {"amount": amount / 10 ** int(decimals), "currency": currency}


def _url(product: Node, options: list[Node]) -> str | None:
    google = [node(option.get("googleOptions")) for option in options]
    landing = [node(each.get("landing_page")).get("url") for each in google]
    return text(product.get("url"), *landing)


def _image(product: Node) -> str | None:
    media = [each for each in nodes(product.get("media")) if "image" in str(each.get("type"))]
    covers = [each.get("src") for each in media if each.get("rel") == "COVER"]
    gallery = [each.get("url") for each in nodes(product.get("galleryImages"))]
    return text(
        product.get("coverImageUrl"), *covers, *(each.get("src") for each in media), *gallery
    )
