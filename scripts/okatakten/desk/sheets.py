"""The files of docs/ and the show as forms: their fields, made of what a kind, or the file itself, declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from okatakten.desk.forms import EPISODE, NOTES, POST, WHOLE_FILE, Field, Sort, is_readable, path_of, root_of
from okatakten.making.folders import EPISODES
from okatakten.rules import STATUSES
from okatakten.site.channels import CHANNELS
from okatakten.site.facts import FACTS
from okatakten.site.kinds import KINDS, kind_at
from okatakten.site.kinds import kind as kinds
from okatakten.site.kinds.kind import PageKind
from okatakten.site.kinds.reading import rows_file
from okatakten.site.launch import LAUNCH
from okatakten.site.places import PUBLISHED, QUESTIONS
from okatakten.words.catalogue import CATALOGUE
from okatakten.written.values import parse_day

SHOW: Final = "podcast/show.yml"
TITLES: Final = {
    SHOW: "Podden", FACTS: "Fakta ur dokumenten", QUESTIONS: "Förstudiens frågor", LAUNCH: "Beslut före lanseringen",
    CHANNELS: "Kanaler för resultatet",
}  # fmt: skip
ROWS: Final = {rows_file(kind): kind for kind in KINDS if kind.rows}
_LABELS: Final = {field.name: field.label for field in EPISODE} | {
    "title": "Rubrik", "nav_title": "Namn i menyn", "description": "Beskrivning", "summary": "Sammanfattning",
    "lead": "Ingress", "sources": "Källor", "keywords": "Sökord", "news": "Nyhet den",
    "published": "Publiceras", "draft": "Utkast", "sample": "Exempel",
    "related": "Hör ihop med", "former_slugs": "Tidigare adresser", "withdrawn": "Borttagen den",
    "withdrawn_reason": "Skäl till borttagningen", "template": "Sidmall", "question": "Frågans nummer",
    "status": "Läge", "includes": "Sidor som ingår", "updated": "Uppdaterad", "max_pages": "Högst antal tryckta sidor",
    "file": "Fil", "exception": "Undantag", "mended_by": "Åtgärdat senast", "start": "Börjar", "end": "Slutar",
    "place": "Plats", "address": "Adress", "link": "Möteslänk", "access": "Tillgänglighet", "register": "Anmälan",
    "register_by": "Sista anmälningsdag", "moved_from": "Flyttat från", "outcome": "Hur det blev",
    "captions": "Textning", "visual": "Det som syns", "described": "Syntolkad film", "poster": "Bild före filmen",
    "poster_alt": "Vad bilden visar", "day": "Dag", "learned": "Det vi tar med oss", "medium": "Var",
    "archive": "Sparad kopia", "organisation": "Organisation", "when": "När", "how": "Hur", "about": "Om vad",
    "for": "Används till", "number": "Nummer", "slug": "Adress", "text": "Text", "name": "Namn", "amount": "Belopp",
    "percent": "Procent", "url": "Webbadress", "id": "Kortnamn", "issuer": "Utgivare", "date": "Datum",
    "request": "Nummer att ange vid begäran", "cost": "Kostnad", "parts": "Delar", "year": "År", "county": "Län",
    "towns": "Orter", "documents": "Dokument", "budget": "Budget", "funding": "Finansiering",
    "activities": "Aktiviteter", "municipalities": "Kommuner", "talked_with": "Kommuner som regionen har talat med",
    "follow_up": "Nästa projekt", "circularity": "Cirkularitet", "boundaries": "Planetens gränser",
    "passed": "Passerade", "all": "Alla", "small_towns": "Småstäder", "exchange_steps": "Steg",
    "authority": "Tillsynsmyndighet", "final_report": "Slutrapporten tillagd den", "questions": "Frågor",
    "guid": "Poddens id", "author": "Upphov", "owner": "Ägare", "email": "E-post", "language": "Språk",
    "timezone": "Tidszon", "category": "Kategori", "explicit": "Passar inte barn", "type": "Ordning",
    "copyright": "Rättigheter", "cover": "Omslag", "cover_alt": "Vad omslaget visar", "cover_crop": "Beskärning",
    "locked": "Låst mot flytt", "new_feed_url": "Flödets nya adress", "hub": "Hubb",
    "complete": "Avslutad", "block": "Dold i appar",
    "persons": "Personer", "role": "Roll", "href": "Webbadress", "directories": "Kataloger",
    "channels": "Kanaler", "source": "Dokumentet som lovar det", "own": "Adress på webbplatsen",
    "taken_over": "Övertagen", "existing_feed": "Tidigare flöde", "statement": "Tillgänglighetsredogörelsen antagen",
    "licence": "Licensen", "marks": "Märkena",
} | {field.name: field.label for field in POST}  # fmt: skip
"""Files say these in English words, as all of the project does; forms in Swedish."""
_SORTS: Final[dict[object, Sort]] = {
    kinds.texts: Sort.LINES, kinds.day: Sort.DAY, kinds.past_day: Sort.DAY, kinds.moment: Sort.MOMENT,
}  # fmt: skip
_LONG: Final = 60
"""Letters that a field shows on one line."""
_NOTES: Final = Field(
    name=NOTES, label="Text", sort=Sort.MARKDOWN,
    help="Rubriker börjar med ##. **Fet stil**, listor och [länkar](https://exempel.se/) går bra.",
)  # fmt: skip
_PAGE: Final = (
    Field(name="title", label=_LABELS["title"], needed=True),
    Field(name="nav_title", label=_LABELS["nav_title"], help="Kortare än rubriken."),
    Field(
        name="description", label=_LABELS["description"], sort=Sort.TEXT, needed=True,
        help="En mening om vad sidan handlar om. Visas i sökmotorer och när någon delar länken.",
    ),
    Field(name="lead", label=_LABELS["lead"], sort=Sort.TEXT, help="En eller två meningar överst på sidan."),
    _NOTES,
    Field(name="sources", label=_LABELS["sources"], sort=Sort.LINES, help="Dokumentens kortnamn, ett på varje rad."),
    Field(name="keywords", label=_LABELS["keywords"], sort=Sort.LINES, help="Ett på varje rad."),
    Field(name="news", label=_LABELS["news"], sort=Sort.DAY, help="Den dagen syns sidan bland nyheterna."),
    *POST,
)  # fmt: skip
_LAID_OUT: Final = ("template", "question", "status", "includes", "updated", "max_pages")
"""Say how a page is laid out, and are shown where it has them."""
_ENTRY: Final = (
    Field(
        name="summary", label=_LABELS["summary"], sort=Sort.TEXT, needed=True,
        help="En mening om vad sidan handlar om. Visas i listor.",
    ),
    Field(
        name="published", label=_LABELS["published"], sort=Sort.MOMENT,
        help="Dessförinnan syns sidan ingenstans. Utan klockslag: klockan 07.",
    ),
    Field(name="draft", label="Utkast: publiceras inte", sort=Sort.FLAG),
    Field(name="sample", label="Exempel: visas bara i förhandsversioner", sort=Sort.FLAG),
)  # fmt: skip
_ENTRY_LAST: Final = (
    Field(name="related", label=_LABELS["related"], sort=Sort.LINES, help="Sidors adresser, som podd/atta-fragor."),
    *POST,
    Field(name="withdrawn", label=_LABELS["withdrawn"], sort=Sort.DAY, help="Sidan säger då bara det."),
    Field(name="withdrawn_reason", label=_LABELS["withdrawn_reason"]),
)  # fmt: skip


def label(name: str) -> str:
    return _LABELS.get(name, name)


def is_whole(file: str) -> bool:
    """Return whether a file is shown as it is: the words of the interface are too many for a form."""
    return PurePosixPath(file).name == CATALOGUE


def is_form(file: str, text: str) -> bool:
    """Return whether a file is written so that it can be shown and changed field by field."""
    return is_readable(text, with_text=file.endswith(".md"))


def label_of(file: str, text: str, name: str) -> str:
    """Return what a field of a file is called, or one that no form has."""
    fields = [field for field in (*fields_of_file(file, text), *WHOLE_FILE) if field.sort is not Sort.ADD]
    return next((field.label for field in fields if field.name == name), label(str(path_of(name)[0])))


def fields_of_file(file: str, text: str, *, beside: Sequence[str] = ()) -> tuple[Field, ...]:
    """Return the fields of a file. `beside` are the names of the files that lie with a page."""
    if file.startswith(f"{EPISODES}/"):
        return EPISODE
    if file.endswith(".md"):
        return _fields_of_page(file, text, beside)
    if kind := ROWS.get(file):
        return tuple(_fields_of_rows(kind, text))
    root = root_of(text)
    found = [field for key, node in _pairs(root) for field in _walk(key, node, text, days=file == LAUNCH)]
    if file == FACTS and not any(field.name == "final_report" for field in found):
        found.append(Field(name="final_report", label=label("final_report"), sort=Sort.DAY))
    return tuple(found)


def _fields_of_page(file: str, text: str, beside: Sequence[str]) -> tuple[Field, ...]:
    kind = kind_at("/".join(PurePosixPath(file).parts[2:]))
    has = {str(key.value): node for key, node in _pairs(root_of(text))}
    if kind:
        of_kind = tuple(_field_of(field, beside) for field in kind.fields)
        shown = {"sources", "former_slugs"} & set(has)
        return (_PAGE[0], *_ENTRY[:1], *of_kind, _NOTES, *_ENTRY[1:], *map(_listed, sorted(shown)), *_ENTRY_LAST)
    laid_out = [_laid_out(name, has[name]) for name in _LAID_OUT if name in has]
    return (*_PAGE, *laid_out)


def _listed(name: str) -> Field:
    return Field(name=name, label=label(name), sort=Sort.LINES)


def _laid_out(name: str, node: Node) -> Field:
    if name == "status":
        return Field(name=name, label=label(name), sort=Sort.CHOICE, choices=tuple((word, word) for word in STATUSES))
    return _listed(name) if isinstance(node, SequenceNode) else Field(name=name, label=label(name))


def _field_of(field: kinds.Field, beside: Sequence[str]) -> Field:
    """Return a field of a kind as one of a form."""
    suffix = PurePosixPath(field.example).suffix
    choices: tuple[tuple[str, str], ...] = tuple((word, word) for word in field.choices)
    if suffix in PUBLISHED and "/" not in field.example:
        choices = tuple((name, name) for name in beside)
    sort = _SORTS.get(field.read, Sort.CHOICE if choices else Sort.TEXT if len(field.example) > _LONG else Sort.LINE)
    about = f"{field.about} Ett på varje rad." if sort is Sort.LINES else field.about
    nothing = (("", "Inget valt"),) if sort is Sort.CHOICE else ()
    return Field(
        name=field.name,
        label=label(field.name),
        help=about,
        sort=sort,
        choices=(*nothing, *choices),
        needed=field.needed,
    )


def _fields_of_rows(kind: PageKind, text: str) -> Iterator[Field]:
    parts = (
        *(_field_of(field, ()) for field in kind.fields),
        Field(name="sample", label=label("sample"), sort=Sort.FLAG),
    )
    list_node = next((node for key, node in _pairs(root_of(text)) if key.value == kind.folder), None)
    rows = list_node.value if isinstance(list_node, SequenceNode) else []
    for number, row in enumerate(rows):
        said = next((str(value.value) for key, value in _pairs(row) if key.value == kind.names[0]), "")
        yield Field(
            name=f"{kind.folder}.{number}", label=said or f"Rad {number + 1}", sort=Sort.ROW, parts=parts, item=True
        )
    yield Field(name=kind.folder, label="Ny rad", sort=Sort.ADD)


def empty_row(file: str, text: str, name: str) -> dict[str, str] | None:
    """Return a row to be filled in, for a list that a form may add one to; None where there is no such list."""
    if kind := ROWS.get(file):
        needed = {field.name: "" for field in kind.fields if field.needed or field.suggested}
        return needed if name == kind.folder else None
    rows = [field for field in fields_of_file(file, text) if field.name.rpartition(".")[0] == name and field.item]
    return {part.name: "" for part in rows[-1].parts} if rows else None


def _pairs(node: Node | None) -> list[tuple[ScalarNode, Node]]:
    return node.value if isinstance(node, MappingNode) else []


def _walk(key: Node, node: Node, text: str, *, above: str = "", title: str = "", days: bool = False) -> Iterator[Field]:
    """Yield the fields below a field of a file, with the comments above them."""
    name, own = f"{above}{key.value}", f"{title}{label(str(key.value))}"
    about = _comment(text, key)
    if isinstance(node, ScalarNode):
        yield _scalar(name, own, about, node, days=days)
    elif isinstance(node, MappingNode):
        yield Field(name=name, label=own, help=about, sort=Sort.HEAD)
        for inner, value in node.value:
            yield from _walk(inner, value, text, above=f"{name}.")
    elif not any(isinstance(item, MappingNode) for item in node.value):
        yield Field(name=name, label=own, help=f"{about} Ett på varje rad.".strip(), sort=Sort.LINES)
    else:
        yield Field(name=name, label=own, help=about, sort=Sort.HEAD)
        held: dict[str, list[str]] = {}
        for inner, value in (pair for item in node.value for pair in _pairs(item)):
            if isinstance(value, ScalarNode):
                held.setdefault(str(inner.value), []).append(str(value.value))
        parts = tuple(
            Field(name=part, label=label(part), sort=Sort.DAY if all(map(parse_day, values)) else Sort.LINE)
            for part, values in held.items()
        )
        for number, item in enumerate(node.value):
            said = str(next((value.value for _, value in _pairs(item) if isinstance(value, ScalarNode)), number + 1))
            yield Field(name=f"{name}.{number}", label=said, sort=Sort.ROW, parts=parts, item=True)
            for inner, value in _pairs(item):
                if not isinstance(value, ScalarNode):
                    yield from _walk(inner, value, text, above=f"{name}.{number}.", title=f"{said}: ")
        yield Field(name=f"{name}.ny", label=f"Ny rad: {own}", sort=Sort.ADD)


def _scalar(name: str, own: str, about: str, node: ScalarNode, *, days: bool) -> Field:
    said = str(node.value)
    if said.casefold() in {"true", "false", "ja", "nej"}:
        words = (("true", "Ja"), ("false", "Nej")) if said in {"true", "false"} else (("ja", "Ja"), ("nej", "Nej"))
        return Field(name=name, label=own, help=about, sort=Sort.CHOICE, choices=words)
    lines = "\n" in said.strip()
    sort = (
        Sort.LONG if lines else Sort.DAY if days or parse_day(said) else Sort.TEXT if len(said) > _LONG else Sort.LINE
    )
    return Field(name=name, label=own, help=about, sort=sort)


def _comment(text: str, key: Node) -> str:
    """Return what stands in comments on the lines above a field."""
    lines = text.split("\n")
    said: list[str] = []
    for number in range(key.start_mark.line - 1, -1, -1):
        if not lines[number].lstrip("\ufeff ").startswith("#"):
            break
        said.insert(0, lines[number].strip("\ufeff# \r"))
    return " ".join(said)
