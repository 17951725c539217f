"""The commands that publish, and tell of it: publish, notify."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from okatakten.addresses import FEED, SettingError, Site, read_public_site
from okatakten.commands.console import show_progress, show_stages, stop, stop_unless_project, with_root, working
from okatakten.commands.launch import stop_before_launch
from okatakten.podcast.promised import PromisedFeed, read_promised
from okatakten.publish.plan import GRACE, Plan
from okatakten.rules import STOCKHOLM
from okatakten.words.wording import decimal_text
from okatakten.written.advice import Reason
from okatakten.written.machine import MACHINE_ERRORS, explain
from okatakten.written.report import format_report

if TYPE_CHECKING:
    from okatakten.publish.delivery import BuiltSite

NOTHING_DONE: Final = "\nIngenting är publicerat."
NOT_BUILT: Final = "I {folder} finns ingen byggd webbplats. Kör okatakten build först."
_PUBLISHED_ANYHOW: Final = "Avsnitten är publicerade ändå, och apparna hittar dem som vanligt."
HUB_SAID: Final = {
    "told": "Hubben vet om det nya flödet: {hub}",
    "not-yet": "Hubben är inte tillsagd än: på webbplatsens adress visas ett annat flöde än det här. Kör okatakten "
    "notify när det nya syns, eller med --wait 600.",
    "refused": f"Hubben är inte tillsagd: {{why}} {_PUBLISHED_ANYHOW} Försök igen med okatakten notify.",
    "silent": f"Hubben svarade inte på tio sekunder: {{hub}}. {_PUBLISHED_ANYHOW} Försök igen med okatakten notify.",
}
"""What came of telling the hub."""
NO_HUB: Final = (
    "Det byggda flödet har ingen hubb, så ingen är tillsagd. Har ni en? Skriv dess adress i podcast/show.yml, under "
    "hub, och bygg webbplatsen."
)
PARTLY_DONE: Final = (
    "\nDet som hann skickas ligger kvar, och inget på webbplatsen leder till något som saknas. "
    "Kör samma kommando igen, så fortsätter det."
)


@click.command(options_metavar="[VAL]")
@with_root
@click.option(
    "--bucket",
    envvar="PUBLISH_BUCKET",
    metavar="NAMN",
    help="Bucketen i lagringen. Annars det som står i PUBLISH_BUCKET.",
)
@click.option(
    "--endpoint",
    envvar="PUBLISH_ENDPOINT",
    metavar="ADRESS",
    help="Lagringens adress för S3. Annars det som står i PUBLISH_ENDPOINT, eller Amazons.",
)
@click.option(
    "--prefix",
    envvar="PUBLISH_PREFIX",
    metavar="MAPP",
    default="",
    help="Mappen i bucketen som webbplatsen ligger i. Annars det som står i PUBLISH_PREFIX, eller ingen.",
)
@click.option(
    "--published",
    metavar="FLÖDE",
    help="Flödet som är publicerat nu, om det är ett annat än det i lagringen: en fil eller en adress.",
)
@click.option(
    "--grace",
    type=click.IntRange(min=0),
    metavar="DAGAR",
    default=GRACE.days,
    show_default=True,
    help="Hur länge det som inte behövs längre ligger kvar för dem som har en äldre sida.",
)
@click.option(
    "--remove",
    multiple=True,
    metavar="ADRESS",
    help="Ta genast bort ett ljud som inte får höras mer, till exempel podd/avsnitt/audio.mp3. Får stå flera gånger.",
)
@click.option(
    "--before-launch",
    is_flag=True,
    help="Publicera fast okatakten launch säger att något hindrar. Detsamma som BEFORE_LAUNCH=1 i miljön.",
)
@click.option("--dry-run", is_flag=True, help="Säg vad som skulle skickas och tas bort. Ändrar inget.")
def publish(
    *,
    root: Path,
    bucket: str | None,
    endpoint: str | None,
    prefix: str,
    published: str | None,
    grace: int,
    remove: tuple[str, ...],
    before_launch: bool,
    dry_run: bool,
) -> None:
    """Lägg den byggda webbplatsen i ett objektlager (S3).

    Bara det som har ändrats skickas. Avbryts det fortsätter det där det slutade när du kör kommandot igen.
    """
    stop_unless_project(root)
    site: Site | None = None
    wrong: list[str] = []
    try:
        site = read_public_site(os.environ)
    except SettingError as error:
        wrong += [str(error), "Bygg sedan om webbplatsen med den rätta adressen: SITE_URL=… okatakten build"]
    if not bucket:
        wrong.append("Skriv i vilken bucket webbplatsen ska ligga: PUBLISH_BUCKET=namn i miljön, eller --bucket namn")
    if not (site and bucket):
        stop("\n".join(wrong))
    if not before_launch:
        stop_before_launch(root, site=site, instead=NOTHING_DONE)
    # boto3 takes half a second to load, and no other command needs it.
    try:
        from okatakten.publish.delivery import NotPublishableError, plan_site, publish_site, read_built
        from okatakten.publish.store import Store, StoreError
    except ModuleNotFoundError:
        stop(Reason.STORE_NOT_INSTALLED)

    store = None
    # What is built meanwhile would be another site.
    with working(root / "site", instead=NOTHING_DONE):
        try:
            with show_stages() as say:
                say("Läser den byggda webbplatsen …")
                built = read_built(root / "site", url=site.url)
            store = Store(bucket=bucket, endpoint=endpoint or None, prefix=f"{prefix.strip('/')}/".lstrip("/"))
            forget = [address.removeprefix(site.url).lstrip("/") for address in remove]
            given = _read_given(published)
            now, lasting = datetime.now(UTC), timedelta(days=grace)
            if dry_run:
                with show_stages() as say:
                    say("Jämför med det som ligger i lagringen …")
                    plan = plan_site(built, store, now=now, grace=lasting, forget=forget, published=given)
                _tell_plan(plan, grace=lasting)
                return
            with show_progress("Publicerar") as progress:
                progress(0)
                plan = publish_site(
                    built, store, now=now, grace=lasting, forget=forget, published=given, progress=progress
                )
        except NotPublishableError as error:
            stop(f"{error}{NOTHING_DONE}")
        except StoreError as error:
            stop(str(error) + (PARTLY_DONE if store and store.touched else NOTHING_DONE))
        except MACHINE_ERRORS as error:
            stop(explain(error) + (PARTLY_DONE if store and store.touched else NOTHING_DONE))
    _tell(site, built, plan, grace=lasting, folder=root / "site")


@click.command(options_metavar="[VAL]")
@with_root
@click.option(
    "--site",
    type=click.Path(path_type=Path),
    metavar="MAPP",
    help="Den byggda webbplatsen. Annars mappen site i projektet.",
)
@click.option(
    "--wait",
    type=click.IntRange(0, 3600),
    metavar="SEKUNDER",
    default=0,
    show_default=True,
    help="Hur länge kommandot väntar på att alla ser det nya flödet.",
)
def notify(*, root: Path, site: Path | None, wait: int) -> None:
    """Säg till hubben i show.yml att flödet är nytt (WebSub).

    Görs av sig självt när okatakten publish har publicerat. Poddappar som följer flödet genom hubben får veta det.
    """
    stop_unless_project(root)
    if not tell_hub_of(site or root / "site", wait=wait):
        click.echo(NO_HUB)


def tell_hub_of(site: Path, *, wait: int = 0) -> bool:
    """Tell the hub of a built site's feed, say what came of it, and return whether the feed names one."""
    from okatakten.publish.hub import Told, tell_hub

    try:
        feed = (site / FEED).read_bytes()
    except OSError:
        stop(NOT_BUILT.format(folder=site))
    answer = tell_hub(feed, wait=wait)
    if answer.told is not Told.NO_HUB:
        click.echo(HUB_SAID[answer.told].format(hub=answer.hub, why=answer.why), err=answer.told is not Told.TOLD)
    return answer.told is not Told.NO_HUB


