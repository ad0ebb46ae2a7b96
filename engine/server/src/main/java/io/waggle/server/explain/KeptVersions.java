package io.waggle.server.explain;

import io.waggle.state.model.ModelVersions;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.util.List;
import java.util.Locale;

/**
 * What a registry keeps around a version that it has not, for people: between which two it lay, and
 * what these had learned, so how far it can have been from either. Pure.
 */
final class KeptVersions {
  private KeptVersions() {}

  /**
   * In a line.
   *
   * @param kept of the same policy, oldest first
   */
  static String around(long version, List<RegisteredModel> kept) {
    if (kept.isEmpty()) {
      return "the registry keeps no version of it";
    }
    String before = "none before it";
    String after = "none after it";
    for (RegisteredModel model : kept) {
      ModelLineage lineage = model.getLineage();
      if (lineage.getVersion() < version) {
        before = "before it " + told(lineage, version);
      } else {
        after = "after it " + told(lineage, version);
        break;
      }
    }
    return "not among the %d versions that the registry keeps: %s, %s"
        .formatted(kept.size(), before, after);
  }

  private static String told(ModelLineage lineage, long version) {
    double seconds =
        (ModelVersions.millis(lineage.getVersion()) - ModelVersions.millis(version)) / 1e3;
    return String.format(
        Locale.ROOT,
        "%d of %d decisions (%.1f s %s)",
        lineage.getVersion(),
        lineage.getEventsLearned(),
        Math.abs(seconds),
        seconds < 0 ? "earlier" : "later");
  }
}
