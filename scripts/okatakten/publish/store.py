"""An S3-compatible object store: the only module that imports boto3, and only `okatakten publish` imports this one.

A store has an object whole or not at all, so nothing is ever half written at its address. Sources: Amazon S3 API
reference (conditional writes, multipart upload, error codes), botocore's guide to retries.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.parsers import ResponseParserError

from okatakten.publish.plan import LOCK, OWN, Headers, LocalFile, StoredObject

PART: Final = 8 * 2**20
"""Bytes of a part of what is sent in parts. A connection that is cut costs no more than this."""
DIGEST: Final = "okatakten-sha256"
"""The name under which an object says what its bytes are: its ETag is not their MD5 in every store."""
_PRIVATE: Final = Headers(content_type="application/json", cache_control="no-store")


class Trouble(StrEnum):
    """Why a store did not do what it was asked; each has one wording in `ANSWERS`."""

    NO_KEY = "no-key"
    UNKNOWN_KEY = "unknown-key"
    OLD_KEY = "old-key"
    DENIED = "denied"
    NO_BUCKET = "no-bucket"
    NOT_A_BUCKET = "not-a-bucket"
    WRONG_REGION = "wrong-region"
    NOT_AN_ENDPOINT = "not-an-endpoint"
    NOT_A_STORE = "not-a-store"
    CLOCK = "clock"
    CERTIFICATE = "certificate"
    NO_ANSWER = "no-answer"
    NO_PROFILE = "no-profile"
    REFUSED = "refused"
    BUSY = "busy"
    OVERTAKEN = "overtaken"
    CHANGED = "changed"


ANSWERS: Final = {
    Trouble.NO_KEY: (
        "Det finns ingen nyckel till lagringen. Sätt AWS_ACCESS_KEY_ID och AWS_SECRET_ACCESS_KEY, eller AWS_PROFILE."
    ),
    Trouble.UNKNOWN_KEY: (
        "Lagringen {endpoint} känner inte igen nyckeln ({found}). Jämför AWS_ACCESS_KEY_ID och AWS_SECRET_ACCESS_KEY "
        "med dem som lagringen visar, och PUBLISH_ENDPOINT med lagringens adress."
    ),
    Trouble.OLD_KEY: (
        "Nyckeln till lagringen har gått ut ({found}). Hämta en ny och sätt AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY "
        "och AWS_SESSION_TOKEN."
    ),
    Trouble.DENIED: (
        "Nyckeln får inte göra det som behövs i «{bucket}» på {endpoint} ({found}). Ge den rätt att lista, läsa, "
        "skriva och ta bort där: s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload "
        "och s3:ListBucketMultipartUploads."
    ),
    Trouble.NO_BUCKET: (
        "Det finns ingen bucket som heter «{bucket}» på {endpoint}. Skapa den, eller skriv en annan i PUBLISH_BUCKET."
    ),
    Trouble.NOT_A_BUCKET: (
        "PUBLISH_BUCKET är «{bucket}». Skriv bara bucketens namn, med små bokstäver, siffror, punkter och bindestreck, "
        "så här: okatakten-webb"
    ),
    Trouble.WRONG_REGION: (
        "«{bucket}» ligger i en annan region ({found}). Sätt AWS_REGION till bucketens region, och PUBLISH_ENDPOINT "
        "till regionens adress om lagringen inte är Amazons."
    ),
    Trouble.NOT_AN_ENDPOINT: (
        "PUBLISH_ENDPOINT är «{endpoint}». Skriv lagringens adress, så här: https://s3.lagring.example"
    ),
    Trouble.NOT_A_STORE: (
        "Det som svarar på {endpoint} är ingen lagring som förstår S3 ({found}). Jämför PUBLISH_ENDPOINT med den "
        "adress för S3 som lagringen anger; det är sällan webbplatsens egen."
    ),
    Trouble.CLOCK: (
        "Klockan i den här datorn går fel, så lagringen tar inte emot något ({found}). Ställ den rätt, helst "
        "automatiskt (NTP)."
    ),
    Trouble.CERTIFICATE: (
        "Lagringens certifikat går inte att lita på: {endpoint}. Jämför PUBLISH_ENDPOINT med lagringens adress. Har "
        "nätet ett eget certifikat: sätt AWS_CA_BUNDLE till filen med det."
    ),
    Trouble.NO_ANSWER: (
        "{endpoint} svarar inte, eller slutade svara ({found}). Se efter att nätet fungerar och att PUBLISH_ENDPOINT "
        "är lagringens adress."
    ),
    Trouble.NO_PROFILE: "AWS_PROFILE eller dess inställningar går inte att använda ({found}). Rätta dem.",
    Trouble.REFUSED: "Lagringen {endpoint} svarade {found} om och om igen. Försök igen om en stund.",
    Trouble.BUSY: (
        "En annan publicering till «{bucket}» pågår. Vänta tills den är klar. Har den avbrutits går det igen efter "
        "{found}."
    ),
    Trouble.OVERTAKEN: "En annan publicering till «{bucket}» har tagit över, så den här slutade. Kör den igen sedan.",
    Trouble.CHANGED: "{found} ändrades medan den skickades. Vänta tills webbplatsen är färdigbyggd.",
}

_CODES: Final = {
    "InvalidAccessKeyId": Trouble.UNKNOWN_KEY,
    "SignatureDoesNotMatch": Trouble.UNKNOWN_KEY,
    "Unauthorized": Trouble.UNKNOWN_KEY,
    "InvalidToken": Trouble.OLD_KEY,
    "ExpiredToken": Trouble.OLD_KEY,
    "ExpiredTokenException": Trouble.OLD_KEY,
    "AccessDenied": Trouble.DENIED,
    "AllAccessDisabled": Trouble.DENIED,
    "AccountProblem": Trouble.DENIED,
    "403": Trouble.DENIED,
    "NoSuchBucket": Trouble.NO_BUCKET,
    "InvalidBucketName": Trouble.NOT_A_BUCKET,
    "PermanentRedirect": Trouble.WRONG_REGION,
    "TemporaryRedirect": Trouble.WRONG_REGION,
    "AuthorizationHeaderMalformed": Trouble.WRONG_REGION,
    "IllegalLocationConstraintException": Trouble.WRONG_REGION,
    "301": Trouble.WRONG_REGION,
    "307": Trouble.WRONG_REGION,
    "RequestTimeTooSkewed": Trouble.CLOCK,
    "RequestExpired": Trouble.CLOCK,
}

# The narrower class first: some of them are kinds of others.
_EXCEPTIONS: Final = (
    (exceptions.SSLError, Trouble.CERTIFICATE),
    (exceptions.NoCredentialsError, Trouble.NO_KEY),
    (exceptions.PartialCredentialsError, Trouble.NO_KEY),
    (exceptions.CredentialRetrievalError, Trouble.NO_KEY),
    (exceptions.ProfileNotFound, Trouble.NO_PROFILE),
    (exceptions.ConfigParseError, Trouble.NO_PROFILE),
    (exceptions.ParamValidationError, Trouble.NOT_A_BUCKET),
    (exceptions.NoRegionError, Trouble.WRONG_REGION),
    (exceptions.InvalidRegionError, Trouble.WRONG_REGION),
    (ResponseParserError, Trouble.NOT_A_STORE),
    (exceptions.HTTPClientError, Trouble.NO_ANSWER),
)


class StoreError(Exception):
    """Why a store did not do what it was asked. `found` is what it said, `answer` what to tell of it, in Swedish."""

    def __init__(self, trouble: Trouble, *, bucket: str, endpoint: str, found: str = "") -> None:
        super().__init__(f"{trouble}: {found}")
        self.trouble = trouble
        self.answer = ANSWERS[trouble].format(bucket=bucket, endpoint=endpoint, found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds, and how often a request is tried.

    `life` is how long a lock holds after its owner was last heard of. Between tries botocore waits longer and longer,
    up to 20 seconds.
    """

    connect: float = 15
    silence: float = 60
    attempts: int = 6
    life: timedelta = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class Store:
    """The objects below `prefix` in a bucket. Every method raises StoreError.

    `touched` tells whether anything but the lock was written or removed.
    """

    bucket: str
    endpoint: str | None = None
    prefix: str = ""
    patience: Patience = field(default_factory=Patience)
    touched: bool = field(default=False, init=False)
    _client: Any = field(default=None, init=False, repr=False)
    _lost: threading.Event = field(default_factory=threading.Event, init=False, repr=False)

    def __post_init__(self) -> None:
        config = Config(
            connect_timeout=self.patience.connect,
            read_timeout=self.patience.silence,
            retries={"mode": "standard", "total_max_attempts": self.patience.attempts},
            max_pool_connections=16,
            # Many stores that speak S3 know nothing of the checksums that botocore adds by itself; all know MD5.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        with self._answering():
            self._client = boto3.session.Session().client("s3", endpoint_url=self.endpoint, config=config)
        self._client.meta.events.register("before-call.s3.HeadBucket", _leave_region)

    def list_objects(self) -> dict[str, StoredObject]:
        """Return every object by its path, but for those of ours that are no part of the site."""
        found = {}
        with self._answering():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            for page in pages:
                for entry in page.get("Contents", ()):
                    path = entry["Key"].removeprefix(self.prefix)
                    found[path] = StoredObject(etag=entry["ETag"], size=entry["Size"])
        return {path: stored for path, stored in found.items() if not path.startswith(OWN)}

    def look(self, path: str, stored: StoredObject) -> StoredObject:
        """Return an object with all that the store knows of it."""
        with self._answering():
            found = self._client.head_object(**self._object(path))
        headers = Headers(content_type=found.get("ContentType", ""), cache_control=found.get("CacheControl", ""))
        return replace(stored, etag=found["ETag"], digest=found["Metadata"].get(DIGEST), headers=headers)

    def read(self, path: str) -> bytes | None:
        """Return the bytes of an object; None where there is none."""
        answer = self._get(path)
        return answer[0] if answer else None

    def write(self, path: str, content: bytes) -> str:
        """Put what publishing remembers into the store."""
        return self._put(path, content, headers=_PRIVATE)

    def send(self, file: LocalFile, *, folder: Path, progress: Callable[[int], object]) -> str:
        """Put a file of the site into the store, and return its ETag. `progress` is told of bytes that were sent."""
        path = folder / file.path
        try:
            with path.open("rb") as opened:
                # A build meanwhile would put bytes there that nobody has compared with anything.
                if hashlib.file_digest(opened, "sha256").hexdigest() != file.digest:
                    raise self._error(Trouble.CHANGED, str(path))
                opened.seek(0)
                if file.size > PART:
                    return self._send_parts(file, opened, progress=progress)
                etag = self._put(file.path, opened.read(), headers=file.headers, digest=file.digest)
        except OSError as error:
            raise self._error(Trouble.CHANGED, str(path)) from error
        progress(file.size)
        return etag

    def remove(self, path: str) -> None:
        self._check_lock()
        self.touched = True
        with self._answering():
            self._client.delete_object(**self._object(path))

    def abort_uploads(self) -> None:
        """Clear away the parts of what was being sent when somebody was killed. Only for the owner of the lock."""
        with self._answering():
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=self.prefix
            )
            for page in pages:
                for upload in page.get("Uploads", ()):
                    path = upload["Key"].removeprefix(self.prefix)
                    self._client.abort_multipart_upload(**self._object(path), UploadId=upload["UploadId"])

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock, so that nobody else publishes to the same place. Raises StoreError for BUSY.

        The owner is heard of again and again. Whoever is killed leaves a lock that holds for `patience.life`.
        """
        self._lost.clear()
        owner = uuid.uuid4().hex
        etag = self._take(owner)
        done = threading.Event()

        def beat() -> None:
            nonlocal etag
            while not done.wait(self.patience.life.total_seconds() / 5):
                try:
                    # Only over our own: a machine that has slept must not take the lock back from who took over.
                    etag = self._write_lock(owner, IfMatch=etag)
                except StoreError:
                    # Whether somebody has taken over, or nobody answers: what the lock says is what counts.
                    with contextlib.suppress(StoreError):
                        if self._owner() != owner:
                            self._lost.set()
                            return

        heart = threading.Thread(target=beat, daemon=True)
        heart.start()
        try:
            yield
        finally:
            done.set()
            heart.join()
            # A lock that cannot be taken away runs out.
            with contextlib.suppress(StoreError):
                if self._owner() == owner:
                    with self._answering():
                        self._client.delete_object(**self._object(LOCK))

    def _take(self, owner: str) -> str:
        """Take the lock and return its ETag."""
        for _ in range(3):
            held = self._get(LOCK)
            if held is not None and (left := self.patience.life - held[2]) > timedelta():
                raise self._error(Trouble.BUSY, _duration(left))
            try:
                etag = self._write_lock(owner, **({"IfMatch": held[1]} if held else {"IfNoneMatch": "*"}))
            except _ConditionError:
                # Somebody was faster, or it was we ourselves and the answer got lost.
                if self._owner() != owner:
                    continue
                found = self._get(LOCK)
                etag = found[1] if found else ""
            # A store that knows no conditions has written the later of two.
            if self._owner() == owner:
                return etag
        raise self._error(Trouble.BUSY, _duration(self.patience.life))

    def _write_lock(self, owner: str, **condition: str) -> str:
        content = json.dumps({"owner": owner}).encode()
        try:
            return self._put_bytes(LOCK, content, headers=_PRIVATE, **condition)
        except _UnknownConditionError:
            return self._put_bytes(LOCK, content, headers=_PRIVATE)

    def _owner(self) -> str | None:
        held = self._get(LOCK)
        try:
            return str(json.loads(held[0])["owner"]) if held else None
        except (ValueError, KeyError, TypeError):
            return None

    def _check_lock(self) -> None:
        if self._lost.is_set():
            raise self._error(Trouble.OVERTAKEN)

    def _object(self, path: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + path}

    def _get(self, path: str) -> tuple[bytes, str, timedelta] | None:
        """Return the bytes of an object, its ETag, and its age by the store's own clock; None where there is none."""
        try:
            with self._answering():
                answer = self._client.get_object(**self._object(path))
                content: bytes = answer["Body"].read()
        except _NoObjectError:
            return None
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        return content, answer["ETag"], now - answer["LastModified"]

    def _put(self, path: str, content: bytes, *, headers: Headers, digest: str | None = None) -> str:
        self._check_lock()
        self.touched = True
        return self._put_bytes(path, content, headers=headers, Metadata={DIGEST: digest} if digest else {})

    def _put_bytes(self, path: str, content: bytes, *, headers: Headers, **more: Any) -> str:
        with self._answering():
            etag: str = self._client.put_object(
                **self._object(path), **_said(headers), **more, Body=content, ContentMD5=_md5(content)
            )["ETag"]
        return etag

    def _send_parts(self, file: LocalFile, opened: BinaryIO, *, progress: Callable[[int], object]) -> str:
        """Send a big file in parts. Its address has the whole when all are there, and what it had until then."""
        self._check_lock()
        self.touched = True
        place = self._object(file.path)
        with self._answering():
            upload = self._client.create_multipart_upload(
                **place, **_said(file.headers), Metadata={DIGEST: file.digest}
            )["UploadId"]
        parts: list[dict[str, Any]] = []
        try:
            while content := opened.read(PART):
                self._check_lock()
                number = len(parts) + 1
                with self._answering():
                    sent = self._client.upload_part(
                        **place, UploadId=upload, PartNumber=number, Body=content, ContentMD5=_md5(content)
                    )
                parts.append({"PartNumber": number, "ETag": sent["ETag"]})
                progress(len(content))
            etag = self._complete(file, upload, parts)
        except BaseException:
            # Parts cost money, and nobody sees them.
            with contextlib.suppress(StoreError), self._answering():
                self._client.abort_multipart_upload(**place, UploadId=upload)
            raise
        return etag

    def _complete(self, file: LocalFile, upload: str, parts: list[dict[str, Any]]) -> str:
        place = self._object(file.path)
        try:
            with self._answering():
                etag: str = self._client.complete_multipart_upload(
                    **place, UploadId=upload, MultipartUpload={"Parts": parts}
                )["ETag"]
        except _NoObjectError:
            # It was put together, the answer got lost, and the next try found no parts.
            found = self.look(file.path, StoredObject(etag="", size=file.size))
            if found.digest != file.digest:
                raise
            return found.etag
        return etag

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Turn what botocore raises into a StoreError."""
        try:
            yield
        except exceptions.ClientError as error:
            raise self._refusal(error) from error
        except exceptions.BotoCoreError as error:
            for kind, trouble in _EXCEPTIONS:
                if isinstance(error, kind):
                    raise self._error(trouble, str(error)) from error
            raise self._error(Trouble.NO_ANSWER, str(error)) from error
        except ValueError as error:
            # The way botocore says that an endpoint is no address.
            raise self._error(Trouble.NOT_AN_ENDPOINT, str(error)) from error

    def _refusal(self, error: exceptions.ClientError) -> StoreError:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        found = code or str(status)
        if code in {"NoSuchKey", "NoSuchUpload", "404"}:
            return self._error(Trouble.NOT_A_STORE, found, kind=_NoObjectError)
        if code == "ConditionalRequestConflict" or status == 412:
            return self._error(Trouble.BUSY, found, kind=_ConditionError)
        if status == 501:
            return self._error(Trouble.NOT_A_STORE, found, kind=_UnknownConditionError)
        others = Trouble.REFUSED if status >= 500 or status == 429 else Trouble.NOT_A_STORE
        return self._error(_CODES.get(code) or {403: Trouble.DENIED}.get(status, others), found)

    def _error(self, trouble: Trouble, found: str = "", *, kind: type[StoreError] = StoreError) -> StoreError:
        endpoint = self.endpoint or "Amazon S3"
        return kind(trouble, bucket=self.bucket, endpoint=endpoint, found=found)


class _NoObjectError(StoreError):
    """There is no such object."""


class _ConditionError(StoreError):
    """The object is no longer what a write was to replace."""


class _UnknownConditionError(StoreError):
    """The store knows no writing under a condition."""


def _leave_region(**_: object) -> None:
    """Keep botocore from asking where a bucket is: whoever answers that with a redirect, too, is asked for ever.

    Amazon's S3 says it in the redirect itself, which botocore follows.
    """
    raise exceptions.ClientError({"ResponseMetadata": {"HTTPHeaders": {}}}, "HeadBucket")


def _said(headers: Headers) -> dict[str, str]:
    return {"ContentType": headers.content_type, "CacheControl": headers.cache_control}


def _md5(content: bytes) -> str:
    """Return what S3 compares the bytes that arrive with."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _duration(left: timedelta) -> str:
    minutes = -(-left // timedelta(minutes=1))
    return "en minut" if minutes <= 1 else f"{minutes} minuter"
