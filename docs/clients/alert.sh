#!/usr/bin/env -S bash -o pipefail
# Posts an alert once a day, then prints what happens from then on, each event at least once, through crashes: alert.sh CHANNEL TEXT
api() { curl -sS --fail-with-body --retry 20 --retry-connrefused -K token.curl -H 'Content-Type: application/json' "${PARTYLINE_API:-http://127.0.0.1:9480}/v1/$1" "${@:2}"; }
number() { grep -o "\"$1\":[0-9]*" | tail -1 | cut -d: -f2; }
cursor=$(api consumers/alert | number acknowledged) || exit
[ "$cursor" != 0 ] || cursor=$(api 'events?after=now' | number cursor) || exit
api "conversations/$1/messages" -H "Idempotency-Key: $(date +%F)-$(sha256sum <<<"$2" | cut -c-32)" -d "{\"text\": \"$2\"}" || exit
while events=$(api "events?after=$cursor") && echo "$events" && cursor=$(number cursor <<<"$events"); do
  api consumers/alert/ack -d "{\"cursor\": $cursor}" >/dev/null && sleep 5
done
