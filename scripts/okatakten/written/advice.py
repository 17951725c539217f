"""Every Swedish sentence that the package says, but for what the commands say of themselves: one place for each.

A kind of problem is known by its name (cases, JSON), so its sentence stands in a table. A hint or a reason is nothing
but its sentence, to be filled in with `format`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from okatakten.written.likest import nearest
from okatakten.written.problems import Kind, Point


@unique
class Hint(StrEnum):
    """What fits, or what is so: goes with the sentence of a kind as what was `expected`."""

    MEANT = "Menade du {possibility}?"
    MEANT_ONE_OF = "Menade du något av: {possibilities}?"
    CHOOSE = "Välj bland: {choices}"
    KNOWN_FIELDS = "Fälten som finns: {fields}"
    KNOWN_FILES = "Filer som hör till: {files}"
    KNOWN_HEADINGS = "Rubrikerna där: {headings}"
    NONE = "inga"
    GUID_AS_IT_IS = "{new}. Kom avsnittet hit med just det här id:t? Sätt det inom citattecken."
    NAME_RESERVED = "former_slugs: [gammalt-namn]. Ingen adress kan heta {name}, så ta bort det."
    NAME_OWN = "former_slugs: [gammalt-namn]. {name} heter mappen nu, så ta bort det."
    NAME_TWICE = "former_slugs: [gammalt-namn]. {name} står redan där, så ta bort det ena."
    FORMER_SLUG = "former_slugs: [{slug}]"
    LIX = "LIX {value}, bör vara högst {limit}"
    OF_FIELD = "fältet {field}: {told}"
    CONTRAST = (
        "Mot {under} är kontrasten {ratio}:1 {where}. Den ska vara minst {least}:1. "
        "Välj en färg som {near}, eller en som syns ännu mer."
    )
    BY_LIGHT = "i ljust läge"
    BY_DARK = "i mörkt läge"
    ON_PAPER = "på papper"
    NO_MARKUP = "inga sådana tecken"
    NOTHING = "(ingenting)"
    FIELDS_BELOW = "{name}: och på raderna under, indragna: {fields}"
    YES_OR_NO = "true (ja), false (nej)"
    TOO_MANY_LETTERS = "Den har {count} tecken och får ha högst {limit}."
    OF_NETWORK = "{name}: {count} tecken av {limit}"
    KEYWORDS = "[rennäring, renskötsel]"
    HASHTAG = "cirkulärupphandling"
    HASHTAGS = "[cirkulärupphandling, JämtlandHärjedalen]"
    TOO_MANY_BYTES = "Den är {count} byte och får vara högst {limit}."
    TOO_LARGE = "Den är för stor. Är det rätt fil?"
    FILE_BESIDE = "Skriv bara filens namn, och lägg filen i sidans mapp. Namnet ska sluta på {endings}"
    FILE_NOT_BESIDE = "Det ligger ingen sådan fil i sidans mapp. Kontrollera namnet, eller lägg filen där."
    FILE_NOT_IN_ASSETS = "Det finns ingen sådan fil i docs/assets/. Lägg den där och skriv bara namnet."
    FILE_OR_ADDRESS = "Var finns verktyget? Skriv file (en fil i docs/assets/) eller address."
    RELATED = "Skriv adressen utan webbplatsens namn, så här: podd/atta-fragor"
    NOT_SHOWN = (
        "Webbplatsen visar inte det som länken leder till: det är ett utkast eller ett exempel, väntar på sin dag, är "
        "borttaget eller är en lista utan något i. Ta bort länken så länge."
    )
    WITHDRAWN_AHEAD = "Sidan skulle försvinna redan nu. Skriv withdrawn den dag då den ska bort."
    LIST_OF_KIND = "listan över sidor av ett slag, som gör sig själv"
    OR_A_DAY = "{example}, eller bara dagen: {day}"
    DAY_TO_COME = "Den dagen har inte kommit än. Skriv den när den är här."
    YEARS = "Skriv ett år från {first} till {last}."
    OUTCOME = "Berätta hur det blev, i fältet outcome."
    OUTCOME_TOO_EARLY = "Mötet har inte varit, så det går inte att säga hur det blev."
    PERSONS_MAIL = "Är det en persons adress? Skriv hellre en till en funktion."
    CLOCK_AT_BOTH = "Skriv klockslag både för start och end, eller inte för någon av dem."
    WHERE = "Var är det? Skriv place och address, eller link om mötet är på nätet."
    REGISTER = "Skriv en adress som börjar med https://, eller en e-postadress till en funktion: moten@exempel.se"
    REGISTER_TOO_LATE = "Sista dagen att anmäla sig ligger efter mötet."
    MOVED_OR_POSTPONED = "Är mötet flyttat till en ny tid? Ta bort status. Finns ingen ny tid? Ta bort moved_from."
    EXCEPTION = "Ett undantag behöver båda: skälet (exception) och dagen då det är rättat (mended_by)."
    EXCEPTION_PASSED = "Den dagen har varit. Byt filen mot en som alla kan läsa, och ta bort exception och mended_by."
    EXCEPTION_UNSAID = "Skriv det i {statement} också, med en länk till {page}."
    SPELLED_BEFORE = "På en annan rad står det {name}. Skriv namnet likadant överallt."
    MAYBE_PHONE = "Är det ett telefonnummer? Skriv bara organisationen, aldrig en person."
    NO_MAIL = "Det ser ut som en e-postadress. Skriv bara organisationen, aldrig en person."
    NO_PERSONAL_NUMBER = "Det ser ut som ett personnummer. Skriv bara organisationen, aldrig en person."
    CLIP_OF_OTHER_SOUND = "Ljudet"
    CLIP_OF_OTHER_WORDS = "Texten"
    CLIP_AGAIN = "{changed} har rättats sedan klippet gjordes. Lyssna, och gör om det: {command}"
    CLIP_ENDS_LATE = "Det slutar efter ljudet, som är {length} långt. Gör om det med andra tider, eller ta bort det."
    CLIP_FIELDS = "Raderna {fields} ska stå här, som okatakten clip skrev dem. Gör om klippet."
    CLIP_FILE_MISSING = "{name} saknas bredvid. Gör om det: {command}"
    QUOTE_LETTERS = "Det har {count} tecken."
    CLIP_COMMAND = "okatakten clip {slug} --from {start} --to {end} --shape {shape} --name {name}"
    FROM_AND_TO = "--from {start} --to {end}"
    FILM_UNREADABLE = "Den går inte att läsa som MP4. Gör om den: okatakten new film {file}"
    FILM_WITHOUT_LENGTH = "Den säger inte hur lång den är. Gör om den: okatakten new film {file}"
    FILM_NOT_H264 = "Bilden är {codec}, som alla inte kan se. Gör om den till H.264: okatakten new film {file}"
    FILM_NOT_420 = "Färgerna är kodade så att alla webbläsare inte visar dem. Gör om den: okatakten new film {file}"
    FILM_NOT_AAC = "Ljudet är inte AAC. Gör om den: okatakten new film {file}"
    FILM_INDEX_LAST = "Den börjar inte spelas förrän allt är hämtat. Gör om den: okatakten new film {file}"
    FILM_DESCRIBED = "Syntolkas filmen? Skriv den syntolkade filmens fil. Sägs allt viktigt? Skriv visual: sägs"
    CAPTIONS_END = "Textningen slutar {captions} och filmen {film}. Är det rätt textning, och är den hel?"
    PDF_TOO_LARGE = "Den är över {limit} MB. Spara den med mindre bilder."
    PDF_UNREADABLE = "Filen går inte att läsa som PDF. Öppna den, och exportera den en gång till."
    PDF_LOCKED = "Filen är låst. Be om en utan skydd."
    PDF_UNTAGGED = "Filen saknar taggar, så en skärmläsare vet inte vad som är rubrik eller tabell. Be om PDF/UA."
    PDF_NO_LANGUAGE = "Filen säger inte sitt språk. Be om PDF/UA, eller välj språk i Word och exportera igen."
    PDF_NO_TITLE = "Filen har ingen titel som visas. Skriv en titel i dokumentets egenskaper och exportera igen."
    PDF_PICTURES = "Sida {pages} är bilder utan text. Be om en fil som är exporterad och inte inskannad."
    PDF_NOT_LOOKED_INTO = (
        "Om alla kan läsa filen gick inte att se efter. Kör make documents, och sedan kontrollen igen."
    )
    AT_LEAST = "{lowest} eller högre."
    BETWEEN = "från {lowest} till {highest}."
    SEVERAL_BETWEEN = f"eller flera med komma emellan, {BETWEEN}"
    NOT_IN_CALENDAR = "{example}. Den tiden finns inte i kalendern."
    NAME_AND_ROLE = "{roles}. Skriv namn, kolon och roll, så här: Namn: gäst"
    EXPORT = "Podden tar MP3 och M4A. Exportera inspelningen som MP3."
    EXPORT_AGAIN = f"Innehållet är {{content}}. {EXPORT}"
    RENAME = "Innehållet är {content}. Döp om filen till {name}"
    PICTURE_IS_HEIC = (
        "Den är HEIC, som bara Apples program visar. Öppna den i Bilder eller Förhandsvisning och exportera den som "
        "JPEG. Så här blir nya bilder JPEG från början: Inställningar, Kamera, Format, Mest kompatibelt."
    )
    PICTURE_IS_EMPTY = "Filen är tom. Kopiera den en gång till."
    PICTURE_DAMAGED = "Den är skadad, eller bara en del av den kom med. Kopiera den en gång till."
    PICTURE_OF_OTHER_KIND = "Spara om den som JPEG (foto) eller PNG (teckning, skärmbild)."
    PICTURE_TOO_LARGE = "Den är för stor att öppna: {size}. Spara den mindre, gärna 2000 bildpunkter bred."
    RECORDING_TELLS = "kanske plats, tid och apparat"
    PDF_NOT_OPENED = "kanske namn, program och bilagor. Kör make documents, så kan de tas bort"
    PDF_SIGNED = "den är undertecknad, och underskriften skulle sluta gälla"
    PDF_DAMAGED = "den går inte att läsa som PDF. Öppna den, och exportera den en gång till"
    TOO_MANY_PIXELS = "över 120 miljoner bildpunkter"
    PICTURE_TOO_SMALL = (
        "Kortaste sidan är {side} bildpunkter, och den behöver ha minst {least} för att gå att förstora. "
        "Välj en större bild."
    )
    PICTURE_MAY_GROW = "Har du ingen större? Skriv {field}: {choice}, så förstoras den. Den blir lite suddig."
    PICTURE_TO_CROP = (
        "Skriv {field}: {choice}, så skärs {cut} bildpunkter bort {where}. "
        "Du kan också skriva {first} eller {last}, eller {whole} för att visa hela bilden med en kant runt om."
    )
    CUT_SIDES = "till vänster och lika många till höger"
    CUT_ENDS = "överst och lika många nederst"
    AUDIO_ADDRESS = "Adressen ska börja med https:// och sluta på .mp3 eller .m4a."
    PLAYED_SHORTER = "Av {duration} går bara {heard} att spela upp."
    SIDE_SILENT = "Bara den ena sidan har ljud."
    SIDES_OPPOSITE = "Sidorna tar ut varandra."
    SIDES_APART = "Rösterna ligger på var sin sida."
    STOPS_WITHIN = "Filen tar slut mitt i ljudet, efter {heard}."
    LOUDNESS = "{measured} LUFS, ska vara {target}"
    SHARE_OF_AUDIO = "{share} av ljudet"
    AT_LINES = "rad {lines}"
    MORE = "{shown} och {count} till"
    NAMELESS = "utan namn: rad {lines}"
    NAMED_BY_PROGRAM = "namn från ett program: {names}"
    NOT_AMONG_PERSONS = "inte bland medverkande: {names}"
    STANDS_INSTEAD = "«{broken}» ska vara «{mended}»: rad {lines}"
    COLUMN_LEFT_OUT = "kolumnen {name}, som börjar «{first}»"
    LEFT_OUT_AT = "{place}: {text}"
    FIRST_LINE = "Filens första rad ska vara WEBVTT."
    BLOCKS = "Mellan två stycken står en tom rad, och varje stycke börjar med en rad med tider, så här: {example}"
    TIMES_IN_ORDER = "Slutet ska komma efter början, och styckena ska stå i tidsordning."
    TIMES = "En rad med tider skrivs så här: {example}"
    END_AFTER_START = "Slutet ska komma efter början."
    BEGINS_BEFORE = "Stycket före börjar {before}. Rätta tiden, eller flytta stycket."
    UNLESS_UNSAID = "{example} Sägs det inte tar du bort det."
    SHAPE = "Den ska se ut så här: {example}"
    SAVE_AS_SUBTITLES = "Öppna den i ett textningsprogram, spara den som SRT eller VTT och försök igen."
    COUNTS_FRAMES = f"Dess tider är nummer på bilder, och hur många som går på en sekund står inte. {SAVE_AS_SUBTITLES}"
    SAVE_AS_TEXT = "Öppna den, spara den som Word (.docx) eller som text (.txt) och försök igen."
    IS_LOCKED = "låst med ett lösenord"
    IS_OLD_WORD = "ett äldre Word-dokument (.doc)"
    IS_PDF = "en PDF"
    IS_RTF = "ett RTF-dokument (.rtf)"
    IS_OPEN_DOCUMENT = "ett OpenDocument-dokument (.odt)"
    IS_WORKBOOK = "en Excel-arbetsbok"
    IS_PRESENTATION = "en PowerPoint-presentation"
    IS_PAGES = "ett Pages-dokument"
    PAGE_FILE = "Skriv sidans fil, så här: om.md"
    LINK_PATH = "Skriv vägen till filen, från sidan du länkar på, så här: kontakt.md"
    LINK_SCHEME = "Skriv vägen till en fil, eller en adress som börjar med https://, http://, mailto: eller tel:"
    LINK_AS_HTML = 'Sidan görs av podden, så skriv länken som HTML, så här: <a href="{address}">text</a>'
    LINK_AS_MARKDOWN = "Skriv länken som Markdown, så leder den rätt, så här: [text](om.md)"
    FILE_PATH = "Lägg filen i docs/assets/ och skriv vägen dit från sidans adress, så här: ../assets/film.mp4"
    TAG_ENDS = "Skriv {end} där det ska sluta."
    TAG_ENDS_NOTHING = "Inget sådant har börjat, så ta bort det."
    AS_MARKDOWN = "Skriv det som Markdown i stället. Ska tecknet < synas, skriv &lt;"
    NOTES_HOLD = "Avsnittets text kan ha stycken, listor, citat och länkar. Ska tecknet < synas, skriv &lt;"
    SAVE_AS_DRAWING = "Spara bilden som en SVG utan skript, länkar och sådant som hämtas, eller som PNG."
    IS_LINK = "en länk till något annat"
    IS_NO_FILE = "varken en fil eller en mapp"
    KINDS_PUBLISHED = "Ta bort den, eller spara den på ett annat sätt. Filer i docs/ slutar på .md, {kinds}"
    MOVE_TO_ASSETS = "Flytta den till docs/assets/"
    SHARE_PICTURE = "bilden som syns när sidan delas"
    SEARCH_INDEX = "sökregistret"
    YEAR_PAGES = "sidorna med alla avsnitt från ett år"
    FORMER_ADDRESS = "ett avsnitt som har haft det namnet"
    WRITTEN_AS = "Filen finns. Skriv adressen så här: {address}"
    LINK_IN_PLACE = "Skriv adressen direkt efter länkens text, så här: [text](adress)"
    NO_SUCH_FILE = "Det finns ingen fil med namnet som går att läsa. Skriv en fil, eller hela adressen med https://."
    FILE_LARGER = "Filen är större än {limit} MB."
    NO_PODCAST = "Mappen podcast finns inte i {root}. Gå till projektets mapp, eller skriv den efter --root."
    FEED_BEGINS = "Skriv adressen till flödet, som börjar med <rss eller <feed."
    WEB_PAGE = "Det är en webbsida. Leta upp adressen till flödet, som ofta heter RSS."
    WEB_PAGE_WITH_FEED = "Det är en webbsida. Den säger att flödet finns här: {address}"
    IS_STREAM = "en ström (HLS), som podden inte kan spela."
    IS_FILM = "en film."
    IS_WEB_PAGE = "en webbsida, inte ljud."
    IS_EMPTY = "tom."
    IS_SILENT = "inget ljud som går att spela."
    IS_OF_TYPE = "av typen {type}."
    LEFT_OUT = "Avsnittet togs inte med."
    LEFT_OUT_FOR_NOW = f"{LEFT_OUT} Kör importen igen."
    EITHER_DATE = "Det kan betyda olika dagar: {dates}."
    CHAPTERS_NOWHERE = "Där finns inga kapitel som går att läsa."
    HOST_LATER = "{count} avsnitt väntar på den. Kör samma kommando igen om {minutes} minuter, så fortsätter det."
    SAME_AUDIO = "Ett annat avsnitt har samma ljudfil."
    CHAPTER_WITHOUT_TIME = "Det står ingen tid som går att läsa. Skriv den först på raden, så här: 4:05 Rubrik"
    CHAPTER_WITHOUT_TITLE = "Det har ingen rubrik. Skriv en."
    CHAPTER_AFTER_END = "Det börjar efter ljudets slut. Ljudet är {duration} långt."
    CHAPTER_AT_SAME_TIME = "Ett annat kapitel börjar samtidigt: {title}"
    CHAPTER_HIDDEN = "Det är märkt så att appar inte visar det (toc)."
    SAVE_AS_TABLE = "Öppna den i Excel och spara den igen som arbetsbok (.xlsx), eller som «CSV UTF-8»."
    TABLE_NOT_UTF_8 = f"Den är inte sparad som UTF-8. {SAVE_AS_TABLE}"
    TABLE_WITHOUT_ROWS = "Den har inga rader under den översta."
    CELL_FORMULA = "en formel"
    CELL_ERROR = "ett fel från Excel"
    CELL_DATE = "ett datum"
    CELL_BOOLEAN = "sant eller falskt"
    CELL_DECIMAL = "ett tal med decimaler"
    CELL_FORMATTED = "ett tal som visas på ett annat sätt än det är skrivet"
    PO_BROKEN = "Raden följer inte formatet PO. Öppna filen i översättarens program och spara den igen."
    PO_NOT_UTF_8 = "Den är inte sparad som UTF-8. Öppna den i översättarens program och välj UTF-8 när du sparar."
    PO_PLURAL = "En mening har bara en form här. Ta bort raden msgid_plural, och skriv msgstr utan siffra."
    NEW_TABLE = "Gör en ny tabell om du inte vet vad som stod där."
    STOOD = "Där stod: {text}"
    ITS_PAGE = "filen för rätt sida"
    CELL_STRUCK = "Text är överstruken. Ta bort den om den inte ska vara med, och annars strykningen."
    CELLS_MERGED = "Celler är sammanslagna ({cells}). Dela dem, och skriv i var och en det som hör dit."
    LOOK_LETTERS = "Fetstil, kursiv eller understrykning"
    LOOK_COLOUR = "Färg"
    ADDRESS_UNREADABLE = "Adressen går inte att läsa."
    OWN_ADDRESS = "Skriv adressen till en sida på webbplatsen, utan https och värd, så här: podd/"
    ADDRESS_NOT_OF_WEB = "Den ska börja med https:// eller http://."
    ADDRESS_WITH_LOGIN = (
        "Den innehåller ett användarnamn eller ett lösenord, som alla skulle se. Ta bort det, och byt lösenordet."
    )
    ADDRESS_WITHIN = (
        "Den leder till ett inre nätverk. Är det er egen server hämtar okatakten import därifrån med --allow-private."
    )
    ADDRESS_NEVER = "Den leder in i nätets egen utrustning, där det inte finns ljud eller text. Därifrån hämtas inget."
    SERVER_ASKS_TO_WAIT = "Den ber alla att vänta i {minutes} minuter."
    ADDRESS_LEAVES_TLS = "Den skickar vidare från https:// till http://, som vem som helst kan ändra."
    NO_FEED_YET = "Det finns inget flöde på adressen. Är det första gången något publiceras? Kör då utan --published."
    FEED_NOT_OURS = "Det är inte ett flöde som okatakten har gjort."
    DRAFT_AGAIN = "Ta bort raden draft: true."
    SAMPLE_LEFT_OUT = (
        "Det är ett exempelavsnitt, och sådana visas bara på adresser som slutar på .example. Ta bort raden sample: "
        "true om det ska vara kvar."
    )
    DAY_PUT_OFF = "Skriv tillbaka tiden då det kom ut: {day}."
    SHOW_GUID_BROKEN = "Poddens id är ett annat än det publicerade, {guid}."
    AUDIO_BROKEN = "Ljudet är ett annat än det publicerade: {address}"
    EPISODE_BROKEN = "Avsnittet saknas: {title} ({page})"
    ADDRESS_BROKEN = "Adressen skulle sluta fungera: {address}"


@unique
class Trace(StrEnum):
    """What a file tells beside what it shows."""

    PLACE = "platsen där den togs"
    NAME = "namn"
    DEVICE = "tid och apparat"
    WORDS = "kommentarer eller andra uppgifter"
    COPY = "en mindre kopia"
    ATTACHED = "bifogade filer"
    SCRIPT = "skript"


@unique
class Reason(StrEnum):
    """Why something was not done, or not as it should be, and what to do."""

    NOT_A_PROJECT = "{folder} är inte projektets mapp. Gå till den, eller skriv den efter --root."
    BUSY = "{who} arbetar i {folder}. Vänta tills det är klart, och kör kommandot igen."
    WAITING = "{who} arbetar i {folder}. Det här kommandot väntar tills det är klart. Avbryt med Ctrl+C."
    NO_AGENTS = (
        "{place} ska vara en mapp med listorna ur opawg/user-agents-v2. Där saknas: {missing}. Hämta dem ur mappen src "
        "eller build i det projektet."
    )
    UNREADABLE_AGENTS = (
        "{file} är ingen lista över program som går att läsa. {found} Hämta filen igen ur opawg/user-agents-v2."
    )
    UNREADABLE_DAY = "{file} går inte att läsa som en räknad dag. Ta bort filen, och räkna om dagen ur dess loggar."
    SYSTEM_FULL = "Disken är full. Ta bort något som inte behövs, och kör kommandot igen."
    SYSTEM_QUOTA = (
        "Det utrymme du får använda på disken är slut. Ta bort något som inte behövs, och kör kommandot igen."
    )
    SYSTEM_READ_ONLY = "Disken går bara att läsa, inte att skriva på. Lås upp den, eller välj en mapp på en annan disk."
    SYSTEM_NO_RIGHT = (
        "Den som kör kommandot behöver få läsa och skriva här, och i mappen ovanför. Ge rätt till det. Stäng program "
        "som har filer i mappen öppna, och kör kommandot igen."
    )
    SYSTEM_IN_USE = "Ett annat program använder filen eller mappen. Stäng det, och kör kommandot igen."
    SYSTEM_LONG_NAME = "Namnet är för långt för disken. Korta namnet på filen, eller på en mapp som den ligger i."
    SYSTEM_MANY_OPEN = (
        "Datorn har så många filer öppna som den får. Stäng andra program eller höj gränsen (ulimit -n), och kör "
        "kommandot igen."
    )
    SYSTEM_DAMAGED = "Disken svarar med ett fel. Kopiera det som går att läsa till en annan disk, och fortsätt där."
    SYSTEM_LARGE_FILE = (
        "Filen blir större än den får vara här. Höj gränsen (ulimit -f), eller välj en disk som tar större filer."
    )
    SYSTEM_RING = "Länkar leder i en ring. Ta bort länken, eller rätta vart den leder."
    SYSTEM_FILE_ON_THE_WAY = "Något på vägen dit är en fil, där det ska vara en mapp. Flytta filen eller döp om den."
    SYSTEM_FOLDER_THERE = (
        "Det är en mapp, så det går inte att skriva eller läsa en fil där. Flytta mappen, eller välj en annan fil."
    )
    SYSTEM_OTHER_THERE = "Det finns redan något annat med det namnet. Flytta det eller döp om det."
    SYSTEM_GONE = "Det finns inte, eller togs bort under tiden. Lägg tillbaka det, och kör kommandot igen."
    SYSTEM_OTHER_DISK = "Mappen ligger på en annan disk än den ovanför. Välj en mapp på samma disk."
    SYSTEM_STRANGE_NAME = (
        "Namnet har tecken som inte går att använda. Döp om filen eller mappen med bokstäver, siffror och bindestreck."
    )
    SYSTEM_NO_MEMORY = "Datorns minne räcker inte. Stäng andra program, och kör kommandot igen."
    SYSTEM_NO_TEMPORARY = (
        "Det finns ingen mapp för tillfälliga filer med plats i. Gör plats, eller skriv en annan mapp i TMPDIR."
    )
    SYSTEM_AWAY = "Disken svarar inte. Se efter att den är ansluten, och kör kommandot igen."
    SYSTEM_OTHER = (
        "Datorn kan inte läsa eller skriva här ({code}). Kör kommandot igen. Händer det om och om igen: visa det här "
        "för den som sköter datorn."
    )
    NO_SUCH_EPISODE = "{folder}: det finns inget sådant avsnitt. {near}"
    EPISODE_MADE_MEANWHILE = "{folder} gjordes av någon annan under tiden. Välj ett annat namn på mappen med --slug."
    EPISODE_WITHDRAWN = "Avsnittet är borttaget ur podden. Ta bort fältet withdrawn först."
    EPISODE_WITHDRAWN_ALREADY = (
        "Avsnittet är redan borttaget. Ska sidan visa ett annat skäl: skriv det efter --reason. Ångrar du dig: ta bort "
        "raderna withdrawn och withdrawn_reason i episode.md."
    )
    EPISODE_NOT_PUBLISHED = (
        "Avsnittet är inte publicerat än, så det finns inget att ta bort ur podden. "
        "Ta bort mappen, eller låt det vara ett utkast: draft: true"
    )
    AUDIO_IN_STORE = "Ljudet ligger i en mediebank. Lägg det nya där på en ny adress, och skriv den i fältet audio_url."
    NO_FFMPEG = (
        "Ljudet går inte att mäta: ffmpeg saknas på datorn, eller kan inte det som behövs. Installera det (Debian och "
        "Ubuntu: sudo apt install ffmpeg, Mac: brew install ffmpeg) och kör kommandot igen."
    )
    FFMPEG_WITHOUT = (
        "Klipp går inte att göra: ffmpeg på datorn saknar {parts}. Installera ett som har det (Debian och Ubuntu: "
        "sudo apt install ffmpeg, Mac: brew install ffmpeg) och kör kommandot igen."
    )
    CLIP_NOT_MADE = "Klippet gick inte att göra. ffmpeg säger: {said}"
    CLIP_WITHOUT_PROFILE = "Klipp ritas i webbplatsens färger, och de saknas: overrides/profile/profile.yml"
    CLIP_WITHOUT_TRANSCRIPT = (
        "Avsnittet har ingen textversion, och ett klipp visar det som sägs. Lägg till den: "
        "okatakten correct {slug} --transcript FIL"
    )
    NO_PANGO = (
        "Rapporten och broschyren gjordes inte som PDF: Pango saknas på datorn. Installera det (Debian och Ubuntu: "
        "make pango, Mac: brew install pango) och kör make documents."
    )
    NO_DOCUMENTS = (
        "Rapporten och broschyren gjordes inte som PDF: det som behövs är inte installerat. Kör make documents om du "
        "vill ha dem."
    )
    DOCUMENT_TOO_LONG = (
        "{file}: PDF-filen blev {pages} sidor och ska rymmas på {most}. Korta texten, eller ändra max_pages."
    )
    DOCUMENT_LACKS_LETTERS = (
        "{file}: PDF-filens typsnitt saknar {letters}. Skriv det på ett annat sätt, så att alla kan läsa filen."
    )
    CARD_LACKS_LETTERS = (
        "{file}: bilden som syns när sidan delas får ingen rubrik, för dess typsnitt saknar {letters}. Skriv titeln på "
        "ett annat sätt."
    )
    TABLE_THERE = "{table} finns redan, och kan vara det som översättaren skrev i. Välj ett annat namn."
    TABLE_THE_SAME = (
        "{table} säger detsamma som webbplatsen. Har översättaren gått igenom texterna och godkänt dem som de är? "
        "Skriv då: okatakten translation import {table} --unchanged"
    )
    NO_TEMPLATES = "mkdocs.yml: under theme saknas custom_dir. Skriv: custom_dir: overrides"
    LANGUAGES_MISSING = "mkdocs.yml: under plugins saknas okatakten_i18n, med språken. Lägg det före okatakten."
    MENU_WITH_WORDS = "mkdocs.yml: skriv bara filernas namn under nav. Ordet i menyn är sidans fält nav_title."
    SITE_ADDRESS_UNREADABLE = "SITE_URL är «{written}». Skriv hela adressen till webbplatsen, så här: {advised}"
    SITE_ADDRESS_MISSING = "Skriv webbplatsens adress i SITE_URL, så här: SITE_URL={advised}"
    SITE_ADDRESS_OPEN = "SITE_URL är «{written}». Skriv adressen med https://"
    SITE_ADDRESS_OF_NOBODY = "SITE_URL är «{written}», som är ett exempel och ingens adress. Skriv webbplatsens egen."
    NOT_AN_EPOCH = "SOURCE_DATE_EPOCH är «{written}». Skriv antalet sekunder sedan 1970, eller inget."
    LANGUAGE_WITHOUT_FOLDER = (
        "mkdocs.yml nämner språk som saknar mapp: {folders}. Gör den, med index.md och words.yml i."
    )
    LANGUAGE_UNNAMED = "Under docs/ finns språk som mkdocs.yml inte nämner: {folders}. Lägg till dem under languages."
    LANGUAGE_WITHOUT_HOME = "Varje språk behöver en startsida. Skriv {files}."
    WORD_MISSING = "{file}: ordet {key} saknas. Lägg till raden igen: {key}: …"
    SITE_NOT_WHOLE = "Webbplatsen blev inte hel: {files} saknas. Kör kommandot igen."
    SITE_NOT_BUILT = "{folder}: webbplatsen är inte byggd. Bygg den först, med: okatakten build"
    SITE_OF_OTHERS = f"{{file}}: {Hint.FEED_NOT_OURS} Bygg om webbplatsen."
    SITE_FOR_ANOTHER_ADDRESS = (
        "{folder}: webbplatsen är byggd för {built} och SITE_URL är {url}\n"
        "Bygg om den med samma SITE_URL, eller rätta SITE_URL."
    )
    SITE_IS_PREVIEW = "{folder}: det är en förhandsvisning, med avsnitt som inte ska ut än. Bygg om utan --preview."
    PROMISE_UNREADABLE = (
        "Lagringen har redan ett {file}, och det går inte att läsa vad det lovar dem som följer podden. "
        "Är det en annan podds: välj en annan bucket eller --prefix. Är det skadat: skriv det flöde som gäller efter "
        "--published."
    )
    CLOCK_BEHIND = (
        "Datorns klocka säger att det är {now}, men avsnitt är publicerade {newest}. Ställ klockan rätt, helst "
        "automatiskt, bygg om webbplatsen och kör kommandot igen."
    )
    PROMISE_BROKEN = (
        "Det här är publicerat och skulle svika dem som följer podden:\n    {broken}\n"
        "Bygg om med okatakten build --published {feed}\nså får du veta vad som ska rättas, och i vilken fil."
    )
    BEFORE_LAUNCH = (
        "{site} är en riktig adress, och det här ska beslutas innan något publiceras där:\n    {points}\n"
        "okatakten launch säger varför, och vad som ska skrivas var. Ska det publiceras ändå: {word}"
    )
    NOT_TO_REMOVE = (
        "{addresses}: det går inte att ta bort. Skriv adressen till ett ljud som har publicerats härifrån och som "
        "webbplatsen inte har längre, så här: --remove podd/avsnitt/audio.mp3"
    )
    STORE_NOT_INSTALLED = (
        "Det som behövs för att publicera i ett objektlager är inte installerat. Kör make publish-tools, och sedan "
        "samma kommando igen."
    )
    STORE_NO_KEY = (
        "Det finns ingen nyckel till lagringen. Sätt AWS_ACCESS_KEY_ID och AWS_SECRET_ACCESS_KEY, eller AWS_PROFILE."
    )
    STORE_UNKNOWN_KEY = (
        "Lagringen {endpoint} känner inte igen nyckeln ({found}). Jämför AWS_ACCESS_KEY_ID och AWS_SECRET_ACCESS_KEY "
        "med dem som lagringen visar, och PUBLISH_ENDPOINT med lagringens adress."
    )
    STORE_OLD_KEY = (
        "Nyckeln till lagringen har gått ut ({found}). Hämta en ny och sätt AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY "
        "och AWS_SESSION_TOKEN."
    )
    STORE_DENIED = (
        "Nyckeln får inte göra det som behövs i «{bucket}» på {endpoint} ({found}). Ge den rätt att lista, läsa, "
        "skriva och ta bort där: s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload "
        "och s3:ListBucketMultipartUploads."
    )
    STORE_NO_BUCKET = (
        "Det finns ingen bucket som heter «{bucket}» på {endpoint}. Skapa den, eller skriv en annan i PUBLISH_BUCKET."
    )
    STORE_NOT_A_BUCKET = (
        "PUBLISH_BUCKET är «{bucket}». Skriv bara bucketens namn, med små bokstäver, siffror, punkter och bindestreck, "
        "så här: okatakten-webb"
    )
    STORE_WRONG_REGION = (
        "«{bucket}» ligger i en annan region ({found}). Sätt AWS_REGION till bucketens region, och PUBLISH_ENDPOINT "
        "till regionens adress om lagringen inte är Amazons."
    )
    STORE_NOT_AN_ENDPOINT = (
        "PUBLISH_ENDPOINT är «{endpoint}». Skriv lagringens adress, så här: https://s3.lagring.example"
    )
    STORE_NOT_A_STORE = (
        "Det som svarar på {endpoint} är ingen lagring som förstår S3 ({found}). Jämför PUBLISH_ENDPOINT med den "
        "adress för S3 som lagringen anger; det är sällan webbplatsens egen."
    )
    STORE_CLOCK = (
        "Klockan i den här datorn går fel, så lagringen tar inte emot något ({found}). Ställ den rätt, helst "
        "automatiskt (NTP)."
    )
    STORE_CERTIFICATE = (
        "Lagringens certifikat går inte att lita på: {endpoint}. Jämför PUBLISH_ENDPOINT med lagringens adress. Har "
        "nätet ett eget certifikat: sätt AWS_CA_BUNDLE till filen med det."
    )
    STORE_NO_ANSWER = (
        "{endpoint} svarar inte, eller slutade svara ({found}). Se efter att nätet fungerar och att PUBLISH_ENDPOINT "
        "är lagringens adress."
    )
    STORE_NO_PROFILE = "AWS_PROFILE eller dess inställningar går inte att använda ({found}). Rätta dem."
    STORE_REFUSED = "Lagringen {endpoint} svarade {found} om och om igen. Försök igen om en stund."
    STORE_BUSY = (
        "En annan publicering till «{bucket}» pågår. Vänta tills den är klar. Har den avbrutits går det igen om "
        "{found} min."
    )
    STORE_OVERTAKEN = "En annan publicering till «{bucket}» har tagit över, så den här slutade. Kör den igen sedan."
    STORE_FILE_CHANGED = "{found} ändrades medan den skickades. Vänta tills webbplatsen är färdigbyggd."


@unique
class Asked(StrEnum):
    """What somebody who makes an episode is asked."""

    TITLE = "Titel"
    SUMMARY = "Sammanfattning, en eller två meningar"
    PUBLISHED = "Publiceras"
    SEASON = "Säsong (0 för ingen)"
    NUMBER = "Avsnittets nummer (0 för inget)"
    SLUG = "Mappens namn, som blir adressen"
    QUESTIONS = "Vilka av frågorna 1–{highest} handlar avsnittet om? (tomt för ingen)"
    PERSONS = "Medverkande, så här: Namn: programledare, Namn: gäst (tomt för ingen)"
    WITHDRAWN_REASON = "Varför? En mening, som visas på avsnittets sida (tomt för inget skäl)"
    WITHDRAW = "Ska «{title}» tas bort ur podden för alla? Skriv ja eller nej"


@unique
class Text(StrEnum):
    """What stands around findings, is said while something is done, or written for people to read and go on with."""

    ENTRY_SUMMARY = "Skriv en mening om vad sidan handlar om."
    ENTRY_TEXT = "Skriv texten här."
    GUIDE_COLUMNS = "| fält | vad | exempel |"
    GUIDE_NEEDED = " (behövs)"
    ENTRY_PUBLISHED = "Dagen då sidan kommer ut; då står den också på startsidan och i flödena."
    DOCUMENT_FILE = "En PDF i sidans mapp, taggad (PDF/UA), högst 20 MB."
    DOCUMENT_EXCEPTION = "Bara om filen inte är tillgänglig än: skälet, och hur man får en annan version."
    DOCUMENT_MENDED_BY = "Dagen då det är rättat."
    EVENT_START = "Dag, eller dag och klockslag."
    EVENT_END = "Likadant som start."
    EVENT_PLACE = "Lokalens namn."
    EVENT_ADDRESS = "Gata och ort."
    EVENT_LINK = "Adressen till mötet på nätet."
    EVENT_ACCESS = "Hur man tar sig in, hör och ser: ramp, hörslinga, textning."
    EVENT_REGISTER = "En adress, eller en e-postadress till en funktion."
    EVENT_REGISTER_BY = "Sista dagen att anmäla sig."
    EVENT_STATUS = "inställt eller uppskjutet. Låt start och end stå kvar."
    EVENT_MOVED_FROM = "Den förra tiden, när mötet har fått en ny."
    EVENT_UPDATED = "Dagen då du senast ändrade mötet, så att kalendrar märker det. Behövs med status och moved_from."
    EVENT_OUTCOME = "Hur det blev, i en eller två meningar, när mötet har varit."
    CLIP_RECORD = "# Det här klippet gjordes av okatakten clip. Ändra inget här: gör om klippet."
    CLIP_SYNTHETIC = "Inläst med talsyntes"
    CLIP_WHOLE = "Hör hela avsnittet"
    CLIP_ABOUT = "Film på {seconds} sekunder ur avsnittet «{title}» av {show}, från {start} till {end}."
    CLIP_SEEN = (
        "Det som syns: en mörk himmel över fjäll och en sjö. Överst står poddens märke och namn och avsnittets titel. "
        "I mitten står det som sägs, några ord i taget, med namnet på den som talar. Därunder växer en rad staplar i "
        "takt med ljudet. Sedan EU:s flagga och orden «{statement}». Sist står adressen: {address}"
    )
    CLIP_HEARD = "Det som hörs:"
    CLIP_EXAMPLE = "I bilden står adressen {url}. Gör om den när webbplatsen har en riktig (SITE_URL)."
    CLIP_NOTHING_SAID = "Ingen säger något."
    QUOTE_ABOUT = "Citat ur {show}, avsnittet «{title}», vid {start}. Bilden är ritad: himmel, fjäll och sjö."
    QUOTE_BY = "{speaker}, {start} i {title}"
    QUOTE_BY_NOBODY = "{start} i {title}"
    FILM_FILE = "Filmen: MP4 med H.264 och AAC. okatakten new film gör om andra."
    FILM_CAPTIONS = "Textningen: WebVTT, med ljud som betyder något."
    FILM_VISUAL = "sägs, om allt viktigt som syns också sägs. Annars syntolkas."
    FILM_DESCRIBED = "Samma film, syntolkad."
    FILM_POSTER = "En bild att visa innan filmen spelas."
    FILM_POSTER_ALT = "Vad bilden visar, för den som inte ser den."
    MENTION_MEDIUM = "Tidningens, radions eller sidans namn."
    MENTION_TITLE = "Rubriken, så som den står där."
    MENTION_DAY = "Dagen den kom."
    MENTION_ADDRESS = "Adressen dit."
    MENTION_ARCHIVE = "En sparad kopia på en annan adress."
    NOTE_DAY = "Dagen för besöket eller mötet."
    NOTE_PLACE = "Var det var."
    NOTE_LEARNED = "Det vi tar med oss: minst en sak, gärna flera."
    CONTACT_ORGANISATION = "Organisationens namn, stavat likadant varje gång. Aldrig en person."
    CONTACT_WHEN = "Dag eller månad."
    CONTACT_HOW = "Samtal, möte, besök."
    CONTACT_ABOUT = "Vad det handlade om."
    TOOL_TITLE = "Vad verktyget heter."
    TOOL_FOR = "Vad det används till."
    TOOL_FILE = "En fil i docs/assets/."
    TOOL_ADDRESS = "Eller adressen dit."

    AT_LINE = ", rad {line}"
    PAGE_FROM_BEFORE = "Sidan är inte uppdaterad. Rätta det här och spara, så visas den nya av sig själv."
    NOT_SHOWN_YET = "Webbplatsen går inte att visa än"
    NOT_BUILT = "Webbplatsen gick inte att bygga. Ångra den senaste ändringen, eller kör: okatakten build"
    NOT_BUILT_FOR = "Webbplatsen gick inte att bygga, för något i {files}. Rätta länkarna och bilderna där."
    WORKER = "{work} (process {pid} på {host}, sedan {since})"
    SOMEBODY = "Någon annan"
    AT_FIELD = ", fältet {field}"
    FOUND = "Där står: {found}"
    TO_CORRECT = "{things} att rätta i {files}."
    MORE_TO_CORRECT = "… och {things} till, i {files}. Rätta de här först, så visas resten."
    MORE = "… och {count} till"
    ONE_THING = "1 sak"
    THINGS = "{count} saker"
    ONE_FILE = "1 fil"
    FILES = "{count} filer"
    DRAFTS = "Utkast. Rätta det här innan de publiceras:"
    LAUNCH_BLOCKED = "Det här ska vara klart innan webbplatsen får sin riktiga adress:"
    LAUNCH_OPEN = "Det här hindrar inget, men återstår:"
    LAUNCH_POINT = "{number}. {what}.\n    Varför: {why}\n    Beslutar: {who}.\n    {write}"
    LAUNCH_COUNT = "Kvar före lanseringen: {left}. Av dem hindrar {blocking} att något publiceras på en riktig adress."
    LAUNCH_READY = "Allt är klart för en riktig adress."
    LAUNCH_SEE = "Kvar före lanseringen: {left}, varav {blocking} hindrar. Kör okatakten launch."
    TO_CONSIDER = "Att tänka på: {advice}"
    MAKING_PAGE = "Gör sidan /{page} …"
    TEMPLATE_UNREADABLE = "{file}, rad {line}\n    Här går mallen inte att läsa. Jinja säger på engelska varför: {said}"
    CHECKING_PAGES = "Ser över sidorna …"
    MAKING_SEARCH = "Gör sökregistret …"
    EDIT_NOTE = "Den här sidan skapas automatiskt. Ändra i {source}"  # opens every built page, in any language
    TO_FILL_IN = "[Skriv här vad som sägs]"
    TRANSCRIPT_GUIDE = f"""\
