package io.waggle.jobs.registry;

import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.registry.Retention;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * Where and how model versions are kept.
 *
 * @param directory on any file system that Flink knows, for example {@code s3://models/waggle}
 * @param every a policy's versions are kept at most this often
 * @param retention which versions go
 */
public record RegistrySettings(URI directory, Duration every, Retention retention)
    implements Serializable {
  /** Time between two kept versions of a policy that learns without a pause. */
  public static final Duration EVERY = Duration.ofSeconds(10);

  public RegistrySettings {
    if (directory.getScheme() == null) {
      throw new IllegalArgumentException(
          "registry.directory: %s (expected: a URI with a scheme, as file:///var/lib/waggle)"
              .formatted(directory));
    }
    if (every.isNegative() || every.isZero()) {
      throw new IllegalArgumentException(
          "registry.every: %s (expected: longer than nothing)".formatted(every));
    }
  }

  /** The defaults. */
  public static RegistrySettings in(URI directory) {
    return new RegistrySettings(directory, EVERY, Retention.DEFAULT);
  }

  /** The registry; its file system is looked for when it is first used. */
  public ModelRegistry open() {
    return new ModelRegistry(new FlinkFiles(directory));
  }
}
