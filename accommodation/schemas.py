"""A place to stay, as an operator's or a partner's catalogue tells it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from core.fields import Link, Name, Price, Text

Amenity = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class Accommodation(BaseModel):
    """A hotel, homestay, ship or other place to stay.

    Attributes:
        id: the operator's own key.
        stars: of its class, not of its guests' opinion.
        rating: of its guests, from 0 to 10, which `reviews` of them gave.
        price: for one night, the least that the catalogue names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    name: Name
    description: Text | None = None
    address: Annotated[str, StringConstraints(max_length=500)] | None = None
    city: Name | None = None
    country: Name | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    stars: Annotated[float, Field(ge=0, le=7)] | None = None
    rating: Annotated[float, Field(ge=0, le=10)] | None = None
    reviews: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    price: Price | None = None
    amenities: Annotated[list[Amenity], Field(max_length=300)] = []
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    url: Link | None = None
    image: Link | None = None
