#!/usr/bin/env bash
# Seeds from the real records: `tests/fuzz/seeds.sh FOLDER` writes a folder of inputs for each target below FOLDER, made of the
# records that TRIALFIND_SHARED names. They are for a fuzzer to begin with, and are not committed.
set -euo pipefail
shared="${TRIALFIND_SHARED:?TRIALFIND_SHARED names the folder of the real records}"
out="${1:?usage: tests/fuzz/seeds.sh FOLDER}"
mkdir -p "$out"
python3 - "$shared" "$out" <<'PYTHON'
import hashlib, html, json, pathlib, re, sys, urllib.parse, zipfile

shared, out = map(pathlib.Path, sys.argv[1:])
LONGEST = 16_000  # bytes of a seed: longer ones make a fuzzer slow and teach it little


def seed(target, content):
    content = content if isinstance(content, bytes) else content.encode()
    if 0 < len(content) <= LONGEST:
        folder = out / target
        folder.mkdir(exist_ok=True)
        (folder / hashlib.sha1(content).hexdigest()[:16]).write_bytes(content)


def members(name, every):
    archive = shared / "data" / name
    if archive.is_file():
        with zipfile.ZipFile(archive) as unpacked:
            for entry in unpacked.infolist()[::every]:
                if 0 < entry.file_size <= LONGEST:
                    yield unpacked.read(entry)


def texts_of(study):
    section = study.get("protocolSection", {})
    title = section.get("identificationModule", {}).get("briefTitle", "")
    criteria = section.get("eligibilityModule", {}).get("eligibilityCriteria", "")
    summary = section.get("descriptionModule", {}).get("briefSummary", "")
    return title, criteria[:3_000], summary[:2_000]


for record in members("ctgov_v2.zip", 20):
    title, criteria, summary = texts_of(json.loads(record))
    for target in ("api_json", "stream", "stored_record", "indexed"):
        seed(target, record)
    seed("archives", b"\1\0\0" + record)
    seed("encodings", b"\1" + record)
    seed("criteria", criteria)
    seed("analysis", summary)
    seed("passages", b"\x07\x22\x50" + (summary or criteria).encode())
    seed("query", title)
    seed("search", title)
    seed("essie", f'AREA[BriefTitle]"{title}" AND pain')
    seed("lines", f"1. {title}\n2. knee OR hip\n3. #1 AND #2\n")
    seed("parameters", b"\0" + urllib.parse.urlencode({"query.term": title, "pageSize": 3, "fields": "NCTId|BriefTitle"}).encode())
    seed("parameters", b"\x09" + urllib.parse.urlencode({"q": title, "limit": 3}).encode())
for record in members("ctgov_xml.zip", 100):
    for target in ("ctgov_xml", "stream", "indexed"):
        seed(target, record)
    text = record.decode(errors="replace")
    for block in re.findall(r"<criteria>\s*<textblock>(.*?)</textblock>", text, re.S):
        seed("criteria", html.unescape(block)[:3_000])
    seed("encodings", b"\2" + record)
for page in sorted((shared / "seeds").glob("*.txt")):
    seed("page", page.read_bytes()[:LONGEST])
for page in sorted((shared / "data/samples").glob("*")):
    if page.suffix == ".html":
        seed("html_page", page.read_bytes()[:LONGEST])
for topics in sorted((shared / "relevance").rglob("*narratives*")):
    for line in topics.read_text(errors="replace").splitlines():
        seed("story", line.partition("\t")[2][:3_000])
for target in sorted(path for path in out.iterdir()):
    print(f"{target.name}: {sum(1 for _ in target.iterdir())} seeds")
PYTHON
