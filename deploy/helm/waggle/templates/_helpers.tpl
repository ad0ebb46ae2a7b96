{{/* Labels of every object. Argument: dict root, component. */}}
{{- define "waggle.labels" -}}
app.kubernetes.io/name: waggle
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* What selects the pods of a component; never changes between versions. */}}
{{- define "waggle.selector" -}}
app.kubernetes.io/name: waggle
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Name of the ConfigMap with the surfaces. */}}
{{- define "waggle.surfaces" -}}
{{- .Values.surfaces.existingConfigMap | default (printf "%s-surfaces" .Release.Name) -}}
{{- end }}

{{/* What values.schema.json cannot say, because it compares two values. */}}
{{- define "waggle.checks" -}}
{{- if gt (len .Release.Name) 36 }}
{{- fail (printf "release name: %s (expected: at most 36 letters; Flink adds to the names of its pods)" .Release.Name) }}
{{- end }}
{{- if gt (int .Values.topics.minInSyncReplicas) (int .Values.topics.replicas) }}
{{- fail (printf "topics.minInSyncReplicas: %v (expected: at most topics.replicas, %v)" .Values.topics.minInSyncReplicas .Values.topics.replicas) }}
{{- end }}
{{- range $name := list "session" "learning" }}
{{- $job := index $.Values.jobs $name }}
{{- if gt (int $job.parallelism) (int $.Values.topics.partitions) }}
{{- fail (printf "jobs.%s.parallelism: %v (expected: at most topics.partitions, %v; more subtasks would read nothing)" $name $job.parallelism $.Values.topics.partitions) }}
{{- end }}
{{- if and $job.autoscaler.enabled (lt (int $job.autoscaler.maxParallelism) (int $job.parallelism)) }}
{{- fail (printf "jobs.%s.autoscaler.maxParallelism: %v (expected: at least jobs.%s.parallelism, %v)" $name $job.autoscaler.maxParallelism $name $job.parallelism) }}
{{- end }}
{{- if and $job.autoscaler.enabled (gt (int $job.autoscaler.maxParallelism) (int $.Values.topics.partitions)) }}
{{- fail (printf "jobs.%s.autoscaler.maxParallelism: %v (expected: at most topics.partitions, %v; more subtasks would read nothing)" $name $job.autoscaler.maxParallelism $.Values.topics.partitions) }}
{{- end }}
{{- range $key := list "bootstrapServers" "surfaces" "kafkaClientFile" "checkpointDirectory" "parallelism" "registry" "decisionLog" "epoch" }}
{{- if hasKey $job.config $key }}
{{- fail (printf "jobs.%s.config.%s: set (expected: absent, the chart fills it in)" $name $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- $before := -1 }}
{{- range .Values.jobs.learning.epochs }}
{{- if le (int .epoch) $before }}
{{- fail (printf "jobs.learning.epochs: %v after %v (expected: growing, each epoch is for one deployment and a later one takes over)" .epoch $before) }}
{{- end }}
{{- $before = int .epoch }}
{{- $name := printf "%s-%s" $.Release.Name (include "waggle.learningName" .epoch) }}
{{- if gt (len $name) 45 }}
{{- fail (printf "release name: %s (expected: shorter, as %s has more than 45 letters)" $.Release.Name $name) }}
{{- end }}
{{- end }}
{{- range $key := list "bootstrapServers" "kafkaClientFile" "surfaces" "viewDirectory" "spoolDirectory" "registry" "host" "port" }}
{{- if hasKey $.Values.ranking.config $key }}
{{- fail (printf "ranking.config.%s: set (expected: absent, the chart fills it in)" $key) }}
{{- end }}
{{- end }}
{{- if ne (hasPrefix "file:" .Values.storage.root) .Values.storage.volume.enabled }}
{{- fail (printf "storage.root: %s (expected: file:///var/lib/waggle/shared exactly where storage.volume.enabled)" .Values.storage.root) }}
{{- end }}
{{- with .Values.ranking.autoscaling }}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) }}
{{- fail (printf "ranking.autoscaling.minReplicas: %v (expected: at most maxReplicas, %v)" .minReplicas .maxReplicas) }}
{{- end }}
{{- end }}
{{- with .Values.ranking.disruption }}
{{- if eq (empty .minAvailable) (empty .maxUnavailable) }}
{{- fail "ranking.disruption: minAvailable and maxUnavailable (expected: exactly one of them)" }}
{{- end }}
{{- $least := ternary $.Values.ranking.autoscaling.minReplicas $.Values.ranking.replicas $.Values.ranking.autoscaling.enabled }}
{{- if and (not (empty .minAvailable)) (ge (int .minAvailable) (int $least)) }}
{{- fail (printf "ranking.disruption.minAvailable: %v (expected: less than the %v pods there may be; else no node can be drained)" .minAvailable $least) }}
{{- end }}
{{- end }}
{{- include "waggle.rankingChecks" .Values.ranking }}
{{- range $file, $text := .Values.surfaces.files }}
{{- include "waggle.retentionCheck" (dict "retention" $.Values.topics.retention "file" $file "surface" ($text | fromYaml)) }}
{{- end }}
{{- end }}

