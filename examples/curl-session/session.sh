#!/usr/bin/env bash
# A session with curl alone: create a key, exchange it, ask about the token, rotate the key, revoke it.
# Needs KEYTURN_URL, KEYTURN_KEY (with keys:manager and tokens:viewer) and KEYTURN_ORGANIZATION. Uses jq.
set -euo pipefail

# Secrets go through files of this process, not through arguments that others can see in the process list.
auth() { printf 'header = "authorization: Bearer %s"\n' "$1"; }

gql() {
  jq -n --arg query "$2" --argjson variables "$3" '{query: $query, variables: $variables}' |
    curl -sS --config <(auth "$1") -H 'content-type: application/json' --data-binary @- "$KEYTURN_URL/graphql" |
    jq -e 'if .errors then error(.errors[0].message) else .data end'
}
form() { curl -sS --config <(auth "$1") --data-binary @- "$KEYTURN_URL$2"; }

echo '1. Create an API key'
created=$(gql "$KEYTURN_KEY" \
  'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id name } } }' \
  "$(jq -n --arg org "$KEYTURN_ORGANIZATION" '{input: {organizationId: $org, name: "curl session", expiresIn: "P1D",
     grants: [{module: "keys", role: "VIEWER"}]}}')")
id=$(jq -r .createApiKey.apiKey.id <<<"$created")
secret=$(jq -r .createApiKey.secret <<<"$created")
echo "   $id"

echo '2. Exchange it for an access token'
token=$(curl -sS --config <(printf 'user = "%s:%s"\n' "$id" "$secret") -d grant_type=client_credentials \
  -d scope=keys:viewer "$KEYTURN_URL/oauth/token" | jq -er .access_token)
echo "   ${#token} characters"

echo '3. Introspect the token'
printf 'token=%s' "$token" | form "$KEYTURN_KEY" /oauth/introspect | jq -c '{active, scope}'

echo '4. Rotate the key; the old secret goes on for an hour'
rotated=$(gql "$secret" 'mutation ($input: RotateKeyInput!) { rotateKey(input: $input) { secret } }' \
  "$(jq -n --arg id "$id" '{input: {id: $id, overlap: "PT1H"}}')")
new=$(jq -r .rotateKey.secret <<<"$rotated")
for one in "$secret" "$new"; do gql "$one" '{ viewer { key { name } } }' '{}' | jq -r '"   " + .viewer.key.name'; done

echo '5. Revoke it'
gql "$KEYTURN_KEY" 'mutation ($input: RevokeKeyInput!) { revokeKey(input: $input) { key { status } } }' \
  "$(jq -n --arg id "$id" '{input: {id: $id, reason: "NO_LONGER_NEEDED"}}')" | jq -r '"   " + .revokeKey.key.status'
printf 'token=%s' "$token" | form "$KEYTURN_KEY" /oauth/introspect | jq -c .
