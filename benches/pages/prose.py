"""Invented prose in a few languages, the same on every run."""

import random

SUBJECTS = {
    "en": ["The harbour office", "A retired ferry captain", "The district council", "Her neighbour from the mill", "A clerk at the land registry",
           "The younger of the two brothers", "The committee on bridges", "An engineer from Tollmere", "The orchard's owner", "A spokeswoman for the railway",
           "The museum's night guard", "A teacher of geography", "The weather station on Kell", "The cooperative's treasurer"],
    "de": ["Das Hafenamt", "Eine frühere Kapitänin", "Der Kreistag", "Ihr Nachbar aus der Mühle", "Ein Beamter des Katasteramts",
           "Der jüngere der beiden Brüder", "Die Ingenieurin aus Tollau", "Eine Sprecherin der Bahn", "Der Nachtwächter des Museums", "Die Wetterwarte auf Kell"],
    "es": ["La oficina del puerto", "Un capitán jubilado", "El consejo comarcal", "Su vecina del molino", "Un empleado del catastro",
           "El menor de los dos hermanos", "La ingeniera de Tolmera", "Una portavoz del ferrocarril", "El guarda del museo", "La estación de Quel"],
    "fr": ["Le bureau du port", "Un ancien capitaine", "Le conseil du canton", "Sa voisine du moulin", "Une employée du cadastre",
           "Le plus jeune des deux frères", "L'ingénieure de Tolmère", "Un porte-parole du chemin de fer", "Le gardien du musée", "La station de Quel"],
}
VERBS = {
    "en": ["counted", "had promised to repair", "refused to sell", "was asked to describe", "measured", "wrote a long letter about", "remembered",
           "is going to rebuild", "never believed the story of", "paid for", "took photographs of", "drew up a list of"],
    "de": ["zählte", "beschrieb", "verkaufte", "erinnerte sich an", "vermaß", "bezahlte", "fotografierte", "verzeichnete", "besichtigte", "lobte"],
    "es": ["contó", "describió", "vendió", "recordaba", "midió", "pagó", "fotografió", "anotó", "visitó", "elogió"],
    "fr": ["compta", "décrivit", "vendit", "se rappelait", "mesura", "paya", "photographia", "nota", "visita", "loua"],
}
OBJECTS = {
    "en": ["the old slipway below the fort", "nine of the eleven lamps", "the wooden bridge at Aske", "the ledgers of the fish market", "a field of late barley",
           "the bells that hung in the yard", "the timetable for the winter boats", "the stones of the northern pier", "three wells behind the school",
           "the tower where the signal had stood", "the letters that the flood had spared", "a machine for sorting nets"],
    "de": ["die alte Rampe unter der Festung", "neun der elf Lampen", "die Holzbrücke von Aske", "die Bücher des Fischmarkts", "ein Feld mit später Gerste",
           "die Glocken im Hof", "den Fahrplan der Winterboote", "die Steine der Nordmole", "drei Brunnen hinter der Schule", "die Briefe aus der Flutzeit"],
    "es": ["la vieja rampa bajo el fuerte", "nueve de las once lámparas", "el puente de madera de Asque", "los libros de la lonja", "un campo de cebada tardía",
           "las campanas del patio", "el horario de los barcos de invierno", "las piedras del muelle norte", "tres pozos detrás de la escuela", "las cartas de la riada"],
    "fr": ["la vieille rampe sous le fort", "neuf des onze lampes", "le pont de bois d'Asque", "les registres de la criée", "un champ d'orge tardive",
           "les cloches de la cour", "l'horaire des bateaux d'hiver", "les pierres du môle nord", "trois puits derrière l'école", "les lettres de la crue"],
}
TAILS = {
    "en": ["before the first snow came", "although nobody had asked for it", "while the tide was still rising", "and kept the receipt for {n} years",
           "in the spring of {y}", "with the help of {n} volunteers", "because the insurance had lapsed", "after a vote of {n} to {m}",
           "at a cost of {n},{m}00 crowns", "so that the school could open in time", "as the minutes of {y} show"],
    "de": ["bevor der erste Schnee fiel", "obwohl niemand darum gebeten hatte", "während das Wasser noch stieg", "im Frühjahr {y}", "mit Hilfe von {n} Freiwilligen",
           "nach einer Abstimmung von {n} zu {m}", "für {n} Kronen am Tag", "wie das Protokoll von {y} zeigt"],
    "es": ["antes de la primera nevada", "aunque nadie lo había pedido", "mientras subía la marea", "en la primavera de {y}", "con la ayuda de {n} voluntarios",
           "tras una votación de {n} a {m}", "por {n} coronas al día", "como muestran las actas de {y}"],
    "fr": ["avant la première neige", "bien que personne ne l'eût demandé", "pendant que la marée montait", "au printemps {y}", "avec l'aide de {n} bénévoles",
           "après un vote de {n} contre {m}", "pour {n} couronnes par jour", "comme le montrent les actes de {y}"],
}
JA = (["港の事務所は", "引退した船長は", "地区の議会は", "粉屋の隣人は", "博物館の夜警は", "若い技師は", "組合の会計係は", "島の測候所は"],
      ["砦の下の古い船台を", "十一のうち九つの灯を", "アスケの木の橋を", "魚市場の帳簿を", "中庭に掛かる鐘を", "冬の船の時刻表を", "北の桟橋の石を", "学校の裏の三つの井戸を"],
      ["初雪の前に", "誰も頼まなかったのに", "潮が満ちるあいだに", "{y}年の春に", "{n}人の手を借りて", "{n}対{m}の採決のあとで"],
      ["数えた。", "直すと約束した。", "売ることを断った。", "写真に撮った。", "記録に残した。", "思い出した。"])


class Prose:
    """Sentences, paragraphs and headlines of one page."""

    def __init__(self, seed, language="en"):
        self.random, self.language = random.Random(seed), language

    def _fill(self, text):
        r = self.random
        return text.format(n=r.randint(3, 97), m=r.randint(2, 89), y=r.randint(1851, 2029))

    def sentence(self):
        r = self.random
        if self.language == "ja":
            subject, thing, tail, verb = (r.choice(words) for words in JA)
            return subject + self._fill(tail) + thing + verb
        subject, verb, thing, tail = (r.choice(words[self.language]) for words in (SUBJECTS, VERBS, OBJECTS, TAILS))
        text = f"{subject} {verb} {thing} {self._fill(tail)}"
        if r.random() < 0.35:
            more = r.choice(SUBJECTS[self.language])
            text += {"en": ", and ", "de": ", und ", "es": ", y ", "fr": ", et "}[self.language] + more[0].lower() + more[1:]
            text += f" {r.choice(VERBS[self.language])} {r.choice(OBJECTS[self.language])}"
        return text + "."

    def paragraph(self, least=2, most=4):
        glue = "" if self.language == "ja" else " "
        return glue.join(self.sentence() for _ in range(self.random.randint(least, most)))

    def headline(self):
        r = self.random
        if self.language == "ja":
            return r.choice(JA[0]) + r.choice(JA[1]) + self._fill("{n}年守る")
        return f"{r.choice(SUBJECTS[self.language])} {r.choice(VERBS[self.language])} {r.choice(OBJECTS[self.language])}"

    def name(self):
        r = self.random
        return r.choice(["Ada", "Bo", "Ines", "Tove", "Rolf", "Maud", "Kai", "Edda"]) + " " + r.choice(
            ["Brandt", "Sund", "Calloway", "Marlow", "Holm", "Askew", "Tarn", "Velde"])
