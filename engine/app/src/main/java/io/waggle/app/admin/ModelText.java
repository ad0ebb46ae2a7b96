package io.waggle.app.admin;

import static io.waggle.app.admin.PolicyText.number;

import io.waggle.app.report.Table;
import io.waggle.state.model.ModelVersions;
import io.waggle.v1.DiffModelsResponse;
import io.waggle.v1.GetWriterEpochResponse;
import io.waggle.v1.ListModelsResponse;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelVersion;
import io.waggle.v1.WeightChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Answers about model versions as text. Pure. */
final class ModelText {
  private ModelText() {}

  static String list(ListModelsResponse response) {
    if (response.getVersionsCount() == 0) {
      return "No versions are kept.";
    }
    Table table =
        new Table(
            "model", "taken", "learned", "loss", "bytes", "parent", "cause", "serving", "pinned");
    for (ModelVersion version : response.getVersionsList()) {
      ModelLineage lineage = version.getModel().getLineage();
      table.row(
          name(lineage),
          Instant.ofEpochMilli(lineage.getCreatedMillis()).toString(),
          Long.toString(lineage.getEventsLearned()),
          number("%.4f", lineage.getProgressiveLoss()),
          Long.toString(lineage.getModelBytes()),
          lineage.getParentVersion() == 0 ? "-" : Long.toString(lineage.getParentVersion()),
          cause(lineage),
          version.getServing() ? "yes" : "",
          version.getModel().getPinned() ? "yes" : "");
    }
    return String.join("\n", table.lines());
  }

  static String version(ModelVersion version) {
    ModelLineage lineage = version.getModel().getLineage();
    List<String> lines = new ArrayList<>();
    lines.add(name(lineage) + (version.getServing() ? " (serving)" : ""));
    lines.add("arguments: " + lineage.getArguments());
    lines.add("epoch: " + ModelVersions.epoch(lineage.getVersion()));
    lines.add("taken: " + Instant.ofEpochMilli(lineage.getCreatedMillis()));
    lines.add("cause: " + cause(lineage) + said(lineage.getCauseDetail()));
    lines.add("parent: " + version(lineage.getParentVersion()));
    lines.add("began from: " + version(lineage.getBaseVersion()));
    lines.add("decisions learned: " + lineage.getEventsLearned());
    if (lineage.getFirstDecisionMillis() > 0) {
      lines.add(
          "decisions from %s to %s"
              .formatted(
                  Instant.ofEpochMilli(lineage.getFirstDecisionMillis()),
                  Instant.ofEpochMilli(lineage.getLastDecisionMillis())));
    }
    lines.add("progressive loss: " + number("%.6f", lineage.getProgressiveLoss()));
    lines.add(
        "%d bytes, CRC-32C %08x, feature set %d"
            .formatted(lineage.getModelBytes(), lineage.getChecksum(), lineage.getFeatureSet()));
    if (lineage.getFeaturesCount() > 0) {
      lines.add("declared features: " + String.join(" ", lineage.getFeaturesList()));
    }
    lineage
        .getExamplesList()
        .forEach(
            range ->
                lines.add(
                    "examples: epoch %d, learner %d, %d to %d"
                        .formatted(
                            range.getEpoch(),
                            range.getShard(),
                            range.getFirstSequence(),
                            range.getLastSequence())));
    lineage
        .getPositionsList()
        .forEach(
            position ->
                lines.add(
                    "read: %s-%d up to offset %d"
                        .formatted(
                            position.getTopic(), position.getPartition(), position.getOffset())));
    lines.add("pinned: " + (version.getModel().getPinned() ? "yes" : "no"));
    return String.join("\n", lines);
  }

  static String epoch(GetWriterEpochResponse response) {
    return """
        epoch in charge: %d
        records of earlier epochs refused by this service: %d
        records of other jobs of one epoch refused by this service: %d"""
        .formatted(response.getEpoch(), response.getStaleRecords(), response.getRivalRecords());
  }

  static String difference(DiffModelsResponse response) {
    List<String> lines = new ArrayList<>();
    lines.add(name(response.getVersion()) + " and @" + response.getOtherVersion().getVersion());
    lines.add(
        "weights that are not 0: %d and %d; %d differ"
            .formatted(
                response.getNonzeroWeights(),
                response.getOtherNonzeroWeights(),
                response.getChangedWeights()));
    lines.add(
        "largest difference %s, distance %s"
            .formatted(
                number("%.6f", response.getLargestChange()),
                number("%.6f", response.getDistance())));
    if (response.getChangesCount() > 0) {
      Table table = new Table("feature or index", "weight", "other");
      for (WeightChange change : response.getChangesList()) {
        table.row(
            change.getFeature().isEmpty()
                ? Integer.toString(change.getIndex())
                : change.getFeature(),
            number("%+.6f", change.getWeight()),
            number("%+.6f", change.getOtherWeight()));
      }
      lines.addAll(table.lines());
    }
    return String.join("\n", lines);
  }

  private static String name(ModelLineage lineage) {
    return "%s/%s@%d".formatted(lineage.getSurface(), lineage.getPolicy(), lineage.getVersion());
  }

  private static String cause(ModelLineage lineage) {
    return switch (lineage.getCause()) {
      case MODEL_CAUSE_WARMED -> "warmed";
      case MODEL_CAUSE_ROLLED_BACK -> "rolled back";
      case MODEL_CAUSE_MERGED -> "merged";
      case MODEL_CAUSE_UNSPECIFIED, UNRECOGNIZED -> "learned";
    };
  }

  private static String said(String detail) {
    return detail.isEmpty() ? "" : " (" + detail + ")";
  }

  private static String version(long version) {
    return version == 0 ? "none" : Long.toString(version);
  }
}
