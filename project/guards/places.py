"""Countries, states and cities: a country, its people and its language are one name.

`a French site` speaks of the same place as `the site in France`. The first word of a line is the
name, the others are its forms.
"""

from __future__ import annotations

from typing import Final

from project.guards.lexicon import groups, word_set

_COUNTRIES: Final = """
afghanistan afghan; albania albanian; algeria algerian; argentina argentinian argentine;
armenia armenian; australia australian aussie; austria austrian; bangladesh bangladeshi;
belgium belgian flemish; bolivia bolivian; bosnia bosnian; brazil brazilian brasil;
bulgaria bulgarian; cambodia cambodian khmer; cameroon cameroonian; canada canadian canadians;
chile chilean; china chinese mandarin; colombia colombian; croatia croatian; cuba cuban;
cyprus cypriot; czechia czech; denmark danish danes; ecuador ecuadorian; egypt egyptian;
england english; estonia estonian; ethiopia ethiopian; europe european eu; finland finnish;
france french; georgia georgian; germany german germans; ghana ghanaian; greece greek;
greenland greenlandic; guatemala guatemalan; hungary hungarian; iceland icelandic;
india indian hindi; indonesia indonesian; iran iranian farsi persian; iraq iraqi; ireland irish;
israel israeli hebrew; italy italian italians; jamaica jamaican; japan japanese; jordan jordanian;
kazakhstan kazakh; kenya kenyan; korea korean; kuwait kuwaiti; latvia latvian; lebanon lebanese;
lithuania lithuanian; luxembourg luxembourgish; malaysia malaysian malay; malta maltese;
mexico mexican; moldova moldovan; morocco moroccan; nepal nepali; netherlands dutch holland;
nigeria nigerian; norway norwegian; pakistan pakistani urdu; panama panamanian; peru peruvian;
philippines filipino tagalog; poland polish; portugal portuguese; qatar qatari; romania romanian;
russia russian; scotland scottish; serbia serbian; singapore singaporean; slovakia slovak;
slovenia slovenian; somalia somali; spain spanish spaniard; sudan sudanese; sweden swedish;
switzerland swiss; syria syrian; taiwan taiwanese; tanzania tanzanian; thailand thai;
tunisia tunisian; turkey turkish türkiye; uganda ugandan; uk britain british; ukraine ukrainian;
uruguay uruguayan; usa american america; venezuela venezuelan; vietnam vietnamese; wales welsh;
yemen yemeni; zimbabwe zimbabwean; africa african; asia asian; arabia arabic arab saudi;
"""

_OTHERS: Final = """
alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho
illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah
vermont virginia wisconsin wyoming ontario quebec alberta bavaria catalonia tuscany sicily crete
london paris berlin madrid rome lisbon vienna prague budapest warsaw amsterdam brussels copenhagen
stockholm oslo helsinki dublin edinburgh glasgow manchester birmingham liverpool leeds bristol
barcelona valencia seville porto milan venice florence naples turin munich hamburg frankfurt cologne
stuttgart zurich geneva basel lyon marseille bordeaux athens istanbul moscow kyiv bucharest
sofia belgrade zagreb york boston chicago washington philadelphia miami atlanta dallas houston
austin denver seattle portland phoenix vegas angeles francisco diego detroit orlando toronto
montreal vancouver ottawa calgary sydney melbourne brisbane perth auckland wellington tokyo osaka
kyoto seoul beijing shanghai hongkong taipei bangkok hanoi manila jakarta bali delhi mumbai
bangalore chennai kolkata karachi lahore dhaka dubai doha riyadh cairo nairobi lagos johannesburg
marrakesh casablanca tunis havana bogota lima santiago
"""

PLACES: Final[dict[str, str]] = {
    **{form: names[0] for names in groups(_COUNTRIES) for form in names},
    **{name: name for name in word_set(_OTHERS)},
}
