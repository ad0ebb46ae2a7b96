#!/usr/bin/env bash
# Lays out what the three images hold, from a build of this source: target/images/{job,service,tools}.
#   assemble.sh           build, then lay out
#   assemble.sh --laid    lay out what is built already
set -euo pipefail
cd "$(dirname "$0")/.."
root=$(cd .. && pwd)
out=target/images

if [ "${1:-}" != --laid ]; then
  (cd "$root" && mvn -B -ntp -q -Dmaven.test.skip=true package dependency:copy-dependencies -DincludeScope=runtime \
    -pl engine/jobs,engine/server,engine/app -am)
fi

# The module's jar and all that it needs at run time.
copy() {
  local module=$1 to=$2
  mkdir -p "$to"
  find "$root/engine/$module/target" -maxdepth 1 -name "waggle-engine-$module-*.jar" \
    ! -name '*-sources.jar' ! -name '*-tests.jar' -exec cp {} "$to/waggle-engine-$module.jar" \;
  [ -f "$to/waggle-engine-$module.jar" ] || { echo "assemble: engine/$module is not built" >&2; exit 1; }
  cp "$root/engine/$module/target/dependency/"*.jar "$to"
}

# A native library of a jar where java.library.path points: nothing is unpacked to a temporary folder.
native() {
  local jar=$1 entry=$2 to=$3
  mkdir -p "$to/unpacked"
  (cd "$to/unpacked" && jar xf "$jar" "$entry")
  mv "$to/unpacked/$entry" "$to"
  rm -r "$to/unpacked"
  chmod 755 "$to/$(basename "$entry")"
}
learner=natives/linux_64/libvw_jni.so

rm -rf "$out"
mkdir -p "$out"
# Paths for jar, which changes folder.
out=$(cd "$out" && pwd)
for image in service tools; do
  module=server
  [ $image = service ] || module=app
  copy $module "$out/$image/lib"
  native "$out/$image/lib"/vw-jni-*.jar $learner "$out/$image/native"
done
native "$out/service/lib"/frocksdbjni-*.jar librocksdbjni-linux64.so "$out/service/native"
# Of Kafka's batches: what is not found in that folder is unpacked to the temporary one.
native "$out/service/lib"/lz4-java-*.jar net/jpountz/util/linux/amd64/liblz4-java.so "$out/service/native"
# The module leaves the logging to whoever runs it.
cp "$root/engine/app/target/dependency/"log4j-{api,core,slf4j2-impl}-*.jar "$out/service/lib"
cp images/log4j2.xml "$out/service"

copy jobs "$out/job/usrlib"
native "$out/job/usrlib"/vw-jni-*.jar $learner "$out/job/native"
# A native library belongs to one class loader: the parent's, which stays when a job is restarted.
mkdir -p "$out/job/lib"
mv "$out/job/usrlib/"vw-jni-*.jar "$out/job/lib"
# What the Flink distribution has itself.
for jar in flink-annotations flink-cep flink-clients flink-connector-files flink-core flink-core-api flink-datastream \
  flink-datastream-api flink-hadoop-fs flink-java flink-metrics-core flink-metrics-prometheus flink-optimizer \
  flink-queryable-state-client-java flink-rpc-akka-loader flink-rpc-core flink-runtime flink-shaded-asm flink-shaded-guava \
  flink-shaded-jackson flink-shaded-netty flink-shaded-zookeeper flink-statebackend-common flink-statebackend-forst \
  flink-statebackend-rocksdb flink-streaming-java frocksdbjni kryo log4j slf4j-api; do
  rm -f "$out/job/usrlib/$jar"-[0-9a-z]*.jar
done
du -sh "$out"/*
