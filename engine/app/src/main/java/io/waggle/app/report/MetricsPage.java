package io.waggle.app.report;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A page of metrics in Prometheus' text format, as it was at one moment. Immutable. */
public final class MetricsPage {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private record Sample(String name, Map<String, String> labels, double value) {
    Sample plus(Sample other) {
      return new Sample(name, labels, value + other.value);
    }

    Sample minus(double before) {
      return new Sample(name, labels, value - before);
    }
  }

  private final List<Sample> samples;

  private MetricsPage(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  /**
   * Reads a page.
   *
   * @throws IOException when it does not answer 200 within ten seconds
   */
  public static MetricsPage read(URI address) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
    HttpResponse<String> response =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build()
            .send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(address + " answers " + response.statusCode());
    }
    return parse(response.body());
  }

  /**
   * Reads several pages as one: what is counted in one process or in another.
   *
   * @throws IOException when one does not answer 200 within ten seconds
   */
  public static MetricsPage readAll(List<URI> addresses) throws IOException, InterruptedException {
    List<Sample> samples = new ArrayList<>();
    for (URI address : addresses) {
      samples.addAll(read(address).samples);
    }
    return new MetricsPage(samples);
  }

  /**
   * What each sample has become larger by since that page; what was not there then stays whole.
   * Samples of one name and the same labels, as two processes have them, are one, their sum.
   */
  public MetricsPage since(MetricsPage earlier) {
    Map<String, Double> before = new HashMap<>();
    earlier.samples.forEach(sample -> before.merge(key(sample), sample.value(), Double::sum));
    Map<String, Sample> now = new LinkedHashMap<>();
    samples.forEach(sample -> now.merge(key(sample), sample, Sample::plus));
    return new MetricsPage(
        now.entrySet().stream()
            .map(entry -> entry.getValue().minus(before.getOrDefault(entry.getKey(), 0.0)))
            .toList());
  }

  private static String key(Sample sample) {
    return sample.name() + new TreeMap<>(sample.labels());
  }

  /** Reads a text; lines that are not samples are passed over. */
  public static MetricsPage parse(String text) {
    List<Sample> samples = new ArrayList<>();
    text.lines().filter(line -> !line.startsWith("#")).forEach(line -> add(samples, line));
    return new MetricsPage(samples);
  }

  private static void add(List<Sample> samples, String line) {
    int valueAt = line.indexOf('}') < 0 ? line.indexOf(' ') : line.lastIndexOf('}') + 1;
    if (valueAt <= 0) {
      return;
    }
    String value = line.substring(valueAt).strip().split("\\s+", 2)[0];
    int labelsAt = line.indexOf('{');
    String name = line.substring(0, labelsAt < 0 ? valueAt : labelsAt);
    Map<String, String> labels = new HashMap<>();
    if (labelsAt >= 0) {
      Matcher label = LABEL.matcher(line.substring(labelsAt, valueAt));
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
    }
    try {
      samples.add(new Sample(name, Map.copyOf(labels), Double.parseDouble(value)));
    } catch (NumberFormatException e) {
      // "+Inf" and its like: nothing that is counted here.
      return;
    }
  }

  /** The names of all metrics on the page. */
  public Set<String> names() {
    return samples.stream().map(Sample::name).collect(Collectors.toSet());
  }

  /**
   * Sum over the samples whose name ends with {@code name} and whose labels hold the pairs; 0 where
   * there are none.
   *
   * @param labels name, value, name, value, ...
   */
  public double sum(String name, String... labels) {
    double sum = 0;
    for (Sample sample : samples) {
      if (sample.name().endsWith(name) && holds(sample.labels(), labels)) {
        sum += sample.value();
      }
    }
    return sum;
  }

  /** True where there is a sample that {@link #sum} would add. */
  public boolean has(String name, String... labels) {
    return samples.stream()
        .anyMatch(sample -> sample.name().endsWith(name) && holds(sample.labels(), labels));
  }

  /** What a label says on the samples whose name ends with {@code name}, in the page's order. */
  public List<String> values(String label, String name) {
    return samples.stream()
        .filter(sample -> sample.name().endsWith(name) && sample.labels().containsKey(label))
        .map(sample -> sample.labels().getOrDefault(label, ""))
        .distinct()
        .toList();
  }

  private static boolean holds(Map<String, String> labels, String... pairs) {
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      if (!pairs[i + 1].equals(labels.get(pairs[i]))) {
        return false;
      }
    }
    return true;
  }
}
