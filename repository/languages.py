"""Languages by their names: those that Django knows, and others of schools here, which it has no texts for."""

from django.conf.locale import LANG_INFO
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

OTHERS: dict[str, str | Promise] = {
    "am": _("Amharic"),
    "ase": _("American Sign Language"),
    "ceb": _("Cebuano"),
    "ch": _("Chamorro"),
    "chk": _("Chuukese"),
    "cho": _("Choctaw"),
    "chr": _("Cherokee"),
    "dak": _("Dakota"),
    "fil": _("Filipino"),
    "gu": _("Gujarati"),
    "haw": _("Hawaiian"),
    "hmn": _("Hmong"),
    "hop": _("Hopi"),
    "ht": _("Haitian Creole"),
    "ik": _("Inupiaq"),
    "ilo": _("Ilocano"),
    "kar": _("Karen"),
    "ku": _("Kurdish"),
    "la": _("Latin"),
    "lkt": _("Lakota"),
    "ln": _("Lingala"),
    "lo": _("Lao"),
    "mam": _("Mam"),
    "mh": _("Marshallese"),
    "nv": _("Navajo"),
    "oj": _("Ojibwe"),
    "om": _("Oromo"),
    "prs": _("Dari"),
    "ps": _("Pashto"),
    "qu": _("Quechua"),
    "quc": _("K’iche’"),
    "rw": _("Kinyarwanda"),
    "sm": _("Samoan"),
    "so": _("Somali"),
    "ti": _("Tigrinya"),
    "tl": _("Tagalog"),
    "to": _("Tongan"),
    "wo": _("Wolof"),
    "yi": _("Yiddish"),
    "yo": _("Yoruba"),
    "yue": _("Cantonese"),
    "zh": _("Chinese"),
    "zun": _("Zuni"),
}


def language_name(tag: str) -> str:
    """A language's name in the reader's language; the tag itself where none is known."""
    for known in (tag.lower(), tag.lower().split("-")[0]):
        if "name" in (info := LANG_INFO.get(known, {})):
            return gettext(info["name"])
        if known in OTHERS:
            return str(OTHERS[known])
    return tag
