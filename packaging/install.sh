#!/usr/bin/env bash
# Installs dango-auth from a folder that `cargo xtask dist` made, makes the first administrator, proves that they
# can sign in, and takes everything back when a step fails.
#
# usage: install.sh [--from DIR] [--root DIR] [--email ADDRESS] [--password-stdin] [--listen ADDRESS] [--yes]
set -euo pipefail

from=$(cd "$(dirname "$0")" && pwd)
root=
email=
password=
listen=127.0.0.1:8800
ask=yes

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "error: $*"
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
    --from) from=$2 && shift 2 ;;
    --root) root=${2%/} && shift 2 ;;
    --email) email=$2 && shift 2 ;;
    --listen) listen=$2 && shift 2 ;;
    --password-stdin) IFS= read -r password || [ -n "$password" ] && shift ;;
    --yes) ask= && shift ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0" && exit 0 ;;
    *) fail "unknown option $1" ;;
    esac
done

bin=$root/usr/bin
unit=$root/etc/systemd/system/dango-server.service
home=$root/var/lib/dango-auth
kept=$(mktemp -d)
made=()
server=

# Puts back what was there before, in reverse order.
roll_back() {
    local status=$?
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    if [ "$status" -ne 0 ]; then
        say "taking everything back"
        for ((at = ${#made[@]} - 1; at >= 0; at--)); do
            rm -rf "${made[at]}"
            if [ -e "$kept/$at" ]; then mv "$kept/$at" "${made[at]}"; fi
        done
    fi
    rm -rf "$kept"
    exit "$status"
}
trap roll_back EXIT
trap 'exit 130' INT TERM

# Remembers what a path held, so that it can be put back.
keep() {
    if [ -e "$1" ]; then cp -a "$1" "$kept/${#made[@]}"; fi
    made+=("$1")
}

put() {
    mkdir -p "$(dirname "$3")"
    keep "$3"
    # A new file in its place: a running program keeps the old one.
    install -m "$1" "$2" "$3.new"
    mv "$3.new" "$3"
}

# What makes a command run as the account of the server; nothing below another root.
as_server=()
[ -n "$root" ] || as_server=(setpriv --reuid dango-auth --regid dango-auth --clear-groups --)

# The status of a request, without any program but the shell.
request() {
    local host=${listen%:*} port=${listen##*:} body=$2
    exec 3<>"/dev/tcp/$host/$port"
    printf 'POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' \
        "$1" "$listen" "$(printf %s "$body" | wc -c)" "$body" >&3
    local status
    read -r _ status _ <&3
    exec 3>&-
    printf %s "$status"
}

json() {
    local text=${1//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

for program in dango dango-server; do
    [ -x "$from/bin/$program" ] || fail "there is no $from/bin/$program; give the folder with --from"
done
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "installing takes root; or choose a folder with --root"
if [ -z "$email" ]; then
    [ -n "$ask" ] && [ -t 0 ] || fail "give the first administrator's address with --email"
    read -r -p "Email of the first administrator: " email
fi
if [ -z "$password" ]; then
    [ -n "$ask" ] && [ -t 0 ] || fail "give the password with --password-stdin"
    read -r -s -p "Password: " password && say
fi

say "installing programs and unit"
put 755 "$from/bin/dango" "$bin/dango"
put 755 "$from/bin/dango-server" "$bin/dango-server"
put 644 "$from/lib/systemd/system/dango-server.service" "$unit"
for page in "$from"/share/man/man1/*.1; do put 644 "$page" "$root/usr/share/man/man1/${page##*/}"; done
if [ -z "$root" ] && ! getent passwd dango-auth >/dev/null; then
    useradd --system --home-dir /var/lib/dango-auth --shell /usr/sbin/nologin dango-auth
fi

if [ -d "$home/.dango" ]; then
    say "keeping the installation in $home"
else
    say "making the first administrator"
    mkdir -p "$(dirname "$home")"
    keep "$home"
    mkdir -p "$home" && chmod 700 "$home"
    [ -n "$root" ] || chown dango-auth:dango-auth "$home"
    DANGO_ADMIN_EMAIL=$email DANGO_ADMIN_PASSWORD=$password \
        "${as_server[@]}" "$bin/dango" init "$home" --skip-wizard >/dev/null
fi

say "proving the sign-in"
"${as_server[@]}" "$bin/dango-server" --project "$home" --listen "$listen" >"$kept/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || { cat "$kept/log" >&2 && fail "the server did not start"; }
    "$bin/dango-server" --listen "$listen" healthcheck 2>/dev/null && break
    sleep 0.1
done
status=$(request /api/auth/login "{\"email\": $(json "$email"), \"password\": $(json "$password")}")
[ "$status" = 200 ] || fail "$email cannot sign in (status $status)"
kill "$server" && wait "$server" || true
server=

if [ -z "$root" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable --now dango-server.service
fi
say "done: $email can sign in at http://$listen"
