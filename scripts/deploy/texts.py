"""What communicators read at the host, and operators on the screen, in Swedish.

The host's own buttons have English names only, in «».

GitHub shows every line break of a comment, so a paragraph is one line. A backslash ends a line that goes on.
"""

from __future__ import annotations

from typing import Final

NEW_EPISODE: Final = "Nytt avsnitt: {title}"

NEXT_STEPS: Final = """\
Avsnittets mapp är gjord: `podcast/episodes/{slug}`. Gör nu så här, i den ordning du vill:

1. **{upload_title}** [Öppna uppladdningen]({upload}), dra dit filerna och klicka på den gröna knappen \
   «Commit changes». De får heta vad som helst utom \
   `audio.mp3` och `transcript.vtt`: så heter det som görs av dem.
{upload_help}
2. **Skriv avsnittstexten.** [Öppna episode.md]({edit}), skriv texten, kapitlen, medverkande och källorna, och klicka \
   på den gröna knappen «Commit changes…».
3. **Läs svaret.** Efter varje ändring svarar kontrollen här nedanför inom några minuter: vad som ska rättas och var, \
   och en adress där du ser och hör resultatet.
4. **Skriv klart textversionen om du inte hade någon text.** Den är gjord med tider att fylla i, och avsnittet är ett \
   utkast tills du tar bort raden `draft: true` ur [episode.md]({edit}). Laddade du upp både inspelning och text är \
   raden redan borta.
5. **Publicera.** Klicka på den gröna knappen «Squash and merge» (eller «Merge pull request») och sedan på \
   «Confirm». Avsnittet kommer ut {published}, eller genast om den tiden har passerat.

Står det «workflows awaiting approval» här nedanför? Det behöver du inte göra något åt.
När ändringen är införd stängs formulärets ärende av sig självt (closes #{issue}).
"""

UPLOAD_BOTH: Final = "Ladda upp inspelningen och texten."
UPLOAD_BOTH_HELP: Final = """\
   - Inspelningen: MP3, M4A, WAV eller film, högst 25 MB. Är den större? Lägg den där alla kan hämta den, till \
     exempel i mediebanken, och skriv adressen överst i [episode.md]({edit}), så här: `audio_url: https://…`
   - Texten, det vill säga allt som sägs: VTT (också från Teams), SRT, Word eller text med tider."""
UPLOAD_TEXT: Final = "Ladda upp texten."
UPLOAD_TEXT_HELP: Final = """\
   - Texten är allt som sägs: VTT (också från Teams), SRT, Word eller text med tider. Ljudet är redan på plats."""

MADE: Final = """\
Avsnittets mapp är gjord. Fortsätt här: {address}

Svaren i formuläret läses inte fler gånger. Ändra i avsnittet i stället.
"""

MADE_BY_HAND: Final = """\
Avsnittets mapp är gjord, men den här platsen får inte öppna en pull request åt dig. Gör så här:

1. [Öppna sidan där den görs]({address}) och klicka på «Create pull request».
2. Klistra in det här som text:

{text}
"""

REFUSED: Final = """\
Avsnittet är inte gjort än. Det här behöver du rätta i formuläret:

{said}

Rätta svaren i formuläret: klicka på de tre prickarna uppe till höger i den första rutan, välj «Edit», ändra svaren \
och spara. Avsnittet görs då av sig självt. Låt raderna som börjar med `###` stå kvar: de är formulärets frågor.
"""

BEFORE_LAUNCH: Final = "Ingenting är publicerat. Ska det publiceras ändå: sätt variabeln BEFORE_LAUNCH till 1."

PREVIEW: Final = """\
### Förhandsvisning

**[Öppna förhandsvisningen]({address})**

{address}

Så här blir webbplatsen med ändringen. Det kan dröja några minuter innan adressen visar den senaste versionen. Utkast \
som har ljud och text, och avsnitt som väntar på sin dag, är med och märkta. Sökmotorer visar inte adressen, men alla \
som har den kan öppna den.
"""

PREVIEW_IMPOSSIBLE: Final = """\
### Förhandsvisning

Ändringen går inte att visa förrän det som står här nedanför är rättat. Har den visats tidigare finns den \
versionen kvar: {address}

{said}
"""

PREVIEW_OVER: Final = "Förhandsvisningen är borttagen. Det som är publicerat finns på {address}"

