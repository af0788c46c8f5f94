"""English opposites: on each scale what stands left of `|` is the opposite of what is right.

A word may stand on several scales (`light` is not heavy, and not dark). Only the base forms are
written; `guards.stems` finds the others. `~` marks acts that undo each other.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from project.guards.lexicon import groups
from project.guards.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCALES: Final = """
start begin commence launch initiate | stop end finish cease quit halt terminate;
~ resume continue unpause | pause suspend interrupt; start resume begin | pause;
~ open reopen | close shut; open | closed shut; ~ unlock | lock;
~ activate enable | deactivate disable;
allow allowed permit permitted authorise legal | forbid forbidden ban prohibit prohibited block
disallow illegal; accept approve grant | reject decline refuse deny dismiss; agree | disagree;
add insert attach append | remove delete erase detach omit drop; include | exclude;
save keep store retain preserve | delete discard erase lose throw; keep | return;
create make | delete destroy; install | uninstall; mount | unmount dismount;
subscribe join enrol enroll register | unsubscribe leave;
~ connect attach join link | disconnect detach unlink;
~ show display reveal unhide visible | hide conceal hidden invisible; public | private confidential;
private personal | business corporate commercial; deposit | withdraw withdrawal;
pay charge spend owe | earn; spend | save; charge | refund; import | export; upload | download;
push | pull; fill refill | empty drain; load | unload;
increase raise grow boost rise extend higher expand gain | decrease reduce lower cut shrink drop
fall; extend lengthen prolong | shorten; more extra additional | less fewer; most | least;
many much enough plenty | few little insufficient; maximum max maximal | minimum min minimal;
highest largest biggest longest maximum | lowest smallest shortest minimum; exceed | undercut;
prior beforehand | afterwards; early earlier earliest sooner | late later latest;
earliest first | latest last; first initial | last final;
next upcoming following future | last previous past prior former; old older | new newer;
oldest | newest latest; young younger | old older;
big large huge bigger larger biggest largest | small little tiny smaller smallest mini;
long longer longest | short shorter shortest; tall taller high higher | short shorter low lower;
high higher highest | low lower lowest; wide wider broad | narrow narrower;
thick thicker | thin thinner; heavy heavier heaviest | light lighter lightest lightweight;
hot hotter warm warmer warmest hottest | cold colder cool cooler coldest chilled;
warm sweat sweating hot heat | freeze freezing cold cool chill;
~ thaw defrost unfreeze melt boil | freeze frozen; wet damp humid | dry dried;
fast faster quick quicker rapid fastest quickest | slow slower slowest;
loud louder noisy | quiet quieter silent mute;
bright brighter light lighter | dark darker dim dimmer; hard harder | soft softer;
hard harder difficult | easy easier simple; stiff stiffly | easy easily loose;
strong stronger | weak weaker; tight tighter tighten | loose looser loosen; full | empty;
sharp | blunt dull; clean | dirty stain; raw undercooked | cooked burnt burn overcooked;
fresh | stale rotten; sweet | sour salty bitter savoury;
cheap cheaper cheapest inexpensive | expensive costly pricey dearest;
good great nice | bad poor terrible awful; better improve | worse worsen; best | worst;
right correct | wrong incorrect; left | right; true real genuine | false fake;
same identical | different other another; male | female;
indoor indoors inside internal interior inner | outdoor outdoors outside external exterior outer;
front forward forwards | back rear backward backwards reverse; top upper | bottom lower;
upstairs | downstairs; enter entry entrance | exit leave; arrive arrival | depart departure leave;
inbound incoming | outbound outgoing outward; win | lose; find found | lose lost; love | hate;
success succeed successful pass | fail failure unsuccessful;
work working function functional | break broken; appear | disappear vanish; online | offline;
online | store shop branch person; remote | local onsite;
manual manually | automatic automatically auto automated;
domestic national inland | international foreign abroad overseas;
temporary temporarily | permanent permanently;
optional voluntary | mandatory compulsory required obligatory; single unmarried | married;
full-time | part-time; oneway one-way | return roundtrip; prepaid | postpaid; gross | net;
profit | loss; fixed | variable floating; safe safely | dangerous unsafe hazardous;
compress zip | decompress unzip extract; encrypt | decrypt; encode | decode; commit | revert;
ascending | descending; ascend climb | descend; horizontal landscape | vertical portrait;
input | output; read | write; odd | even; positive plus | negative minus; multiply | divide;
add | subtract; hire employ | fire dismiss; collapse | expand; maximise | minimise;
upgrade | downgrade; mute | unmute; follow | unfollow; wake awake | sleep asleep; stand | sit;
attack | defend; praise compliment nice | complain complaint criticise;
~ restore recover | delete erase lose; clockwise | anticlockwise counterclockwise; alive | dead;
alone | together; always | never rarely seldom; everyone everybody somebody someone | nobody;
often frequently frequent | rarely seldom rare; remember | forget; teach | learn;
ask question | answer reply respond; ahead | behind;
near nearby nearest closest | far farthest furthest;
assemble pitch build | dismantle disassemble pack; fold | unfold; wrap | unwrap; inflate | deflate;
shrink | stretch expand; strengthen | weaken; widen | narrow; soften | harden; lighten | darken;
cheaper discount | surcharge; rich | poor; vegetarian vegan | meat;
simple plain | complex complicated; busy occupied engaged | vacant; rough | smooth; deep | shallow;
book reserve schedule | cancel; place | cancel; rent hire lease | buy purchase; accept | cancel;
confirm | cancel; renew | cancel; pause suspend | cancel end terminate; sender | recipient receiver;
buyer customer | seller; employer | employee; landlord | tenant; host | guest; sunny | rainy cloudy;
morning am | evening pm; beginning | end ending; gain | lose; login signin | logout signout;
rinse | soak; major | minor; missing | extra surplus; redeem spend | collect earn; longer | shorter;
ask | offer; heavily | lightly; advantage | disadvantage; singular | plural;
presence present | absent absence; admit | deny; attract | repel; bullish | bearish; child | adult;
inhale | exhale; lead | follow; obey | disobey; superior | inferior; abundant plenty | scarce;
accidental accidentally | deliberate deliberately; advance forward proceed | retreat;
afraid scared | brave; alike | different; amateur | professional;
ancient antique | modern contemporary; artificial synthetic | natural organic;
attractive beautiful pretty | ugly; benefit advantage pro | harm disadvantage con drawback;
black | white; blame criticise | praise; bold | timid; build construct | demolish destroy;
busy | idle quiet; calm relaxed | excited nervous; capture catch | release;
careful cautious | careless reckless; cheerful happy glad | gloomy sad unhappy;
clear sharp | blurry unclear; clever smart | stupid dumb;
combine merge join unite | separate split divide; common | rare; continue | stop;
deteriorate | improve; die dead | live alive; encourage | discourage; enemy | friend;
famous | unknown; fat | thin slim; float | sink; generous | stingy; gentle | rough;
guilty | innocent; healthy well | sick ill; heal | hurt; help | hinder; ignore | notice;
junior | senior; kind | cruel; lazy | hardworking; married | divorced; mild | severe spicy;
neat tidy | messy; offer | refuse; opaque | transparent; oppose | support; optimistic | pessimistic;
powerful | weak; polite | rude; proud | ashamed; reduce | enlarge; rise float | sink;
scatter | gather; solid | liquid; strict | lenient; sudden suddenly | gradual gradually;
surplus | shortage; demand | supply; tame | wild; urban | rural; waterproof sealed | leaky leak;
wealthy | poor; postpone delay | advance hasten; overdue late | early; recline reclined | upright;
hardcover hardback | paperback; sparse | dense; roomy spacious | cramped; baggy loose | tight;
sturdy | flimsy; faded | vivid; blunt | sharpen; crisp crispy crunchy | soggy; bland | spicy salty;
oily greasy | dry; tired | rested; swollen | normal; appoint | dismiss; include | omit;
promote | demote; inward | outward; shiny glossy gloss | matt matte;
digital electronic | analogue analog paper printed; lift | drop lower; upstream | downstream;
uphill | downhill; northbound | southbound; eastbound | westbound;
used secondhand refurbished | unused; overcharge overpay | undercharge underpay; victory | defeat;
dress | undress; zoom | unzoom;
"""


def _placed() -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each word with its scale, and +1 for left or -1 for right."""
    for scale, words in enumerate(groups(_SCALES.replace("~", ""))):
        middle = words.index("|")
        yield from ((word, (scale, 1)) for word in words[:middle])
        yield from ((word, (scale, -1)) for word in words[middle + 1 :])


def _sides() -> dict[str, tuple[tuple[int, int], ...]]:
    """Return for each word and its stem where it stands."""
    sides: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for word, side in _placed():
        sides[word].add(side)
        sides[stem(word)].add(side)
    return {word: tuple(sorted(found)) for word, found in sides.items()}


SIDES: Final = _sides()

# Scales of acts that undo each other: `my account is locked` asks for `unlock my account`.
UNDOING: Final = frozenset(n for n, words in enumerate(groups(_SCALES)) if words[0] == "~")
