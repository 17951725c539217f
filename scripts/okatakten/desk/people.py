"""Who may sit at a desk that a department shares: a file of people, written by hand.

anna@region.example: [publicera]
bo@region.example: [skriva, översätta]
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Final

from yaml import MappingNode, ScalarNode, SequenceNode, YAMLError

from okatakten.desk.guard import Guard, Proxy, Role
from okatakten.written.nodes import compose_nodes
from okatakten.written.values import is_mail

EXAMPLE: Final = "anna@region.example: [skriva, publicera]"


class ServerError(Exception):
    """A desk cannot be served so; the text says why, and what to write."""


def read_people(text: str) -> Mapping[str, frozenset[Role]]:
    """Return what each may do, by address in small letters. Raises ServerError for what is no such file."""
    try:
        root = compose_nodes(text)
    except (YAMLError, ValueError) as error:
        raise ServerError(f"Filen går inte att läsa. Skriv en rad för var och en, så här: {EXAMPLE}\n{error}") from None
    people: dict[str, frozenset[Role]] = {}
    for key, value in root.value if isinstance(root, MappingNode) else []:
        line, name = key.start_mark.line + 1, str(key.value).strip().casefold()
        if not is_mail(name) or name in people:
            raise ServerError(f"Rad {line}: skriv var och en en gång, med e-postadress, så här: {EXAMPLE}")
        items = value.value if isinstance(value, SequenceNode) else [value]
        said = [str(item.value).strip().casefold() for item in items if isinstance(item, ScalarNode)]
        for word in said:
            if word not in list(Role):
                near = get_close_matches(word, list(Role), n=1)
                raise ServerError(
                    f"Rad {line}: {word or 'ingenting'} är inget man får göra. Välj bland skriva, översätta, publicera."
                    + (f" Menade du {near[0]}?" if near else "")
                )
        people[name] = frozenset(map(Role, said))
    if not any(people.values()):
        raise ServerError(f"Filen nämner ingen. Skriv en rad för var och en, så här: {EXAMPLE}")
    return people


def guard_of_server(
    *, hosts: tuple[str, ...], proxies: tuple[str, ...], people: Mapping[str, frozenset[Role]], header: str, secret: str
) -> Guard:
    """Return the rules of a desk behind a proxy that signs people in. Raises ServerError for what is no address."""
    for each in proxies:
        try:
            ip_address(each)
        except ValueError:
            raise ServerError(f"{each} är ingen IP-adress. Skriv proxyns, till exempel 127.0.0.1") from None
    for host in hosts:
        if not host.isascii() or not host.strip() or any(letter in host for letter in "/@ *?#"):
            raise ServerError(
                f"{host} är inget namn. Skriv det som står i webbläsaren, till exempel skrivbord.region.se"
            )
    proxy = Proxy(addresses=frozenset(proxies), header=header.lower(), people=people)
    return Guard(origins=tuple(f"https://{host.lower()}" for host in hosts), secret=secret, owner="", proxy=proxy)


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
