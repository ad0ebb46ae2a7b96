package io.waggle.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be measured. */
enum Way {
  GRPC("Rank over gRPC", true, "#1f77b4"),
  GRPC_NEW("Rank over gRPC, actions that never came before", true, "#17becf"),
  NO_OP("gRPC, the same bytes, nothing done", true, "#aec7e8"),
  JSON("Rank over JSON", true, "#d62728"),
  JSON_NO_OP("JSON, as many bytes, nothing done", true, "#ff9896"),
  GRPC_JAVA("Rank over grpc-java's server", false, "#2ca02c"),
  GRPC_JAVA_NO_OP("grpc-java, the same bytes, nothing done", false, "#98df8a"),
  IN_PROCESS("Rank in this process, no network", false, "#9467bd"),
  VW_TEXT("VW's text interface, same model, in this process", false, "#8c564b"),
  KAFKA("rank-request over Kafka to its ranking", false, "#e377c2");

  private final String description;
  private final boolean remote;
  private final String color;

  Way(String description, boolean remote, String color) {
    this.description = description;
    this.remote = remote;
    this.color = color;
  }

  /** For the command line and results, for example {@code grpc-java}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String description() {
    return description;
  }

  /** Of its line in a chart, as in SVG. */
  String color() {
    return color;
  }

  /** True: can be asked of a service elsewhere. */
  boolean isRemote() {
    return remote;
  }

  /** The call that does nothing, on the same server with the same protocol; null: there is none. */
  @Nullable Way floor() {
    return switch (this) {
      case GRPC, GRPC_NEW -> NO_OP;
      case JSON -> JSON_NO_OP;
      case GRPC_JAVA -> GRPC_JAVA_NO_OP;
      default -> null;
    };
  }

  /**
   * The way of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Way of(String text) {
    return Arrays.stream(values())
        .filter(way -> way.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "scenarios: "
                        + text
                        + " (expected: of "
                        + Arrays.stream(values()).map(Way::text).collect(Collectors.joining(", "))
                        + ")"));
  }
}
