package io.waggle.benchmarks.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A result file's numbers: JMH's own, ours around it, or those of the load generator and of the
 * steps. JMH says the interval that holds the mean with 99.9 %; of the others it is what turns or
 * rounds spread over.
 *
 * @param facts commit, JDK and machine where the file says them
 * @param measurements by name, in the file's order
 */
record ResultFile(Map<String, String> facts, Map<String, Measurement> measurements) {
  private static final List<String> FACTS =
      List.of(
          "command", "taken", "commit", "jdk", "processor", "processors", "load_average_at_start");
  private static final List<String> PERCENTILES = List.of("p50_ms", "p90_ms", "p99_ms", "p999_ms");

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException when it is no result file
   */
  static ResultFile read(Path file) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(file.toFile());
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          file + ": absent (expected: a result of JMH or of waggle bench)", e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s: %s, line %d (expected: JSON)"
              .formatted(file, e.getOriginalMessage(), e.getLocation().getLineNr()),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage() + " (expected: JSON)", e);
    }
    Map<String, String> facts = new LinkedHashMap<>();
    for (String fact : FACTS) {
      if (root.has(fact)) {
        facts.put(fact, root.get(fact).asText());
      }
    }
    List<Measurement> found = new ArrayList<>();
    root.path("points").forEach(point -> addPoint(found, point));
    root.path("steps").forEach(step -> addStep(found, step));
    (root.isArray() ? root : root.path("jmh")).forEach(entry -> addBenchmark(found, entry));
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          file + ": no figures (expected: a result of JMH or of waggle bench)");
    }
    Map<String, Measurement> measurements = new LinkedHashMap<>();
    found.forEach(measurement -> measurements.put(measurement.name(), measurement));
    return new ResultFile(facts, measurements);
  }

  private static void addPoint(List<Measurement> found, JsonNode point) {
    String name = point.path("scenario").asText() + " at " + point.path("rate").asText() + "/s ";
    for (String percentile : PERCENTILES) {
      double low = Double.NaN;
      double high = Double.NaN;
      if (point.path("turns").size() > 1) {
        low = Double.POSITIVE_INFINITY;
        high = Double.NEGATIVE_INFINITY;
        for (JsonNode turn : point.path("turns")) {
          low = Math.min(low, turn.path(percentile).asDouble());
          high = Math.max(high, turn.path(percentile).asDouble());
        }
      }
      found.add(
          new Measurement(
              name + percentile.replace("_ms", ""),
              "ms",
              point.path(percentile).asDouble(),
              low,
              high));
    }
  }

  private static void addStep(List<Measurement> found, JsonNode step) {
    JsonNode rounds = step.path("rounds_us");
    String name = step.path("step").asText();
    double micros = step.path("processor_us").asDouble();
    // Smallest first.
    double least = rounds.path(0).asDouble(Double.NaN);
    double most = rounds.path(rounds.size() - 1).asDouble(Double.NaN);
    found.add(new Measurement(name, "us of processor time", micros, least, most));
    double bytes = step.path("bytes").asDouble();
    found.add(new Measurement(name + " allocated", "B", bytes, bytes, bytes));
  }

  private static void addBenchmark(List<Measurement> found, JsonNode entry) {
    String benchmark = entry.path("benchmark").asText();
    String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
    String type = benchmark.substring(0, Math.max(0, benchmark.lastIndexOf('.')));
    Map<String, String> parameters = new TreeMap<>();
    entry
        .path("params")
        .properties()
        .forEach(each -> parameters.put(each.getKey(), each.getValue().asText()));
    String name =
        type.substring(type.lastIndexOf('.') + 1)
            + "."
            + method
            + (parameters.isEmpty() ? "" : " " + parameters);
    found.add(metric(name, entry.path("primaryMetric")));
    entry
        .path("secondaryMetrics")
        .properties()
        .forEach(
            each -> {
              // Of the allocation profiler the bytes of a call; its rates follow from both.
              if (each.getKey().endsWith("alloc.rate.norm")) {
                found.add(metric(name + " allocated", each.getValue()));
              }
            });
  }

  private static Measurement metric(String name, JsonNode metric) {
    JsonNode interval = metric.path("scoreConfidence");
    return new Measurement(
        name,
        metric.path("scoreUnit").asText(),
        metric.path("score").asDouble(),
        // JMH writes NaN as text.
        Double.parseDouble(interval.path(0).asText("NaN")),
        Double.parseDouble(interval.path(1).asText("NaN")));
  }
}