{{/* Memory, room and time of the service's pods. Argument: .Values.ranking. */}}
{{- define "waggle.rankingChecks" -}}
{{- $request := dig "requests" "memory" "" .resources }}
{{- $limit := dig "limits" "memory" "" .resources }}
{{- if and $request $limit (gt (float64 (include "waggle.bytes" $request)) (float64 (include "waggle.bytes" $limit))) }}
{{- fail (printf "ranking.resources.limits.memory: %s (expected: at least the request, %s)" $limit $request) }}
{{- end }}
{{- with .config.spoolBytes }}
{{- if ge (float64 .) (float64 (include "waggle.bytes" $.volume.size)) }}
{{- fail (printf "ranking.config.spoolBytes: %s (expected: less than ranking.volume.size, %s, where the views are too)" (toString .) $.volume.size) }}
{{- end }}
{{- end }}
{{- /* After it has answered for the last time it writes what it has logged. */}}
{{- $drain := regexFind "^PT[0-9]+S$" (toString (default "PT5S" .config.drain)) | trimPrefix "PT" | trimSuffix "S" }}
{{- $needed := add .drainSeconds (default 0 $drain) 5 }}
{{- if lt (int .terminationGracePeriodSeconds) (int $needed) }}
{{- fail (printf "ranking.terminationGracePeriodSeconds: %v (expected: at least %d, ranking.drainSeconds, the service's drain and 5)" .terminationGracePeriodSeconds $needed) }}
{{- end }}
{{- end }}

{{/* What waits for its window is still in the topics after an outage of as long. Argument: dict retention, file, surface. */}}
{{- define "waggle.retentionCheck" -}}
{{- $hours := regexFind "^PT[0-9]+H$" .retention | trimPrefix "PT" | trimSuffix "H" }}
{{- $seconds := regexFind "^[0-9]+" (toString (dig "reward" "wait" "600s" .surface)) }}
{{- if and $hours $seconds (lt (mul (int64 $hours) 3600) (mul 2 (int64 $seconds))) }}
{{- fail (printf "topics.retention: %s (expected: at least twice the %ss that %s waits for rewards)" .retention $seconds .file) }}
{{- end }}
{{- end }}

{{/* A quantity as Kubernetes writes it, as a number. */}}
{{- define "waggle.bytes" -}}
{{- $unit := regexFind "[a-zA-Z]*$" . }}
{{- $units := dict "m" 0.001 "k" 1e3 "Ki" 1024 "M" 1e6 "Mi" 1048576 "G" 1e9 "Gi" 1073741824 "T" 1e12 "Ti" 1099511627776 }}
{{- mulf (float64 (trimSuffix $unit .)) (get $units $unit | default 1) }}
{{- end }}

{{/* Where the pods find Kafka's client settings; empty: there are none. */}}
{{- define "waggle.kafkaClientFile" -}}
{{- with .Values.kafka.clientSecret -}}
{{- if .name }}/etc/waggle/kafka/{{ .key }}{{ end -}}
{{- end -}}
{{- end }}

{{/* What the learning job of an epoch is called, and its folders. Argument: the epoch. */}}
{{- define "waggle.learningName" -}}
learning{{ if int . }}-epoch-{{ int . }}{{ end }}
{{- end }}

{{/* The file of a job. Argument: dict root, kind (whose values it has), name, epoch (of learning jobs). */}}
{{- define "waggle.jobConfig" -}}
{{- $values := .root.Values }}
{{- $job := index $values.jobs .kind }}
{{- $config := deepCopy $job.config }}
{{- $_ := set $config "bootstrapServers" $values.kafka.bootstrapServers }}
{{- with include "waggle.kafkaClientFile" .root }}
{{- $_ := set $config "kafkaClientFile" . }}
{{- end }}
{{- $_ := set $config "surfaces" "/etc/waggle/surfaces" }}
{{- $_ := set $config "parallelism" (int $job.parallelism) }}
{{- $_ := set $config "checkpointDirectory" (printf "%s/checkpoints/%s" $values.storage.root .name) }}
{{- if eq .kind "learning" }}
{{- $_ := set $config "epoch" (int .epoch) }}
{{- if $values.registry.enabled }}
{{- $_ := set $config "registry" (dict "directory" (printf "%s/registry" $values.storage.root)) }}
{{- end }}
{{- if $values.decisionLog.enabled }}
{{- $_ := set $config "decisionLog" (dict "directory" (printf "%s/decision-log%s" $values.storage.root (trimPrefix "learning" .name))) }}
{{- end }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{/* The file of the ranking service. */}}
{{- define "waggle.serviceConfig" -}}
{{- $config := deepCopy .Values.ranking.config }}
{{- $_ := set $config "bootstrapServers" .Values.kafka.bootstrapServers }}
{{- with include "waggle.kafkaClientFile" . }}
{{- $_ := set $config "kafkaClientFile" . }}
{{- end }}
{{- $_ := set $config "surfaces" "/etc/waggle/surfaces" }}
{{- $_ := set $config "viewDirectory" "/var/lib/waggle/data/views" }}
{{- $_ := set $config "port" 8080 }}
{{- if and .Values.registry.enabled .Values.storage.volume.enabled }}
{{- $_ := set $config "registry" "/var/lib/waggle/shared/registry" }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{- define "waggle.podSecurity" -}}
runAsNonRoot: true
runAsUser: 9999
runAsGroup: 9999
fsGroup: 9999
# Volumes with millions of files are not walked at each start.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "waggle.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Volumes with the configuration and a temporary folder, of every pod. */}}
{{- define "waggle.commonVolumes" -}}
- name: config
  configMap:
    name: {{ .Release.Name }}-config
