# The coordinator alone: no libtorch, no shell needed. Build it from the repository's root:
#   docker build --file deploy/coordinator.Dockerfile --tag inception-coordinator .
# Or by deploy/build-images.sh, which can also make the bases where no registry is reachable.

# Has the .NET 10 SDK.
ARG SDK_BASE=mcr.microsoft.com/dotnet/sdk:10.0
# Has glibc, libstdc++, zlib and OpenSSL; nothing else is needed.
ARG RUN_BASE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${SDK_BASE} AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /source
# The packages are a layer of their own, which only project files make anew.
COPY Directory.Build.props Directory.Packages.props global.json BannedSymbols.txt ./
COPY shared/grpc shared/grpc/
COPY protos/*.csproj protos/
COPY shared/core/*.csproj shared/core/
COPY shared/hosting/*.csproj shared/hosting/
COPY coordinator/*.csproj coordinator/
RUN dotnet restore coordinator --runtime linux-x64
COPY .editorconfig ./
COPY protos protos/
COPY shared/core shared/core/
COPY shared/hosting shared/hosting/
COPY coordinator coordinator/
RUN dotnet publish coordinator --configuration Release --runtime linux-x64 --self-contained --no-restore --output /app -p:DebugType=none

FROM ${RUN_BASE}
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="inception-coordinator" \
      org.opencontainers.image.description="Coordinates one training run of Inception.Distributed" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /app /app
COPY LICENSE /app/LICENSE
# The root file system may be read-only: the runtime's diagnostics would want a socket in /tmp.
ENV DOTNET_EnableDiagnostics=0 SSL_CERT_DIR=/etc/ssl/certs
# A number, by which Kubernetes sees that it is not root.
USER 10001:10001
EXPOSE 7400 7401
STOPSIGNAL SIGTERM
# For containers started with --health-listen 0.0.0.0:7401; others are run with --no-healthcheck. Kubernetes has probes of its own.
HEALTHCHECK --interval=15s --timeout=10s --start-period=10m CMD ["/app/Inception.Distributed.Coordinator", "probe"]
ENTRYPOINT ["/app/Inception.Distributed.Coordinator"]
CMD ["--help"]
