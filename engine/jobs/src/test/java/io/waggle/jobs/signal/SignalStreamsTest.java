package io.waggle.jobs.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.jobs.job.JobSettings;
import io.waggle.jobs.session.RecordedInteractions;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalStreamsTest {
  private static final long START = 1_700_000_000_000L;
  private static final long SECOND = 1000;
  private static final long HOUR = 3_600 * SECOND;
  private static final long DAY = 24 * HOUR;

  /** After everything in the tests and the recorded sessions. */
  private static final long END = START + 100 * DAY;

  /** The patterns that the reference of the recorded sessions has counts of. */
  private static final String REFERENCE =
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
        - name: cart_without_order_24h
          within: 86400s
          steps:
            - {name: cart, interaction: carts}
            - {name: order, interaction: orders, follow: SIGNAL_FOLLOW_NOT_BY, sameItemAs: cart}
        - name: order_after_cart_24h
          within: 86400s
          once: SIGNAL_ONCE_LAST
          steps:
            - {name: cart, interaction: carts}
            - {name: order, interaction: orders, follow: SIGNAL_FOLLOW_BY_ANY, sameItemAs: cart}
        - name: third_click_same_article_30min
          within: 1800s
          once: SIGNAL_ONCE_LAST
          steps:
            - {name: click, interaction: clicks, times: 3, exactly: true, sameItemAs: click}
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"1,0", "2,1"})
  void countsOnRecordedSessionsAreThoseOfTheReference(int parallelism, long seed) throws Exception {
    Path folder = RecordedInteractions.folder();
    List<Interaction> interactions = RecordedInteractions.read(folder, "shop");
    long disorderMillis = 600 * SECOND;
    if (seed > 0) {
      interactions = RecordedInteractions.shuffled(interactions, disorderMillis, seed);
    }

    List<Signal> signals = signals(REFERENCE, interactions, parallelism, disorderMillis);

    Map<String, Long> counts = new TreeMap<>();
    for (Signal signal : signals) {
      counts.merge(signal.getUserId() + " " + signal.getName(), 1L, Long::sum);
    }
    assertThat(counts).isEqualTo(expected(folder));
    assertThat(signals).extracting(Signal::getSignalId).doesNotHaveDuplicates();
  }

  @Test
  void shippedSignalsAreFoundWhereTheyAre() throws Exception {
    List<Interaction> interactions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      interactions.add(at("rage", "click", "a", 500L * i));
    }
    interactions.add(entry("bounced", 0));
    interactions.add(entry("stayed", 0));
    interactions.add(at("stayed", "view", "a", 10 * SECOND));
    interactions.add(at("abandoned", "cart", "a", 0));
    interactions.add(at("ordered", "cart", "a", 0));
    interactions.add(at("ordered", "order", "a", HOUR));
    for (int i = 0; i < 10; i++) {
      interactions.add(at("binger", "view", "v" + i, SECOND * 60 * i));
    }
    for (int i = 0; i < 3; i++) {
      interactions.add(at("hesitant", "click", "a", SECOND * 300 * i));
      interactions.add(at("hesitant", "view", "b", SECOND * 300 * i + 1));
    }
    for (int i = 0; i < 4; i++) {
      interactions.add(at("comparer", "click", i % 2 == 0 ? "a" : "b", SECOND * 60 * i));
    }
    interactions.add(at("returned", "view", "a", 0));
    interactions.add(at("returned", "view", "a", 8 * DAY));
    interactions.add(at("soon", "view", "a", 0));
    interactions.add(at("soon", "view", "a", 6 * DAY));

    interactions.sort(Comparator.comparingLong(Interaction::getEventTimeMillis));

    List<Signal> signals = signals(ShippedSignals.yaml(), interactions, 2, 0);

    assertThat(signals)
        .extracting(each -> each.getUserId() + " " + each.getName())
        .containsExactlyInAnyOrder(
            "rage rage-clicks",
            "rage hesitation",
            "bounced bounce",
            "abandoned cart-abandonment",
            "binger binge",
            "hesitant hesitation",
            "comparer comparison",
            "returned return-after-absence");
    Signal abandoned = only(signals, "cart-abandonment");
    assertThat(abandoned.getStartedMillis()).isEqualTo(START);
    assertThat(abandoned.getEndedMillis()).isEqualTo(START + DAY);
    assertThat(only(signals, "comparison").getEventsList())
        .extracting(SignalEvent::getStep)
        .containsExactly("first", "other", "back", "again");
  }

  @Test
  void interactionBehindTheWatermarkIsADeadLetterAndNeverSilentlyLost() throws Exception {
    Interaction late = at("u", "order", "a", -HOUR);
    StreamExecutionEnvironment environment = environment(1);
    SignalStreams streams =
        streams(
            environment,
            ShippedSignals.yaml(),
            List.of(at("u", "cart", "a", 0), at("v", "view", "a", HOUR), late),
            1);

    List<DeadLetter> letters = streams.deadLetters().executeAndCollect(100);

    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).getReason()).isEqualTo(RejectReason.REJECT_REASON_LATE);
    assertThat(Interaction.parseFrom(letters.get(0).getValue()).getInteractionId())
        .isEqualTo(late.getInteractionId());
    assertThat(letters.get(0).getDetail()).startsWith("event_time_millis: ");
  }

  @Test
  void userIsLookedAtOnlySoOftenInAStretch() throws Exception {
    List<Interaction> interactions = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      interactions.add(at("bot", "cart", "a" + i, i));
    }
    interactions.add(at("person", "cart", "a", 500));
    interactions.add(at("bot", "cart", "later", 2 * DAY));

    List<Signal> signals = signals(ShippedSignals.yaml(), interactions, 1, HOUR);

    assertThat(signals)
        .filteredOn(each -> each.getName().equals("cart-abandonment"))
        .hasSize(256 + 1 + 1);
  }

  private static Signal only(List<Signal> signals, String name) {
    return signals.stream().filter(each -> each.getName().equals(name)).findFirst().orElseThrow();
  }

  private List<Signal> signals(
      String yaml, List<Interaction> interactions, int parallelism, long disorderMillis)
      throws Exception {
    StreamExecutionEnvironment environment = environment(parallelism);
    return streams(environment, yaml, interactions, disorderMillis)
        .signals()
        .executeAndCollect(100_000);
  }

  private StreamExecutionEnvironment environment(int parallelism) {
    return StreamExecutionEnvironment.createLocalEnvironment(
        parallelism, JobEnvironment.configuration(JobSettings.of("none:1", directory.toUri())));
  }

  /** Watermarks after each record, so that lateness does not depend on the clock. */
  private static SignalStreams streams(
      StreamExecutionEnvironment environment,
      String yaml,
      List<Interaction> interactions,
      long disorderMillis) {
    Surfaces surfaces = new Surfaces(List.of(Surface.of(SurfaceFiles.parse(yaml))));
    // The end of the input decides nothing; a record long after it moves event time past all.
    List<Interaction> all = new ArrayList<>(interactions);
    all.add(
        interactions.get(0).toBuilder()
            .setUserId("end")
            .setType("end")
            .clearProperties()
            .setEventTimeMillis(END)
            .build());
    DataStream<Interaction> source =
        environment
            .fromData(
                ProtoTypeInformation.forMessage(Interaction.class), all.toArray(Interaction[]::new))
            .uid("test-source")
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<Interaction>forGenerator(
                        context -> new EveryRecord(disorderMillis))
                    .withTimestampAssigner((each, time) -> each.getEventTimeMillis()))
            .uid("test-time")
            .setParallelism(1);
    return Objects.requireNonNull(SignalStreams.of(source, surfaces));
  }

  private static Interaction entry(String user, long afterMillis) {
    return at(user, "view", "a", afterMillis).toBuilder()
        .addProperties(
            Feature.newBuilder().setName("entry").setValue(FeatureValue.newBuilder().setNumber(1)))
        .build();
  }

  private static Interaction at(String user, String type, String item, long afterMillis) {
    return Interaction.newBuilder()
        .setInteractionId(user + "-" + type + "-" + afterMillis)
        .setSurface("shop")
        .setUserId(user)
        .setType(type)
        .setItemId(item)
        .setEventTimeMillis(START + afterMillis)
        .build();
  }

  /** Counts by user and pattern; those that are 0 left out. */
  private static Map<String, Long> expected(Path folder) throws IOException {
    String reference = Files.readString(folder.resolve("reference.json"));
    String perSession = reference.substring(reference.indexOf("\"per_session\""));
    Map<String, Long> counts = new TreeMap<>();
    for (String session : perSession.split("\"session\": ", -1)) {
      Matcher user = Pattern.compile("^\\d+").matcher(session);
      if (user.find()) {
        String patterns = session.substring(session.indexOf("\"patterns\""));
        Matcher count = Pattern.compile("\"(\\w+)\": (\\d+)").matcher(patterns);
        while (count.find()) {
          if (!count.group(2).equals("0")) {
            counts.put(user.group() + " " + count.group(1), Long.parseLong(count.group(2)));
          }
        }
      }
    }
    assertThat(counts).isNotEmpty();
    return counts;
  }
}
