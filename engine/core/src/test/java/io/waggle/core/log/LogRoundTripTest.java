package io.waggle.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.Examples;
import io.waggle.core.feature.PackedFeatures;
import io.waggle.v1.Decision;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.TextList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again. */
class LogRoundTripTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void dsjsonGivesTheSameDecisionBack(long seed) throws IOException {
    List<LoggedDecision> decisions = decisions(seed);
    Path file = folder.resolve("log.dsjson.gz");
    write(DsjsonWriter.create(file), decisions);

    assertThat(read(DsjsonLog.open(file, "shop"))).as("seed %d", seed).isEqualTo(decisions);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void jsonLinesGiveTheSameDecisionBack(long seed) throws IOException {
    List<LoggedDecision> decisions = decisions(seed);
    Path file = folder.resolve("log.jsonl");
    write(JsonLinesWriter.create(file), decisions);

    assertThat(read(JsonLinesLog.open(file))).as("seed %d", seed).isEqualTo(decisions);
  }

  @Test
  void packedFeaturesAreWrittenInFull() throws IOException {
    LoggedDecision whole = new RandomDecisions(3).single();
    LoggedDecision packed = new LoggedDecision(PackedFeatures.pack(whole.joined()));

    assertThat(DsjsonWriter.line(packed))
        .isEqualTo(DsjsonWriter.line(new LoggedDecision(whole.joined())));
    assertThat(JsonLinesWriter.line(packed))
        .isEqualTo(JsonLinesWriter.line(new LoggedDecision(whole.joined())));
  }

  @Test
  void whatDsjsonHasNoWordForBecomesWhatMeansTheSame() throws IOException {
    Decision decision =
        new RandomDecisions(1)
            .single().joined().getDecision().toBuilder()
                .clearContext()
                .addContext(
                    Namespace.newBuilder()
                        .setName("user")
                        .addFeatures(
                            Examples.feature(
                                "tag",
                                FeatureValue.newBuilder()
                                    .setTexts(TextList.newBuilder().addValues("a").addValues("b"))))
                        .addFeatures(Examples.number("zero", 0)))
                .addSession(Examples.namespace("views", Examples.number("count", 2)))
                .setUserId("somebody")
                .build();
    Path file = folder.resolve("log.dsjson");
    write(
        DsjsonWriter.create(file),
        List.of(new LoggedDecision(JoinedDecision.newBuilder().setDecision(decision).build())));

    Decision read = read(DsjsonLog.open(file, "shop")).get(0).joined().getDecision();

    assertThat(read.getContextList())
        .containsExactly(
            Examples.namespace("user", Examples.text("tag", "a"), Examples.text("tag", "b")),
            Examples.namespace("views", Examples.number("count", 2)));
    assertThat(read.getSessionList()).isEmpty();
    assertThat(read.getUserId()).isEmpty();
  }

  @Test
  void badJsonLinesAreCountedByTheRuleTheyBreak() throws IOException {
    JoinedDecision good = new RandomDecisions(2).single().joined();
    String line = JsonLinesWriter.line(new LoggedDecision(good));
    Path file =
        Files.write(
            folder.resolve("log.jsonl"),
            List.of(
                line,
                line.substring(1),
                "[1]",
                line.replace("\"decision\"", "\"decison\""),
                line.substring(0, line.length() - 1) + ",\"keptProbability\":0}",
                JsonLinesWriter.line(
                    new LoggedDecision(good.toBuilder().setReward(Double.NaN).build())),
                JsonLinesWriter.line(
                    new LoggedDecision(
                        good.toBuilder().setStage(JoinStage.JOIN_STAGE_SHOWN).build())),
                "{}"));

    try (DecisionLog log = JsonLinesLog.open(file)) {
      assertThat(log.next()).isEqualTo(new LoggedDecision(good));
      assertThat(log.next()).isNull();
      assertThat(log.counts().records()).isEqualTo(8);
      assertThat(log.counts().bad())
          .containsOnlyKeys(
              "line: not JSON",
              "line: expected a JSON object",
              "line: Cannot find field",
              "keptProbability: expected above 0, at most 1",
              "reward: expected a finite number, at most 1e6",
              "stage: expected a whole decision, not a part of its life",
              "decision_id: value length must be at least 1 bytes");
    }
  }

  @Test
  void reasonsBeyondTheBoundCountTogether() {
    LogTally tally = new LogTally();
    for (int i = 0; i < 2 * LogCounts.REASONS; i++) {
      tally.bad("rule " + i);
    }

    assertThat(tally.counts().bad()).hasSize(LogCounts.REASONS);
    assertThat(tally.counts().bad().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(tally.counts().records());
  }

  private static List<LoggedDecision> decisions(long seed) {
    RandomDecisions random = new RandomDecisions(seed);
    List<LoggedDecision> decisions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      decisions.add(i % 3 == 0 ? random.slots() : random.single());
    }
    return decisions;
  }

  private static void write(DecisionLogWriter writer, List<LoggedDecision> decisions)
      throws IOException {
    try (writer) {
      for (LoggedDecision one : decisions) {
        writer.write(one);
      }
    }
  }

  private static List<LoggedDecision> read(DecisionLog log) throws IOException {
    List<LoggedDecision> decisions = new ArrayList<>();
    try (log) {
      for (LoggedDecision one = log.next(); one != null; one = log.next()) {
        decisions.add(one);
      }
      assertThat(log.counts().bad()).isEmpty();
      assertThat(log.counts().passedOver()).isEmpty();
    }
    return decisions;
  }
}
