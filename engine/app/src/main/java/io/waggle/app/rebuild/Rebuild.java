package io.waggle.app.rebuild;

import com.google.protobuf.ByteString;
import io.waggle.app.rebuild.RebuildReport.Outcome;
import io.waggle.core.feature.FeatureSet;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.history.PastExamples;
import io.waggle.jobs.history.PastExamples.Cursor;
import io.waggle.jobs.learn.LearnerFactory;
import io.waggle.jobs.learn.Relearning;
import io.waggle.state.registry.DamagedVersionException;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.registry.UnknownVersionException;
import io.waggle.v1.ExampleRange;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Learns a version's examples again, in their order, and compares the bytes. Begins where the
 * version's learner began; where the log does not hold the first examples any more, with the oldest
 * kept version that knows them. One thread.
 */
public final class Rebuild {
  private static final int LINES = 10;

  private final ModelRegistry registry;
  private final PastExamples past;
  private final Surfaces surfaces;
  private final LearnerFactory factory;
  private final Progress progress;

  /** Told now and then how far it is. */
  public interface Progress {
    /** So many of so many examples have been learned again. */
    void learned(long examples, long total);
  }

  /** Where learning begins again, and what there is to learn. */
  private record Start(String from, ByteString bytes, List<ExampleRange> examples) {}

  /**
   * @param surfaces as their files are now
   */
  public Rebuild(
      ModelRegistry registry,
      PastExamples past,
      Surfaces surfaces,
      LearnerFactory factory,
      Progress progress) {
    this.registry = registry;
    this.past = past;
    this.surfaces = surfaces;
    this.factory = factory;
    this.progress = progress;
  }

  /** Rebuilds and compares. */
  public RebuildReport run(ModelName name) throws IOException, InterruptedException {
    ModelLineage version;
    ByteString kept;
    try {
      version = registry.show(name).getLineage();
      kept = registry.bytes(name);
    } catch (UnknownVersionException | DamagedVersionException e) {
      return missing(List.of(String.valueOf(e.getMessage())));
    }
    List<String> obstacles = obstacles(version);
    if (!obstacles.isEmpty()) {
      return missing(obstacles);
    }
    int shard = version.getExamplesCount() == 0 ? 0 : version.getExamples(0).getShard();
    try (Cursor log = past.open(name.surface(), shard, 0)) {
      ExampleWalk scan = new ExampleWalk(version.getExamplesList());
      while (!log.atEnd()) {
        log.next().forEach(scan::offer);
      }
      scan.end();
      Optional<Start> start = start(version, scan.missing());
      if (start.isEmpty()) {
        return missing(absent(version, scan.missing()));
      }
      log.rewind();
      return compare(version, kept, start.get(), log);
    } catch (IllegalArgumentException e) {
      return missing(List.of(String.valueOf(e.getMessage())));
    }
  }

  private List<String> obstacles(ModelLineage version) {
    List<String> obstacles = new ArrayList<>();
    if (surfaces.find(version.getSurface()) == null) {
      obstacles.add("surface: no file of surface " + version.getSurface());
    }
    if (version.getFeatureSet() != FeatureSet.VERSION) {
      obstacles.add(
          "feature set %d: this program writes examples in feature set %d"
              .formatted(version.getFeatureSet(), FeatureSet.VERSION));
    }
    if (version.getCause() == ModelCause.MODEL_CAUSE_MERGED
        || version.getExamplesList().stream().map(ExampleRange::getShard).distinct().count() > 1) {
      obstacles.add("merged: several learners' weights, one learner cannot make them again");
    }
    if (version.getExamplesLeftOut()) {
      obstacles.add("examples: the lineage leaves out the oldest, its list was full");
    }
    return obstacles;
  }

  private Optional<Start> start(ModelLineage version, List<ExampleRange> absent)
      throws IOException {
    if (absent.isEmpty()) {
      if (version.getBaseVersion() == 0) {
        return Optional.of(new Start("nothing", ByteString.EMPTY, version.getExamplesList()));
      }
      ModelName base =
          new ModelName(version.getSurface(), version.getPolicy(), version.getBaseVersion());
      if (registry.contains(base)) {
        return Optional.of(
            new Start(base.toString(), registry.bytes(base), version.getExamplesList()));
      }
    }
    for (RegisteredModel model : registry.list(version.getSurface(), version.getPolicy())) {
      Optional<List<ExampleRange>> rest = Ancestry.between(model.getLineage(), version);
      if (rest.isPresent() && rest.get().stream().noneMatch(range -> overlaps(range, absent))) {
        ModelName ancestor = ModelName.of(model.getLineage());
        return Optional.of(new Start(ancestor.toString(), registry.bytes(ancestor), rest.get()));
      }
    }
    return Optional.empty();
  }

  private static boolean overlaps(ExampleRange range, List<ExampleRange> absent) {
    return absent.stream()
        .anyMatch(
            gap ->
                gap.getEpoch() == range.getEpoch()
                    && gap.getFirstSequence() <= range.getLastSequence()
                    && range.getFirstSequence() <= gap.getLastSequence());
  }

  private static List<String> absent(ModelLineage version, List<ExampleRange> absent) {
    List<String> lines = new ArrayList<>();
    if (version.getBaseVersion() != 0) {
      lines.add("its base, version %d, is not in the registry".formatted(version.getBaseVersion()));
    }
    if (!absent.isEmpty()) {
      lines.add(
          "%d of %d examples are not in topic examples (any more):"
              .formatted(ExampleWalk.size(absent), ExampleWalk.size(version.getExamplesList())));
      absent.stream()
          .limit(LINES)
          .forEach(
              gap ->
                  lines.add(
                      "  attempt %d, %d to %d"
                          .formatted(
                              gap.getEpoch(), gap.getFirstSequence(), gap.getLastSequence())));
      if (absent.size() > LINES) {
        lines.add("  and %d more stretches".formatted(absent.size() - LINES));
      }
    }
    lines.add("no kept version that knows what is missing leads to it");
    return lines;
  }

  private RebuildReport compare(ModelLineage version, ByteString kept, Start start, Cursor log)
      throws InterruptedException {
    Surface surface = surfaces.find(version.getSurface());
    if (surface == null) {
      throw new IllegalStateException("looked up before");
    }
    long total = ExampleWalk.size(start.examples());
    try (Relearning learner = Relearning.open(surface, version, start.bytes(), factory)) {
      ExampleWalk walk = new ExampleWalk(start.examples());
      while (walk.found() < total && !log.atEnd()) {
        for (LearnedExample example : log.next()) {
          if (walk.offer(example)) {
            learner.learn(example);
          }
        }
        progress.learned(walk.found(), total);
      }
      walk.end();
      if (!walk.missing().isEmpty()) {
        return missing(absent(version, walk.missing()));
      }
      List<String> lines = new ArrayList<>();
      lines.add("%d examples learned again, beginning with %s".formatted(total, start.from()));
      List<String> differences = Difference.between(kept, learner.bytes());
      if (differences.isEmpty()) {
        lines.add("equal: %d bytes, checksum %08x".formatted(kept.size(), version.getChecksum()));
        return new RebuildReport(Outcome.EQUAL, lines);
      }
      lines.add("different:");
      differences.forEach(line -> lines.add("  " + line));
      return new RebuildReport(Outcome.DIFFERENT, lines);
    }
  }

  private static RebuildReport missing(List<String> lines) {
    return new RebuildReport(Outcome.MISSING, lines);
  }
}
