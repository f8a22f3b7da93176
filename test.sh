#!/usr/bin/env bash
# Usage: ./test.sh [--all] [FILTER]
#
# Builds and runs the tests: native/ through ctest, then every project under tests/. FILTER is a part of a test's full name,
# e.g. Sampling. --all adds the tests of category Long and those of native/ under the address sanitizer, and (without a filter)
# writes docs/reports/DATE-tests.md.
# The last line is 'N passed, N failed', then ', N skipped' if any were; the exit code is 0 if none failed and one passed.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/scripts/setup.sh"

all=false
filter=
for argument in "$@"; do
  case $argument in
    --all) all=true ;;
    --help | -h)
      sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    -*) die "test.sh: unknown option '$argument'; known: --all." ;;
    *)
      [[ -z $filter ]] || die "test.sh: one filter at most, got '$filter' and '$argument'."
      filter=$argument
      ;;
  esac
done

passed=0
failed=0
skipped=0
rows=()

# count NAME PASSED FAILED SKIPPED SECONDS: one row of the outcome.
count() {
  printf '%-20s %5d passed, %d failed, %d skipped (%s s)\n' "$@"
  rows+=("| $1 | $2 | $3 | $4 | $5 |")
  ((passed += $2, failed += $3, skipped += $4)) || true
}

finish() {
  if ((passed + failed == 0)); then
    say "error: no test ran${filter:+ that matches $filter}$($all || echo ' (--all includes those of category Long)')"
  fi
  if ((skipped > 0)); then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  ((failed == 0 && passed > 0))
}

seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }

# What does not build counts as one failed test.
broken() {
  say "error: $1"
  count "$1" 0 1 0 0
}

# native_tests NAME DIRECTORY OPTION...: builds native/ with its tests in native/DIRECTORY, and runs them.
native_tests() {
  local name=$1 directory=$2 log=$state/$1.log inputs start run bad
  shift 2
  if [[ ! -d $repository/tests/native ]]; then return; fi
  inputs=$(fingerprint "${native_inputs[@]}" "$repository/tests/native")
  if ! is_current "$name" "$inputs"; then
    lock
    say "Building the tests of $name ..."
    if ! build_cmake "$directory" -DBUILD_TESTS=ON "$@"; then
      broken "build of $name"
      unlock
      return
    fi
    printf '%s' "$inputs" >"$state/$name"
    unlock
  fi
  start=$EPOCHREALTIME
  timeout --foreground --kill-after=10 600 ctest --test-dir "$repository/native/$directory" --parallel "$(nproc)" --output-on-failure \
    ${filter:+--tests-regex "$filter"} >"$log" 2>&1 </dev/null || cat "$log" >&2
  # "N% tests passed, F tests failed out of T"
  if read -r bad run < <(sed -nE 's/.*, ([0-9]+) tests? failed out of ([0-9]+)$/\1 \2/p' "$log"); then
    count "$name" $((run - bad)) "$bad" 0 "$(seconds_since "$start")"
  elif ! grep -q 'No tests were found' "$log"; then
    broken "$name: ctest ended without a summary"
  fi
}

dotnet_tests() {
  local name=$1 log=$state/$1.log start=$EPOCHREALTIME status=0
  local assembly=$repository/tests/$name/bin/Release/net10.0/Inception.Distributed.$name.dll
  local arguments=(-noLogo -noColor)
  $all || arguments+=(-trait- Category=Long)
  if [[ -n $filter ]]; then arguments+=(-method "*$filter*"); fi
  timeout --foreground --kill-after=10 "$($all && echo 7200 || echo 1800)" dotnet "$assembly" "${arguments[@]}" >"$log" 2>&1 </dev/null || status=$?

  local total errors bad left
  # "   NAME  Total: 3, Errors: 0, Failed: 1, Skipped: 1, Not Run: 0, Time: 0.126s"; of an empty run, "   NAME  Total: 0"
  read -r total errors bad left < <(sed -nE \
    's/^ +Inception\.Distributed\.[^ ]+ +Total: ([0-9]+)(, Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*)?$/\1 \3 \4 \5/p' "$log" |
    tail -n 1) || true
  if [[ -z ${total:-} ]]; then
    tail -n 60 "$log" >&2
    broken "$name ended with exit code $status without a summary"
    return
  fi
  bad=$((${bad:-0} + ${errors:-0}))
  if ((bad == 0 && status != 0)); then bad=1; fi
  if ((bad > 0)); then grep -vE '^  (Discover|Start|Finish)' "$log" >&2 || true; fi
  if ((total > 0)); then
    count "$name" $((total - ${left:-0} - bad)) "$bad" "${left:-0}" \
      "$(seconds_since "$start")"
  fi
}

write_report() {
  local file
  file=$repository/docs/reports/$(date +%F)-tests.md
  mkdir -p "${file%/*}"
  {
    printf '# Tests, %s\n\n' "$(date +%F)"
    printf 'Commit %s. %s, %s cores, %s GiB of memory. %s, .NET SDK %s, libtorch %s.\n\n' \
      "$(git -C "$repository" describe --always --dirty 2>/dev/null || echo unknown)" \
      "$(sed -nE 's/^model name\s*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
      "$(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)" \
      "$(. /etc/os-release && echo "$PRETTY_NAME")" "$(dotnet --version)" \
      "$(dpkg-query -W -f='${Version}' libtorch-dev)"
    # shellcheck disable=SC2016 # The backticks are Markdown.
    printf '`./test.sh --all` took %d min %02d s with the build: %d passed, %d failed, %d skipped.\n\n' \
      $((SECONDS / 60)) $((SECONDS % 60)) "$passed" "$failed" "$skipped"
    printf '| Project | Passed | Failed | Skipped | Seconds |\n|---|---:|---:|---:|---:|\n'
    printf '%s\n' "${rows[@]}"
  } >"$file"
  say "Report: ${file#"$repository"/}"
}

# In a subshell, since set-up ends its shell where it fails.
if (set_up_tests && if $all; then set_up_containers; fi); then
  native_tests native-tests build -DCMAKE_BUILD_TYPE=Release
  if $all; then native_tests native-tests-address build-address -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSANITIZE=address; fi
  for directory in "$repository"/tests/*.Tests/; do
    dotnet_tests "$(basename "$directory")"
  done
  if $all && [[ -z $filter ]]; then write_report; fi
else
  broken build
fi
finish
