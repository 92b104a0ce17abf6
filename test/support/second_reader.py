"""A second reader of Clawback's snapshots, written from docs/format.md alone: Python's standard library, age, zstd, openssl.

    python3 second_reader.py SNAPSHOT IDENTITY SIGNER

Checks everything that the page says a reader must check, and prints the file list as `clawback ls --recursive --json` does. What it
finds wrong ends it with exit code 1 and the number of the rule on stderr.
"""

import base64
import hashlib
import io
import json
import posixpath
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
from datetime import datetime, timezone

MANIFEST = "clawback/manifest.json"
SIGNATURE = "clawback/manifest.sig"
FILES = "clawback/files.jsonl"
TYPES = {"file": tarfile.REGTYPE, "directory": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE}


def must(rule, holds, what):
    if not holds:
        sys.exit(f"rule {rule}: {what}")


def stock(rule, *command, stdin=b""):
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    must(rule, done.returncode == 0, done.stderr.decode())
    return done.stdout


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def seek_table(plain):
    """(start, length, tar start, tar length) of each frame; None if there is no table."""
    count, descriptor, magic = struct.unpack("<IBI", plain[-9:])
    if magic != 0x8F92EAB1:
        return None
    entry = 12 if descriptor & 0x80 else 8
    table = len(plain) - (8 + count * entry + 9)
    must(2, table >= 0, "the seek table is longer than the file")
    must(2, struct.unpack_from("<II", plain, table) == (0x184D2A5E, count * entry + 9), "no skippable frame")
    frames, start, tar_start = [], 0, 0
    for index in range(count):
        length, tar_length = struct.unpack_from("<II", plain, table + 8 + index * entry)
        frames.append((start, length, tar_start, tar_length))
        start, tar_start = start + length, tar_start + tar_length
    must(2, start == table, "the sizes of the frames do not add up")
    return frames


class Tar:
    """The tar within, by frames where there is a seek table."""

    def __init__(self, plain):
        self.plain = plain
        self.frames = seek_table(plain)
        self.whole = None if self.frames else self.all()

    def all(self):
        return stock(2, "zstd", "-d", "-q", "-c", stdin=self.plain)

    def inflate(self, frame):
        start, length, _, tar_length = frame
        content = stock(2, "zstd", "-d", "-q", "-c", stdin=self.plain[start : start + length])
        must(2, len(content) == tar_length, "a frame has another size than the seek table says")
        return content

    def read(self, start, end):
        if self.whole is not None:
            return self.whole[start:end]
        touched = [f for f in self.frames if f[2] < end and f[2] + f[3] > start]
        content = b"".join(self.inflate(frame) for frame in touched)
        return content[start - touched[0][2] : end - touched[0][2]] if touched else b""

    def tail(self):
        """The tar from the manifest's header on."""
        if self.whole is None:
            tail = b""
            for frame in reversed(self.frames):
                tail = self.inflate(frame) + tail
                if tail.startswith(MANIFEST.encode() + b"\0"):
                    return tail
            return tail
        return self.whole


def members(tar):
    with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
        for member in archive:
            content = archive.extractfile(member).read() if member.isreg() else b""
            yield member, content


def check_signature(manifest, signature, signer):
    said = json.loads(signature)
    must(5, said["signer"] == signer, f"signed by {said['signer']}")
    unpadded = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    public = bytes.fromhex("302a300506032b6570032100") + unpadded(signer.removeprefix("ed25519:"))
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in ("key", public), ("sig", unpadded(said["signature"])), ("manifest", manifest):
            with open(f"{scratch}/{name}", "wb") as file:
                file.write(data)
        key = ("-pubin", "-keyform", "DER", "-inkey", f"{scratch}/key")
        data = ("-rawin", "-in", f"{scratch}/manifest", "-sigfile", f"{scratch}/sig")
        stock(5, "openssl", "pkeyutl", "-verify", *key, *data)