Skriv vad som sägs där det står {TO_FILL_IN}. Låt raderna med tider stå kvar.
Skriv först vem som talar, så här: <v Programledaren>Välkommen till podden.
Talar fler i samma stycke skriver du den andra på en ny rad: <v Gästen>Tack.
Sägs inget i ett stycke tar du bort det, både tiderna och texten.
Skriv &amp; för tecknet & och &lt; för tecknet <."""
    APPROXIMATE = "Tiderna är ungefärliga"
    APPROXIMATE_GUIDE = f"""\
{APPROXIMATE}: texten hade inga tider, så styckena är fördelade efter pauserna i ljudet.
Lyssna och rätta tiderna. Ta sedan bort de här raderna, från NOTE till den tomma raden."""
    DOUBT = "Osäkert"
    FIRST_CHAPTER = "Början"
    NEW_CHAPTER = "Nytt kapitel"
    UNTITLED = "Avsnitt utan titel"
    UNTITLED_OF = "Avsnitt {day}"
    PICTURE_OF = "Bild till avsnittet {title}"
    EPISODE_OF_FEED = "{feed}, avsnittet «{title}»"
    FEED_HAS = "Avsnitt i flödet: {count}. Finns redan: {there}."
    TAKING = "{number} av {count}: {title}"
    AT_CELL = "Rad {row}, {column}: {said}"
    LOOK_LEFT = "{look} i kolumnen {column} följer inte med: rad {rows}"
    SHEET = "Bladet {name}"
    DRAWINGS = "Det finns bilder eller textrutor i tabellen, och de lästes inte."
    PO_GUIDE = (
        "Språk: översätt texterna. Noten fuzzy betyder att ingen översättare har godkänt meningen: ta bort den då.\n"
        "Kommentarer och källor skrivs som egna anteckningar, källor så här: Källor: ordboken"
    )
    PO_OBSOLETE = "Rad {line}, en mening som är struken (#~): {said}"
    NOTHING_CHANGED = "Ingenting är ändrat på webbplatsen."
    LANGUAGE_LINES = """\
