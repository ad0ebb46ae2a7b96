package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.deploy.Pods.Pod;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** What has to outlive a pod is on storage that does. */
final class StorageRules {
  private static final List<String> FOLDERS =
      List.of(
          "execution.checkpointing.dir",
          "execution.checkpointing.savepoint-dir",
          "high-availability.storageDir");

  private final Manifests manifests;
  private final List<Pod> pods;
  private final List<Finding> findings;

  StorageRules(Manifests manifests, List<Pod> pods, List<Finding> findings) {
    this.manifests = manifests;
    this.pods = pods;
    this.findings = findings;
  }

  void check() {
    manifests.ofKind("FlinkDeployment").forEach(this::folders);
    pods.forEach(this::group);
  }

  private void folders(JsonNode deployment) {
    String label = Manifests.label(deployment);
    for (String key : FOLDERS) {
      String folder = deployment.at("/spec/flinkConfiguration").path(key).asText();
      if (!"file".equals(URI.create(folder).getScheme())) {
        continue;
      }
      boolean kept =
          pods.stream()
              .filter(pod -> pod.owner().equals(label))
              .allMatch(pod -> isKept(pod, Path.of(URI.create(folder).getPath())));
      if (!kept) {
        findings.add(
            new Finding("storage", label, "%s: %s (expected: on a claim)".formatted(key, folder)));
      }
    }
  }

  /** True: each container of the pod has the path on a claim. */
  static boolean isKept(Pod pod, Path path) {
    for (JsonNode container : pod.spec().path("containers")) {
      boolean kept = false;
      for (JsonNode mount : container.path("volumeMounts")) {
        kept |=
            path.startsWith(Path.of(mount.path("mountPath").asText()))
                && isClaim(pod, mount.path("name").asText());
      }
      if (!kept) {
        return false;
      }
    }
    return true;
  }

  private static boolean isClaim(Pod pod, String volume) {
    boolean claim = pod.claims().contains(volume);
    for (JsonNode each : pod.spec().path("volumes")) {
      claim |= each.path("name").asText().equals(volume) && each.has("persistentVolumeClaim");
    }
    return claim;
  }

  /** A new volume belongs to root; its group is what a process without root writes by. */
  private void group(Pod pod) {
    boolean claims = !pod.claims().isEmpty();
    for (JsonNode volume : pod.spec().path("volumes")) {
      claims |= volume.has("persistentVolumeClaim");
    }
    if (claims && !pod.spec().path("securityContext").has("fsGroup")) {
      findings.add(new Finding("fs-group", pod.owner(), "(expected: fsGroup, as it has a claim)"));
    }
  }
}
