package io.waggle.app.evaluate;

import java.nio.file.Path;

/** tmp. */
public final class EvaluationPage {
  private EvaluationPage() {}

  /** tmp. */
  public static void write(Path file, EvaluationReport report) {}
}