def _read_given(published: str | None) -> PromisedFeed | None:
    if not published:
        return None
    problems, feed = read_promised(published)
    if feed is None:
        stop(format_report(problems) + NOTHING_DONE)
    return feed


def _tell_plan(plan: Plan, *, grace: timedelta) -> None:
    if not plan.send and not plan.remove:
        click.echo(f"Inget skulle ändras: {len(plan.unchanged)} filer ligger redan där.")
    if plan.send:
        click.echo(f"Skulle skickas, i den här ordningen ({_amount(plan)}):")
        for file in plan.send:
            click.echo(f"    {file.path}")
    if plan.remove:
        click.echo("Skulle tas bort:")
        for path in plan.remove:
            click.echo(f"    {path}")
    _tell_waiting(plan, grace=grace)


def _tell(site: Site, built: BuiltSite, plan: Plan, *, grace: timedelta, folder: Path) -> None:
    done = f"{_amount(plan)} skickade, {len(plan.unchanged)} oförändrade" if plan.send else "inget är nytt"
    click.echo(f"{site.url} är publicerad: {done}.")
    if plan.remove:
        click.echo(f"Borttaget, för att webbplatsen inte har det längre: {', '.join(plan.remove)}")
    _tell_waiting(plan, grace=grace)
    if built.packed:
        click.echo(f"Skickas inte: {', '.join(built.packed)}. Den som står framför lagringen packar själv.")
    if any(file.path == FEED for file in plan.send):
        tell_hub_of(folder)


def _tell_waiting(plan: Plan, *, grace: timedelta) -> None:
    if plan.waiting:
        first = (min(plan.waiting.values()) + grace).astimezone(STOCKHOLM)
        click.echo(
            f"Behövs inte längre, men ligger kvar för dem som har en äldre sida: {len(plan.waiting)} filer. "
            f"De första tas bort när du publicerar efter {first:%Y-%m-%d %H:%M}."
        )
    if plan.left:
        click.echo(
            f"Ljud som webbplatsen inte har längre ligger kvar: {', '.join(plan.left)}. "
            "Får det inte höras mer: skriv adressen efter --remove."
        )


def _amount(plan: Plan) -> str:
    size = sum(file.size for file in plan.send)
    return f"{len(plan.send)} filer, {decimal_text(size / 10**6)} MB"
