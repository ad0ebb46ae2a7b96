package io.waggle.core.log;

/**
 * Names of features as keys of dsjson. Keys that begin with an underscore mean something there or
 * nothing at all, so a name that begins with one is written with {@code %5F} instead. Pure.
 */
final class DsjsonKeys {
  private static final String UNDERSCORE = "%5F";
  private static final String PERCENT = "%25";

  private DsjsonKeys() {}

  /** The key of a feature. */
  static String key(String name) {
    if (name.startsWith("_")) {
      return UNDERSCORE + name.substring(1);
    }
    return name.startsWith(UNDERSCORE) || name.startsWith(PERCENT)
        ? PERCENT + name.substring(1)
        : name;
  }

  /** The name that a key is of. */
  static String name(String key) {
    if (key.startsWith(UNDERSCORE)) {
      return "_" + key.substring(UNDERSCORE.length());
    }
    return key.startsWith(PERCENT) ? "%" + key.substring(PERCENT.length()) : key;
  }
}
