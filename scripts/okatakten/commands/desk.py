"""The command that opens the desk: okatakten desk."""

from __future__ import annotations

import getpass
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from okatakten.commands.console import stop, stop_unless_project, with_root

if TYPE_CHECKING:
    from okatakten.desk.guard import Guard

_NEEDED = ("starlette", "uvicorn", "multipart")


@click.command(options_metavar="[VAL]")
@with_root
@click.option(
    "--port", metavar="TAL", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Skrivbordets port."
)
@click.option("--no-browser", is_flag=True, help="Öppna ingen webbläsare, visa bara adressen.")
@click.option("--build", is_flag=True, help="Bygg webbplatsen när något publiceras.")
@click.option(
    "--folder",
    metavar="MAPP",
    type=click.Path(path_type=Path),
    help="Bygg och lägg webbplatsen i mappen som en webbserver visar, när något publiceras. Adressen står i SITE_URL.",
)
@click.option("--store", is_flag=True, help="Bygg och skicka webbplatsen med okatakten publish, när något publiceras.")
@click.option(
    "--address",
    metavar="ADRESS",
    default="127.0.0.1",
    show_default=True,
    help="IP-adressen som skrivbordet svarar på. En annan än den egna datorns kräver --host, --proxy och --people.",
)
@click.option(
    "--host",
    "hosts",
    metavar="NAMN",
    multiple=True,
    help="På en server: namnet i webbläsarens adress, till exempel skrivbord.region.se. Får stå flera gånger.",
)
@click.option(
    "--proxy",
    "proxies",
    metavar="ADRESS",
    multiple=True,
    help="På en server: IP-adressen till den som loggar in alla innan de kommer hit. Får stå flera gånger.",
)
@click.option(
    "--people",
    metavar="FIL",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="På en server: en fil som säger vad var och en får göra (scripts/deploy/desk/README.md).",
)
@click.option(
    "--header", metavar="NAMN", default="X-Desk-User", show_default=True, help="Där proxyn skriver e-postadressen."
)  # fmt: skip
def desk(
    root: Path,
    *,
    port: int,
    no_browser: bool,
    build: bool,
    folder: Path | None,
    store: bool,
    address: str,
    hosts: tuple[str, ...],
    proxies: tuple[str, ...],
    people: Path | None,
    header: str,
) -> None:
    """Öppna skrivbordet: avsnitten som formulär i webbläsaren.

    Det som skrivs sparas genast i mappen .desk, och filerna i projektet ändras först när du säger till. Skrivbordet
    svarar på den här datorn, eller på en server bakom en inloggning (scripts/deploy/desk/README.md).
    """
    if not all(map(find_spec, _NEEDED)):
        stop("Skrivbordet är inte installerat. Skriv make desk, som installerar det och öppnar det.")
    stop_unless_project(root)
    from okatakten.desk.guard import Guard, read_secret
    from okatakten.desk.people import is_loopback
    from okatakten.desk.run import bind, is_open, serve_desk
    from okatakten.desk.sending import Ways

    if folder and store:
        stop("Välj --folder eller --store: webbplatsen kan bara ligga på ett ställe.")
    project = root.resolve()
    is_shared = bool(hosts or proxies or people) or not is_loopback(address)
    secret = read_secret(project / ".desk")
    if is_shared:
        guard = _shared(hosts=hosts, proxies=proxies, people=people, header=header, secret=secret)
    else:
        origins = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
        guard = Guard(origins=origins, secret=secret, owner=getpass.getuser())
    try:
        bound = bind(address, port)
    except OSError:
        if is_open(guard, port):
            click.echo(f"Skrivbordet är öppet redan, i ett annat fönster. Här är det:\n{guard.address()}")
            if not no_browser:
                webbrowser.open(guard.address())
            return
        stop(f"Porten {port} är upptagen. Är skrivbordet öppet redan? Välj annars en annan: --port {port + 1}")
    click.echo("Skrivbordet är öppet på adressen här nedanför. Låt fönstret vara öppet. Ctrl+C stänger skrivbordet.")
    ways = Ways(build=build, folder=folder.resolve() if folder else None, store=store)
    serve_desk(project, guard=guard, ways=ways, bound=bound, open_browser=not (no_browser or is_shared), say=click.echo)
    click.echo("Skrivbordet är stängt. Det du har skrivit finns kvar till nästa gång.")


def _shared(
    *, hosts: tuple[str, ...], proxies: tuple[str, ...], people: Path | None, header: str, secret: str
) -> Guard:
    """Return the rules of a desk on a server, or stop: where anything is missing, anybody could say to be somebody."""
    from okatakten.desk.people import ServerError, guard_of_server, read_people

    if not (hosts and proxies and people):
        stop(
            "På en server behövs alla tre: --host (namnet i adressen), --proxy (den som loggar in) och --people "
            "(vad var och en får göra). Utan dem svarar skrivbordet bara på den egna datorn."
        )
    try:
        roles = read_people(people.read_text(encoding="utf-8"))
        return guard_of_server(hosts=hosts, proxies=proxies, people=roles, header=header, secret=secret)
    except ServerError as error:
        stop(f"{people}: {error}")
