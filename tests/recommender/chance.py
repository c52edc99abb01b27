"""Tours, wishes and filters drawn by chance, with all that is odd about them."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import TypeVar

from recommender.schemas import Interests

Thing = TypeVar("Thing")

PLACES = (
    "Hà Nội", "Sa Pa", "Ha Long", "Hội An", "Lào Cai", "Quảng Ninh", "Mekong Delta", "Đông Nam Á",
    "Vietnam", "Thailand", "Kyoto", "Quvexo", "Quvexo Falls", "Suối Mơ Nhỏ", "Bản Xyz - (Foo's)",
)  # fmt: skip
"""Cities, areas that hold them, and names that no map has, some of them much alike."""

TEXTS = {
    "transportation": ("xe giường nằm", "private car with driver", "tàu hỏa, zorbmobil"),
    "food": ("ăn chay", "seafood and phở", "street food, zqx tasting"),
    "activities": ("leo núi, chèo kayak", "zorbing", "museums and temples"),
    "accommodation": ("homestay", "khách sạn 5 sao"),
    "notes": ("phù hợp trẻ em", "wheelchair friendly"),
}


def some(rng: random.Random, things: Sequence[Thing], most: int, least: int = 0) -> list[Thing]:
    """Return some of *things*, none twice."""
    return rng.sample(things, rng.randint(least, most))


def tour_fields(rng: random.Random, key: str) -> dict[str, object]:
    """Return the fields of a tour; about half of them are left out."""
    fields: dict[str, object] = {
        "locations": some(rng, PLACES, 4),
        "duration": rng.choice([{"days": 3}, {"hours": 4}, {"days": 2.5}, {"days": 10}]),
        "price": {
            "amount": rng.choice([0, 90, 150, 3_000]),
            "currency": rng.choice(["USD", "EUR"]),
        },
        "language": rng.choice(["vi_VN", "en", "EN-us", "fr"]),
        "available": [_span(rng, month) for month in some(rng, [1, 2, 3, 4], 3)],
        "country": rng.choice(["Vietnam", "Japan", "Lào"]),
        **{name: rng.choice(texts) for name, texts in TEXTS.items()},
    }
    kept = {name: value for name, value in fields.items() if rng.random() < 0.6}
    title = rng.choice(["Tour", "Quvexo trek, and a bản Xyz foo's", "Chợ nổi"])
    return {"id": key, "title": title, **kept}


def _span(rng: random.Random, month: int) -> dict[str, str]:
    return {"start": f"2027-{month:02}-05", "end": f"2027-{month:02}-{rng.choice([5, 11, 20]):02}"}


def interests(rng: random.Random) -> Interests:
    """Return a wish; about half of its criteria are left out, at times all of them."""
    fields: dict[str, object] = {
        "locations": some(rng, PLACES, 3, least=1),
        "duration": rng.choice([{"days": 3}, {"days": 2, "max_days": 5}, {"hours": 3}]),
        "budget": rng.choice(
            [
                {"max": 200, "currency": "USD"},
                {"min": 50, "max": 90, "currency": "USD"},
                {"min": 5_000_000, "currency": "VND"},
            ]
        ),
        **{name: rng.choice(texts) for name, texts in TEXTS.items()},
    }
    kept = {name: value for name, value in fields.items() if rng.random() < 0.5}
    return Interests.model_validate(kept)


def day(rng: random.Random) -> dt.date | None:
    """Return a day on which some tours leave, or none."""
    return rng.choice([None, dt.date(2027, 1, 1) + dt.timedelta(days=rng.randint(0, 120))])
