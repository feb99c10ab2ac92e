"""Names and territories that need a look although the table gives them to one: what is here goes to a person, never into the band `exact`.

Two kinds of doubt. Which territory? The tables of names are long, and hold adjectives (russian, Qatari), parts (Trinidad), cities (Tunis),
words (Island) and faults besides names. So only what a territory is called first, `CLEAR` names, which somebody has read, and names in
other scripts that are no adjective are clear. Which item? `ITEMS`: the territory is clear, and the other data set has several items for it,
of which the table names one: its home is clear, what is exactly the same is not.
"""

from __future__ import annotations

import re

__all__ = ["CLEAR", "ITEMS", "NO_TERRITORY", "SHARED", "UNCLEAR_HOMES"]
__all__ += ["is_adjective", "is_foreign_script", "is_form_of_state"]

SHARED = {
    "acre": "a state of Brazil and a city of Israel",
    "amazonas": "a state of Brazil, and regions of Colombia, Peru and Venezuela",
    "america": "the United States, and two continents",
    "antigua": "an island of Antigua and Barbuda, and a city of Guatemala",
    "barbuda": "an island, not all of Antigua and Barbuda",
    "bern": "a canton and its city",
    "borneo": "an island with parts of three states",
    "bosnia": "a region, and a short name of Bosnia and Herzegovina",
    "bremen": "a state of Germany and its city",
    "britain": "an island, and a short name of the United Kingdom",
    "burma": "an older name of Myanmar",
    "caribbean": "a region of many states",
    "ceylon": "the Dominion of Ceylon until 1972, and an older name of Sri Lanka",
    "congo": "the Republic of the Congo and the Democratic Republic of the Congo",
    "england and wales": "two countries of the United Kingdom, not all of it",
    "federal district": "districts of several states",
    "flanders": "a region and a community of Belgium, and an older county",
    "fribourg": "a canton and its city",
    "fujian": "a province of China, of which Taiwan holds a part",
    "geneva": "a canton and its city",
    "glarus": "a canton and its town",
    "great britain": "an island, and a short name of the United Kingdom",
    "grenadines": "islands that two states share",
    "holland": "a region, and a short name of the Netherlands",
    "islamic emirate of afghanistan": "the state of the Taliban, from 1996 to 2001 and since 2021",
    "jilin": "a province and a city of China",
    "jura": "a canton, mountains, and a department of France",
    "kashmir": "a region that India, Pakistan and China hold parts of",
    "korea": "North Korea, South Korea, and the state before both",
    "kurdistan": "a region of four states, and an autonomous part of Iraq",
    "lucerne": "a canton and its city",
    "macedonia": "North Macedonia, and regions of Greece and Bulgaria",
    "neuchatel": "a canton and its city",
    "new york": "a state of the United States and its largest city",
    "para": "a state of Brazil, and a short word in many languages",
    "parana": "a state of Brazil, a river, and a city of Argentina",
    "persia": "an older name of Iran",
    "punjab": "a state of India and a province of Pakistan",
    "republic of china": "Taiwan, and the state in China until 1949",
    "rio de janeiro": "a state of Brazil and its city",
    "saint martin": "an island with a French and a Dutch part",
    "sao paulo": "a state of Brazil and its city",
    "schaffhausen": "a canton and its town",
    "schwyz": "a canton and its town",
    "siam": "an older name of Thailand",
    "solothurn": "a canton and its town",
    "st gallen": "a canton and its city",
    "timor": "an island that two states share",
    "uri": "a canton, and a town in Kashmir",
    "victoria": "a state of Australia, and many towns",
    "virgin islands": "the British and the United States Virgin Islands",
    "washington": "a state of the United States and its capital",
    "zug": "a canton and its town",
    "zurich": "a canton and its city",
}
"""Normalised names that may mean several things, with which. A state keeps its name though a smaller place has it, too (Georgia)."""

CLEAR = {
    "ae": "uae",
    "am": "hayastan",
    "at": "osterreich|republik osterreich",
    "ba": "bosnia herzegovina",
    "be": "belgien|belgique",
    "br": "brasil",
    "cd": "democratic republic of congo|drc",
    "ch": "schweiz|suisse|svizzera",
    "ci": "ivory coast",
    "cm": "cameroun",
    "cn": "prc",
    "cv": "cabo verde",
    "cz": "ceska republika|cesko",
    "de": "bundesrepublik deutschland|deutschland",
    "ee": "eesti",
    "es": "espana",
    "fi": "suomi",
    "gb": "uk",
    "ge": "sakartvelo",
    "gl": "kalaallit nunaat",
    "hk": "hong kong|hongkong",
    "hr": "hrvatska",
    "hu": "magyarorszag",
    "ie": "eire",
    "in": "bharat",
    "it": "italia",
    "jp": "nihon|nippon",
    "kp": "dprk",
    "lt": "lietuva",
    "lv": "latvija",
    "me": "crna gora",
    "mo": "macao|macau",
    "no": "norge",
    "nr": "nauru",
    "nz": "aotearoa",
    "pl": "polska",
    "ps": "palestinian territory occupied",
    "ru": "rossiya",
    "se": "sverige",
    "si": "slovenija",
    "sk": "slovensko",
    "su-ru": "rsfsr",
    "suhh": "sssr|ussr",
    "sz": "swaziland",
    "tl": "east timor",
    "tr": "republic of turkey|turkey",
    "ua": "ukraina|ukrayina",
    "us": "estados unidos|usa",
    "va": "vatican city",
    "vn": "viet nam",
    "xk": "kosova",
    "za": "afrika du sud",
}
"""Normalised names that a territory is not called first by, by its code: each was read, and found to be no adjective and no part."""

