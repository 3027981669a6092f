"""What a file is, by its first bytes: the name and the browser's word prove nothing. What is not listed is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

HEAD_BYTES: Final = 8 * 1024
LONGEST_NAME: Final = 120
_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)
_BRANDS: Final[Mapping[bytes, str]] = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"M4A ": "audio/mp4", b"mp41": "video/mp4",
    b"mp42": "video/mp4", b"isom": "video/mp4", b"iso2": "video/mp4", b"avc1": "video/mp4", b"qt  ": "video/quicktime",
    b"3gp4": "video/3gpp", b"3gp5": "video/3gpp",
}  # fmt: skip
_OFFICE: Final = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "image/gif": (".gif",), "image/webp": (".webp",),
    "image/bmp": (".bmp",), "image/heic": (".heic", ".heif"), "application/pdf": (".pdf",),
    "application/x-ole-storage": (".doc", ".xls", ".ppt", ".wps", ".et", ".msg"), _OFFICE[0][1]: (".docx",),
    _OFFICE[1][1]: (".xlsx",), _OFFICE[2][1]: (".pptx",), "audio/mpeg": (".mp3",), "audio/amr": (".amr",),
    "audio/wav": (".wav",), "audio/mp4": (".m4a",), "video/mp4": (".mp4",), "video/quicktime": (".mov",),
    "video/3gpp": (".3gp",), "text/plain": (".txt", ".csv", ".log", ".md"),
}  # fmt: skip
_SPOKEN: Final = frozenset("\t\n\r\f")


def media_type(head: bytes) -> str | None:
    """The type of a file that begins with ``head`` (up to ``HEAD_BYTES``), or None for what is not taken."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}:
        return "audio/mpeg"
    if head.startswith(b"PK\x03\x04"):
        return next((kind for name, kind in _OFFICE if name in head), None) if b"[Content_Types].xml" in head else None
    return "text/plain" if _is_text(head) else None


def safe_name(name: str, kind: str) -> str:
    """A file name that no disk, header or reader can misread, with an ending that tells the truth."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in plain if unicodedata.category(letter)[0] not in "CZ" or letter == " ")
    plain = "".join("_" if letter in '<>:"|?*%;' else letter for letter in plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    endings = _ENDINGS.get(kind, ("",))
    if dot and f".{ending.lower()}" in endings:
        return f"{stem[: LONGEST_NAME - 8] or '文件'}.{ending.lower()}"
    return f"{(plain or '文件')[: LONGEST_NAME - 8]}{endings[0]}"


def _is_text(head: bytes) -> bool:
    if not head.strip() or head.lstrip()[:1] == b"<" or head[:2] == b"#!":
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # A character may be cut at the end of the head.
            text = head[:-4].decode(encoding) if len(head) >= HEAD_BYTES else head.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(letter.isprintable() or letter in _SPOKEN or letter == "\ufeff" for letter in text)
    return False
