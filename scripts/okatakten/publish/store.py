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
from pathlib import Path
from typing import Any, BinaryIO, Final

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.parsers import ResponseParserError

from okatakten.publish.plan import LOCK, OWN, Headers, LocalFile, StoredObject
from okatakten.written.advice import Reason, ReasonError

PART: Final = 8 * 2**20
"""Bytes of a part of what is sent in parts. A connection that is cut costs no more than this."""
DIGEST: Final = "okatakten-sha256"
"""The name under which an object says what its bytes are: its ETag is not their MD5 in every store."""
_PRIVATE: Final = Headers(content_type="application/json", cache_control="no-store")


_CODES: Final = {
    "InvalidAccessKeyId": Reason.STORE_UNKNOWN_KEY,
    "SignatureDoesNotMatch": Reason.STORE_UNKNOWN_KEY,
    "Unauthorized": Reason.STORE_UNKNOWN_KEY,
    "InvalidToken": Reason.STORE_OLD_KEY,
    "ExpiredToken": Reason.STORE_OLD_KEY,
    "ExpiredTokenException": Reason.STORE_OLD_KEY,
    "AccessDenied": Reason.STORE_DENIED,
    "AllAccessDisabled": Reason.STORE_DENIED,
    "AccountProblem": Reason.STORE_DENIED,
    "403": Reason.STORE_DENIED,
    "NoSuchBucket": Reason.STORE_NO_BUCKET,
    "InvalidBucketName": Reason.STORE_NOT_A_BUCKET,
    "PermanentRedirect": Reason.STORE_WRONG_REGION,
    "TemporaryRedirect": Reason.STORE_WRONG_REGION,
    "AuthorizationHeaderMalformed": Reason.STORE_WRONG_REGION,
    "IllegalLocationConstraintException": Reason.STORE_WRONG_REGION,
    "301": Reason.STORE_WRONG_REGION,
    "307": Reason.STORE_WRONG_REGION,
    "RequestTimeTooSkewed": Reason.STORE_CLOCK,
    "RequestExpired": Reason.STORE_CLOCK,
}

# The narrower class first: some of them are kinds of others.
_EXCEPTIONS: Final = (
    (exceptions.SSLError, Reason.STORE_CERTIFICATE),
    (exceptions.NoCredentialsError, Reason.STORE_NO_KEY),
    (exceptions.PartialCredentialsError, Reason.STORE_NO_KEY),
    (exceptions.CredentialRetrievalError, Reason.STORE_NO_KEY),
    (exceptions.ProfileNotFound, Reason.STORE_NO_PROFILE),
    (exceptions.ConfigParseError, Reason.STORE_NO_PROFILE),
    (exceptions.ParamValidationError, Reason.STORE_NOT_A_BUCKET),
    (exceptions.NoRegionError, Reason.STORE_WRONG_REGION),
    (exceptions.InvalidRegionError, Reason.STORE_WRONG_REGION),
    (ResponseParserError, Reason.STORE_NOT_A_STORE),
    (exceptions.HTTPClientError, Reason.STORE_NO_ANSWER),
)


class StoreError(ReasonError):
    """A store did not do what it was asked."""


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
                    raise self._error(Reason.STORE_FILE_CHANGED, str(path))
                opened.seek(0)
                if file.size > PART:
                    return self._send_parts(file, opened, progress=progress)
                etag = self._put(file.path, opened.read(), headers=file.headers, digest=file.digest)
        except OSError as error:
            raise self._error(Reason.STORE_FILE_CHANGED, str(path)) from error
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
                raise self._error(Reason.STORE_BUSY, _minutes(left))
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
        raise self._error(Reason.STORE_BUSY, _minutes(self.patience.life))

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
            raise self._error(Reason.STORE_OVERTAKEN)

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
            for kind, reason in _EXCEPTIONS:
                if isinstance(error, kind):
                    raise self._error(reason, str(error)) from error
            raise self._error(Reason.STORE_NO_ANSWER, str(error)) from error
        except ValueError as error:
            # The way botocore says that an endpoint is no address.
            raise self._error(Reason.STORE_NOT_AN_ENDPOINT, str(error)) from error

    def _refusal(self, error: exceptions.ClientError) -> StoreError:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        found = code or str(status)
        if code in {"NoSuchKey", "NoSuchUpload", "404"}:
            return self._error(Reason.STORE_NOT_A_STORE, found, kind=_NoObjectError)
        if code == "ConditionalRequestConflict" or status == 412:
            return self._error(Reason.STORE_BUSY, found, kind=_ConditionError)
        if status == 501:
            return self._error(Reason.STORE_NOT_A_STORE, found, kind=_UnknownConditionError)
        others = Reason.STORE_REFUSED if status >= 500 or status == 429 else Reason.STORE_NOT_A_STORE
        return self._error(_CODES.get(code) or {403: Reason.STORE_DENIED}.get(status, others), found)

    def _error(self, reason: Reason, found: str = "", *, kind: type[StoreError] = StoreError) -> StoreError:
        endpoint = self.endpoint or "Amazon S3"
        return kind(reason, bucket=self.bucket, endpoint=endpoint, found=found)


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


def _minutes(left: timedelta) -> str:
    return str(-(-left // timedelta(minutes=1)))
