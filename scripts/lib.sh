# Shared by the scripts of this folder: packages, messages, building.  Sourced, not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${TERTULIA_JOBS:-$(nproc)}

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

build_packages=(g++ cmake ninja-build ccache mold pkg-config libboost1.81-dev libssl-dev libexpat1-dev nlohmann-json3-dev
  libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev libsodium-dev libkrb5-dev libsqlite3-dev libre2-dev prometheus-cpp-dev zlib1g-dev)
test_libraries=(libgtest-dev libgmock-dev libbenchmark-dev)
test_packages=("${test_libraries[@]}" python3 openssl curl zsh fish sip-tester sipsak baresip-core linphone-cli
  pidgin-sipe libpurple-dev libglib2.0-dev libxml2-dev krb5-kdc krb5-admin-server krb5-user libfaketime
  clang clang-format clang-tidy lld llvm)

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    fail "packages are missing and neither root nor sudo is at hand: $*"
  fi
}

# Leaves in `missing` those of the named Debian packages that are not installed.
find_missing() {
  local package
  missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
}

# Installs what is missing of the named Debian packages; does nothing when all are there.
install_packages() {
  local missing
  find_missing "$@"
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# configure PRESET      configure_options: more options of cmake
configure_options=()
configure() {
  local preset=$1
  (cd "$root" && cmake --preset "$preset" "${configure_options[@]}" >"/tmp/tertulia-cmake-$preset-$$.log" 2>&1) || {
    cat "/tmp/tertulia-cmake-$preset-$$.log"; rm -f "/tmp/tertulia-cmake-$preset-$$.log"; return 1; }
  rm -f "/tmp/tertulia-cmake-$preset-$$.log"
}

# build PRESET [target...]
build() {
  local preset=$1; shift
  configure "$preset" || return 1
  cmake --build "$root/build/$preset" --parallel "$jobs" ${1:+--target "$@"} >"$root/build/$preset/build.log" 2>&1 ||
    { grep -E 'error|FAILED|undefined' "$root/build/$preset/build.log" | head -n 60; return 1; }
}