TO_CORRECT: Final = "### Att rätta\n\n{said}\n\n{links}"
TO_FINISH: Final = """\
### Kvar att göra i utkast

Ett utkast publiceras inte, så det här hindrar ingenting annat.

{said}

{links}
"""
NOT_PREPARED: Final = "### Filer som inte gick att göra klara\n\n{said}"
OPEN_FILES: Final = "Öppna och rätta: {links}"
WAS_MADE: Final = "### Av det du laddade upp\n\n{said}"
TO_CONSIDER: Final = "### Lyssna och läs\n\n{said}\n\n{links}"
ALL_RIGHT: Final = "Kontrollen hittade inget att rätta."
READ_MORE: Final = "[Allt som kontrollen säger]({log}), också det som kunde bli bättre."

PREPARED: Final = "Gör klart uppladdade filer"
"""The subject of a commit, which stands among the comments of a pull request."""

CHECK_SUMMARY: Final = "## Kontroll\n\n{said}"
PREPARE_SUMMARY: Final = "## Uppladdade filer\n\n{said}"
PROMISE_SUMMARY: Final = "## Jämfört med det som är publicerat\n\n{said}"
CHECK_ANSWERS: Final = {True: "Allt är rätt.", False: "Det finns saker att rätta."}

BUILT_SUMMARY: Final = "## Bygget\n\n{said}"
PUBLISHED: Final = "Webbplatsen är publicerad. Om några minuter syns den på {site}"
NOTHING_NEW: Final = "Ingenting har ändrats sedan sist."
OVERTAKEN: Final = "Någon annan publicerade hela tiden samtidigt. Nästa gång går det."
NOT_SHOWN: Final = """\
Det som visas på {site} är inte det som publicerades senast, {published}.
{reason}
Se efter i «Settings», «Pages», att webbplatsen hämtas ur grenen gh-pages, och under «Actions» att körningen \
«pages build and deployment» gick bra."""
NOT_FOUND: Final = "Adressen {address} svarar inte med poddens flöde: {error}"

LEFT_OUT: Final = "… och {count} saker till. Allt står i körningen."
ALARM: Final = "Webbplatsen uppdateras inte"
ALARM_OPENED: Final = """\
{who}Webbplatsen uppdateras inte. Det som redan är publicerat finns kvar, men ändringar och nya avsnitt kommer inte ut.

{said}

[Läs vad som hände]({log}). Det görs ett nytt försök av sig självt flera gånger om dagen, och när det lyckas \
stängs det här ärendet.
"""
ALARM_AGAIN: Final = "{who}Webbplatsen uppdateras fortfarande inte.\n\n{said}\n\n[Läs vad som hände]({log})."
ALARM_OVER: Final = "Webbplatsen uppdateras igen: {site}"
ALARM_UNKNOWN: Final = "Körningen stannade innan den kunde säga varför."

NOT_AT_GITHUB: Final = """\
Kommandot går bara att köra i ett arbetsflöde hos GitHub. Här saknas {missing}.
På en egen server: python -m deploy folder MAPP"""

FOLDER_UNTOUCHED: Final = "Ingenting är publicerat, och det som fanns är orört."
FOLDER_OF_PROJECT: Final = """\
{folder} går inte att publicera i: där ligger projektet ({project}), och hela mappen skulle bytas ut. \
Skriv en annan mapp, till exempel /srv/okatakten/www"""
FOLDER_OF_BUILD: Final = """\
{folder} går inte att publicera i: där görs webbplatsen innan den publiceras, och allt annat där tas bort. \
Skriv en annan mapp, till exempel /srv/okatakten/www"""
FOLDER_IS_FILE: Final = """\
{folder} är en fil. Skriv en mapp som inte finns, är tom eller har webbplatsen sedan förut."""
FOLDER_IS_DISK: Final = """\
{folder} är en hel disk, och en sådan går inte att byta ut. Skriv en mapp i den, till exempel {folder}/www"""
FOLDER_OF_OTHERS: Final = """\
{folder} har annat än webbplatsen i sig, till exempel «{other}», och hela mappen skulle bytas ut. \
Skriv en mapp som inte finns, är tom eller har webbplatsen sedan förut. Är det webbplatsen, fast inte hel: flytta \
undan mappen och kör kommandot igen."""
FOLDER_WITHOUT_FEED: Final = """\
{folder} har en webbplats från okatakten, men flödet {feed} saknas, så det går inte att se vad som är lovat dem som \
följer podden. Lägg tillbaka flödet ur en säkerhetskopia. Finns det ingen: flytta undan hela mappen och kör \
kommandot igen, så publiceras allt på nytt."""
FOLDER_NOT_WRITTEN: Final = "{folder} går inte att publicera i: {reason}"
