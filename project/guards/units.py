"""The units of measure and money that people write, with what each is worth.

A unit is a dimension and a factor: an hour is 3600 of `time`, a day 86400 of it, so `24 hours` is
`1 day`, and `50 m` is not `50 ft`. Currencies are one dimension with no factor between them: each
is known by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_DAY: Final = 86400.0
_YEAR: Final = 365.25 * _DAY


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: what it measures, and how much of that dimension's own unit it is."""

    dimension: str
    factor: float
    name: str = ""


def _table(dimension: str, rows: str) -> dict[str, Unit]:
    """Read lines of `factor spelling spelling ...`."""
    units: dict[str, Unit] = {}
    for row in rows.strip().splitlines():
        factor, *spellings = row.split()
        units |= dict.fromkeys(spellings, Unit(dimension, float(factor)))
    return units


def _named(dimension: str, rows: str) -> dict[str, Unit]:
    """Read lines of `name spelling ...` for units that no factor joins."""
    units: dict[str, Unit] = {}
    for row in rows.strip().splitlines():
        name, *spellings = row.split()
        units |= dict.fromkeys((name, *spellings), Unit(dimension, 1.0, name))
    return units


_TIME = f"""
1 seconds sec secs
60 minute minutes min mins
3600 hour hours hr hrs hourly
{_DAY} day days daily
{_DAY * 7} week weeks weekly wk wks
{_DAY * 14} fortnight fortnights fortnightly biweekly
{_YEAR / 12} month months monthly mth mths
{_YEAR / 4} quarterly
{_YEAR} year years yearly annually annual annum yr yrs
{_YEAR * 10} decade decades
0.001 millisecond milliseconds ms
"""

_LENGTH = """
0.001 mm millimetre millimetres millimeter millimeters
0.01 cm centimetre centimetres centimeter centimeters cms
1 metre metres meter meters
1000 km kms kilometre kilometres kilometer kilometers
0.0254 inch inches
0.3048 foot feet ft
0.9144 yd yds
1609.344 mile miles
"""

_WEIGHT = """
0.000001 mg milligram milligrams
0.001 gram grams gramme grammes gr
1 kg kgs kilo kilos kilogram kilograms
1000 tonne tonnes ton tons
0.0283495 oz ounce ounces
0.4535924 lb lbs
"""

_VOLUME = """
0.001 ml millilitre millilitres milliliter milliliters
0.01 cl centilitre centilitres
0.1 dl decilitre decilitres
1 litre litres liter liters ltr
0.004929 teaspoon teaspoons tsp
0.014787 tablespoon tablespoons tbsp
0.24 cup cups
0.473 pint pints
0.946 quart quarts
3.785 gallon gallons
"""

_DATA = """
1e3 kb kilobyte kilobytes
1e6 mb megabyte megabytes
1e9 gb gig gigs gigabyte gigabytes
1e12 tb terabyte terabytes
1 byte bytes
"""

_SPEED = """
1 mph
0.621371 kmh kph
"""

_NAMED: Final = {
    "temperature": """
celsius centigrade
fahrenheit
kelvin
""",
    "power": """
watt watts
kilowatt kilowatts kw
volt volts
amp amps ampere amperes mah
lumen lumens lm lux
kwh
psi
hz hertz
khz
mhz
ghz
decibel decibels db
calorie calories kcal
joule joules kj
""",
    "money": """
dollar dollars usd $ buck bucks
euro euros eur €
gbp £ sterling quid
yen jpy ¥
rupee rupees inr ₹
franc francs chf
cent cents
penny pence
peso pesos mxn
zloty pln
krona kronor sek
krone kroner nok dkk
yuan rmb cny
aud
cad
ruble rubles rouble roubles
krw
lira
bitcoin bitcoins btc
ethereum eth
""",
    "share": """
percent % pct percentage
""",
    "pixels": """
px pixel pixels
""",
}

# Spellings that are units only straight after a number: `50 m`, but not `i m`.
AFTER_NUMBER: Final = {
    "s": Unit("time", 1.0),
    "second": Unit("time", 1.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", _DAY),
    "m": Unit("length", 1.0),
    "yard": Unit("length", 0.9144),
    "yards": Unit("length", 0.9144),
    "g": Unit("weight", 0.001),
    "stone": Unit("weight", 6.35),
    "l": Unit("volume", 1.0),
    "b": Unit("data", 1.0),
    "w": Unit("power", 1.0, "watt"),
    "v": Unit("power", 1.0, "volt"),
    "bar": Unit("power", 1.0, "bar"),
    "bars": Unit("power", 1.0, "bar"),
    "c": Unit("temperature", 1.0, "celsius"),
    "f": Unit("temperature", 1.0, "fahrenheit"),
    "star": Unit("stars", 1.0),
    "stars": Unit("stars", 1.0),
}

POUND: Final = Unit("pound", 1.0)  # of money or of weight: only the context can tell

UNITS: Final[dict[str, Unit]] = {
    "pound": POUND,
    "pounds": POUND,
    **_table("time", _TIME),
    **_table("length", _LENGTH),
    **_table("weight", _WEIGHT),
    **_table("volume", _VOLUME),
    **_table("data", _DATA),
    **_table("speed", _SPEED),
    **{k: unit for name, rows in _NAMED.items() for k, unit in _named(name, rows).items()},
}