Lägg till språket i mkdocs.yml, under languages:
        - locale: {locale}
          name: "{name}\""""
    PROGRESS_PAGES = "{locale}: {there} av {swedish} sidor och avsnitt finns, {reviewed} är granskade."
    PROGRESS_SENTENCES = "    Meningar och ord: {written} av {count} är översatta, {approved} är granskade."
    PROGRESS_FILE = "    {file}: {said}"
    PROGRESS_REVIEWED = "granskad {day} ({reviewer})"
    PROGRESS_EDITED = "ändrad efter granskningen"
    PROGRESS_UNREVIEWED = "inte granskad"
    PROGRESS_APPROVED = "{approved} av {written} meningar granskade"
    PROGRESS_SWEDISH = "{count} på svenska"
    PROGRESS_STALE = "svenskan har ändrats sedan dess"
    TABLE_GUIDE_NAME = "Läs först"
    TABLE_GUIDE = """\
Texterna som ska granskas står på bladet Översättning, en mening på varje rad.
Skriv i kolumnerna Översättning, Kommentar och Källor. De andra är låsta: de säger vilken mening raden gäller.
Stämmer översättningen? Låt den stå. Skriv annars om den på samma rad.
Kolumnen Svenska säger vad meningen betyder. Den svenska sidan kan säga mer.
Är översättningen av ett ord i gränssnittet tom visas det svenska ordet. \
En mening på en sida försvinner om du tömmer den.
Efter varje sida kommer den svenska sidan, på rader utan översättning. Saknas något på sidan, skriv det i Kommentar.
Låt tecken som {month}, { lang=sv }, * och (../sv/index.md) stå kvar. De fylls i eller blir länkar när sidan byggs.
Spara som Excel-arbetsbok (.xlsx) och skicka tillbaka den.
"""


