"""Everything that can be wrong in what a communicator writes, and how we say it in Swedish.

A `Problem` is the finding; its wording stands here and nowhere else. One kind, one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found; each kind has one wording in `ADVICE` and one case folder in tests/cases."""

    FILE_MISSING = "file-missing"
    WRONG_ENCODING = "wrong-encoding"
    STRANGE_CHARACTER = "strange-character"
    NO_FRONT_MATTER = "no-front-matter"
    UNQUOTED_COLON = "unquoted-colon"
    UNCLOSED_QUOTE = "unclosed-quote"
    UNREADABLE_FIELDS = "unreadable-fields"
    UNKNOWN_FIELD = "unknown-field"
    FIELD_TWICE = "field-twice"
    FIELD_MISSING = "field-missing"
    FIELDS_BELOW = "fields-below"
    NOT_A_LIST = "not-a-list"
    NOT_TEXT = "not-text"
    NOT_A_CHOICE = "not-a-choice"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_DATE = "not-a-date"
    NOT_A_DAY = "not-a-day"
    ENDS_BEFORE_START = "ends-before-start"
    NOT_A_TIME = "not-a-time"
    NOT_AN_ADDRESS = "not-an-address"
    NOT_AN_EMAIL = "not-an-email"
    NOT_A_GUID = "not-a-guid"
    NOT_A_TIMEZONE = "not-a-timezone"
    TOO_LONG = "too-long"
    MARKUP_IN_TITLE = "markup-in-title"
    BAD_FOLDER_NAME = "bad-folder-name"
    UNKNOWN_FILE = "unknown-file"
    AUDIO_MISSING = "audio-missing"
    AUDIO_TWICE = "audio-twice"
    AUDIO_UNREADABLE = "audio-unreadable"
    AUDIO_OTHER_TYPE = "audio-other-type"
    TRANSCRIPT_MISSING = "transcript-missing"
    TRANSCRIPT_UNREADABLE = "transcript-unreadable"
    TRANSCRIPT_EMPTY = "transcript-empty"
    TRANSCRIPT_TOO_LONG = "transcript-too-long"
    CHAPTERS_NOT_FROM_ZERO = "chapters-not-from-zero"
    CHAPTERS_OUT_OF_ORDER = "chapters-out-of-order"
    CHAPTER_PAST_END = "chapter-past-end"
    GUID_TWICE = "guid-twice"
    SLUG_TWICE = "slug-twice"
    NUMBER_TWICE = "number-twice"
    AUDIO_ADDRESS_TWICE = "audio-address-twice"
    NUMBER_NEEDED = "number-needed"
    PICTURE_UNREADABLE = "picture-unreadable"
    PICTURE_WRONG_FORMAT = "picture-wrong-format"
    PICTURE_WRONG_SIZE = "picture-wrong-size"
    PICTURE_WITHOUT_ALT = "picture-without-alt"
    UNKNOWN_CATEGORY = "unknown-category"
    SAMPLE_NOT_SAID = "sample-not-said"
    KEY_MISSING = "key-missing"
    PLACEHOLDERS_DIFFER = "placeholders-differ"
    PAGE_OUTSIDE_LANGUAGES = "page-outside-languages"
    NOT_ONE_LINE = "not-one-line"
    NOTE_UNCLOSED = "note-unclosed"
    CELL_NOT_TEXT = "cell-not-text"
    UNKNOWN_INSERT = "unknown-insert"
    UNKNOWN_SOURCE = "unknown-source"
    UNKNOWN_QUESTION = "unknown-question"
    QUESTION_TWICE = "question-twice"
    QUESTION_WITHOUT_PAGE = "question-without-page"
    FIGURE_WITHOUT_DATA = "figure-without-data"
    INSERT_MISPLACED = "insert-misplaced"
    OUTSIDE_PERIOD = "outside-period"
    HEADING_SKIPPED = "heading-skipped"
    LINK_BROKEN = "link-broken"
    IMAGE_WITHOUT_ALT = "image-without-alt"
    HTML_NOT_ALLOWED = "html-not-allowed"
    PAGE_WITHOUT_TWIN = "page-without-twin"
    NOT_A_REVISION = "not-a-revision"
    NOT_A_REVIEW = "not-a-review"
    WRONG_LETTER = "wrong-letter"
    TRANSLATION_STALE = "translation-stale"
    TRANSLATION_EDITED = "translation-edited"
    TRANSLATION_UNREVIEWED = "translation-unreviewed"
    TABLE_UNREADABLE = "table-unreadable"
    COLUMNS_CHANGED = "columns-changed"
    ROW_CHANGED = "row-changed"
    ROW_OF_OLDER_SWEDISH = "row-of-older-swedish"
    ROWS_MISSING = "rows-missing"
    TEXT_NEEDED = "text-needed"
    WORD_UNKNOWN = "word-unknown"
    NEW_SENTENCE = "new-sentence"
    CELL_CHANGED = "cell-changed"
    MARKUP_CHANGED = "markup-changed"
    MARKUP_AT_START = "markup-at-start"


