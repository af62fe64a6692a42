# The image holds one static binary, the certificates of the public authorities and an empty folder for the database. There
# is no shell in it and nothing is downloaded when it starts. Without a shell there is no HEALTHCHECK either: let the
# orchestrator ask GET /healthz (alive) and GET /readyz (commands can come in and can be recorded) on port 9090.
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -tags nethttpomithttp2 -ldflags "-s -w -X main.version=${VERSION}" -o /out/casterbot . && mkdir -p /out/data
RUN go run ./deploy/release -licences /out/casterbot > /out/THIRD-PARTY-LICENSES.txt

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/casterbot /casterbot
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/THIRD-PARTY-LICENSES.txt /
COPY LICENSE /LICENSE
USER 65532:65532
WORKDIR /data
ENV HOME=/data \
    CASTERBOT_POLICY=/etc/casterbot/policy.yml \
    CASTERBOT_DATABASE_URL=sqlite:/data/casterbot.db \
    CASTERBOT_ADMIN_ADDR=0.0.0.0:9090
VOLUME /data
EXPOSE 9090
STOPSIGNAL SIGTERM
ENTRYPOINT ["/casterbot"]
