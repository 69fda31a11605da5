"""Made-up companies, people and towns. The towns are real, everything else is not."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Country:
    """What a company in a country is called, where it sits, and how it is reached."""

    code: str
    language: str
    zone: str
    dial: str
    towns: tuple[tuple[str, str], ...]  # name, postcode
    streets: tuple[str, ...]
    families: tuple[str, ...]
    first_names: tuple[str, ...]
    forms: tuple[str, ...]  # {} is a family name or a word


WORDS = (
    "Alder", "Basalt", "Cobalt", "Delta", "Ember", "Fjord", "Granit", "Harbor", "Indigo", "Juniper", "Kestrel", "Lumen",
    "Meridian", "Nimbus", "Onyx", "Pivot", "Quarry", "Rowan", "Signal", "Tandem", "Umbra", "Vertex", "Willow", "Zenit",
)  # fmt: skip

COUNTRIES = (
    Country(
        "DE", "de", "Europe/Berlin", "+49 30",
        (("Berlin", "10115"), ("Hamburg", "20095"), ("München", "80331"), ("Köln", "50667"), ("Leipzig", "04109")),
        ("Hauptstraße", "Lindenallee", "Am Markt", "Gartenweg", "Bahnhofstraße"),
        ("Bergmann", "Vogt", "Hartwig", "Lorenz", "Brandt", "Seidel", "Krüger", "Albers", "Winkler", "Jansen"),
        ("Anna", "Jonas", "Katrin", "Felix", "Miriam", "Stefan", "Lea", "Tobias"),
        ("{} IT-Systeme", "{} Netzwerke GmbH", "{} & Partner", "Systemhaus {}", "{} Datentechnik"),
    ),
    Country(
        "AT", "de", "Europe/Vienna", "+43 1",
        (("Wien", "1010"), ("Graz", "8010"), ("Linz", "4020"), ("Salzburg", "5020")),
        ("Ringstraße", "Mariahilfer Gasse", "Alte Poststraße"),
        ("Gruber", "Wallner", "Pichler", "Steindl", "Egger"),
        ("Theresa", "Lukas", "Johanna", "Florian"),
        ("{} EDV", "{} Informatik", "{} Netz & Sicherheit"),
    ),
    Country(
        "CH", "de", "Europe/Zurich", "+41 44",
        (("Zürich", "8001"), ("Bern", "3011"), ("Basel", "4051"), ("Luzern", "6003")),
        ("Seestrasse", "Bundesgasse", "Rheinweg"),
        ("Ammann", "Zbinden", "Keller", "Frei", "Odermatt"),
        ("Nina", "Reto", "Sabine", "Urs"),
        ("{} Informatik AG", "{} Cloud Services", "{} Systems"),
    ),
    Country(
        "GB", "en", "Europe/London", "+44 20",
        (("London", "EC1A"), ("Manchester", "M1"), ("Leeds", "LS1"), ("Bristol", "BS1"), ("Edinburgh", "EH1")),
        ("High Street", "Mill Lane", "Station Road", "Church Row"),
        ("Ashworth", "Penrose", "Whitlock", "Marlowe", "Thackray", "Hollis"),
        ("Olivia", "Harry", "Grace", "Callum", "Priya", "George"),
        ("{} Networks", "{} IT Support", "{} Managed Services", "{} & Sons IT"),
    ),
    Country(
        "FR", "fr", "Europe/Paris", "+33 1",
        (("Paris", "75002"), ("Lyon", "69001"), ("Lille", "59000"), ("Nantes", "44000")),
        ("rue de la Paix", "avenue des Tilleuls", "place du Marché"),
        ("Moreau", "Delacroix", "Garnier", "Lefort", "Besson"),
        ("Camille", "Hugo", "Inès", "Théo"),
        ("{} Informatique", "{} Réseaux", "Groupe {}"),
    ),
    Country(
        "NL", "en", "Europe/Amsterdam", "+31 20",
        (("Amsterdam", "1011"), ("Utrecht", "3511"), ("Rotterdam", "3011")),
        ("Kerkstraat", "Herengracht", "Stationsplein"),
        ("de Wit", "van Dalen", "Hoekstra", "Bakker"),
        ("Sanne", "Daan", "Fenna", "Bram"),
        ("{} ICT", "{} Automatisering", "{} Cloud"),
    ),
    Country(
        "US", "en", "America/New_York", "+1 617",
        (("Boston", "02108"), ("Austin", "73301"), ("Denver", "80202"), ("Portland", "97201"), ("Chicago", "60601")),
        ("Main Street", "Elm Avenue", "Harbor Drive", "Maple Court"),
        ("Whitaker", "Delgado", "Okafor", "Larsen", "Nguyen", "Brooks"),
        ("Emily", "Marcus", "Sofia", "Tyler", "Aisha", "Ben"),
        ("{} Technology", "{} MSP", "{} Managed IT", "{} Networks Inc."),
    ),
    Country(
        "JP", "ja", "Asia/Tokyo", "+81 3",
        (("東京", "100-0001"), ("大阪", "530-0001"), ("名古屋", "450-0002")),
        ("桜通り", "中央通り", "本町"),
        ("佐藤", "鈴木", "高橋", "田中", "山本"),
        ("美咲", "翔太", "結衣", "大輔"),
        ("{}システム株式会社", "{}ネットワークス", "株式会社{}情報"),
    ),
    Country(
        "AE", "ar", "Asia/Dubai", "+971 4",
        (("دبي", "00000"), ("أبو ظبي", "00001"), ("الشارقة", "00002")),
        ("شارع الشيخ زايد", "شارع الخليج", "شارع الوحدة"),
        ("الهاشمي", "المنصوري", "النعيمي", "السويدي"),
        ("ليلى", "أحمد", "مريم", "خالد"),
        ("{} لتقنية المعلومات", "شبكات {}", "حلول {}"),
    ),
    Country(
        "ES", "es", "Europe/Madrid", "+34 91",
        (("Madrid", "28013"), ("Barcelona", "08002"), ("Valencia", "46002")),
        ("Calle Mayor", "Gran Vía", "Plaza Nueva"),
        ("Ortega", "Navarro", "Iglesias", "Campos"),
        ("Lucía", "Pablo", "Elena", "Diego"),
        ("{} Sistemas", "{} Redes", "Grupo {}"),
    ),
)  # fmt: skip

LATIN = frozenset({"DE", "AT", "CH", "GB", "FR", "NL", "US", "ES"})
PRACTICES = {
    "de": ("Zahnarztpraxis {}", "Praxis Dr. {}", "Kanzlei {}", "Steuerbüro {}", "Autohaus {}", "Tischlerei {}"),
    "en": ("{} Dental", "{} Family Practice", "{} Law", "{} Accounting", "{} Motors", "{} Joinery"),
    "ja": ("{}歯科医院", "{}法律事務所", "{}会計事務所"),
    "ar": ("عيادة {}", "مكتب {} للمحاماة", "شركة {} للتجارة"),
    "fr": ("Cabinet {}", "Étude {}", "Garage {}"),
    "es": ("Clínica {}", "Asesoría {}", "Talleres {}"),
}


def country_of(code: str) -> Country:
    """Return a country by its code."""
    return next(one for one in COUNTRIES if one.code == code)


def company_name(country: Country, rng: Random) -> str:
    """Return the name of a partner in `country`."""
    word = rng.choice(country.families) if country.code not in LATIN or rng.random() < 0.55 else rng.choice(WORDS)
    return rng.choice(country.forms).format(word)


def practice_name(language: str, family: str, rng: Random) -> str:
    """Return the name of a partner's customer."""
    return rng.choice(PRACTICES.get(language, PRACTICES["en"])).format(family)


def domain_of(name: str, number: int) -> str:
    """Return a domain that nobody has, from a company's name."""
    plain = name.casefold()
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(umlaut, letters)
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in plain).strip("-")
    short = "-".join(part for part in letters.split("-") if part)[:30].strip("-") or "partner"
    return f"{short}-{number}.example"
