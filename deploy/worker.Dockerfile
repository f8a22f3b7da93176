# The whole program 'inception' with libtorch: workers, and the commands that look at runs and checkpoints.
# On CPUs, with Debian's libtorch, from the repository's root:
#   docker build --file deploy/worker.Dockerfile --tag inception-worker .
# On GPUs, with the libtorch of a PyTorch image; both bases have it under the same path, and NCCL with it:
#   docker build --file deploy/worker.Dockerfile --tag inception-worker:cuda \
#     --build-arg BUILD_BASE=pytorch/pytorch:2.4.1-cuda12.1-cudnn9-devel --build-arg RUN_BASE=pytorch/pytorch:2.4.1-cuda12.1-cudnn9-runtime \
#     --build-arg TORCH_DIR=/opt/conda/lib/python3.11/site-packages/torch \
#     --build-arg BUILD_PACKAGES="g++ cmake make libjpeg-dev libpng-dev libwebp-dev" --build-arg RUN_PACKAGES="libjpeg62-dev libpng16-16 libwebp7" .
# Or by deploy/build-images.sh, which can also make the bases where no registry is reachable.

# Has the .NET 10 SDK under /usr/share/dotnet.
ARG SDK_BASE=mcr.microsoft.com/dotnet/sdk:10.0
# Has apt, and the libtorch of TORCH_DIR.
ARG BUILD_BASE=debian:bookworm-slim
ARG RUN_BASE=debian:bookworm-slim

FROM ${SDK_BASE} AS sdk

FROM ${BUILD_BASE} AS native
# Empty: Debian's libtorch.
ARG TORCH_DIR=
ARG BUILD_PACKAGES="g++ cmake make libtorch-dev libgloo-dev libopenblas0-pthread libjpeg62-turbo-dev libpng-dev libwebp-dev"
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${BUILD_PACKAGES} \
    && rm -rf /var/lib/apt/lists/*
COPY native /source/native/
RUN cmake -S /source/native -B /source/native/build -DCMAKE_BUILD_TYPE=Release -DTORCH_DIR="${TORCH_DIR}" \
    && cmake --build /source/native/build --parallel "$(nproc)"

FROM ${SDK_BASE} AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /source
# The packages are a layer of their own, which only project files make anew.
COPY Directory.Build.props Directory.Packages.props global.json BannedSymbols.txt ./
COPY shared/grpc shared/grpc/
COPY shared/torch/*.props shared/torch/
COPY shared/torch/binding/*.csproj shared/torch/binding/
COPY shared/torch/extensions/*.csproj shared/torch/extensions/
COPY protos/*.csproj protos/
COPY shared/core/*.csproj shared/core/
COPY shared/hosting/*.csproj shared/hosting/
COPY coordinator/*.csproj coordinator/
COPY worker/*.csproj worker/
COPY cli/*.csproj cli/
RUN dotnet restore cli --runtime linux-x64
COPY .editorconfig ./
COPY protos protos/
COPY shared shared/
COPY coordinator coordinator/
COPY worker worker/
COPY cli cli/
COPY --from=native /source/native/build/*.so native/build/
RUN dotnet publish cli --configuration Release --runtime linux-x64 --self-contained --no-restore --output /app -p:DebugType=none

FROM ${RUN_BASE}
ARG RUN_PACKAGES="libtorch1.13 libgloo0 libopenblas0-pthread libjpeg62-turbo libpng16-16 libwebp7 libssl3 ca-certificates"
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${RUN_PACKAGES} \
    && rm -rf /var/lib/apt/lists/* /var/cache/debconf /var/log/*
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="inception-worker" \
      org.opencontainers.image.description="Trains for a coordinator of Inception.Distributed, a process for each device" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /app /app
COPY LICENSE /app/LICENSE
# The root file system may be read-only: the runtime's diagnostics would want a socket in /tmp.
# Indexes of archives are kept under XDG_CACHE_HOME; mount something there to keep them over restarts.
ENV DOTNET_EnableDiagnostics=0 HOME=/tmp XDG_CACHE_HOME=/tmp/.cache PATH=/app:$PATH
# A number, by which Kubernetes sees that it is not root.
USER 10001:10001
STOPSIGNAL SIGTERM
# For containers started with --health-listen 0.0.0.0:7401; others are run with --no-healthcheck. Kubernetes has probes of its own.
HEALTHCHECK --interval=15s --timeout=10s --start-period=10m CMD ["/app/inception", "probe"]
ENTRYPOINT ["/app/inception"]
CMD ["--help"]