def file_list(tar, files):
    entries, expected_offset = [], 0
    for page in files["pages"]:
        must(7, page["offset"] == expected_offset, "the pages do not follow each other")
        start = files["offset"] + page["offset"]
        lines = tar.read(start, start + page["length"])
        must(7, sha256(lines) == page["sha256"], f"page {page['first']}")
        parsed = [json.loads(line) for line in lines.decode().split("\n")[:-1]]
        must(7, parsed[0]["path"] == page["first"], f"page {page['first']} begins with another path")
        entries += parsed
        expected_offset += page["length"]
    must(7, len(entries) == files["entries"], "entries are missing")
    order = [entry["path"].encode("utf-16-be") for entry in entries]
    must(7, order == sorted(order), "the list is not in order")
    return entries


def check_list(entries, roots):
    types = {}
    for entry in entries:
        parts = entry["path"].split("/")
        must(8, all(part not in ("", ".", "..") and "\0" not in part for part in parts), entry["path"])
        must(8, entry["path"] not in types, f"{entry['path']} is listed twice")
        types[entry["path"]] = entry["type"]
        if entry["type"] == "symlink" and not entry["outside"]:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(entry["path"]), entry["target"]))
            must(9, target == parts[0] or target.startswith(parts[0] + "/"), f"{entry['path']} leads out")
    root_types = {root["name"]: root["type"] for root in roots}
    for path, kind in types.items():
        parent = posixpath.dirname(path)
        must(8, root_types.get(path) == kind if parent == "" else types.get(parent) == "directory", path)


def check_tar(tar, manifest, entries):
    left = {f"payload/{entry['path']}": entry for entry in entries}
    own = {one["path"]: one for one in manifest["attachments"]} | {FILES: None, MANIFEST: None, SIGNATURE: None}
    for member, content in members(tar):
        path = member.name
        if path in left:
            entry = left.pop(path)
            must(10, member.type == TYPES[entry["type"]], f"{path} has another type")
            if entry["type"] == "symlink":
                must(10, member.linkname == entry["target"], f"{path} leads elsewhere")
            expected = entry if entry["type"] == "file" else None
        else:
            must(10, path in own, f"{path} is not listed, or is there twice")
            expected = own.pop(path)
        if expected is not None:
            place = (member.size, member.offset_data)
            must(10, place == (expected["size"], expected["offset"]), f"{path} has another size or place")
            must(11, sha256(content) == expected["sha256"], path)
    must(10, not left and not own, f"the tar lacks {[*left, *own]}")


def view(entry):
    seconds, milliseconds = divmod(entry["mtime"], 1000)
    time = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    shown = {key: entry[key] for key in ("path", "type", "mode", "sha256", "target") if key in entry}
    return shown | {"size": entry.get("size", 0), "mtime": f"{time}.{milliseconds:03}Z"}


def main(snapshot, identity, signer):
    with open(snapshot, "rb") as file:
        sealed = file.read()
    key = re.search(r"([^/]+)/(\d{8}T\d{6}Z)-([0-9a-f]{16})\.full\.tar\.zst\.age$", snapshot)
    tar = Tar(stock(1, "age", "-d", "-i", identity, stdin=sealed))
    parts = {member.name: content for member, content in members(tar.tail())}
    must(4, MANIFEST in parts, "no manifest")
    must(5, SIGNATURE in parts, "no signature")
    check_signature(parts[MANIFEST], parts[SIGNATURE], signer)
    manifest = json.loads(parts[MANIFEST])
    must(4, (manifest["format"], manifest["kind"]) == (1, "full"), "another format")
    instance, time, digest16 = key.groups()
    must(6, manifest["instance"] == instance, "of another instance")
    must(6, re.sub("[-:]", "", manifest["createdAt"]) == time, "of another time")
    must(6, sha256(sealed)[:16] == digest16, "the stored bytes are not those that the key names")
    entries = file_list(tar, manifest["files"])
    check_list(entries, manifest["roots"])
    check_tar(tar.all(), manifest, entries)
    print(json.dumps({"entries": [view(entry) for entry in entries]}))


main(*sys.argv[1:])
