package io.waggle.benchmarks.jmh;

import java.util.Map;
import picocli.CommandLine.Option;

/** Options of the commands that rank one request over and over: how large it is. */
final class RequestSize {
  @Option(names = "--actions", description = "of a request (default: ${DEFAULT-VALUE})")
  private int actions = 50;

  @Option(names = "--features", description = "of an action (default: ${DEFAULT-VALUE})")
  private int features = 20;

  /** The path of such a request; the caller closes it. */
  RankPathBenchmark path() throws Exception {
    return RankPathBenchmark.of(actions, features);
  }

  void putInto(Map<String, Object> result) {
    result.put("actions", actions);
    result.put("features", features);
  }
}
