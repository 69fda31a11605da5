"""Words that boast, by language; each in the forms in which copy uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPERLATIVES: Mapping[str, tuple[str, ...]] = {
    "en": (
        *("the best", "best-in-class", "world's best", "world-class", "the biggest", "the cheapest", "the fastest"),
        *("the greatest", "the safest", "the leading", "number one", "no. 1", "#1", "unbeatable", "unrivalled"),
        *("unmatched", "the ultimate", "the perfect", "the most advanced", "the most innovative", "revolutionary"),
    ),
    "de": (
        *("der beste", "die beste", "das beste", "die besten", "der größte", "die größte", "das größte"),
        *("der schnellste", "die schnellste", "der günstigste", "die günstigste", "der sicherste", "die sicherste"),
        *("führend", "führende", "führender", "führenden", "Nummer eins", "Nr. 1", "unschlagbar", "einzigartig"),
        *("einzigartige", "weltbeste", "erstklassig", "perfekt", "perfekte", "revolutionär"),
    ),
    "fr": (
        *("le meilleur", "la meilleure", "les meilleurs", "les meilleures", "le plus rapide", "la plus rapide"),
        *("le plus sûr", "la plus sûre", "le leader", "numéro un", "n° 1", "imbattable", "inégalé", "inégalée"),
        *("parfait", "parfaite", "révolutionnaire", "le moins cher"),
    ),
    "es": (
        *("el mejor", "la mejor", "los mejores", "las mejores", "el más rápido", "la más rápida", "el más seguro"),
        *("la más segura", "líder", "número uno", "n.º 1", "imbatible", "inigualable", "perfecto", "perfecta"),
        *("revolucionario", "revolucionaria"),
    ),
    "it": (
        *("il migliore", "la migliore", "i migliori", "le migliori", "il più veloce", "la più veloce", "leader"),
        *("numero uno", "imbattibile", "perfetto", "perfetta", "rivoluzionario", "rivoluzionaria"),
    ),
    "nl": ("de beste", "het beste", "de snelste", "de goedkoopste", "toonaangevend", "nummer één", "onovertroffen"),
    "pl": ("najlepszy", "najlepsza", "najlepsze", "najszybszy", "najtańszy", "numer jeden", "bezkonkurencyjny"),
    "ja": ("最高", "最強", "最安", "最速", "世界一", "日本一", "業界一", "ナンバーワン", "No.1", "究極", "完璧"),
    "zh": ("最好", "最佳", "最强", "最強", "最快", "第一品牌", "全球第一", "顶级", "頂級", "完美"),
    "ko": ("최고", "최강", "최저가", "세계 최초", "업계 1위", "완벽한"),
    "ar": ("الأفضل", "الأسرع", "الأرخص", "الأكثر أمانًا", "رقم واحد", "لا يضاهى"),
}
