#!/usr/bin/env bash
# Builds the images of the coordinator and of the worker (CPU).
#   deploy/build-images.sh [--local-bases] [--tag TAG] [--prefix PREFIX] [coordinator|worker ...]
#     --local-bases   makes the base images here, where no registry is reachable: from Debian's archive by debootstrap (needs root), and with
#                     this machine's .NET SDK. They are made once and kept.
#     --tag TAG       default: the version in Directory.Build.props
#     --prefix NAME   default: inception-; gives NAMEcoordinator and NAMEworker, e.g. registry.example/team/inception-
# Other bases, and CUDA: pass build arguments to 'docker build' yourself, as the heads of deploy/*.Dockerfile show.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

local_bases=false
tag=$(sed -nE 's:.*<Version>(.*)</Version>.*:\1:p' Directory.Build.props)
prefix=inception-
images=()
die() { printf 'error: %s\n' "$*" >&2; exit 2; }
while (($# > 0)); do
  case $1 in
    --local-bases) local_bases=true ;;
    --tag) tag=${2:?"--tag needs a value"}; shift ;;
    --prefix) prefix=${2:?"--prefix needs a value"}; shift ;;
    coordinator | worker) images+=("$1") ;;
    --help | -h) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown argument '$1'; known: --local-bases, --tag, --prefix, coordinator, worker" ;;
  esac
  shift
done
((${#images[@]} > 0)) || images=(coordinator worker)
docker version --format '{{.Server.Version}}' >/dev/null 2>&1 || die "no Docker engine answers (docker version); start one, or set DOCKER_HOST"

has_image() { docker image inspect "$1" >/dev/null 2>&1; }
say() { printf '%s\n' "$*" >&2; }

# The names say what is inside, so that another release or SDK gets another base.
make_local_bases() {
  local suite=bookworm work
  debian=inception-base-debian:$suite
  chiselled=inception-base-chiselled:$suite
  sdk=inception-base-dotnet-sdk:$(dotnet --version)
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # The directory of now.
  trap "rm -rf '$work'" EXIT
  has_image "$debian" || make_debian "$suite" "$work"
  has_image "$chiselled" || make_chiselled "$work"
  has_image "$sdk" || make_sdk "$work"
}

make_debian() { # suite work
  ((EUID == 0)) || die "--local-bases needs root, for debootstrap"
  command -v debootstrap >/dev/null || die "--local-bases needs debootstrap: apt-get install debootstrap"
  say "Making $debian by debootstrap ..."
  debootstrap --variant=minbase --include=ca-certificates "$1" "$2/debian" http://deb.debian.org/debian >"$2/log" 2>&1 ||
    { tail -n 20 "$2/log" >&2; die "debootstrap failed"; }
  rm -rf "$2"/debian/var/cache/apt/archives/*.deb "$2"/debian/var/lib/apt/lists/*
  printf 'deb http://deb.debian.org/%s main\n' "debian $1" "debian $1-updates" "debian-security $1-security" >"$2/debian/etc/apt/sources.list"
  tar -C "$2/debian" -c . | docker import - "$debian" >/dev/null
}

# The files of the few packages that a self-contained .NET program needs, and no shell. Their records go where scanners look for those of
# images without dpkg (/var/lib/dpkg/status.d).
make_chiselled() { # work
  local from=$1/whole to=$1/chiselled package list container
  say "Making $chiselled from it ..."
  mkdir -p "$from" "$to"/{tmp,dev,proc,sys,usr/{bin,sbin,lib,lib64},var/lib/dpkg/status.d,etc/ssl/certs}
  container=$(docker create "$debian" true)
  docker export "$container" | tar -C "$from" -x
  docker rm "$container" >/dev/null
  chmod 1777 "$to/tmp"
  # The packages name their files under /lib, which is a link.
  cp -a "$from"/{bin,sbin,lib,lib64} "$to"/
  for package in base-files libc6 libgcc-s1 gcc-12-base libstdc++6 zlib1g libssl3 ca-certificates; do
    list=$from/var/lib/dpkg/info/$package.list
    [[ -f $list ]] || list=$from/var/lib/dpkg/info/$package:$(dpkg --print-architecture).list
    [[ -f $list ]] || die "the package $package is not in $debian"
    grep -vE '^/\.$|^/usr/share/(doc|man|locale|lintian)' "$list" | sed 's:^/::' |
      tar -C "$from" --no-recursion -c -T - | tar -C "$to" --keep-directory-symlink -x
    awk -v RS= -v ORS='\n\n' -v name="Package: $package\n" 'index($0, name) == 1' "$from/var/lib/dpkg/status" >"$to/var/lib/dpkg/status.d/$package"
  done
  cp "$from/etc/ssl/certs/ca-certificates.crt" "$to/etc/ssl/certs/"
  printf 'root:x:0:0:root:/:/sbin/nologin\ninception:x:10001:10001::/tmp:/sbin/nologin\n' >"$to/etc/passwd"
  printf 'root:x:0:\ninception:x:10001:\n' >"$to/etc/group"
  tar -C "$to" -c . | docker import - "$chiselled" >/dev/null
}

make_sdk() { # work
  say "Making $sdk from this machine's .NET SDK, with its certificate authorities ..."
  mkdir "$1/sdk"
  tar -C "$(dirname "$(readlink -f "$(command -v dotnet)")")" -cf "$1/sdk/dotnet.tar" .
  # A closed network's package feed may be certified by an authority of its own. Only building goes through it; no image holds it.
  cp /etc/ssl/certs/ca-certificates.crt "$1/sdk/"
  printf 'FROM %s\nCOPY ca-certificates.crt /etc/ssl/certs/\nADD dotnet.tar /usr/share/dotnet/\nRUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet\n' "$debian" >"$1/sdk/Dockerfile"
  docker build --quiet --tag "$sdk" "$1/sdk" >/dev/null
}

arguments=(--build-arg "VERSION=$tag" --build-arg "REVISION=$(git describe --always --dirty 2>/dev/null || echo unknown)")
if $local_bases; then
  make_local_bases
  arguments+=(--build-arg "SDK_BASE=$sdk")
fi
for image in "${images[@]}"; do
  bases=()
  if $local_bases; then
    if [[ $image == coordinator ]]; then bases=(--build-arg "RUN_BASE=$chiselled")
    else bases=(--build-arg "BUILD_BASE=$debian" --build-arg "RUN_BASE=$debian"); fi
  fi
  say "Building $prefix$image:$tag ..."
  docker build --file "deploy/$image.Dockerfile" --tag "$prefix$image:$tag" "${arguments[@]}" "${bases[@]}" .
done
say "Built: $(printf "$prefix%s:$tag " "${images[@]}")"
