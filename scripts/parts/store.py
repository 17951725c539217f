"""An object store run in earnest: Ceph, with nginx as the caching proxy before it, and a site published there."""

from __future__ import annotations

import contextlib
import http.client
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import boto3

from bench.server import NGINX, free_ports
from okatakten.publish.delivery import read_built
from okatakten.publish.plan import MEMORY
from parts.part import ASKED, Ground, Part, build_site, hold, run, running, wait_for

BUCKET: Final = "prov"
PUBLIC: Final = "https://podd.prov.se/"
KEYS: Final = {"AWS_ACCESS_KEY_ID": "prov", "AWS_SECRET_ACCESS_KEY": "prov", "AWS_REGION": "default"}
OPEN: Final = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::prov/*"}
]}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


def publish(ground: Ground) -> str:
    (root := ground.folder / "site").mkdir()
    site = build_site(PUBLIC, root)  # only an encrypted address is published
    with ceph(ground.folder / "ceph") as (endpoint, port), proxy(ground.folder / "nginx", port) as front:
        client(endpoint).create_bucket(Bucket=BUCKET)
        client(endpoint).put_bucket_policy(Bucket=BUCKET, Policy=OPEN)
        order: list[str | Path] = [
            "publish",
            "--before-launch",
            "--root",
            root,
            "--bucket",
            BUCKET,
            "--endpoint",
            endpoint,
        ]
        own = {**KEYS, "SITE_URL": PUBLIC, "AWS_EC2_METADATA_DISABLED": "true"}
        first, second = (run(Path(sys.executable).parent / "okatakten", *order, more=own) for _ in range(2))
        hold("inget är nytt" in second, True, f"published again: {second}")
        count = hold_answers(site, front)
    hold(first.count(f"{PUBLIC} är publicerad"), 1, "published")
    return f"published, and nothing new the second time; {count} files, a part of one, 304 and 404 right at the proxy"


def hold_answers(site: Path, front: int) -> int:
    """Hold what a proxy answers against the built site, and return how many files there are."""
    files = read_built(site, url=PUBLIC).files
    for path, file in files.items():
        answer = ask(front, path.removesuffix("index.html") if path.rpartition("/")[2] == "index.html" else path)
        hold((answer.status, answer.content), (200, (site / path).read_bytes()), path)
        hold(answer.headers["content-type"], file.headers.content_type, f"type of {path}")
        hold(answer.headers["cache-control"], file.headers.cache_control, f"keeping of {path}")
    (sound,) = site.glob("podd/trailer/audio.mp3")
    part = ask(front, "podd/trailer/audio.mp3", Range="bytes=1000-1999")
    hold((part.status, part.content), (206, sound.read_bytes()[1000:2000]), "a part of the sound")
    tag = ask(front, "podd/feed.xml").headers["etag"]
    again = ask(front, "podd/feed.xml", **{"If-None-Match": tag})
    hold((again.status, again.headers["x-cache"]), (304, "HIT"), "a feed that is as it was")
    for path, missing in {"finns-inte/": "404.html", "sma/finns-inte/": "sma/404.html", MEMORY: "404.html"}.items():
        found = ask(front, path)
        hold((found.status, found.content), (404, (site / missing).read_bytes()), path)
    return len(files)


def ask(port: int, path: str, **headers: str) -> Answer:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", f"/{quote(path)}", headers=headers)
        answer = connection.getresponse()
        return Answer(
            status=answer.status, headers={k.lower(): v for k, v in answer.getheaders()}, content=answer.read()
        )


def client(endpoint: str) -> Any:
    session = boto3.session.Session("prov", "prov", region_name="default")
    return session.client("s3", endpoint_url=endpoint)


@contextlib.contextmanager
def ceph(folder: Path) -> Iterator[tuple[str, int]]:
    """Run the least that is a Ceph: a monitor, a disk in memory and the gateway that speaks S3. Yields its address."""
    monitor, older, port = free_ports(3)
    names = {"folder": folder, "fsid": uuid.uuid4(), "monitor": monitor, "older": older, "port": port}
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir(parents=True)
    settings, keys, disk = folder / "ceph.conf", folder / "keyring", str(uuid.uuid4())
    settings.write_text((ASKED / "ceph.conf").read_text("utf-8").format(**names), encoding="utf-8")
    every = ("--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *")
    run("ceph-authtool", "--create-keyring", keys, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    run("ceph-authtool", keys, "--gen-key", "-n", "client.admin", *every)
    addresses = f"[v2:127.0.0.1:{monitor},v1:127.0.0.1:{older}]"
    run("monmaptool", "--create", "--addv", "a", addresses, "--fsid", str(names["fsid"]), folder / "map")
    run("ceph-mon", "-c", settings, "-i", "a", "--mkfs", "--monmap", folder / "map", "--keyring", keys)
    of = ("-c", settings)
    with running("ceph-mon", *of, "-i", "a", "-f"):
        run("ceph", *of, "--connect-timeout", "60", "osd", "new", disk)
        key = run("ceph", *of, "auth", "get-or-create", "osd.0", "mon", "allow profile osd", "osd", "allow *")
        keys.write_text(keys.read_text("utf-8") + key, encoding="utf-8")
        run("ceph-osd", *of, "-i", "0", "--mkfs", "--osd-uuid", disk)
        user = ("user", "create", "--uid=prov", "--display-name=prov", "--access-key=prov", "--secret-key=prov")
        with running("ceph-osd", *of, "-i", "0", "-f"):
            run("radosgw-admin", *of, *user)
            with running("radosgw", *of, "-n", "client.admin", "--keyring", keys, "-f"):
                wait_for(port)
                yield f"http://127.0.0.1:{port}", port


@contextlib.contextmanager
def proxy(folder: Path, store: int) -> Iterator[int]:
    """Run nginx before the store, set as scripts/deploy/README.md says of a CDN. Yields its port."""
    (port,) = free_ports(1)
    folder.mkdir()
    text = (ASKED / "proxy.conf").read_text("utf-8")
    for name, value in {"FOLDER": folder, "PORT": port, "STORE": store, "BUCKET": BUCKET}.items():
        text = text.replace(f"@{name}@", str(value))
    (folder / "nginx.conf").write_text(f"{'user root; ' if os.getuid() == 0 else ''}{text}", encoding="utf-8")
    with running(str(NGINX), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"):
        wait_for(port)
        yield port


PARTS = (
    Part(
        name="Ceph's S3 behind nginx",
        command=["radosgw", "--version"],
        apt="radosgw ceph-mon ceph-osd ceph-common nginx-light",
        check=publish,
    ),
)
