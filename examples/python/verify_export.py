"""Checks an export of the journal with nothing but Python: python3 verify_export.py FOLDER

docs/journal.md describes the format. `sha256sum -c SHA256SUMS` in the folder checks the files themselves.
"""
import csv, hashlib, json, struct, sys
from pathlib import Path

folder = Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())
csv.field_size_limit(sys.maxsize)
sha256 = lambda data: hashlib.sha256(data).hexdigest()
text = lambda name: struct.pack(">I", len(name.encode())) + name.encode()
journal = bytes.fromhex(manifest["journal"].replace("-", ""))
genesis = sha256(b"fiskal journal 1\0" + journal)
heads = {line: point["hash"] for line, point in manifest["before"].items()}
expected, erased = manifest["first"]["seq"], 0

with open(folder / manifest["file"]["name"], newline="", encoding="utf-8") as file:
    is_csv = manifest["file"]["format"] == "csv"
    for entry in csv.DictReader(file) if is_csv else map(json.loads, file):
        seq = int(entry["seq"])
        if seq != expected or entry["prev"] != heads.get(entry["line"], genesis):
            sys.exit(f"entry {seq}: does not follow the one before it")
        if entry["payload"]:
            if sha256(bytes.fromhex(entry["salt"]) + entry["payload"].encode()) != entry["digest"]:
                sys.exit(f"entry {seq}: its payload was changed")
        elif not entry["erased_by"]:
            sys.exit(f"entry {seq}: its payload is missing")
        else:
            erased += 1
        fields = (struct.pack(">Q", seq), text(entry["line"]), bytes.fromhex(entry["prev"]), text(entry["kind"]),
                  struct.pack(">q", int(entry["at_ns"])), bytes.fromhex(entry["digest"]))
        if sha256(b"fiskal entry 1\0" + b"".join(fields)) != entry["hash"]:
            sys.exit(f"entry {seq}: was changed, its hash is another")
        heads[entry["line"]], expected = entry["hash"], seq + 1

if heads != {line: point["hash"] for line, point in manifest["heads"].items()}:
    sys.exit("the lines do not end as the manifest says")
print(f"all {manifest['entries']} entries fit, {erased} of them erased")
