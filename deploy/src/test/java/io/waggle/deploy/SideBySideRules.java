package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Jobs of one rendering are not in each other's way: files and folders of each are its own. */
final class SideBySideRules {
  private static final List<String> FOLDERS =
      List.of(
          "execution.checkpointing.dir",
          "execution.checkpointing.savepoint-dir",
          "high-availability.storageDir");

  private final Manifests manifests;
  private final List<Finding> findings;

  SideBySideRules(Manifests manifests, List<Finding> findings) {
    this.manifests = manifests;
    this.findings = findings;
  }

  void check() {
    Map<String, String> folders = new LinkedHashMap<>();
    Map<String, String> files = new LinkedHashMap<>();
    manifests
        .ofKind("FlinkDeployment")
        .forEach(
            deployment -> {
              for (String key : FOLDERS) {
                String folder =
                    deployment
                        .at("/spec/flinkConfiguration")
                        .path(key)
                        .asText()
                        .replaceAll("/+$", "");
                apart(deployment, key, folder + "/", folders);
              }
              String file = deployment.at("/spec/job/args/1").asText();
              String other = files.putIfAbsent(file, Manifests.label(deployment));
              if (other != null) {
                add(
                    deployment,
                    "job-file",
                    "%s (expected: another than of %s)".formatted(file, other));
              }
            });
  }

  /** By whose it is; none is in another. */
  private void apart(JsonNode deployment, String key, String folder, Map<String, String> known) {
    known.forEach(
        (other, owner) -> {
          if (folder.startsWith(other) || other.startsWith(folder)) {
            add(
                deployment,
                "job-folder",
                "%s: %s (expected: apart from %s)".formatted(key, folder, owner));
          }
        });
    known.put(folder, Manifests.label(deployment) + ": " + key);
  }

  private void add(JsonNode deployment, String rule, String message) {
    findings.add(new Finding(rule, Manifests.label(deployment), message));
  }
}
