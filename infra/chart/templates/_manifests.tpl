{{/*
The files of a folder as they are: kubectl applies the same ones (docs/install.md). In: list of the root, and the folder's name.
*/}}
{{- define "eni-reclaimer.folder" -}}
{{- $root := index . 0 -}}
{{- $folder := index . 1 -}}
{{- range $path, $file := $root.Files.Glob (printf "manifests/%s/*.yaml" $folder) }}
---
# {{ $path }}
{{ toString $file }}
{{- else }}
{{- fail (printf "manifests/%s/ is not in this chart: it is incomplete" $folder) }}
{{- end }}
{{- end }}