ADVICE: dict[Kind, str] = {
    Kind.FILE_MISSING: "Filen finns inte. Lägg den i mappen med det här namnet.",
    Kind.WRONG_ENCODING: (
        "Filen är inte sparad som UTF-8, så å, ä och ö går inte att läsa. Spara om den och välj kodningen UTF-8."
    ),
    Kind.STRANGE_CHARACTER: (
        "På raden finns ett tecken som inte syns och som inte går att publicera. "
        "Ta bort raden och skriv den igen för hand."
    ),
    Kind.NO_FRONT_MATTER: (
        "Fälten överst saknas. Filen ska börja med en rad med tre bindestreck (---), sedan fälten, "
        "sedan en rad till med tre bindestreck."
    ),
    Kind.UNQUOTED_COLON: "Texten har ett kolon. Sätt citattecken runt hela texten, så här: {expected}",
    Kind.UNCLOSED_QUOTE: "Texten börjar med ett citattecken men slutar inte med ett. Sätt ett sist på raden.",
    Kind.UNREADABLE_FIELDS: (
        "Fälten går inte att läsa från den här raden. Skriv varje fält på en egen rad, så här: namn: värde"
    ),
    Kind.UNKNOWN_FIELD: "Det finns inget fält med det namnet. {expected}",
    Kind.FIELD_TWICE: "Fältet står två gånger. Behåll det ena och ta bort det andra.",
    Kind.FIELD_MISSING: "Fältet behövs. Lägg till det, så här: {expected}",
    Kind.FIELDS_BELOW: "Under fältet ska andra fält stå, så här: {expected}",
    Kind.NOT_A_LIST: "Här ska en lista stå, med ett bindestreck först på varje rad, så här: {expected}",
    Kind.NOT_TEXT: "Här ska en text på en rad stå. Skriv så här: {expected}",
    Kind.NOT_A_CHOICE: "Välj ett av: {expected}",
    Kind.NOT_A_NUMBER: "Skriv ett heltal, {expected}",
    Kind.NOT_A_DATE: "Skriv datum och klockslag så här: {expected}",
    Kind.NOT_A_DAY: "Skriv datumet så här: 2024-07-01",
    Kind.ENDS_BEFORE_START: "Den sista dagen kommer före den första, som är {expected}. Ändra en av dem.",
    Kind.NOT_A_TIME: "Skriv tiden i minuter och sekunder, så här: 4:05. För över en timme: 1:02:03",
    Kind.NOT_AN_ADDRESS: "Skriv en hel webbadress som börjar med https://, utan mellanslag, å, ä eller ö. {expected}",
    Kind.NOT_AN_EMAIL: "Skriv en e-postadress till funktionen, inte till en person, så här: podd@exempel.se",
    Kind.NOT_A_GUID: (
        "Ett id består av 32 siffror och bokstäver a–f i fem grupper och skrivs en enda gång. "
        "Är avsnittet nytt kan du använda det här: {expected}"
    ),
    Kind.NOT_A_TIMEZONE: "Skriv tidszonen så här: Europe/Stockholm",
    Kind.TOO_LONG: "Texten är för lång. {expected}",
    Kind.MARKUP_IN_TITLE: "En titel får inte innehålla tecknen < och >. Skriv den utan dem.",
    Kind.BAD_FOLDER_NAME: (
        "Mappens namn blir avsnittets adress. Använd bara små bokstäver a–z, siffror och bindestreck. "
        "Döp om mappen till: {expected}"
    ),
    Kind.UNKNOWN_FILE: "Filen hör inte till ett avsnitt. {expected}",
    Kind.AUDIO_MISSING: (
        "Ljudfilen saknas. Lägg audio.mp3 eller audio.m4a i mappen, eller skriv ljudfilens adress i fältet audio_url."
    ),
    Kind.AUDIO_TWICE: "Avsnittet har mer än en ljudfil. Behåll en av dem: {expected}",
    Kind.AUDIO_UNREADABLE: "Ljudfilen går inte att läsa. Exportera inspelningen en gång till som MP3.",
    Kind.AUDIO_OTHER_TYPE: "Poddappar kan inte spela filen som den är. {expected}",
    Kind.TRANSCRIPT_MISSING: (
        "Textversionen saknas. Lägg filen transcript.vtt i mappen. "
        "Lagen om tillgänglighet kräver att allt som sägs också går att läsa."
    ),
    Kind.TRANSCRIPT_UNREADABLE: "Textversionen går inte att läsa från den här raden. {expected}",
    Kind.TRANSCRIPT_EMPTY: "Textversionen är tom. Skriv vad som sägs, med tider.",
    Kind.TRANSCRIPT_TOO_LONG: (
        "Textversionen slutar efter ljudet, som är {expected} långt. "
        "Kontrollera att texten hör till det här avsnittet och rätta tiden."
    ),
    Kind.CHAPTERS_NOT_FROM_ZERO: "Det första kapitlet ska börja vid 0:00.",
    Kind.CHAPTERS_OUT_OF_ORDER: "Kapitlet börjar inte efter det förra, som börjar {expected}. Ordna dem efter tid.",
    Kind.CHAPTER_PAST_END: "Kapitlet börjar efter ljudets slut. Ljudet är {expected} långt.",
    Kind.GUID_TWICE: (
        "Ett annat avsnitt har samma id: {expected}. Två avsnitt får aldrig dela id. Ge det nya avsnittet ett eget id."
    ),
    Kind.SLUG_TWICE: (
        "En annan mapp har samma namn när stora och små bokstäver räknas lika: {expected}. Döp om den ena."
    ),
    Kind.NUMBER_TWICE: "Ett annat avsnitt i samma säsong har samma nummer: {expected}. Ändra ett av dem.",
    Kind.AUDIO_ADDRESS_TWICE: "Ett annat avsnitt har samma ljudadress: {expected}. Varje avsnitt har sin egen ljudfil.",
    Kind.NUMBER_NEEDED: "Podden är en serie (serial), så avsnittet behöver ett nummer. Skriv så här: {expected}",
    Kind.PICTURE_UNREADABLE: "Bilden går inte att läsa. Spara om den som JPEG eller PNG.",
    Kind.PICTURE_WRONG_FORMAT: "Bilden ska vara JPEG eller PNG i färgläget RGB, utan genomskinlighet. {expected}",
    Kind.PICTURE_WRONG_SIZE: "Bilden ska vara kvadratisk, minst 1400 och högst 3000 bildpunkter bred och hög.",
    Kind.PICTURE_WITHOUT_ALT: (
        "Bilden saknar beskrivning för den som inte ser den. Skriv i fältet {expected} vad bilden visar."
    ),
    Kind.UNKNOWN_CATEGORY: "Apple Podcasts har ingen sådan kategori. {expected}",
    Kind.SAMPLE_NOT_SAID: "Avsnittet är ett exempel (sample: true). Börja titeln med «Exempel:»",
    Kind.KEY_MISSING: (
        "Ordet saknas i språket. Lägg till det. Finns det inget belagt ord kan det svenska visas, märkt som svenska: "
        "{expected}"
    ),
    Kind.PLACEHOLDERS_DIFFER: ("Det som står inom klammer fylls i när sidan byggs. Här ska finnas: {expected}"),
    Kind.PAGE_WITHOUT_TWIN: (
        "Det finns ingen svensk sida med samma namn, så sidan är ingen översättning av något. "
        "Skriv {expected} först, eller ge filen samma namn som den svenska."
    ),
    Kind.PAGE_OUTSIDE_LANGUAGES: (
        "Sidan ligger inte i någon språkmapp, så den har ingen adress. Flytta den till docs/sv/."
    ),
    Kind.NOT_ONE_LINE: (
        "I en översatt fil står varje fält på en rad, utan annat på raden, så att en tabell kan visa det. "
        "Skriv så här: {expected}"
    ),
    Kind.NOTE_UNCLOSED: (
        "En kommentar i en översatt fil börjar med <!-- och slutar med --> på samma rad. Gör en kommentar av varje rad."
    ),
    Kind.CELL_NOT_TEXT: (
        "I cellen står {expected}, inte text. Välj formatet Text för cellen och skriv det som ska stå där."
    ),
    Kind.UNKNOWN_INSERT: "Det finns ingen uppgift med det namnet. {expected}",
    Kind.UNKNOWN_SOURCE: "Det finns inget dokument med det id:t i docs/facts.yml. {expected}",
    Kind.UNKNOWN_QUESTION: "Det finns ingen fråga med det numret i docs/questions.yml. Numren är {expected}",
    Kind.QUESTION_TWICE: "En annan sida gäller samma fråga: {expected}. Ändra numret på en av dem.",
    Kind.QUESTION_WITHOUT_PAGE: (
        "Fråga {expected} har ingen sida. Skriv filen, med fälten question, status och sources."
    ),
    Kind.FIGURE_WITHOUT_DATA: "Det finns inga uppgifter att visa. Skriv dem i docs/facts.yml, i fältet {expected}",
    Kind.INSERT_MISPLACED: (
        "Uppgifter fylls i under fälten, inte i dem, och ett diagram står ensamt på sin rad. Flytta {expected}"
    ),
    Kind.OUTSIDE_PERIOD: "Aktiviteten ligger utanför förstudiens tid, som är {expected}. Ändra datumet.",
    Kind.HEADING_SKIPPED: (
        "Rubrikens nivå passar inte. Sidans titel är nivå 1 (#), och därunder kommer en nivå i taget. "
        "Börja raden med {expected}"
    ),
    Kind.LINK_BROKEN: "Länken leder ingenstans. {expected}",
    Kind.HTML_NOT_ALLOWED: (
        "Sidan innehåller HTML som webbplatsen inte tar med: skript, stilar, bilder och inbäddat innehåll. "
        "Skriv texten som Markdown i stället."
    ),
    Kind.IMAGE_WITHOUT_ALT: (
        "Bilden saknar beskrivning för den som inte ser den. Skriv mellan hakparenteserna vad bilden visar: {expected}"
    ),
    Kind.NOT_A_REVISION: (
        "Här ska den svenska textens version stå: åtta siffror och bokstäver a–f. Just nu är den {expected}"
    ),
    Kind.NOT_A_REVIEW: (
        "Skriv nej. När en översättare har granskat texten skriver okatakten translation import in dagen och versionen."
    ),
    Kind.WRONG_LETTER: (
        "Sydsamiska skrivs med ä och ö i Sverige. Skriv: {expected}. Är det ett namn eller ett citat? Sätt det inom «»."
    ),
    Kind.TRANSLATION_STALE: (
        "Den svenska texten har ändrats sedan översättningen gjordes. Stämmer översättningen ändå? "
        "Skriv då den svenska textens version, som står efter filen, i fältet source_revision. "
        "Annars: gör en tabell för översättaren. Den visar den svenska text som gäller nu."
    ),
    Kind.TRANSLATION_EDITED: (
        "Översättningen har ändrats efter granskningen, så den visas som inte granskad. "
        "Gör en tabell för översättaren: okatakten translation export oversattning.xlsx"
    ),
    Kind.TRANSLATION_UNREVIEWED: (
        "Ingen översättare har granskat texten. Gör en tabell för översättaren: "
        "okatakten translation export oversattning.xlsx"
    ),
    Kind.TABLE_UNREADABLE: "Tabellen går inte att läsa. {expected}",
    Kind.COLUMNS_CHANGED: (
        "Kolumnerna har ändrats. Den översta raden ska vara som när tabellen gjordes: {expected}. "
        "Ändra tillbaka den, eller gör en ny tabell."
    ),
    Kind.ROW_CHANGED: (
        "Texten på webbplatsen är en annan nu än när tabellen gjordes. Gör en ny tabell och för över översättarens "
        "ändringar till den. Nu står i {expected}"
    ),
    Kind.ROW_OF_OLDER_SWEDISH: (
        "Den svenska texten har ändrats sedan tabellen gjordes. Gör en ny tabell och låt översättaren se den. "
        "Nu står i {expected}"
    ),
    Kind.ROWS_MISSING: "Rader saknas i tabellen. Lägg tillbaka dem, eller gör en ny tabell: {expected}",
    Kind.TEXT_NEEDED: "Här behövs en egen text på språket. Skriv den.",
    Kind.WORD_UNKNOWN: (
        "Det finns inget svenskt ord med den nyckeln. {expected}Lägg till det i docs/sv/words.yml, eller ta bort raden."
    ),
    Kind.NEW_SENTENCE: (
        "Raden visar bara den svenska texten. Lägg till meningen i {expected} för hand, med sina källor, "
        "och töm cellen. Kör sedan importen igen."
    ),
    Kind.CELL_CHANGED: (
        "Den här kolumnen säger vilken mening raden gäller och ska vara som när tabellen gjordes. "
        "Skriv synpunkter i kolumnen Kommentar. Gör en ny tabell om du inte vet vad som stod där."
    ),
    Kind.MARKUP_CHANGED: (
        "Länkarnas adresser och det som står inom klammer och <> ska vara som förut. Här ska finnas: {expected}"
    ),
    Kind.MARKUP_AT_START: (
        "Med den början läses meningen som en rubrik, en lista eller en kommentar. Låt den börja med ett ord."
    ),
}
"""Wording per kind. `{expected}` is what fits in this case, filled in by whoever found the problem."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """A finding in a communicator's file.

    `file` is relative to the project, `line` counts from 1 (0: the file as a whole), `field` is the front
    matter key, `found` what stands there and `expected` what fits, ready to be put into the wording.
    """

    file: str
    line: int = 0
    field: str = ""
    kind: Kind
    found: str = ""
    expected: str = ""


def format_problem(problem: Problem) -> str:
    """Return the problem as a communicator reads it: place, what stands there, what to write."""
    place = problem.file
    if problem.line:
        place += f", rad {problem.line}"
    if problem.field:
        place += f", fältet {problem.field}"
    lines = [place]
    if problem.found:
        lines.append(f"    Där står: {_shorten(problem.found)}")
    lines.append("    " + ADVICE[problem.kind].format(expected=problem.expected).rstrip())
    return "\n".join(lines)


def format_report(problems: Iterable[Problem]) -> str:
    """Return all problems sorted by file and line, ending with a count. No problems gives an empty string."""
    ordered = sorted(set(problems))
    if not ordered:
        return ""
    things = len(ordered)
    files = len({problem.file for problem in ordered})
    count = f"{things} {'sak' if things == 1 else 'saker'} att rätta i {files} {'fil' if files == 1 else 'filer'}."
    return "\n\n".join([*map(format_problem, ordered), count]) + "\n"


def format_notes(notes: Iterable[Problem]) -> str:
    """Return what could be better, by kind: one advice, and the files that it is about. None of it stops anything."""
    by_advice: dict[str, list[str]] = {}
    for note in sorted(set(notes)):
        detail = f" ({note.expected})" if note.expected else ""
        by_advice.setdefault(ADVICE[note.kind], []).append(f"    {note.file}{detail}")
    return "\n".join(line for advice, files in by_advice.items() for line in ["Att tänka på: " + advice, *files, ""])


def _shorten(text: str, *, limit: int = 120) -> str:
    """Return the text on one line without control characters, cut where it gets too long to read."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