- name: surfaces
  configMap:
    name: {{ include "waggle.surfaces" . }}
{{- with .Values.kafka.clientSecret.name }}
- name: kafka
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
- name: tmp
  emptyDir: {}
{{- end }}

{{/* The volume that jobs and service share, where there is one. */}}
{{- define "waggle.sharedVolume" -}}
{{- if .Values.storage.volume.enabled }}
- name: shared
  persistentVolumeClaim:
    claimName: {{ .Release.Name }}-shared
{{- end }}
{{- end }}

{{- define "waggle.commonMounts" -}}
- name: config
  mountPath: /etc/waggle/config
  readOnly: true
- name: surfaces
  mountPath: /etc/waggle/surfaces
  readOnly: true
{{- if .Values.kafka.clientSecret.name }}
- name: kafka
  mountPath: /etc/waggle/kafka
  readOnly: true
{{- end }}
- name: tmp
  mountPath: /tmp
{{- end }}

{{/* Nothing starts with a configuration that contradicts itself, or before its topics are there. */}}
{{- define "waggle.initContainers" -}}
- name: check-config
  image: "{{ .Values.images.tools.repository }}:{{ .Values.images.tools.tag }}"
  imagePullPolicy: {{ .Values.images.pullPolicy }}
  args: [config, check, /etc/waggle/config]
  {{- include "waggle.toolContainer" . | nindent 2 }}
{{- if .Values.topics.check }}
- name: check-topics
  image: "{{ .Values.images.tools.repository }}:{{ .Values.images.tools.tag }}"
  imagePullPolicy: {{ .Values.images.pullPolicy }}
  args: {{- include "waggle.topicsArguments" (dict "root" . "command" "check") | nindent 4 }}
  {{- include "waggle.toolContainer" . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Arguments of waggle topics. Argument: dict root, command. */}}
{{- define "waggle.topicsArguments" -}}
{{- with .root.Values -}}
- topics
- {{ $.command }}
- --bootstrap={{ .kafka.bootstrapServers }}
{{- with include "waggle.kafkaClientFile" $.root }}
- --kafka-client-file={{ . }}
{{- end }}
- --partitions={{ .topics.partitions }}
- --replicas={{ .topics.replicas }}
- --min-in-sync={{ .topics.minInSyncReplicas }}
- --retention={{ .topics.retention }}
{{- end }}
{{- end }}

{{/* What makes the topics, as kubectl run takes it: with the Secret of Kafka's client settings, where there is one. */}}
{{- define "waggle.topicsPod" -}}
{{- $container := dict "name" "waggle-topics" "image" (printf "%s:%s" .Values.images.tools.repository .Values.images.tools.tag) }}
{{- $_ := set $container "args" (include "waggle.topicsArguments" (dict "root" . "command" "create") | fromYamlArray) }}
{{- $pod := dict "containers" (list $container) }}
{{- with .Values.kafka.clientSecret.name }}
{{- $_ := set $container "volumeMounts" (list (dict "name" "kafka" "mountPath" "/etc/waggle/kafka")) }}
{{- $_ := set $pod "volumes" (list (dict "name" "kafka" "secret" (dict "secretName" .))) }}
{{- end }}
{{- dict "spec" $pod | toJson }}
{{- end }}

{{- define "waggle.toolContainer" -}}
resources:
  requests: {cpu: 100m, memory: 512Mi}
  limits: {memory: 512Mi}
securityContext:
  {{- include "waggle.containerSecurity" . | nindent 2 }}
volumeMounts:
  {{- include "waggle.commonMounts" . | nindent 2 }}
{{- end }}

{{- define "waggle.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}
