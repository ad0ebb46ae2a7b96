package io.waggle.app.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Range queries to a Prometheus over its HTTP interface. One thread. */
final class Prometheus {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI address;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /**
   * Knows where it is.
   *
   * @param address without {@code /api}
   */
  Prometheus(URI address) {
    this.address = address;
  }

  /**
   * What a query has over time.
   *
   * @param values one a moment of the grid; NaN: none, or none that can be drawn
   */
  record Series(Map<String, String> labels, double[] values) {}

  /**
   * Asks.
   *
   * @throws IOException when it does not answer within 30 seconds, or refuses the query
   */
  List<Series> range(String query, TimeGrid grid) throws IOException, InterruptedException {
    String form =
        "query=%s&start=%d&end=%d&step=%d"
            .formatted(
                URLEncoder.encode(query, StandardCharsets.UTF_8),
                grid.startSeconds(),
                grid.endSeconds(),
                grid.stepSeconds());
    HttpResponse<String> response;
    try {
      response =
          client.send(
              HttpRequest.newBuilder(address.resolve("/api/v1/query_range"))
                  .timeout(PATIENCE)
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(form))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException("no answer from Prometheus at " + address, e);
    }
    return series(answer(response, query), grid);
  }

  private JsonNode answer(HttpResponse<String> response, String query) throws IOException {
    JsonNode answer;
    try {
      answer = JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s answers %d, and not as Prometheus does".formatted(address, response.statusCode()), e);
    }
    if (!answer.path("status").asText().equals("success")) {
      throw new IOException("%s: %s".formatted(query, answer.path("error").asText("no result")));
    }
    return answer.at("/data/result");
  }

  private static List<Series> series(JsonNode results, TimeGrid grid) {
    List<Series> all = new ArrayList<>();
    for (JsonNode result : results) {
      Map<String, String> labels = new TreeMap<>();
      result
          .path("metric")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
      double[] values = new double[grid.points()];
      Arrays.fill(values, Double.NaN);
      for (JsonNode sample : result.path("values")) {
        long at = Math.round(sample.path(0).asDouble()) - grid.startSeconds();
        values[(int) (at / grid.stepSeconds())] = value(sample.path(1).asText());
      }
      all.add(new Series(labels, values));
    }
    return all;
  }

  /** Infinities have no place on an axis. */
  private static double value(String text) {
    return text.endsWith("Inf") ? Double.NaN : Double.parseDouble(text);
  }
}
