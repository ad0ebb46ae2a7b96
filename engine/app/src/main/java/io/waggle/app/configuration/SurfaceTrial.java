package io.waggle.app.configuration;

import io.waggle.core.model.CommandLineTrial;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Surfaces as the processes will take them, learners opened with their own arguments. */
public final class SurfaceTrial {
  private SurfaceTrial() {}

  /**
   * Reads and tries every surface of a file or directory.
   *
   * @throws IllegalArgumentException naming the file, the field and the rule it breaks
   * @throws java.io.UncheckedIOException when a file cannot be read
   */
  public static List<Surface> read(Path file) {
    List<Surface> surfaces = new ArrayList<>();
    for (SurfaceConfig config : SurfaceFiles.read(file)) {
      Surface surface = Surface.of(config);
      surface.policies().forEach(policy -> open(file, surface, policy));
      surfaces.add(surface);
    }
    return List.copyOf(surfaces);
  }

  /** Lets the learner read its own arguments: only VW knows all its options. */
  private static void open(Path file, Surface surface, PolicyConfig policy) {
    if (!policy.hasVowpalWabbit()) {
      return;
    }
    String arguments = policy.getVowpalWabbit().getArguments();
    String problem = CommandLineTrial.problem(arguments);
    if (problem != null) {
      throw new IllegalArgumentException(
          "%s: %s: policy %s: vowpal_wabbit.arguments: %s: %s"
              .formatted(file, surface.name(), policy.getName(), arguments, problem));
    }
  }
}
