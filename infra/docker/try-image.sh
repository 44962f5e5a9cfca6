#!/bin/sh
# Builds and runs the image where no registry of images can be reached: infra/docker/try-image.sh ballots
#
# The base is made of Debian's packages by debootstrap and given the base's name; buildah builds from it, and podman runs what
# was built as docker-compose.yml does: as nobody, without capabilities, on a read-only root. Needs root, and from Debian
# buildah, podman, crun and debootstrap. Everything is in one folder, which goes at the end.
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo "which services? such as: $0 ballots audit" >&2; exit 2; }

work=$(mktemp -d)
store="--root $work/store --runroot $work/run --storage-driver overlay"
base=$(sed -n 's/^ARG PYTHON=//p' infra/docker/Dockerfile)
end() {
    umount -l "$work/store/overlay" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
trap 'exit 1' INT TERM

step() { echo "== $*" >&2; }

# A private mount namespace in which all of cgroups is version 2: crun refuses the mixture that some machines have.
contained() {
    unshare --mount sh -c '
        umount -R -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
        exec podman "$@"' podman $store "$@"
}

files=$(ulimit -H -n)
limits="--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges"
here="--network host --cgroups=disabled --ulimit nofile=$files:$files --ulimit nproc=1000:1000 --no-healthcheck"

step "a base from Debian's packages, in place of $base"
debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$work/base" > "$work/debootstrap.log"
ln -s /usr/bin/python3 "$work/base/usr/local/bin/python"
# Where this machine reaches the package index by an authority or a setting of its own, the base does too.
cp /etc/ssl/certs/ca-certificates.crt "$work/base/etc/ssl/certs/"
[ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$work/base/etc/"
rm -rf "$work/base/var/cache/apt" "$work/base/var/lib/apt/lists"
export BUILDAH_ISOLATION=chroot
container=$(buildah $store from scratch)
buildah $store add --quiet "$container" "$work/base" /
buildah $store commit --quiet "$container" "$base" > "$work/commit.log"

for service; do
    step "comitia/$service"
    buildah $store bud --pull-never --layers --format docker -f infra/docker/Dockerfile --build-arg "SERVICE=$service" \
        -t "comitia/$service" . > "$work/build.log" || { tail -n 20 "$work/build.log"; exit 1; }
    buildah $store images --format '{{.Name}} {{.Size}}' --filter "reference=localhost/comitia/$service"
    case $service in cli) contained run --rm $limits $here "localhost/comitia/$service" --help; continue ;; esac
    contained run --rm $limits $here "localhost/comitia/$service" settings
    case $service in relay) continue ;; esac
    # An api on an empty log in memory: it gets ready, and ends well when told to.
    contained run --rm $limits $here --name "try-$service" --env COMITIA_DATA_DIR=/tmp/data \
        --env COMITIA_LISTEN=127.0.0.1:0 --env COMITIA_METRICS_LISTEN=127.0.0.1:9464 "localhost/comitia/$service" api &
    running=$!
    contained exec "try-$service" true 2> /dev/null || sleep 10
    contained exec "try-$service" python -m "$service" health
    contained stop --time 30 "try-$service" > "$work/stop.log"
    wait $running
    step "comitia/$service was ready, and ended well"
done
