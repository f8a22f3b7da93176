{{- define "inception.fullname" -}}
{{- $name := .Values.fullnameOverride | default (ternary .Release.Name (printf "%s-inception" .Release.Name) (contains "inception" .Release.Name)) -}}
{{- /* Pods of StatefulSets and Jobs get suffixes, and a label's value has at most 63 characters. */ -}}
{{- $name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "inception.coordinator" -}}
{{ include "inception.fullname" . }}-coordinator
{{- end }}

{{- define "inception.workers" -}}
{{ include "inception.fullname" . }}-worker
{{- end }}

{{- define "inception.selector" -}}
app.kubernetes.io/name: inception
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "inception.labels" -}}
{{ include "inception.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "inception.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "inception.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end }}

{{- define "inception.coordinatorImage" -}}
{{- .Values.coordinator.image | default (printf "%scoordinator:%s" .Values.image.prefix (.Values.image.tag | default .Chart.AppVersion)) -}}
{{- end }}

{{- define "inception.workerImage" -}}
{{- .Values.workers.image | default (printf "%sworker:%s" .Values.image.prefix (.Values.image.tag | default .Chart.AppVersion)) -}}
{{- end }}

{{- define "inception.coordinatorUrl" -}}
{{ ternary "http" "https" (eq .Values.tls.mode "insecure") }}://{{ include "inception.coordinator" . }}:{{ .Values.coordinator.port }}
{{- end }}

{{- /* The job file. Numbers go through JSON, which is YAML too: as YAML, Helm would write 1281167 as 1.281167e+06. */ -}}
{{- define "inception.job" -}}
{{- if .Values.job -}}
{{- .Values.job | mustToPrettyJson -}}
{{- else -}}
{{- .Files.Get "files/example-job.yaml" -}}
{{- end -}}
{{- end }}

{{- define "inception.outputPath" -}}
/var/lib/inception/run
{{- end }}

{{- define "inception.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .Values.runAs }}
runAsGroup: {{ .Values.runAs }}
fsGroup: {{ .Values.runAs }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "inception.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "inception.podCommon" -}}
serviceAccountName: {{ include "inception.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
securityContext:
  {{- include "inception.podSecurity" . | nindent 2 }}
{{- end }}

{{- define "inception.checkpointsVolume" -}}
- name: checkpoints
  persistentVolumeClaim:
    claimName: {{ .Values.checkpoints.existingClaim | default (printf "%s-checkpoints" (include "inception.fullname" .)) }}
{{- end }}

{{- define "inception.checkpointsMount" -}}
- name: checkpoints
  mountPath: {{ include "inception.outputPath" . }}/checkpoints
  subPath: {{ .Values.checkpoints.subPath | default .Release.Name }}
{{- end }}

{{- /* In both: the coordinator looks at initial weights, the workers at images. */ -}}
{{- define "inception.dataVolume" -}}
{{- if .Values.data.existingClaim -}}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Values.data.existingClaim }}
    readOnly: true
{{- else if .Values.data.volume -}}
- name: data
  {{- toYaml .Values.data.volume | nindent 2 }}
{{- end }}
{{- end }}

{{- define "inception.dataMount" -}}
{{- if or .Values.data.existingClaim .Values.data.volume -}}
- name: data
  mountPath: {{ .Values.data.mountPath }}
  readOnly: true
  {{- with .Values.data.subPath }}
  subPath: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "inception.tlsSecret" -}}
{{- $root := index . 0 -}}
{{- $role := index . 1 -}}
{{- get $root.Values.tls (printf "%sSecret" $role) | default (printf "%s-%s-tls" (include "inception.fullname" $root) $role) -}}
{{- end }}

{{- /* Of the role's pods: arguments, mounts and volumes. */ -}}
{{- define "inception.tlsArgs" -}}
{{- $root := index . 0 -}}
{{- if eq $root.Values.tls.mode "insecure" -}}
- --insecure
{{- else -}}
- --certs
- /etc/inception-tls
{{- if and $root.Values.tls.tokenSecret (ne (index . 1) "operator") }}
- --token-file
- /etc/inception-token/token
{{- end }}
{{- end }}
{{- end }}

{{- define "inception.tlsMounts" -}}
{{- $root := index . 0 -}}
{{- if ne $root.Values.tls.mode "insecure" -}}
- name: tls
  mountPath: /etc/inception-tls
  readOnly: true
{{- if and $root.Values.tls.tokenSecret (ne (index . 1) "operator") }}
- name: token
  mountPath: /etc/inception-token
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "inception.tlsVolumes" -}}
{{- $root := index . 0 -}}
{{- if ne $root.Values.tls.mode "insecure" -}}
- name: tls
  secret:
    secretName: {{ include "inception.tlsSecret" . }}
    defaultMode: 288 # 0440
{{- if and $root.Values.tls.tokenSecret (ne (index . 1) "operator") }}
- name: token
  secret:
    secretName: {{ $root.Values.tls.tokenSecret }}
    defaultMode: 288 # 0440
{{- end }}
{{- end }}
{{- end }}

{{- define "inception.reporting" -}}
- --log-format
- {{ .Values.logFormat }}
{{- with .Values.monitoring.otlp }}
- --otlp
- {{ . }}
{{- end }}
{{- end }}

{{- /* One worker is asked by the kubelet; several by the program, since a container has one probe of a kind. */ -}}
{{- define "inception.workerProbe" -}}
{{- $root := index . 0 -}}
{{- $path := index . 1 -}}
{{- if eq (int $root.Values.workers.perPod) 1 -}}
httpGet:
  path: /{{ $path }}
  port: health-0
{{- else -}}
exec:
  command:
    - /app/inception
    - probe
    {{- range $worker := until (int $root.Values.workers.perPod) }}
    - http://127.0.0.1:{{ add $root.Values.health.port $worker }}/{{ $path }}
    {{- end }}
{{- end }}
{{- end }}

{{- /* What the schema can't say. Every mistake is told with what to do. */ -}}
{{- define "inception.check" -}}
{{- $workers := mul .Values.workers.replicas .Values.workers.perPod -}}
{{- $job := .Values.job -}}
{{- if and .Values.data.existingClaim .Values.data.volume -}}
{{- fail "data: give existingClaim or volume, not both" -}}
{{- end -}}
{{- if and (eq .Values.tls.mode "certManager") (not .Values.tls.issuerRef.name) -}}
{{- fail "tls.mode is certManager; name its issuer in tls.issuerRef.name" -}}
{{- end -}}
{{- if $job -}}
{{- $minimum := dig "workers" "min" 1 $job | int64 -}}
{{- if gt $minimum $workers -}}
{{- fail (printf "job.workers.min is %d, and workers.replicas × workers.perPod are %d workers: training would never begin; raise workers.replicas or lower job.workers.min" $minimum $workers) -}}
{{- end -}}
{{- $silence := mulf 6 (dig "workers" "timeout" 10 $job) -}}
{{- if le (float64 .Values.workers.stuckAfter) $silence -}}
{{- fail (printf "workers.stuckAfter is %v s, and a worker may wait 6 × job.workers.timeout = %v s for one that hangs; give more" .Values.workers.stuckAfter $silence) -}}
{{- end -}}
{{- range $set := list "train" "validation" -}}
{{- $sources := dig "data" $set dict $job -}}
{{- range $source := ternary $sources (list $sources) (kindIs "slice" $sources) -}}
{{- $path := get $source "path" -}}
{{- if $path -}}
{{- if not (or $.Values.data.existingClaim $.Values.data.volume) -}}
{{- fail (printf "job.data.%s.path is %s, and no volume holds it; give data.existingClaim or data.volume" $set $path) -}}
{{- end -}}
{{- if not (hasPrefix (printf "%s/" (trimSuffix "/" $.Values.data.mountPath)) (printf "%s/" (trimSuffix "/" $path))) -}}
{{- fail (printf "job.data.%s.path is %s, and the data is mounted at data.mountPath %s; let the path begin with it" $set $path $.Values.data.mountPath) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
