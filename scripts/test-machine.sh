#!/bin/sh
# What the tests need beside Python: Chromium, PostgreSQL, a Chinese font. Had from the package manager where that is
# possible; what cannot be had is named here and its tests are skipped (in CI a skip fails).
missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk fontconfig"
if [ -n "$missing" ] && command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing for the tests:$missing"
    # shellcheck disable=SC2086 # a list of names
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $missing; } >/tmp/tijian-test-machine.log 2>&1 \
        || tail -n 5 /tmp/tijian-test-machine.log
    missing=""
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
fi
[ -z "$missing" ] || echo "not on this machine, tests that need it are skipped:$missing"
