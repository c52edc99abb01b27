"""What a good tour says, and a poor one leaves out: remarks, not reasons to set it aside."""

from core.places.service import gazetteer
from ingestion.building.port import Remarks
from recommender.schemas import Package

NO_PLACE = "no place is named"
UNKNOWN_PLACE = "not in the gazetteer: matched by its name alone"
NO_DURATION = "not stated"
NO_PRICE = "not stated"
NO_LINK = "no link to book it"


def remark_on(package: Package, remarks: Remarks) -> None:
    """Note what a traveller would miss in a tour."""
    if not package.locations:
        remarks.add("locations", NO_PLACE)
    for name in package.locations:
        if gazetteer().find(name, package.country) is None:
            remarks.add("locations", UNKNOWN_PLACE, name)
    stated = {each.field for each in remarks.found}
    if package.duration is None and "duration" not in stated:
        remarks.add("duration", NO_DURATION)
    if package.price is None and "price" not in stated:
        remarks.add("price", NO_PRICE)
    if package.url is None and "url" not in stated:
        remarks.add("url", NO_LINK)
