package io.waggle.benchmarks.bakeoff;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;

/** Mean, standard deviation (of the sample), minimum and maximum of a figure over seeds. */
record Figures(double mean, double sd, double min, double max) {

  static Figures of(List<Double> values) {
    double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
    double mean = Arrays.stream(all).average().orElse(Double.NaN);
    double squares = Arrays.stream(all).map(value -> (value - mean) * (value - mean)).sum();
    return new Figures(
        mean,
        all.length < 2 ? 0 : Math.sqrt(squares / (all.length - 1)),
        Arrays.stream(all).min().orElse(Double.NaN),
        Arrays.stream(all).max().orElse(Double.NaN));
  }

  static Figures of(JsonNode recorded) {
    return new Figures(
        recorded.get("mean").asDouble(),
        recorded.get("sd").asDouble(),
        recorded.get("min").asDouble(),
        recorded.get("max").asDouble());
  }

  /** True: this mean lies within the spread of those seeds. */
  boolean meanWithin(Figures reference) {
    return mean >= reference.min && mean <= reference.max;
  }
}
