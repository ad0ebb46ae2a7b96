package io.waggle.core.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.waggle.v1.Decision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Logs in the dsjson of Vowpal Wabbit and the decision services around it: a line is a decision
 * with what came of it, single ({@code --cb_explore_adf}) or of several slots ({@code
 * --ccb_explore_adf}). docs/logs.md says how each member is read, and what is passed over. One
 * thread.
 */
public final class DsjsonLog implements LineFormat {
  /** Deeper objects are none of a log. */
  private static final int DEPTH_MAX = 64;

  private static final Set<String> READ =
      Set.of(
          "_label_cost",
          "_label_probability",
          "_label_Action",
          "_labelIndex",
          "_label_ca",
          "_skipLearn",
          "_deferred",
          "_outcomes",
          "_definitely_bad",
          "o",
          "a",
          "p",
          "pdf",
          "pdrop",
          "Timestamp",
          "EventId",
          "event_id",
          "VWState",
          "DeferredAction",
          "RewardValue",
          "ActionTaken",
          "Observations");

  private final ObjectMapper mapper =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
              .build());

  private final String surface;
  private long lastMillis = 1;

  private DsjsonLog(String surface) {
    this.surface = surface;
  }

  /**
   * Opens a file, plain or {@code .gz}.
   *
   * @param surface that its decisions are said to be made for: dsjson knows none
   * @throws IOException when it cannot be read
   */
  public static DecisionLog open(Path file, String surface) throws IOException {
    return LineLog.open(file, new DsjsonLog(surface));
  }

  @Override
  public LoggedDecision decision(byte[] bytes, long number) throws UnusableLineException {
    switch (first(bytes)) {
      case '{' -> {}
      case '[' -> throw UnusableLineException.passedOver("checkpoint");
      default -> throw UnusableLineException.bad("line: does not begin with {");
    }
    Line line = read(bytes);
    DsjsonContext context = line.context();
    if (context == null) {
      throw withoutFeatures(line);
    }
    refuseOtherProblems(line, context);
    DsjsonObservations observations = DsjsonObservations.of(line.get("o"));
    if (isNotActivated(line, observations)) {
      throw UnusableLineException.passedOver("not activated");
    }
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(eventId(line, number))
            .setSurface(surface)
            .setEventTimeMillis(millis(line.get("Timestamp")))
            .addAllContext(context.context())
            .addAllActions(context.actions())
            .setDeferred(isDeferred(line));
    DsjsonModel.read(line.get("VWState").path("m").asText(""), decision);
    double kept = keptProbability(line.get("pdrop"));
    return new LoggedDecision(
        line.get("_outcomes").isMissingNode()
            ? DsjsonLabels.single(decision, line, observations)
            : DsjsonLabels.slots(decision, line, context),
        kept);
  }

  /**
   * A parsed line.
   *
   * @param members those that are read, but {@code c}
   * @param context member {@code c}; null: there is none
   */
  record Line(Map<String, JsonNode> members, @Nullable DsjsonContext context) {
    /** A member; missing where there is none or it is null. */
    JsonNode get(String key) {
      return members.getOrDefault(key, MissingNode.getInstance());
    }

    boolean has(String key) {
      return members.containsKey(key);
    }
  }

  private static int first(byte[] line) {
    int i = 0;
    while (line[i] >= 0 && line[i] <= ' ') {
      i++;
    }
    return line[i];
  }

  private Line read(byte[] bytes) throws UnusableLineException {
    Map<String, JsonNode> members = new HashMap<>();
    DsjsonContext context = null;
    try (JsonParser parser = mapper.createParser(bytes)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        if (key.equals("c")) {
          context = DsjsonContext.read(parser);
        } else if (READ.contains(key) && !parser.hasToken(JsonToken.VALUE_NULL)) {
          members.put(key, mapper.readTree(parser));
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw UnusableLineException.bad("line: more than one JSON object");
      }
    } catch (IOException e) {
      throw UnusableLineException.bad("line: not JSON");
    }
    return new Line(members, context);
  }

  private static UnusableLineException withoutFeatures(Line line) {
    if (line.has("RewardValue") || line.has("Observations")) {
      return UnusableLineException.passedOver("reward without its decision");
    }
    if (line.has("ActionTaken") || line.has("DeferredAction")) {
      return UnusableLineException.passedOver("activation without its decision");
    }
    return UnusableLineException.bad("c: expected the features");
  }

  private static void refuseOtherProblems(Line line, DsjsonContext context)
      throws UnusableLineException {
    if (line.has("_label_ca") || line.has("pdf")) {
      throw UnusableLineException.passedOver("continuous actions");
    }
    boolean topLevelLabel = line.has("_outcomes") && line.has("_label_cost");
    if (context.slates() || topLevelLabel) {
      throw UnusableLineException.passedOver("slates");
    }
  }

  private static boolean isDeferred(Line line) {
    return line.get("DeferredAction").asBoolean() || line.get("_deferred").asBoolean();
  }

  private static boolean isNotActivated(Line line, DsjsonObservations observations)
      throws UnusableLineException {
    JsonNode skip = line.get("_skipLearn");
    if (!skip.isMissingNode() && !skip.isBoolean()) {
      throw UnusableLineException.bad("_skipLearn: expected true or false");
    }
    return skip.asBoolean() || (isDeferred(line) && !observations.activated());
  }

  private static String eventId(Line line, long number) {
    String id = line.get("EventId").asText(line.get("event_id").asText(""));
    return id.isEmpty() ? "line-" + number : id;
  }

  /** Of UTC where no offset is given; without any, that of the line before. */
  private long millis(JsonNode timestamp) throws UnusableLineException {
    if (timestamp.isMissingNode()) {
      return lastMillis;
    }
    try {
      TemporalAccessor time =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(
              timestamp.asText(), OffsetDateTime::from, LocalDateTime::from);
      OffsetDateTime at =
          time instanceof LocalDateTime local
              ? local.atOffset(ZoneOffset.UTC)
              : OffsetDateTime.from(time);
      lastMillis = at.toInstant().toEpochMilli();
      return lastMillis;
    } catch (DateTimeException | ArithmeticException e) {
      throw UnusableLineException.bad("Timestamp: expected a time like 2021-04-26T17:23:28.17Z");
    }
  }

  private static double keptProbability(JsonNode dropped) throws UnusableLineException {
    if (dropped.isMissingNode()) {
      return 1;
    }
    // Written so that NaN fails.
    if (!(dropped.isNumber() && dropped.doubleValue() >= 0 && dropped.doubleValue() < 1)) {
      throw UnusableLineException.bad("pdrop: expected at least 0, below 1");
    }
    return 1 - dropped.doubleValue();
  }
}
