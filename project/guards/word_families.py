"""Families of things of one kind: two members of a family are two different things.

`a blue shirt` is not `a green shirt`, `the debit card` not `the credit card`. Names joined by `=`
are one member. A word that can stand for its neighbours (`item`, `thing`, `device`) is in no
family.
"""

from __future__ import annotations

from typing import Final

from project.guards.lexicon import groups
from project.guards.places import PLACES
from project.guards.stems import stem

_FAMILIES: Final = """
red blue green yellow orange purple=violet pink brown black white grey=gray beige gold silver
turquoise navy;
wood=wooden oak pine bamboo metal=metallic steel stainless iron aluminium=aluminum copper brass
titanium plastic glass ceramic=porcelain stone marble concrete rubber leather paper cardboard wax;
cotton wool=woollen=merino linen silk polyester nylon fleece velvet denim leather suede cashmere
viscose; small medium large xl=xlarge xxl xs xxs;
circle=round=circular square rectangle=rectangular triangle=triangular oval;
north=northern south=southern east=eastern west=western;
wife husband son daughter mother=mum=mom father=dad brother sister grandmother=grandma
grandfather=grandpa aunt uncle cousin niece nephew baby=newborn=infant child=toddler=teenager parent
boyfriend girlfriend friend colleague=coworker neighbour;
man=men=mens woman=women=womens child boy girl baby;
dog=puppy cat=kitten horse rabbit hamster bird parrot fish snake cow pig sheep goat chicken duck
mouse rat; breakfast lunch dinner=supper brunch dessert starter;
beef pork lamb chicken turkey duck veal ham bacon sausage fish salmon tuna cod shrimp=prawn lobster
tofu egg venison trout crab;
apple banana orange lemon lime pear peach plum cherry grape strawberry raspberry blueberry melon
pineapple mango kiwi avocado;
potato tomato onion garlic carrot pepper broccoli cabbage spinach mushroom bean pea lentil corn
cucumber lettuce courgette=zucchini aubergine=eggplant pumpkin celery leek cauliflower chickpea;
rice pasta=spaghetti=noodle bread potato couscous quinoa bean lentil oat barley;
milk cream butter cheese yoghurt=yogurt margarine; oil butter lard margarine;
salt sugar pepper flour honey vinegar mustard ketchup mayonnaise cinnamon vanilla yeast basil
parsley oregano cumin ginger;
water juice coffee tea beer wine milk soda=cola lemonade whisky=whiskey vodka gin cocoa;
espresso cappuccino latte americano filter;
cake cookie=biscuit pie bread muffin pancake waffle pizza croissant doughnut=donut brownie soup stew
salad sauce curry sandwich burger omelette risotto lasagne;
pan=skillet pot=saucepan wok kettle casserole tray bowl plate cup=mug glass fork knife spoon spatula
ladle whisk grater peeler;
oven stove=hob=cooktop microwave grill=barbecue=bbq toaster fryer fridge=refrigerator freezer
dishwasher washer dryer=drier kettle blender mixer vacuum=hoover iron;
gas electric=electrical induction solar diesel petrol=gasoline coal wood charcoal battery=batteries;
kitchen bathroom bedroom garage garden balcony basement=cellar attic hallway toilet;
table chair sofa=couch bed wardrobe shelf=bookcase=bookshelf desk stool bench lamp rug=carpet mirror
drawer cabinet=cupboard mattress curtain;
shirt=blouse jacket coat trousers=pants jeans skirt dress sweater=jumper=pullover hoodie sock shoe
boot sandal sneaker=trainer hat=cap scarf glove=mitten belt tie underwear shorts swimsuit;
ring necklace bracelet earring watch;
tent mat=mattress backpack=rucksack=pack kayak canoe paddle torch=flashlight=headlamp lantern
hammock tarp poncho helmet rope;
phone=smartphone=mobile=cellphone=iphone tablet=ipad laptop=macbook=notebook desktop
watch=smartwatch tv=television printer scanner router modem camera speaker=loudspeaker
headphone=headset=earphone=earbud keyboard mouse monitor console drone projector thermostat doorbell
fan;
screen=display battery camera lens port button microphone speaker charger cable keyboard
trackpad=touchpad hinge sim antenna fan; wifi=wlan bluetooth ethernet nfc gps usb hdmi;
apple samsung google huawei xiaomi nokia sony lg motorola oneplus microsoft amazon lenovo dell hp
asus acer; windows mac=macos=osx linux=ubuntu android ios=iphone chromeos;
chrome firefox safari edge opera brave;
python java javascript=js typescript=ts ruby rust php kotlin swift golang perl scala haskell matlab
julia; react angular vue svelte django flask rails laravel;
mysql postgres=postgresql sqlite oracle mongodb redis mariadb cassandra;
json xml csv yaml=yml toml html markdown pdf excel=xlsx=xls word=docx=doc png jpg=jpeg gif svg mp3
mp4 wav zip parquet; row column cell; header footer sidebar menu; file=files folder=directory;
dictionary=dict tuple array string=str integer=int float boolean=bool; function variable;
branch commit tag merge rebase; client server;
facebook instagram twitter tiktok snapchat youtube linkedin whatsapp telegram pinterest reddit
netflix spotify; visa mastercard amex paypal klarna venmo revolut stripe maestro;
card cash cheque=check voucher crypto; debit credit prepaid virtual; savings checking=current joint;
pin iban cvv username passcode sortcode; password=passphrase username email address phone name;
mortgage loan overdraft pension;
car=automobile bus=coach train=rail plane=airplane=aeroplane=flight ferry bike=bicycle scooter=moped
taxi=cab=uber tram boat=ship truck=lorry motorcycle=motorbike subway=metro=underground van
helicopter; hotel hostel apartment=flat villa campsite=campground motel cottage;
pool gym spa sauna restaurant bar beach parking lift=elevator; airport station harbour=port;
luggage=baggage=suitcase=bag stroller=pram=pushchair wheelchair surfboard guitar ski bike;
adult child=kid infant=baby senior student; economy business first;
passport visa licence=license certificate id;
email=mail phone=telephone=call chat letter sms=text fax whatsapp; courier pallet freight;
neck shoulder arm elbow wrist finger stomach hip leg knee ankle foot toe eye ear nose tooth skin
heart lung liver kidney brain throat hair;
dental=dentist vision=optician=glasses=spectacles=lenses braces hearing maternity
physio=physiotherapy surgery vaccination=vaccine acupuncture chiropractor massage
psychotherapy=therapy ambulance wheelchair;
doctor=physician=gp nurse dentist pharmacist=pharmacy surgeon optician midwife therapist;
cold flu fever headache cough allergy=allergies diabetes asthma cancer migraine covid;
football=soccer tennis basketball baseball golf hockey rugby cricket volleyball swimming skiing
snowboarding cycling running boxing yoga; guitar piano violin drums flute trumpet saxophone cello;
math=maths physics chemistry biology history geography;
teacher lawyer plumber electrician carpenter cook=chef waiter engineer accountant pilot driver
farmer painter; rain snow=sleet wind fog hail storm=thunderstorm sun=sunshine;
life=lifetime health travel car=auto=motor home=household pet liability;
gold silver platinum bronze basic premium standard; bakery pharmacy supermarket bookshop butcher;
novel poem film=movie song album podcast series magazine newspaper;
love hate anger fear joy sadness; heart=hearts spades clubs diamonds;
sun moon mars venus jupiter saturn;
"""


def _members() -> dict[str, tuple[tuple[int, str], ...]]:
    """Return for each stem the families it is in, each with the member's name there."""
    members: dict[str, set[tuple[int, str]]] = {}
    for family, kin in enumerate(groups(_FAMILIES)):
        for member in kin:
            names = member.split("=")
            for name in names:
                members.setdefault(stem(name), set()).add((family, names[0]))
    for place in set(PLACES.values()):
        members.setdefault(place, set()).add((-1, place))
    return {name: tuple(sorted(found)) for name, found in members.items()}


MEMBERS: Final = _members()
