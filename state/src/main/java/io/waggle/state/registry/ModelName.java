package io.waggle.state.registry;

import io.waggle.state.topic.Topics;
import io.waggle.v1.ModelLineage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a model version: {@code surface/policy@version}. Surfaces and policies have names that are
 * safe as parts of a path; whatever has not is refused here.
 *
 * @param version at least 1
 */
public record ModelName(String surface, String policy, long version) {
  private static final Pattern PART = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}");
  private static final Pattern WHOLE = Pattern.compile("([^/@]+)/([^/@]+)@(\\d{1,18})");

  public ModelName {
    check("surface", surface);
    check("policy", policy);
    if (version < 1) {
      throw new IllegalArgumentException("version: %d (expected: at least 1)".formatted(version));
    }
  }

  /** The name of the version that a lineage is of. */
  public static ModelName of(ModelLineage lineage) {
    return new ModelName(lineage.getSurface(), lineage.getPolicy(), lineage.getVersion());
  }

  /**
   * Reads {@code surface/policy@version}.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static ModelName parse(String text) {
    Matcher matcher = WHOLE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "model: %s (expected: surface/policy@version)".formatted(text));
    }
    return new ModelName(matcher.group(1), matcher.group(2), Long.parseLong(matcher.group(3)));
  }

  /** The version's folder in a registry. */
  String folder() {
    return surface + "/" + policy + "/" + version;
  }

  /** The key of the version's record in topic {@code versions}. */
  public String key() {
    return Topics.versionKey(surface, policy, version);
  }

  @Override
  public String toString() {
    return surface + "/" + policy + "@" + version;
  }

  /** True: a surface or policy can have that name. */
  static boolean isPart(String name) {
    return PART.matcher(name).matches();
  }

  static void check(String field, String name) {
    if (!isPart(name)) {
      throw new IllegalArgumentException(
          "%s: %s (expected: letters, digits, `.`, `_`, `-`; a letter or digit first; at most 128)"
              .formatted(field, name));
    }
  }
}