ITEMS = {
    "az-nk": "Wikidata tells the region from the state that was claimed there",
    "cy-trnc": "Wikidata tells the state that is claimed there from the part of the island",
    "dk": "Wikidata tells the country (Q35) from the realm with Greenland and the Faroe Islands (Q756617)",
    "eh": "Wikidata tells the territory (Q6250) from the state that claims it (Q40362)",
    "ge-ab": "Wikidata tells the region from the state that is claimed there",
    "iq-kr": "Wikidata tells the region of Iraq from the land of the Kurds",
    "md-pmr": "Wikidata tells the state that is claimed there from the part of Moldova",
    "nl": "Wikidata tells the country (Q55) from the kingdom with its islands (Q29999)",
    "pk-km": "Wikidata tells the region from the parts that three states hold",
    "ps": "Wikidata tells the state from the territories",
    "sj": "Wikidata has items for both parts, and for the two as ISO 3166 counts them",
    "so-som": "Wikidata tells the state that is claimed there from the part of Somalia",
    "ua-cri": "Wikidata tells the peninsula from the republics that are claimed there",
    "ua-dpr": "Wikidata tells the region from the state that was claimed there",
    "ua-lpr": "Wikidata tells the region from the state that was claimed there",
    "va": "Wikidata tells the city state (Q237) from the Holy See (Q159583)",
    "x-so": "Wikidata tells the region from the state that is claimed there",
    "yucs": "Wikidata tells the Yugoslavias of 1918, 1945 and 1992",
}
"""Territories, by the code of the table, for which Wikidata has several items that its name may mean."""
UNCLEAR_HOMES = ITEMS.keys() - {"ps", "sj", "va"}
"""Those that leave open, as a home, too, which item is meant: the table names the larger whole, or one claimant of several."""
NO_TERRITORY = {
    "eu": "a union of states, no territory of one",
    "ip": "no place at all",
    "un": "an organisation, no territory",
    "zz": "the whole world",
}
"""What the table lists besides territories, with what it is."""

_CYRILLIC = re.compile(r".*(?:ец|цы|ка|кий|кая|кое|кие|нин|нка|ане|яне|ич|як)", re.DOTALL)
_NISBA = re.compile(r".*[يیىןים]", re.DOTALL)
_PEOPLE = re.compile(r".*(?:人|人民|族|語|语|文|的|사람|인|어|말)", re.DOTALL)
_STATE = re.compile(
    r"(?:народн|республик|республік|королев|федерац|федеральн|демократич|социалист|соціаліст|советск|радянськ|империя|імперія|эмират|емірат)\w*"
    r"|共和|民主|帝国|帝國|王国|王國|联邦|聯邦|連邦|جمهور\w*|مملكة|سلطنة|إمارة|דמוקרט\w*|רפובליק\w*|공화국|인민|민주|제국|왕국",
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


def is_foreign_script(name: str) -> bool:
    """Tell whether a name is written without any Latin letter.

    >>> is_foreign_script("俄罗斯"), is_foreign_script("Rusia")
    (True, False)
    """
    return not _LATIN.search(name) and any(letter.isalpha() for letter in name)


def is_form_of_state(name: str) -> bool:
    """Tell whether a name in another script says a form of state: then it may be that of a regime.

    >>> is_form_of_state("Народная Республика Ангола"), is_form_of_state("Ангола")
    (True, False)
    """
    return _STATE.search(name.casefold()) is not None


def is_adjective(name: str) -> bool:
    """Tell whether a name in another script may be the word for people, for a language, or an adjective: by its ending.

    Too many are kept back by this, never too few of the common ones: a name that ends so goes to a person.

    >>> is_adjective("афганец"), is_adjective("Афганистан"), is_adjective("أفغاني"), is_adjective("阿富汗")
    (True, False, True, False)
    """
    return any(pattern.fullmatch(name.strip()) for pattern in (_CYRILLIC, _NISBA, _PEOPLE))
