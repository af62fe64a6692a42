{{- define "casterbot.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "casterbot.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "casterbot.labels" -}}
{{ include "casterbot.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "casterbot.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}
{{- else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{- define "casterbot.policy" -}}
{{- if .Values.policy.text }}{{ include "casterbot.name" . }}-policy{{ else }}{{ .Values.policy.configMap }}{{ end }}
{{- end }}

{{- define "casterbot.claim" -}}
{{ .Values.database.volume.claim | default (include "casterbot.name" .) }}
{{- end }}
