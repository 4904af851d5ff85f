#!/usr/bin/env bash
# Holds the API to its own document: schemathesis makes requests of crates/api's OpenAPI document, right ones and wrong ones, against a
# whole API over generated data, signed in as an owner, and at last by a program's key. It fails on errors of the server (5xx), on statuses and content types that the
# document does not name, and on answers of another form than it says.
#   SCHEMATHESIS_EXAMPLES (25)  requests of each operation by chance at most
#   SCHEMATHESIS_SECONDS (180)  of making requests by chance at most
#   SCHEMATHESIS_SEED (1)       the same requests each time
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.32.5
folder=$PWD/target/schemathesis
python3 -c 'import ensurepip, venv' 2>/dev/null || { scripts/need.sh /usr/share/doc/python3-venv=python3-venv; }
if ! "$folder/bin/schemathesis" --version 2>/dev/null | grep -qF "$version"; then
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi
cargo build --quiet --locked --workspace --example serve
target=$(cargo metadata --locked --no-deps --format-version 1 |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
# A domain, so that there are passkeys.
ORIGIN=http://localhost "$target/debug/examples/serve" 127.0.0.1:0 >"$work/said" 2>"$work/log" &
server=$!
for _ in $(seq 300); do
  api=$(grep -m 1 '^http://' "$work/said" || true)
  [ -z "$api" ] || break
  kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
[ -n "$api" ] || { echo "schemathesis.sh: the API does not start" >&2; exit 1; }
curl -fsS -o /dev/null -c "$work/jar" -H 'X-Biseo: 1' -H 'Content-Type: application/json' \
  --data '{"login":"sajang","password":"biseo-demo-2026"}' "$api/session"
cookie=$(awk 'NF >= 7 { sub(/^#HttpOnly_/, ""); printf "%s%s=%s", sep, $6, $7; sep = "; " }' "$work/jar")
# Of ids by chance almost none exists, so a first run is given those of the generated data. The owner's own account is left alone.
python3 - "$api" "$cookie" "$work/program" >"$work/schemathesis.toml" <<'PYTHON'
import json, sys, urllib.request

api, cookie, program = sys.argv[1:]


def ask(path, body=None):
    headers = {"Cookie": cookie, "X-Biseo": "1", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{api}/shops/haengbok/{path}", data, headers)
    return json.load(urllib.request.urlopen(request, timeout=10))


def items(path):
    return ask(path)["items"]


# What the generated data has none of.
hook = ask("webhooks", {"name": "pos", "url": "https://127.0.0.1:1/hook", "events": ["all"]})["webhook"]["id"]
sent = ask(f"webhooks/{hook}/test", {})["id"]
feed = ask("calendars", {"name": "phone"})["feed"]["id"]
digests = ask("digest-feeds", {"name": "reader"})["feed"]["id"]
# One key to be removed, and one to be used.
key = ask("keys", {"name": "till", "rights": ["read_shop"], "days": None})["key"]["id"]
rights = ["read_shop", "write_shop", "read_calls", "read_bookings", "write_bookings", "read_tasks", "write_tasks", "read_callers"]
with open(program, "w") as file:
    file.write(ask("keys", {"name": "website", "rights": rights, "days": None})["token"])
incident = ask("incidents", {"kind": "power_down"})["id"]

ids = {name: [item["id"] for item in items(path)][:5] for name, path in
       [("booking", "bookings"), ("call", "calls"), ("message", "messages"), ("order", "orders"), ("question", "questions")]}
ids["phone"] = [item["phone"] for item in items("callers")][:5]
ids["user"] = [item["user"] for item in items("users") if item["login"] != "sajang"]
ids["shop"] = ["haengbok"]
rehearsal = ask("rehearsals", {})["id"]
ids.update(webhook=[hook], delivery=[sent], feed=[feed], digest_feed=[digests], incident=[incident], rehearsal=[rehearsal], key=[key])
ids["date"] = [item["date"] for item in items("digests")][:1]
lacking = [name for name, found in ids.items() if not found]
if lacking:
    sys.exit(f"schemathesis.sh: the generated data has no {lacking}")
print("[parameters]")
for name, found in ids.items():
    print(f'"path.{name}" = {json.dumps(found[0])}')
PYTHON
printf '' >"$work/any.toml"
cp "$work/schemathesis.toml" "$work/key.toml"
seconds=${SCHEMATHESIS_SECONDS:-180}
began=$(date +%s)
failed=0
# Left out: signing out, which would end the session that the others need, and the stream of events, which has no end.
for run in "schemathesis $((seconds * 7 / 12))" "any $((seconds / 4))" "key $((seconds / 6))"; do
  who=(--header "Cookie: $cookie" --header 'X-Biseo: 1')
  [ "${run% *}" != key ] || who=(--header "Authorization: Bearer $(cat "$work/program")")
  # It leaves its own notes in the folder from which it runs.
  (cd "$work" && "$folder/bin/schemathesis" --no-color --config-file "$work/${run% *}.toml" run "$api/openapi.json" \
    "${who[@]}" \
    --phases examples,coverage,fuzzing --generation-database none \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance \
    --exclude-operation-id sign_out --exclude-operation-id events \
    --max-examples "${SCHEMATHESIS_EXAMPLES:-25}" --max-time "${run#* }" \
    --seed "${SCHEMATHESIS_SEED:-1}" --request-timeout 10 --warnings off --report-ndjson-path "$work/${run% *}.ndjson" --continue-on-failure) || failed=1
  # Had the session ended on the way, all that came after would have been refused, and refusals are documented.
  curl -fsS -o /dev/null -H "Cookie: $cookie" "$api/session" || { echo "schemathesis.sh: the session has ended" >&2; failed=1; }
done
# Refusals alone would prove little: nearly every operation has to have succeeded some time. Not counted are those that nobody gets
# through by chance: with a password, a code, an invitation's secret, or a device that holds a passkey.
python3 - "$work/schemathesis.ndjson" "$work/key.ndjson" "$seconds" <<'PYTHON' || failed=1
import json, sys

SECRET = ("/invitations/accept", "/invitations/passkey", "/session/passkey", "/session/password", "/session/totp")


def by_chance(label):
    return label != "POST /api/v1/session" and not any(part in label for part in SECRET)


def statuses(value):
    if isinstance(value, dict):
        if isinstance(value.get("status_code"), int):
            yield value["status_code"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from statuses(part)


def tried(report):
    """The operations that were tried, and those that succeeded."""
    done, seen = set(), set()
    for line in open(report):
        recorder = (json.loads(line).get("ScenarioFinished") or {}).get("recorder")
        if recorder and by_chance(recorder["label"]):
            seen.add(recorder["label"])
            if any(200 <= status < 300 for status in statuses(recorder)):
                done.add(recorder["label"])
    return done, seen


done, seen = tried(sys.argv[1])
print(f"schemathesis.sh: {len(done)} of {len(seen)} operations succeeded at least once; never: {sorted(seen - done)}")
by_key, _ = tried(sys.argv[2])
print(f"schemathesis.sh: {len(by_key)} operations succeeded by a key")
# How far a short run gets by chance depends on how busy the machine is: of one that has its time four in five are asked for, of any
# other half. A run that made no requests has shown nothing.
floor = 0.8 if int(sys.argv[3]) >= 180 else 0.5
sys.exit(not seen or len(by_key) < 5 or len(done) < floor * len(seen))
PYTHON
kill -0 "$server" || { echo "schemathesis.sh: the API has ended" >&2; cat "$work/log" >&2; failed=1; }
! grep -q 'panicked at' "$work/log" || { echo "schemathesis.sh: the API panicked" >&2; cat "$work/log" >&2; failed=1; }
echo "schemathesis.sh: $(($(date +%s) - began)) s"
exit "$failed"
