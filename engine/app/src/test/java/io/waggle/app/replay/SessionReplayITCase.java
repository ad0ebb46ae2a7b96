package io.waggle.app.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real shopping histories ({@code sessions} under {@code -Dwaggle.data}), end to end. */
@Timeout(180)
class SessionReplayITCase {
  private static final String SHOP =
      """
      name: shop
      policies: [{name: uniform, uniform: {}}]
      livePolicy: uniform
      reward: {}
      signals:
        - name: click_then_cart_10min
          within: 600s
          once: SIGNAL_ONCE_LAST
          steps:
            - {name: click, interaction: clicks}
            - {name: cart, interaction: carts, follow: SIGNAL_FOLLOW_BY_ANY, sameItemAs: click}
        - name: cart_then_order_24h
          within: 86400s
          steps:
            - {name: cart, interaction: carts}
            - {name: order, interaction: orders, sameItemAs: cart}
        - name: order_after_cart_24h
          within: 86400s
          once: SIGNAL_ONCE_LAST
          steps:
            - {name: cart, interaction: carts}
            - {name: order, interaction: orders, follow: SIGNAL_FOLLOW_BY_ANY, sameItemAs: cart}
        - name: cart_without_order_24h
          within: 86400s
          steps:
            - {name: cart, interaction: carts}
            - {name: order, interaction: orders, follow: SIGNAL_FOLLOW_NOT_BY, sameItemAs: cart}
        - name: third_click_same_article_30min
          within: 1800s
          once: SIGNAL_ONCE_LAST
          steps:
            - {name: click, interaction: clicks, times: 3, exactly: true, sameItemAs: click}
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sessionsAndSignalsOfRealHistoriesAreThoseOfTheReference(int parallelism) throws Exception {
    Path folder = Path.of(System.getProperty("waggle.data", "")).resolve("sessions");
    Path cuts = folder.resolve("sub-sessions-30min.csv");
    String skipped = "SKIPPED: no recorded sessions at " + folder;
    if (!Files.exists(cuts)) {
      System.out.println(skipped);
    }
    assumeTrue(Files.exists(cuts), skipped);
    List<String> lines = Files.readAllLines(cuts);
    JsonNode reference = new ObjectMapper().readTree(folder.resolve("reference.json").toFile());

    SessionReport report =
        SessionReplay.run(
            folder.resolve("otto-sessions.jsonl"),
            Surface.of(SurfaceFiles.parse(SHOP)),
            parallelism,
            directory,
            step -> {});

    report.lines().forEach(System.out::println);
    assertThat(report.events()).isEqualTo(reference.path("events").asLong());
    assertThat(report.bad()).isEmpty();
    assertThat(report.refused()).isEmpty();
    assertThat(report.subSessions())
        .extracting(SessionReplayITCase::cut)
        .containsExactlyInAnyOrderElementsOf(lines.subList(1, lines.size()));
    Map<String, Long> totals = new TreeMap<>();
    reference
        .at("/patterns/totals")
        .fieldNames()
        .forEachRemaining(
            name -> totals.put(name, reference.at("/patterns/totals/" + name).asLong()));
    assertThat(report.signalTotals()).isEqualTo(totals);
  }

  private static String cut(Session session) {
    return String.join(
        ",",
        session.getUserId(),
        Long.toString(session.getStartedMillis()),
        Long.toString(session.getLastMillis()),
        Long.toString(session.getLength()),
        Long.toString(session.getTypeCountsOrDefault("clicks", 0)),
        Long.toString(session.getTypeCountsOrDefault("carts", 0)),
        Long.toString(session.getTypeCountsOrDefault("orders", 0)),
        Integer.toString(session.getItemHashesCount()));
  }
}