@unique
class Reviewer(StrEnum):
    """Who has gone through a text, as its file says it: a role, and never a name."""

    TRANSLATOR = "översättare"
    CENTRE = "språkcentrum"
    SPEAKER = "språkgranskare"


ADVICE: Final[dict[Kind, str]] = {
    Kind.FILE_MISSING: "Filen finns inte. Lägg den i mappen med det här namnet.",
    Kind.FILE_UNREADABLE: "Filen finns men går inte att läsa. {expected}",
    Kind.TEXT_TOO_LARGE: "Det är mer text än vad som läses. Gränsen är {expected}. Är det rätt fil? Korta den annars.",
    Kind.WRONG_ENCODING: (
        "Filen är inte sparad som UTF-8, så å, ä och ö går inte att läsa. Spara om den och välj kodningen UTF-8."
    ),
    Kind.STRANGE_CHARACTER: (
        "På raden finns ett tecken som inte syns och som inte går att publicera. "
        "Ta bort raden och skriv den igen för hand."
    ),
    Kind.GARBLED_TEXT: "Bokstäver har blivit till andra tecken på vägen hit. Skriv: {expected}",
    Kind.NO_FRONT_MATTER: (
        "Fälten överst saknas. Filen ska börja med en rad med tre bindestreck (---) och inget före dem, sedan fälten, "
        "sedan en rad till med tre bindestreck."
    ),
    Kind.FRONT_MATTER_UNCLOSED: (
        "Fälten överst slutar inte. Skriv en rad med tre bindestreck (---) under det sista fältet, längst till vänster."
    ),
    Kind.FIELD_OUTSIDE: (
        "Fältet står under raden med tre bindestreck (---), så det läses som text. "
        "Flytta den raden så att den kommer efter det sista fältet."
    ),
    Kind.UNQUOTED_COLON: "Texten har ett kolon. Sätt citattecken runt hela texten, så här: {expected}",
    Kind.UNQUOTED_SIGN: (
        "Utan citattecken betyder ett tecken här något annat, och en del av texten försvinner. "
        "Sätt citattecken runt hela texten, så här: {expected}"
    ),
    Kind.COMMENT_IN_TEXT: (
        "Det som följer på # räknas som en anteckning och försvinner. Är det en? Flytta den till en egen rad. "
        "Hör det till texten? Sätt citattecken runt alltihop, så här: {expected}"
    ),
    Kind.UNCLOSED_QUOTE: "Texten börjar med ett citattecken men slutar inte med ett. Sätt ett sist på raden.",
    Kind.UNREADABLE_FIELDS: (
        "Fälten går inte att läsa från den här raden. Skriv varje fält på en egen rad, så här: namn: värde. "
        "Rader som hör ihop börjar lika långt in, med mellanslag och inte med tabb."
    ),
    Kind.UNKNOWN_FIELD: "Det finns inget fält med det namnet. {expected}",
    Kind.FIELD_TWICE: "Fältet står två gånger. Behåll det ena och ta bort det andra.",
    Kind.FIELD_MISSING: "Fältet behövs. Lägg till det, så här: {expected}",
    Kind.FIELDS_BELOW: "Under fältet ska andra fält stå, så här: {expected}",
    Kind.NOT_A_LIST: "Här ska en lista stå, med ett bindestreck först på varje rad, så här: {expected}",
    Kind.NOT_TEXT: "Här ska en text på en rad stå. Skriv så här: {expected}",
    Kind.NOT_A_CHOICE: "Välj ett av: {expected}",
    Kind.NOT_A_NUMBER: "Skriv ett heltal, {expected}",
    Kind.NOT_A_DATE: "Skriv dag och klockslag, svensk tid, så här: {expected}",
    Kind.NOT_A_DAY: "Skriv datumet så här: 2024-07-01",
    Kind.NOT_A_STAMP: (
        "Skriv dagens datum, så här: 2026-11-21. "
        "okatakten check säger sedan vilken version av texten som ska stå efter det."
    ),
    Kind.ENDS_BEFORE_START: "Den sista dagen kommer före den första, som är {expected}. Ändra en av dem.",
    Kind.NOT_A_TIME: "Skriv tiden i minuter och sekunder, så här: 4:05. För över en timme: 1:02:03",
    Kind.NOT_AN_ADDRESS: "Skriv en hel webbadress som börjar med https://, utan mellanslag, å, ä eller ö. {expected}",
    Kind.NOT_AN_EMAIL: "Skriv en e-postadress till funktionen, inte till en person, så här: podd@exempel.se",
    Kind.GUID_MISSING: (
        "Avsnittet har inget id. Är det redan publicerat? Skriv då tillbaka det id som det hade. "
        "Är det nytt kan du använda det här: guid: {expected}"
    ),
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
    Kind.BAD_PAGE_NAME: (
        "Filens namn, och mappens om det finns en, blir en adress. Använd bara små bokstäver a–z, siffror och "
        "bindestreck. Döp om den, till exempel till: {expected}"
    ),
    Kind.UNKNOWN_FILE: "Filen hör inte till ett avsnitt. {expected}",
    Kind.FILE_MISPLACED: (
        "Filen ligger inte i ett avsnitts mapp, så inget avsnitt görs av den. Flytta den till {expected}"
    ),
    Kind.UPLOAD_NOT_PREPARED: (
        "Filen är inte gjord till avsnitt än. I webbläsaren görs det av sig självt när alla filer i mappen stämmer; "
        "på datorn skriver du okatakten prepare."
    ),
    Kind.AUDIO_NUMBER_MISSING: (
        "Ljudet är rättat, men det som var före är borta: {expected}. Lägg tillbaka filen. Får den inte höras mer, "
        "skriv: replaced_audio: [{expected}]"
    ),
    Kind.AUDIO_MISSING: (
        "Ljudfilen saknas. Lägg audio.mp3 eller audio.m4a i mappen, eller skriv ljudfilens adress i fältet audio_url."
    ),
    Kind.AUDIO_TWICE: "Avsnittet har mer än en ljudfil. Behåll en av dem: {expected}",
    Kind.AUDIO_UNREADABLE: "Ljudfilen går inte att läsa. Exportera inspelningen en gång till som MP3.",
    Kind.AUDIO_OTHER_TYPE: "Poddappar kan inte spela filen som den är. {expected}",
    Kind.AUDIO_ENDS_EARLY: (
        "Slutet av ljudet saknas. Kopiera eller ladda upp filen en gång till. Är den likadan där den kommer ifrån: "
        "exportera inspelningen en gång till som MP3. {expected}"
    ),
    Kind.AUDIO_END_UNSURE: (
        "Slutet av ljudet kan saknas. Lyssna på det sista. Är det inte avsnittets slut: lägg in filen en gång till. "
        "{expected}"
    ),
    Kind.AUDIO_TELLS: (
        "Ljudfilen bär med sig uppgifter om hur den gjordes, till exempel platsen, telefonen eller ett namn. "
        "De publiceras inte, men filen i mappen har dem kvar. Ska andra läsa mappen: gör om filen till MP3."
    ),
    Kind.TRANSCRIPT_MISSING: (
        "Textversionen saknas. Lägg filen transcript.vtt i mappen. "
        "Lagen om tillgänglighet kräver att allt som sägs också går att läsa."
    ),
    Kind.TRANSCRIPT_UNREADABLE: "Textversionen går inte att läsa från den här raden. {expected}",
    Kind.TRANSCRIPT_EMPTY: "Textversionen är tom. Skriv vad som sägs, med tider.",
    Kind.TRANSCRIPT_ROLLING: (
        "Raderna upprepas, som i textningen från YouTube. Döp om filen, till exempel till text.vtt, så görs en "
        "textversion med varje ord en gång: i webbläsaren av sig självt, på datorn med okatakten new --transcript "
        "text.vtt för ett nytt avsnitt och okatakten correct --transcript text.vtt för ett som finns."
    ),
    Kind.TRANSCRIPT_TOO_LONG: (
        "Textversionen slutar efter ljudet, som är {expected} långt. "
        "Kontrollera att texten hör till det här avsnittet och rätta tiden."
    ),
    Kind.CHAPTERS_NOT_FROM_ZERO: "Det första kapitlet ska börja vid 0:00.",
    Kind.CHAPTERS_OUT_OF_ORDER: "Kapitlet börjar inte efter det förra, som börjar {expected}. Ordna dem efter tid.",
    Kind.CHAPTER_PAST_END: "Kapitlet börjar efter ljudets slut. Ljudet är {expected} långt.",
    Kind.CHAPTER_LEFT_OUT: "Kapitlet kom inte med. Skriv det i fältet chapters om lyssnaren ska hitta dit. {expected}",
    Kind.CHAPTERS_UNREADABLE: (
        "Filen har inga kapitel som går att läsa. Skriv ett på varje rad, med tid och rubrik, så här: 4:05 Rubrik. "
        "{expected}"
    ),
    Kind.GUID_TWICE: (
        "Ett annat avsnitt har samma id: {expected}. Två avsnitt får aldrig dela id. Ge det nya avsnittet ett eget id."
    ),
    Kind.SLUG_TWICE: (
        "En annan mapp har samma namn när stora och små bokstäver räknas lika: {expected}. Döp om den ena."
    ),
    Kind.NUMBER_TWICE: "Ett annat avsnitt i samma säsong har samma nummer: {expected}. Ändra ett av dem.",
    Kind.AUDIO_ADDRESS_TWICE: "Ett annat avsnitt har samma ljudadress: {expected}. Varje avsnitt har sin egen ljudfil.",
    Kind.NUMBER_NEEDED: "Podden är en serie (serial), så avsnittet behöver ett nummer. Skriv så här: {expected}",
    Kind.ADDRESS_TAKEN: (
        "Ett annat avsnitt har eller har haft den adressen: {expected}. En adress hör till ett enda avsnitt. "
        "Ta bort den ena."
    ),
    Kind.NOT_A_SLUG: (
        "Namnet blir en adress. Skriv det med små bokstäver a–z, siffror och bindestreck, så här: {expected}"
    ),
    Kind.NOT_A_FORMER_SLUG: (
        "Skriv mappens förra namn som det stod i adressen: a–z, siffror och bindestreck, så här: {expected}"
    ),
    Kind.NOT_A_HASHTAG: "En hashtag har bara bokstäver och siffror, och minst en bokstav. Skriv så här: {expected}",
    Kind.POST_SHORTENED: (
        "Inlägget (post) är med länk och avslutning längre än nätverket visar. Där slutar texten efter en hel mening. "
        "Korta den själv om du vill välja vad som står kvar."
    ),
    Kind.NOT_A_FILE_NAME: (
        "Filens namn blir en adress, och ska fungera på alla datorer. Använd bara a–z, siffror, bindestreck och punkt. "
        "Döp om filen, till exempel till: {expected}"
    ),
    Kind.NOT_REPLACED_AUDIO: (
        "Här ska namnet stå på en ljudfil som inte längre finns i mappen, så här: replaced_audio: [audio.mp3]"
    ),
    Kind.ANSWER_NEEDED: "Här behövs ett svar. {expected}.",
    Kind.UPLOADED_TWICE: (
        "Mappen har flera filer av samma slag: {expected}. Behåll den som gäller och ta bort den andra."
    ),
    Kind.TRANSCRIPT_OWED: (
        "Avsnittet har ingen textversion. Lagen om tillgänglighet kräver en. Lägg transcript.vtt i mappen "
        "och ta bort fältet transcript_missing."
    ),
    Kind.TRANSCRIPT_SHORT: "Stora delar av ljudet har ingen text. Kontrollera att allt som sägs står i textversionen.",
    Kind.TRANSCRIPT_NOT_SAID: (
        "Textversionen har rader som program lägger till av sig själva. Lyssna, och ta bort stycket om ingen säger det."
    ),
    Kind.LETTERS_BROKEN: (
        "Textversionen har tecken som har blivit fel när filen sparades. Skriv det som ska stå där, så här: Välkommen"
    ),
    Kind.LETTERS_MENDED: (
        "Tecken som hade blivit fel när filen sparades är rättade i textversionen. Läs igenom den. Är något kvar? "
        "Öppna filen i programmet som den kommer från och spara den som UTF-8."
    ),
    Kind.SPEAKERS_UNSURE: (
        "Det är inte säkert vem som talar överallt i textversionen. Lyssna, och skriv namnet först i stycket, så här: "
        "<v Anna Ek>Tack."
    ),
    Kind.WORDS_UNSURE: (
        "Det är inte säkert vad som sägs i de här styckena: någon har märkt dem. Lyssna och rätta. Ta sedan bort "
        "märket, raden NOTE Osäkert."
    ),
    Kind.TIMES_APPROXIMATE: (
        "Textversionens tider är ungefärliga, för texten hade inga. Sidan säger det till läsaren. Har du lyssnat och "
        "rättat tiderna? Ta bort raderna från NOTE till den första tomma raden i transcript.vtt."
    ),
    Kind.SUMMARY_HARD_TO_READ: (
        "Sammanfattningen är svår att läsa (LIX över 50). Skriv kortare meningar och vanligare ord."
    ),
    Kind.TITLE_WITH_NUMBER: (
        "Titeln säger avsnittets nummer. Appar visar numret för sig, och Apple vill inte ha det i titeln. Ta bort det."
    ),
    Kind.TITLE_WITH_SHOW: "Titeln börjar med poddens namn. Appar visar redan namnet. Ta bort det.",
    Kind.TITLE_CUT_BY_APPS: "YouTube tar högst 100 tecken i en titel. Korta den.",
    Kind.TITLE_IN_CAPITALS: "Titeln står med stora bokstäver. Skriv den som en vanlig mening.",
    Kind.CHAPTERS_TOO_FEW: "Apple Podcasts och YouTube visar kapitel först när de är minst tre.",
    Kind.LOUDNESS_OFF_TARGET: (
        "Ljudstyrkan avviker från den som poddappar räknar med (EBU R 128), så lyssnaren får ändra volymen. "
        "Gör om ljudet med okatakten correct innan avsnittet publiceras."
    ),
    Kind.SIDES_UNEVEN: (
        "Ljudet hörs inte i båda öronen, eller blir svagt i en enda högtalare. Gör om det med okatakten correct innan "
        "avsnittet publiceras."
    ),
    Kind.PEAKS_TOO_HIGH: (
        "Ljudets toppar når över −1 dBTP och kan låta förvrängda i vissa appar. "
        "Gör om ljudet med okatakten correct innan avsnittet publiceras."
    ),
    Kind.OFFSET_NOT_LOCAL: (
        "Tidszonen är inte den som gäller här den dagen, så avsnittet kommer ut vid ett annat klockslag. "
        "Skriv bara dag och klockslag."
    ),
    Kind.DRAFT_READY: (
        "Allt finns, men avsnittet är ett utkast och publiceras inte. Ta bort raden draft: true när det ska komma ut."
    ),
    Kind.DRAFT_OVERDUE: (
        "FÖRSENAT: avsnittet är ett utkast, men dagen för publicering har passerat. "
        "Ta bort raden draft: true, eller ändra datumet."
    ),
    Kind.FEED_NOT_COMPARABLE: "Det publicerade flödet går inte att jämföra med. {expected}",
    Kind.SHOW_GUID_CHANGED: (
        "Poddens id är ett annat än det publicerade, så appar skulle se en ny podd. Skriv tillbaka: guid: {expected}"
    ),
    Kind.GUID_CHANGED: (
        "Avsnittets id är ett annat än det publicerade, så appar skulle visa ett nytt avsnitt. "
        "Skriv tillbaka: guid: {expected}"
    ),
    Kind.GUID_REUSED: (
        "Id:t tillhör ett avsnitt som redan är publicerat: {expected}. Är det samma avsnitt, med ny mapp och ny titel? "
        "Skriv mappens gamla namn i fältet former_slugs. Är det ett nytt avsnitt? Ta bort raden guid, så föreslår "
        "kontrollen ett eget id."
    ),
    Kind.EPISODE_LOST: (
        "Avsnittet är publicerat men finns inte här: {expected}. Lägg tillbaka mappen. Ska avsnittet bort, "
        "lägg tillbaka mappen och kör sedan okatakten withdraw, eller skriv fältet withdrawn med dagens datum."
    ),
    Kind.EPISODE_UNPUBLISHED: (
        "Avsnittet är redan publicerat och skulle försvinna för dem som följer podden. {expected} Ska avsnittet bort "
        "ur podden, kör okatakten withdraw."
    ),
    Kind.CLOCK_BEHIND: (
        "Avsnittet är redan publicerat, men datorns klocka säger att det är {expected}. Ställ klockan rätt, helst "
        "automatiskt, och kör kommandot igen."
    ),
    Kind.CLOCK_LEAPT: (
        "Datorns klocka säger att det är {expected}. Avsnittet väntade när webbplatsen byggdes förra gången och skulle "
        "komma ut mer än en månad för sent. Går klockan fel: ställ den rätt. Går den rätt: skriv dagens datum här, "
        "eller ta bort filen .okatakten/clock om dagen som står här ska stå kvar. Kör sedan kommandot igen."
    ),
    Kind.PAGE_ADDRESS_LOST: (
        "Mappen har bytt namn, och den gamla adressen skulle sluta fungera. Lägg till: former_slugs: [{expected}]"
    ),
    Kind.AUDIO_ADDRESS_LOST: (
        "Ljudet är publicerat på en adress som skulle sluta fungera. Lägg tillbaka filen {expected}. "
        "En rättad inspelning läggs bredvid, med nästa nummer, till exempel audio-2.mp3."
    ),
    Kind.ADDRESS_LOST: (
        "Adressen är publicerad och skulle sluta fungera. Lägg tillbaka det som svarade på den: en ljudfil, ett namn i "
        "former_slugs eller replaced_audio, eller mappen för ett avsnitt som är borttaget."
    ),
    Kind.AUDIO_CHANGED: (
        "Ljudfilen är en annan än den som är publicerad på samma adress, så de som har hämtat den märker inget. "
        "Lägg tillbaka den förra och lägg den nya bredvid med namnet {expected}"
    ),
    Kind.AUDIO_NOT_SEEN: (
        "Titel, kapitel eller bild är ändrade, eller själva ljudet. Ett ljud som är publicerat ska vara som det var, "
        "och det gick inte att se efter hur det var. Prova igen om en stund. {expected}"
    ),
    Kind.CLIP_PAST_END: "Ljudet är {expected} långt. Skriv en tid före dess slut.",
    Kind.CLIP_BACKWARDS: "Klippet slutar inte efter att det börjar. Det börjar {expected}. Skriv en senare tid.",
    Kind.CLIP_LENGTH: "Ett klipp är minst 3 sekunder och högst {expected}. Mer tar inte LinkedIn. Ändra tiderna.",
    Kind.CLIP_LONG: "Klippet är längre än 2:20. X tar inte så långa, och få ser dem till slutet.",
    Kind.CLIP_SILENT: "Enligt textversionen sägs ingenting mellan tiderna, så klippet har ingen text. Lyssna på det.",
    Kind.CLIP_CUTS_WORDS: "Klippet börjar eller slutar mitt i det som någon säger. Hela: {expected}",
    Kind.CLIP_LETTERS: "Bildens typsnitt har inte tecknet {expected}. Skriv ordet utan det.",
    Kind.CLIP_OLD: "Klippet är äldre än avsnittet. {expected}",
    Kind.CLIP_UNFIT: "Klippet visas inte på webbplatsen. {expected}",
    Kind.QUOTE_EMPTY: "Ingen säger något mellan tiderna. Välj andra.",
    Kind.QUOTE_OF_SEVERAL: "Ett citat är av en enda, och här talar flera: {expected}. Välj andra tider.",
    Kind.QUOTE_TOO_LONG: "Citatet får inte plats med läsbar text. {expected} Välj kortare tid.",
    Kind.STORED_AUDIO_GONE: (
        "Ljudet finns inte på adressen i mediebanken, och ingen app skulle kunna spela avsnittet. "
        "Lägg tillbaka filen där."
    ),
    Kind.STORED_AUDIO_CHANGED: (
        "Filen i mediebanken är en annan än den som står här: den är {expected} byte. Har ljudet rättats? "
        "Lägg det på en ny adress och skriv den, så märker apparna det. Är filen rätt, skriv dess längd."
    ),
    Kind.STORED_AUDIO_NOT_SEEN: "Det gick inte att se efter om ljudet finns kvar i mediebanken. {expected}",
    Kind.EPISODE_OVERDUE: (
        "FÖRSENAT: avsnittet skulle ha kommit ut {expected} men finns inte i det publicerade flödet. "
        "Bygg och publicera webbplatsen nu, och se efter varför det inte skedde av sig självt."
    ),
    Kind.NOT_A_NAME: (
        "Det är inget namn, utan vad ett program skriver när det inte vet. Skriv vem det är, eller ta bort personen."
    ),
    Kind.PICTURE_UNREADABLE: "Bilden går inte att läsa. {expected}",
    Kind.PICTURE_WRONG_FORMAT: "Webbläsare och poddappar visar inte den sortens bild. {expected}",
    Kind.PICTURE_WRONG_SIZE: "Bilden ska vara kvadratisk och minst 1400 bildpunkter bred. {expected}",
    Kind.PICTURE_STILL: (
        "Bilden rör sig. Den publiceras som en stillbild, för rörelse som inte går att stoppa hindrar många från att "
        "läsa. Behövs rörelsen: visa den som film."
    ),
    Kind.FILE_CLEANED: (
        "Det som står efter filen finns i den utan att synas. Det tas bort när filen publiceras, men finns kvar i "
        "projektets mapp. {expected}"
    ),
    Kind.FILE_NOT_CLEANED: "Filen publiceras som den är, med det som står efter den. {expected}",
    Kind.FILE_TWICE: (
        "En annan fil får samma adress när stora och små bokstäver räknas lika: {expected}. Döp om den ena."
    ),
    Kind.PICTURE_WITHOUT_ALT: (
        "Bilden saknar beskrivning för den som inte ser den. Skriv i fältet {expected} vad bilden visar."
    ),
    Kind.UNKNOWN_CATEGORY: "Apple Podcasts har ingen sådan kategori. {expected}",
    Kind.SAMPLE_NOT_SAID: "Avsnittet är ett exempel (sample: true). Börja titeln med «Exempel:»",
    Kind.KEY_MISSING: (
        "Ordet saknas i språket. Lägg till det. Finns det inget belagt ord kan det svenska visas, märkt som svenska: "
        "{expected}"
    ),
    Kind.LANGUAGE_UNLISTED: "Språket har en mapp under docs, men står inte under languages. Lägg till: {expected}",
    Kind.LANGUAGE_NAME_TWICE: (
        "Ett annat språk har samma namn, så läsaren kan inte skilja länkarna åt: {expected}. "
        "Skriv vad språket heter på språket självt."
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
    Kind.CELL_UNCLEAR: "Det går inte att veta vad som gäller i cellen. {expected}",
    Kind.UNKNOWN_INSERT: "Det finns ingen uppgift med det namnet. {expected}",
    Kind.UNKNOWN_SOURCE: "Det finns inget dokument med det id:t i docs/facts.yml. {expected}",
    Kind.UNKNOWN_QUESTION: "Det finns ingen fråga med det numret i docs/questions.yml. Numren är {expected}",
    Kind.QUESTION_TWICE: "Samma fråga står en gång till: {expected}. Ändra numret på en av dem.",
    Kind.QUESTION_WITHOUT_PAGE: (
        "Fråga {expected} har ingen sida. Skriv filen, med fälten question, status och sources."
    ),
    Kind.FIGURE_WITHOUT_DATA: "Det finns inga uppgifter att visa. Skriv dem i docs/facts.yml, i fältet {expected}",
    Kind.INSERT_MISPLACED: (
        "Uppgifter fylls i under fälten, inte i dem, och ett diagram står ensamt på sin rad. Flytta {expected}"
    ),
    Kind.ENTRY_UNFIT: "Något fattas här, eller går inte ihop. {expected}",
    Kind.ENTRY_MISPLACED: (
        "I den mappen har varje sida en egen mapp, och listan över dem gör sig själv. Lägg filen så här: {expected}"
    ),
    Kind.FILM_UNFIT: "Filmen fungerar inte för alla än. {expected}",
    Kind.PDF_UNFIT: "Alla kan inte läsa filen än. {expected}",
    Kind.CONDITION_MISPLACED: "Texten står under fälten, på en enda rad som slutar med ]]. Skriv så här: {expected}",
    Kind.HARD_TO_READ: ("Texten är svår att läsa, mätt i LIX. Skriv kortare meningar, och byt långa ord mot korta."),
    Kind.OUTSIDE_PERIOD: "Aktiviteten ligger utanför förstudiens tid, som är {expected}. Ändra datumet.",
    Kind.NOT_A_COLOUR: "Skriv färgen med # och sex tecken, 0–9 och a–f, inom citattecken, så här: {expected}",
    Kind.COLOUR_TWICE: "Färgen finns redan och heter {expected}. Använd det namnet och ta bort den här raden.",
    Kind.UNKNOWN_COLOUR: "Under colours finns ingen färg med det namnet. {expected}",
    Kind.CONTRAST_TOO_LOW: "Färgen syns för lite. {expected}",
    Kind.NOT_A_SIZE: "Måttet går inte att läsa. Skriv så här: {expected}",
    Kind.MARK_UNFIT: (
        "Det går inte att rita i bilderna. Rita märket i en kvadrat, av ytor och streck i hela färger, med bokstäver "
        "gjorda till kurvor. Ha inget genomskinligt, ingen toning och inget transform."
    ),
    Kind.NOT_A_PERCENT: "Skriv procenten som ett tal från 0 till 100, så här: {expected}",
    Kind.OVER_BUDGET: (
        "Beloppet ryms inte i det som det är en del av: kvar där är {expected} kr. Ändra beloppet, eller helheten."
    ),
    Kind.UNKNOWN_MUNICIPALITY: "Kommunen har ingen plats på kartan. {expected}",
    Kind.HEADING_SKIPPED: (
        "Rubrikens nivå passar inte. Sidans titel är nivå 1 (#), och därunder kommer en nivå i taget. "
        "Börja raden med {expected}"
    ),
    Kind.LINK_BROKEN: "Länken leder ingenstans. {expected}",
    Kind.HTML_NOT_ALLOWED: (
        "Det här tar webbplatsen inte med: det kan köra eller hämta något, ändra utseendet eller inte synas alls. "
        "{expected}"
    ),
    Kind.TAG_ALONE: "Det som börjar i HTML ska också sluta på sidan, annars dras allt omkring texten med. {expected}",
    Kind.FILM_WITHOUT_CAPTIONS: (
        "Filmen har ingen text för den som inte hör den. Lägg en textfil (.vtt) bredvid filmen, och skriv i <video>: "
        '<track kind="captions" src="film.vtt" srclang="sv" label="Svenska">'
    ),
    Kind.ID_TWICE: "Ett id får stå en enda gång på en sida, så att länkar leder rätt. Ge det ena ett annat namn.",
    Kind.TOO_INVOLVED: (
        "Texten är för invecklad för att bli en sida: för många listor, citat eller parenteser inuti varandra. "
        "Dela upp den."
    ),
    Kind.NOT_A_PLAIN_FILE: (
        "Här får bara vanliga filer och mappar ligga, och det här är {expected}. Inget läses förrän det är borta. "
        "Lägg själva filen här i stället."
    ),
    Kind.FILE_NOT_PUBLISHED: "Filen kommer inte med på webbplatsen. {expected}",
    Kind.PAGE_ADDRESS_TAKEN: "Adressen har redan {expected}, så den ena skulle försvinna. Döp om den här filen.",
    Kind.IMAGE_WITHOUT_ALT: (
        "Bilden saknar beskrivning för den som inte ser den. Skriv mellan hakparenteserna vad bilden visar: {expected}"
    ),
    Kind.IMAGE_ELSEWHERE: (
        "Bilden, ljudet eller filmen ligger inte i projektet. Läsarens webbläsare skulle hämta den från andra. "
        "Lägg filen i docs/assets/ och skriv vägen dit från sidan, så här: {expected}"
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
    Kind.DOCUMENT_CHANGED: (
        "Dokumentets text har ändrats sedan dagen i fältet updated, i den här filen eller på en sida som dokumentet "
        "upprepar. Byt raden updated mot den som står efter filen. {expected}"
    ),
    Kind.DOCUMENT_AHEAD: (
        "Dokumentet säger att det är uppdaterat en dag som inte har varit. "
        "Byt raden updated mot den som står efter filen. {expected}"
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
        "Det finns inget svenskt ord med den nyckeln. Lägg till det i docs/sv/words.yml, eller ta bort raden. "
        "{expected}"
    ),
    Kind.NEW_SENTENCE: (
        "Raden hör inte till någon översatt mening. Lägg till meningen i {expected} för hand, med sina källor, "
        "och töm cellen. Kör sedan importen igen."
    ),
    Kind.CELL_CHANGED: (
        "Den här kolumnen säger vilken mening raden gäller och ska vara som när tabellen gjordes. "
        "Skriv synpunkter i kolumnen Kommentar. {expected}"
    ),
    Kind.MARKUP_CHANGED: (
        "Länkarnas adresser och det som står inom klammer och <> ska vara som förut. Här ska finnas: {expected}"
    ),
    Kind.MARKUP_AT_START: (
        "Med den början läses meningen som en rubrik, en lista eller en kommentar. Låt den börja med ett ord."
    ),
    Kind.RECORDING_MISSING: (
        "Det finns ingen fil med det namnet. Kontrollera namnet, eller dra filen till fönstret så skrivs det åt dig."
    ),
    Kind.RECORDING_IS_TEXT: (
        "Det här är en text och ingen inspelning. Skriv inspelningen efter new, och texten efter --transcript."
    ),
    Kind.RECORDING_EMPTY: "Filen är tom, 0 byte. Kopiera den en gång till från inspelaren eller telefonen.",
    Kind.RECORDING_UNREADABLE: (
        "Filen går inte att läsa som ljud eller film, i alla fall inte hela. Kopiera den en gång till. "
        "Hjälper inte det: öppna den i ett ljudprogram, lyssna igenom den och spara den som WAV. {expected}"
    ),
    Kind.RECORDING_WITHOUT_SOUND: "Filen har bild men inget ljud. Välj filen där det som sägs finns inspelat.",
    Kind.RECORDING_TOO_LONG: "Inspelningen är längre än tolv timmar. Dela den i flera filer, en för varje avsnitt.",
    Kind.RECORDING_SILENT: (
        "I inspelningen hörs ingenting. Spela upp den. Hör du inget heller: välj en annan fil, eller spara om den "
        "med ljudet på det första spåret."
    ),
    Kind.RECORDING_CLIPPED: (
        "Där det är som starkast låter det skrapigt: ljudet är överstyrt, och det går inte att rätta efteråt. "
        "Sänk inspelningsnivån och spela in igen, om det går."
    ),
    Kind.RECORDING_MADE_MONO: (
        "Ljudet är gjort om till mono, så att allt hörs lika bra i båda öronen och i en enda högtalare. Lyssna på det. "
        "{expected}"
    ),
    Kind.RECORDING_SIDES_OPPOSED: (
        "Vänster och höger sida tar delvis ut varandra, så ljudet blir svagt i en telefon. "
        "Vänd fasen på den ena sidan i ett ljudprogram och gör om ljudet."
    ),
    Kind.RECORDING_IS_FILM: (
        "Filen är en film, och bara ljudet används. Lyssna utan att titta. "
        "Det som bara syns i bilden beskriver du i avsnittets text."
    ),
    Kind.FETCH_REFUSED: "Bara öppna adresser på internet går att hämta från, och det här är ingen sådan. {expected}",
    Kind.FETCH_NOT_FOUND: "Filen finns inte kvar på adressen. {expected}",
    Kind.FETCH_LOCKED: "Servern lämnar bara ut filen till den som har loggat in eller betalat. {expected}",
    Kind.FETCH_STATUS: "Servern lämnade inte ut filen, utan svarade med koden {expected}",
    Kind.FETCH_TOO_LARGE: "Filen är större än vad som hämtas. Gränsen är {expected}",
    Kind.FETCH_TOO_SLOW: "Filen kommer för långsamt. Prova igen senare eller från ett annat nätverk. {expected}",
    Kind.FETCH_REDIRECTS: "Adressen skickar vidare för många gånger. Gränsen är {expected}",
    Kind.FETCH_CERTIFICATE: (
        "Det går inte att veta att det är rätt server som svarar, för dess certifikat stämmer inte. {expected}"
    ),
    Kind.FETCH_NO_CONNECTION: (
        "Det går inte att nå servern, eller så bröts kontakten. "
        "Prova igen senare, eller från ett nät utan proxy. {expected}"
    ),
    Kind.CAPTIONS_UNREADABLE: "Filen med texten går inte att läsa. {expected}",
    Kind.CAPTIONS_OTHER_FORMAT: (
        "Filen är {expected}, och ur en sådan går texten inte att hämta. "
        "Öppna den och spara den som Word (.docx) eller som text (.txt)."
    ),
    Kind.CAPTIONS_WITHOUT_TIMES: (
        "Det står inte när texten sägs. Börja varje stycke med tiden i minuter och sekunder och den som talar, "
        "så här: {expected}"
    ),
    Kind.CAPTIONS_OUT_OF_ORDER: "Tiderna kommer inte i ordning. {expected}",
    Kind.CAPTIONS_LEFT_OUT: "Det här stod i filen men kom inte med i textversionen. Skriv dit det om någon säger det.",
    Kind.TRANSCRIPT_NOT_FILLED_IN: (
        "Textversionen är inte ifylld än. Så många ställen är kvar: {expected}. "
        f"Skriv vad som sägs i stället för {Text.TO_FILL_IN}."
    ),
    Kind.IMPORT_NO_FEED: "Det här är inget poddflöde, så det finns inga avsnitt att hämta. {expected}",
    Kind.IMPORT_DAMAGED: (
        "Flödet är skadat här, så avsnitt efter raden kan saknas. Jämför antalet avsnitt med den gamla poddens, "
        "och be den som gör flödet att rätta det."
    ),
    Kind.IMPORT_TOO_MANY: (
        "Flödet har fler avsnitt än importen tar. De första {expected} i flödet är med, resten inte. "
        "Är det verkligen rätt flöde?"
    ),
    Kind.IMPORT_NO_AUDIO: (
        "Avsnittet har ingen ljudfil i flödet, så det finns inget att lyssna på. Det togs inte med. "
        "Har ni inspelningen? Gör ett nytt avsnitt av den."
    ),
    Kind.IMPORT_NOT_AUDIO: (
        "Podden tar MP3 och M4A, så avsnittet togs inte med. Exportera ljudet som MP3 och gör ett nytt avsnitt av det. "
        "Filen är {expected}"
    ),
    Kind.IMPORT_GUID_MISSING: (
        "Avsnittet har inget id i flödet. Appar använder då ljudfilens adress, så den blev avsnittets id. "
        "Låt fältet guid stå som det är, också när ljudet flyttas."
    ),
    Kind.IMPORT_GUID_TWICE: (
        "Ett annat avsnitt i flödet har samma id: {expected}. Appar visar bara det ena, så det här togs inte med. "
        "Ska det finnas, gör ett nytt avsnitt av det."
    ),
    Kind.IMPORT_NO_DATE: (
        "Avsnittet har inget datum som går att läsa, så det blev ett utkast. Skriv i fältet published när det kom ut, "
        "och ta bort raden draft: true. {expected}"
    ),
    Kind.IMPORT_TITLE_CLEANED: (
        "Titeln saknas, är för lång eller har tecken som inte hör hemma i en titel. Nu är den: {expected}"
    ),
    Kind.IMPORT_NUMBER_TAKEN: (
        "Ett annat avsnitt i samma säsong har det numret: {expected}. Avsnittet blev utan nummer. "
        "Skriv ett i fältet episode om det behövs."
    ),
    Kind.IMPORT_ROLE_UNKNOWN: (
        "Podden har inget namn på den rollen, så personen blev gäst (guest). "
        "Ändra fältet role om något annat passar bättre."
    ),
    Kind.IMPORT_TRANSCRIPT_MISSING: (
        "{expected} avsnitt har ingen textversion, så den som inte hör kan inte ta del av dem. Lagen om tillgänglighet "
        "kräver en. Lägg transcript.vtt i avsnittets mapp och ta bort fältet transcript_missing. "
        "okatakten check säger vilka avsnitt det gäller."
    ),
    Kind.IMPORT_TRANSCRIPT_LEFT: "Textversionen i flödet gick inte att ta in, så avsnittet har ingen. {expected}",
    Kind.IMPORT_TRANSCRIPT_CUT: (
        "Textversionen gick längre än ljudet, och slutet kom inte med. Kontrollera att den hör till avsnittet."
    ),
    Kind.IMPORT_NOTES_CUT: (
        "Avsnittstexten är längre än {expected} tecken, och slutet kom inte med. Kopiera det från den gamla sidan."
    ),
    Kind.IMPORT_CHAPTERS_LEFT: (
        "Kapitlen kom inte med. Skriv dem i fältet chapters om lyssnaren ska kunna hoppa i avsnittet. {expected}"
    ),
    Kind.IMPORT_CHAPTER_PARTS_LEFT: (
        "I {expected} avsnitt har kapitlen bilder eller länkar, och de kom inte med. Skriv viktiga länkar i "
        "avsnittstexten."
    ),
    Kind.IMPORT_NOTES_CLEANED: (
        "I {expected} avsnitt har texten bilder, tabeller eller inbäddat innehåll, och det kom inte med. Läs dem, och "
        "skriv med ord det som behövs."
    ),
    Kind.IMPORT_ELEMENTS_LEFT: (
        "Det här i flödet har ingen plats i podden och kom inte med: {expected}. Skriv det som lyssnaren behöver i "
        "avsnittens text."
    ),
    Kind.IMPORT_COVER_LEFT: (
        "Poddens omslag kom inte med. Ska det vara detsamma: hämta bilden, lägg den i mappen podcast och skriv filens "
        "namn i fältet cover. Den finns här: {expected}"
    ),
    Kind.IMPORT_HOST_BUSY: "Servern orkar eller vill inte svara nu, så den får vara i fred. {expected}",
    Kind.IMPORT_PICTURE_LEFT: "Avsnittets bild kom inte med, så lyssnaren ser poddens omslag. {expected}",
    Kind.IMPORT_PICTURE_ALT: (
        "{expected} avsnitt har en egen bild, och den som inte ser den får bara veta vilket avsnitt den hör till. "
        "Skriv i fältet picture_alt vad bilden visar."
    ),
    Kind.IMPORT_AUDIO_FETCHED: (
        "Ljudet kunde inte ligga kvar där det är, så det hämtades till avsnittets mapp. {expected}"
    ),
    Kind.IMPORT_NOT_WRITTEN: "Det gick inte att skriva klart. {expected} Det som är hämtat finns kvar.",
    Kind.IMPORT_BUSY: "{expected}",
    Kind.IMPORT_MOVED: "Flödet säger att podden har flyttat. Hämta avsnitten ur det flödet i stället: {expected}",
    Kind.IMPORT_GUID_OF_SHOW: (
        "Appar känner igen podden på dess id. Skriv det gamla flödets id i podcast/show.yml innan den nya podden "
        "publiceras: guid: {expected}"
    ),
    Kind.IMPORT_SHOW_DIFFERS: (
        "I det gamla flödet står «{expected}». Ska det vara så även här, ändra fältet i podcast/show.yml."
    ),
}
"""Wording per kind. `{expected}` is what fits in this case, filled in by whoever found the problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is open before the site gets its real address, why that matters, who decides, and what to write then."""

    what: str
    why: str
    who: str
    write: str


_DECIDED: Final = "Skriv dagen i docs/launch.yml, så här: {field}: 2026-12-01"
POINTS: Final[dict[Point, Step]] = {
    Point.TAKEN_OVER: Step(
        what="Regionen har inte granskat texterna och tagit över webbplatsen",
        why="Läsaren ska veta att regionen står för det som sägs. Till dess står «Förhandsversion» på varje sida.",
        who="projektägaren",
        write=_DECIDED.format(field=Point.TAKEN_OVER),
    ),
    Point.EXISTING_FEED: Step(
        what="Ingen har svarat på om podden redan har ett flöde",
        why="Podden kan redan finnas i apparna. Med ett flöde till skulle de som följer den inte få de nya avsnitten.",
        who="kommunikatören, med Energikontoret",
        write=(
            "Finns det ett flöde: hämta det med okatakten import, och skriv dess guid i podcast/show.yml. "
            + _DECIDED.format(field=Point.EXISTING_FEED)
        ),
    ),
    Point.OWNER: Step(
        what="Podden har ingen e-postadress till en funktion hos regionen",
        why="Poddappar skickar koder till adressen när podden anmäls, och den syns för alla.",
        who="kommunikatören",
        write="Skriv adressen i podcast/show.yml, under owner, så här: email: podd@exempel.se",
    ),
    Point.FEEDBACK: Step(
        what="Det finns ingen egen adress för den som vill anmäla en brist i tillgängligheten",
        why="Lagen om tillgänglighet kräver en sådan funktion, och en startsida är ingen.",
        who="kommunikatören",
        write="Skriv sidans adress, eller mailto: och en e-postadress, i mkdocs.yml under addresses: tillganglighet: …",
    ),
    Point.DATA_PROTECTION: Step(
        what="Dataskyddsombudets adress saknas på sidan om personuppgifter",
        why="Dataskyddsförordningen kräver att besökare får veta hur de når ombudet.",
        who="dataskyddsombudet",
        write=(
            "Låt ombudet granska docs/sv/personuppgifter.md, och ta bort orden om utkast. "
            "Skriv sidans adress, eller mailto: och en e-postadress, i mkdocs.yml under addresses: dataskydd: …"
        ),
    ),
    Point.STATEMENT: Step(
        what="Tillgänglighetsredogörelsen är ett utkast",
        why="Den är regionens egen försäkran, så regionen ska ha antagit den.",
        who="projektägaren",
        write="Ta bort orden om utkast i docs/sv/tillganglighet.md. " + _DECIDED.format(field=Point.STATEMENT),
    ),
    Point.FUNDING: Step(
        what="Beskedet om pengarna är inte inskrivet",
        why="Dokumenten säger vem som skulle betala, inte om pengarna beviljades.",
        who="projektägaren",
        write="Ändra det som sidorna säger om pengarna, om det behövs. " + _DECIDED.format(field=Point.FUNDING),
    ),
    Point.LICENCE: Step(
        what="Ingen har beslutat om licensen CC BY 4.0 för texter, bilder och ljud",
        why="Den går inte att ta tillbaka för det som redan har använts.",
        who="juristen",
        write=_DECIDED.format(field=Point.LICENCE),
    ),
    Point.MARKS: Step(
        what="Ingen har bekräftat rätten att använda märkena och omslaget",
        why="Märken och bilder kan ha andra ägare och egna regler.",
        who="kommunikatören, med juristen",
        write=_DECIDED.format(field=Point.MARKS),
    ),
    Point.TRANSLATIONS: Step(
        what="Sydsamiska texter är inte granskade",
        why="De visas som inte granskade, och sökmotorer visar dem inte.",
        who="en översättare",
        write="Gör en tabell för översättaren: okatakten translation export oversattning.xlsx",
    ),
}
"""What is said of each point before the site gets its real address."""


class ReasonError(Exception):
    """Something could not be done. Its text is Swedish: a line for each reason."""

    def __init__(self, *reasons: Reason, **values: object) -> None:
        super().__init__("\n".join(reason.format(**values) for reason in reasons))
        self.reason = reasons[0]


def advise(kind: Kind, expected: str = "") -> str:
    """Return the sentence of a kind, with what fits in this case."""
    return ADVICE[kind].format(expected=expected).rstrip()


def did_you_mean(word: str, choices: Sequence[str], *, shown: str = "{}", otherwise: str = "") -> str:
    """Return the question whether the choice most like the word was meant, `shown` as it is to be written.

    What to say `otherwise`, where none is like it.
    """
    near = nearest(word, choices)
    return Hint.MEANT.format(possibility=shown.replace("{}", near)) if near else otherwise
