"""Tours in the vocabulary of schema.org, and what they say under our own names."""

import re
from collections.abc import Iterator

from ingestion.readers.shapes import Node, lines, node, nodes, number, present, text, texts, unique

_TRIPS = frozenset({"TouristTrip", "Trip", "BoatTrip", "Product", "IndividualProduct"})
_ATTRACTIONS = frozenset({"TouristAttraction", "TouristDestination"})
_LEADING_ON = (
    "@graph",
    "itemListElement",
    "item",
    "mainEntity",
    "makesOffer",
    "hasOfferCatalog",
    "itemOffered",
)
_DEEPEST = 8
_NO_PLACES = frozenset({"", "ListItem", "Thing", "CreativeWork", "Event", "HowToStep", *_TRIPS})
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_RENAMED = ("@context", "name")


def kinds(thing: Node) -> list[str]:
    """Return the types of a thing, without the vocabulary that they are of."""
    return [re.split(r"[/:#]", kind)[-1] for kind in texts(thing.get("@type"))]


def is_tour(thing: Node) -> bool:
    """Tell whether a thing is a trip or a product, or an attraction that is for sale."""
    types = set(kinds(thing))
    return bool(types & _TRIPS) or bool(types & _ATTRACTIONS and nodes(thing.get("offers")))


def tours_in(value: object, depth: int = 0) -> Iterator[Node]:
    """Yield the things in a document that may be tours, wherever lists and pages lead to them."""
    for thing in nodes(value):
        if is_tour(thing):
            yield thing
            continue
        inner = [thing[name] for name in _LEADING_ON if isinstance(thing.get(name), dict | list)]
        if not inner or depth >= _DEEPEST:
            yield thing
        for each in inner if depth < _DEEPEST else ():
            yield from tours_in(each, depth + 1)


def fields(tour: Node) -> dict[str, object]:
    """Return a tour's values under our own names; what has none keeps its own."""
    own = {name: value for name, value in tour.items() if name not in _RENAMED}
    stops = _stops(tour)
    attraction = bool(_ATTRACTIONS.intersection(kinds(tour)))
    ours: Node = {
        "id": _identifier(tour),
        "title": text(tour.get("name"), tour.get("headline")),
        "description": lines([*texts(tour.get("description")), *map(_told, stops)]),
        "locations": _locations(tour, stops, itself=attraction),
        "country": _country(tour),
        "language": text(tour.get("inLanguage"), node(tour.get("inLanguage")).get("alternateName")),
        "duration": text(tour.get("duration"), tour.get("timeRequired")),
        "price": _price(tour),
        "available": _dates(tour),
        "notes": lines(texts(tour.get("touristType")) + _names(tour.get("touristType"))),
        "url": _url(tour),
        "image": _image(tour.get("image")),
        "provider": text(*(_names(tour.get(name)) for name in ("provider", "brand"))),
    }
    return {**{name: own[name] for name in own if name not in ours}, **present(ours)}


def _names(value: object) -> list[str]:
    """Return the names of things, or the texts that stand for them."""
    return [
        said
        for each in (value if isinstance(value, list) else [value])
        for said in texts(each.get("name") if isinstance(each, dict) else each)
    ]


def _identifier(tour: Node) -> str | None:
    identifier = tour.get("identifier")
    ids = (node(identifier).get("value"), identifier, tour.get("sku"), tour.get("productID"))
    return text(*ids, tour.get("@id"), tour.get("url"))


def _stops(tour: Node) -> list[Node]:
    """Return what an itinerary lists, or the days that a trip consists of."""
    found: list[Node] = []
    for each in nodes(tour.get("itinerary")):
        listed = nodes(each.get("itemListElement"))
        found += [_listed(item) for item in listed] if listed else [each]
    return found or nodes(tour.get("subTrip"))


def _listed(item: Node) -> Node:
    """Return the thing that an entry of a list is about, under the name that either has."""
    inner = item.get("item")
    return {**item, **inner} if isinstance(inner, dict) else item


def _told(stop: Node) -> str:
    said = [text(stop.get("name")), text(stop.get("description"))]
    return ": ".join(filter(None, said))


def _locations(tour: Node, stops: list[Node], *, itself: bool) -> list[str]:
    places = [stop for stop in stops if _NO_PLACES.isdisjoint(kinds(stop) or [""])]
    for name in ("location", "contentLocation", "containedInPlace", "touristDestination"):
        places += nodes(tour.get(name))
    places += [tour] if itself else []
    named = [name for place in places for name in (place.get("name"), _locality(place))]
    plain = [tour.get(name) for name in ("location", "touristDestination")]
    return unique([*texts(named), *(each for value in plain for each in texts(value))])


def _locality(place: Node) -> object:
    return node(place.get("address")).get("addressLocality")


def _country(tour: Node) -> str | None:
    holders = [tour, *nodes(tour.get("location")), *nodes(tour.get("containedInPlace"))]
    holders += _stops(tour)
    countries = [node(each.get("address")).get("addressCountry") for each in holders]
    return text(*(name for country in countries for name in _names(country)))


def _price(tour: Node) -> Node | None:
    """Return the lowest price that is asked; a text that is no number stays as it is."""
    prices = [price for offer in _offers(tour) for price in _prices(offer)]
    numbers = [price for price in prices if isinstance(price["amount"], float)]
    lowest = min(numbers, key=lambda price: number(price["amount"]) or 0.0, default=None)
    return lowest or next(iter(prices), None)


def _offers(tour: Node) -> Iterator[Node]:
    for offer in nodes(tour.get("offers")):
        yield offer
        yield from nodes(offer.get("offers"))


def _prices(offer: Node) -> Iterator[Node]:
    for each in (offer, *nodes(offer.get("priceSpecification"))):
        currency = text(each.get("priceCurrency"), offer.get("priceCurrency"))
        amount = text(*(each.get(name) for name in ("price", "lowPrice", "minPrice")))
        if amount and currency:
            value = number(amount)
            yield {"amount": amount if value is None else value, "currency": currency}


def _dates(tour: Node) -> list[Node]:
    """Return the days from departure to arrival."""
    times = [text(tour.get(name)) or "" for name in ("departureTime", "arrivalTime")]
    days = [found[0] for found in map(_DATE.match, times) if found]
    return [{"start": days[0], "end": days[1]}] if len(days) == len(times) else []


def _url(tour: Node) -> str | None:
    offers = [offer.get("url") for offer in _offers(tour)]
    page = tour.get("mainEntityOfPage")
    links = texts([tour.get("url"), page, node(page).get("@id"), *offers, tour.get("@id")])
    return next((link for link in links if link.startswith(("http://", "https://"))), None)


def _image(value: object) -> str | None:
    items = value if isinstance(value, list) else [value]
    links = [
        text(*(item.get(name) for name in ("url", "contentUrl", "@id")))
        if isinstance(item, dict)
        else text(item)
        for item in items
    ]
    return text(*links)
