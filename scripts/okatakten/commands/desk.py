"""The command that opens the desk: okatakten desk."""

from __future__ import annotations

import getpass
import webbrowser
from importlib.util import find_spec
from pathlib import Path

import click

from okatakten.commands.console import stop, stop_unless_project, with_root

_NEEDED = ("starlette", "uvicorn", "multipart")


@click.command(options_metavar="[VAL]")
@with_root
@click.option(
    "--port", metavar="TAL", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Skrivbordets port."
)
@click.option("--no-browser", is_flag=True, help="Öppna ingen webbläsare, visa bara adressen.")
def desk(root: Path, *, port: int, no_browser: bool) -> None:
    """Öppna skrivbordet: avsnitten som formulär i webbläsaren.

    Det visas bara på den här datorn. Det som skrivs sparas genast i mappen .desk, och filerna i projektet ändras först
    när du säger till.
    """
    if not all(map(find_spec, _NEEDED)):
        stop("Skrivbordet är inte installerat. Skriv make desk, som installerar det och öppnar det.")
    stop_unless_project(root)
    from okatakten.desk.guard import Guard, read_secret
    from okatakten.desk.run import bind, is_open, serve_desk

    project = root.resolve()
    guard = Guard(
        origins=(f"http://127.0.0.1:{port}", f"http://localhost:{port}"),
        secret=read_secret(project / ".desk"),
        owner=getpass.getuser(),
    )
    try:
        bound = bind("127.0.0.1", port)
    except OSError:
        if is_open(guard, port):
            click.echo(f"Skrivbordet är öppet redan, i ett annat fönster. Här är det:\n{guard.address()}")
            if not no_browser:
                webbrowser.open(guard.address())
            return
        stop(f"Porten {port} är upptagen. Är skrivbordet öppet redan? Välj annars en annan: --port {port + 1}")
    click.echo("Skrivbordet är öppet på adressen här nedanför. Låt fönstret vara öppet. Ctrl+C stänger skrivbordet.")
    serve_desk(project, guard=guard, bound=bound, open_browser=not no_browser, say=click.echo)
    click.echo("Skrivbordet är stängt. Det du har skrivit finns kvar till nästa gång.")
