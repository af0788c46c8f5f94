"""Groups of words that people use for one another.

Wide on purpose: words of a group may be exchanged in a sentence and still ask for the same answer.
A word may be in several groups. Only base forms are written; `guards.stems` finds the others.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from project.guards.lexicon import groups
from project.guards.stems import stem

_GROUPS: Final = """
parcel package shipment delivery order box packet; order purchase buy item;
delivery shipping ship deliver post postage send mail dispatch shipment courier;
deliver arrive come reach receive;
item thing product article something stuff goods piece anything merchandise order purchase;
mistake error fault problem issue trouble bug defect;
broken damaged faulty defective cracked smashed break damage crack;
fix repair mend restore solve resolve; price cost fee charge rate fare expense pay amount tariff;
cheap cheapest inexpensive affordable lowest; free complimentary gratis;
refund reimburse repay back money; bill invoice receipt; discount voucher coupon promo code rebate;
voucher card certificate giftcard; buy purchase get obtain acquire order; sell offer stock carry;
have stock available offer provide; available availability stock; shop store branch outlet location;
shop store website site webshop; customer client buyer consumer;
company firm business employer organisation; job career vacancy position work role opening;
boss manager supervisor; staff employee worker personnel; help support assist assistance service;
contact reach call phone ring talk speak chat; phone telephone mobile cell cellphone smartphone;
email mail; message text sms; number digits; address location; account profile login;
password passcode pin; username login; login signin log sign;
register signup enrol subscribe join create; cancel stop end terminate quit unsubscribe close;
delete remove erase clear cancel close; unsubscribe remove cancel stop off leave;
pause suspend hold freeze skip;
change update edit modify alter amend switch correct adjust move reschedule;
exchange swap switch replace trade; replace replacement new; return bring send give take hand;
open unpack unseal; see check find view look lookup show read access track;
find locate search look spot discover; know tell find; choose select pick opt; decide choose;
get receive obtain send; buy sell purchase; write author writer; old age; remove delete stop rid;
say translate; lend borrow; request ask get obtain want need; higher raise increase;
left balance remaining money; give provide supply offer; need require must want;
needed required necessary need have; want like wish hope; use work apply redeem spend pay;
redeem use spend convert cash apply; work function run operate;
suitable compatible fit work safe ok proof good usable; work load open start run respond;
begin start commence open; finish end complete done; let allow permit can;
allowed permitted okay possible legal; possible can able; option way possibility choice method;
way method means route process procedure steps; kind type sort style; time duration period long;
date day time; quick fast rapid express; slow sluggish lagging; often frequency frequently;
next upcoming; current present existing; whole entire full; part bit piece some; same identical;
different other another; another second new extra additional; extra additional more; new fresh;
missing lost gone disappeared absent vanished left; lose lost misplace missing;
steal stolen rob theft; forget lost; wrong incorrect mistaken different; late delayed overdue;
declined rejected refused denied fail blocked failed decline; fail unsuccessful error;
block freeze lock disable suspend; locked blocked; stuck pending frozen hang;
crash freeze hang close quit; freeze hang stuck crash lag;
verify confirm validate prove authenticate check; confirmation email; identity identification id;
authentication verification factor step; security safety; safe secure;
request ask apply claim demand; claim complaint; complaint feedback issue;
ask question enquiry inquiry query; answer reply response respond; explain describe;
include contain come supply; included come supplied; add put include insert; attach add;
join merge combine; combine stack together use; split divide separate; send transfer move wire;
transfer payment transaction; transfer move copy migrate switch;
payment transaction purchase charge debit; charge debit bill take; pay settle;
withdraw take withdrawal; cash money; atm machine cashpoint; topup top load add deposit;
deposit add pay put; limit cap maximum allowance restriction max; minimum min least;
balance left remaining amount; credit balance points; points reward loyalty credits;
expire run valid last validity; valid last expire good; last keep stay;
member membership subscriber loyalty; subscription plan membership; plan policy package tariff;
policy insurance cover coverage; cover covered include insure pay; insurer insurance;
claim reimbursement; deductible excess; premium contribution;
medicine medication drug tablet pill prescription; doctor physician gp; hospital clinic;
abroad overseas foreign international; country nation; trip journey travel holiday vacation;
flight plane fly; luggage baggage suitcase bag; bag backpack rucksack pack; carry take bring;
ticket booking reservation; book reserve reservation booking; hotel accommodation; room bedroom;
seat place; car vehicle automobile; bike bicycle; bus coach; train rail; subway metro underground;
station stop; airport terminal; near nearby nearest closest close area local; area region place;
far distance; child kid baby infant; baby newborn infant; wife spouse partner husband;
mum mother parent; friend family; pet dog animal; person people guest adult;
house home flat apartment; move moved relocate; place location; table desk; sofa couch settee;
rug carpet; lamp light; bulb light; tent shelter; waterproof watertight rainproof water;
wash clean launder; clean wipe remove; dirty stain; pan pot skillet cookware saucepan;
stove cooker hob cooktop oven; fridge refrigerator; cook make prepare boil roast fry bake;
make prepare do create; recipe dish meal; substitute replacement replace instead alternative;
eat consume; serve go; fresh raw; rise raise; safe ok fine; okay fine alright;
computer laptop pc machine notebook; tv television; screen display monitor; screenshot capture;
picture photo image; picture screen image; sound audio noise; wifi internet wireless;
app application program software; program application script; function method; folder directory;
list table; duplicate repeat double copy; string text; integer int number;
convert transform turn change parse; export download save; download export get; install setup set;
setup set configure; settings preferences options; setting option; turn switch; off disable;
on enable; activate enable start; disable deactivate; upgrade update; drain die empty; charge power;
battery power; storage space memory; reset restart reboot restore; connect pair link join;
sync connect; remove take; small little tiny; big large bigger larger; wet damp;
appear show display visible; say tell state; state status; status progress update news;
letter mail post; newsletter email mailing emails; marketing newsletter promotional;
subscribe newsletter; data information details info; detail information data info; name title;
document paper file; form document; guide chart instruction; instructions manual guide;
size measurement dimension; weight load capacity heavy; limit weight; warranty guarantee covered;
spare replacement; part component spare; assemble build put setup; assembly assembling;
review rating comment feedback; publish post appear show; gift present; wrap wrapping package;
old used; appliance device machine; dispose recycle disposal removal; recall withdrawn;
discount reduction; match beat; competitor elsewhere cheaper; drop reduce fall lower; vat tax;
exempt free; tax duty; bulk quantity large wholesale volume; supplier vendor partner;
vendor seller supplier; hours open opening times; weekend saturday sunday; today now; soon quickly;
immediately right away straight instantly; cookie cookies tracking; privacy data; settings change;
protect secure; two-step two-factor; code number; happen occur; happen do; worried concerned;
difference compare; reason cause; teach explain; best good ideal; improve raise increase boost;
show appear arrive come; visit go travel see; file submit make;
someone somebody people person anyone; abroad country; place instead substitute; ideal recommended;
recommend suggest advise; everyone anybody; invite add; undo revert rollback; sort order;
speed fast slow; soak wet; keep store last; sharpen hone; measure size; overnight express;
express fast quick rush; standard normal regular usual; pickup collect collection;
collect pick pickup; point location locker; customs duty; stop prevent; prevent avoid;
tall high height; long length; wide width; deep depth; heavy weight weigh; fast speed quick;
hot cold warm temperature degree; big large size; strong strength; thick thickness;
define definition meaning mean; invent inventor create discover founder found;
population people inhabitant; kill murder; movie film; song track music tune; band group;
road street; city town; world earth planet globe; job work career profession occupation;
school college university; degree course program; exam test quiz; student pupil learner;
teacher tutor instructor professor; class lesson course; learn study practice master;
skill ability talent; improve develop enhance better; lose drop reduce shed; gain increase;
fat weight; exercise workout training; diet food nutrition; sleep rest; tired sleepy exhausted;
pain ache hurt sore; sick ill; cure treat treatment remedy; effect impact result consequence;
benefit advantage pro; similar same alike; important significant essential crucial; happy glad;
sad unhappy depressed; angry mad upset; afraid scared fear; love like enjoy; marry wedding marriage;
partner relationship dating; man guy male; woman girl female lady; famous popular; rich wealthy;
smart intelligent clever; beautiful pretty attractive; hard difficult tough challenging;
strange weird odd; funny hilarious joke; interesting fascinating;
dangerous risky harmful unsafe bad; law rule regulation; president leader; war conflict battle;
history past; word term; tip advice suggestion recommendation; idea thought concept;
example instance sample; amount quantity number; total sum altogether; calculate compute count;
website page webpage site; internet web online; code program programming coding script;
developer programmer; virus malware; video clip; follower subscriber; post upload publish share;
message chat; recover restore retrieve; backup copy save; version release; drive ride;
license permit; map direction route way; restaurant cafe diner; food meal dish cuisine;
weather forecast temperature climate; rain umbrella; timer alarm reminder clock;
remind reminder remember; calendar schedule agenda appointment event; meeting appointment call;
play start put listen; volume sound loud; heating thermostat temperature heat; shopping groceries;
news headline; schedule set arrange plan book; permission allow let; necessary essential must need;
forever permanent permanently; illness disease sickness condition; clothes clothing garment;
earn make salary wage pay; trousers pants; rubbish trash garbage waste; autumn fall; lift elevator;
petrol gas fuel; motorway highway freeway road; queue line; pavement sidewalk; tap faucet;
nappy diaper; sweets candy; biscuit cookie; chips fries; crisps chips; primary elementary;
torch flashlight; cinema theater movie; surname lastname name; reachable available;
expense spending; payment bill; quote estimate; form application paperwork; paperwork document;
fine penalty ticket; speed fast limit; lawyer attorney; court trial; vote election; tax irs;
salary income pay; income earnings; rent rental lease; landlord owner; tenant renter;
loan credit borrow; interest rate; share stock; profit gain; debt owe; budget spending;
bank account; statement transaction history; tracking track status; label sticker;
box packaging package; stain spot mark; smell odor odour; leak drip; hole tear rip;
scratch dent mark; fabric material cloth; colour shade; fit size; sleeve arm; smooth soft;
soft comfortable comfy; sturdy stable strong; crowd busy; view sight; beach sea coast;
mountain hill; forest woods; trail path track hike; camp camping tent; cost worth value;
worth value price; approve accept; submit send hand; receive accept;
"""


def _numbered() -> dict[str, frozenset[int]]:
    """Return for each stem the groups that it is in."""
    found: dict[str, set[int]] = defaultdict(set)
    for group, words in enumerate(groups(_GROUPS)):
        for word in words:
            found[stem(word)].add(group)
    return {word: frozenset(numbers) for word, numbers in found.items()}


SYNONYMS: Final = _numbered()
