package io.waggle.core.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.waggle.core.feature.PackedFeatures;
import io.waggle.v1.JoinedDecision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Our own decision log as text: a line is a {@link JoinedDecision} in protobuf's JSON, beside its
 * fields {@code keptProbability} where that is not 1. Unknown fields are refused: a misspelt one
 * would be read as its default. One thread.
 */
public final class JsonLinesLog implements LineFormat {
  static final String KEPT = "keptProbability";

  /** Where protobuf's parser says what it found: {@code Not an int32 value: "x"}. */
  private static final Pattern FOUND = Pattern.compile("[:\"'].*", Pattern.DOTALL);

  private final ObjectMapper mapper =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonLinesLog() {}

  /**
   * Opens a file, plain or {@code .gz}.
   *
   * @throws IOException when it cannot be read
   */
  public static DecisionLog open(Path file) throws IOException {
    return LineLog.open(file, new JsonLinesLog());
  }

  @Override
  public LoggedDecision decision(byte[] line, long number) throws UnusableLineException {
    String text = new String(line, StandardCharsets.UTF_8);
    double kept = 1;
    // Most lines do not have it, and need no second parser.
    if (text.contains(KEPT)) {
      ObjectNode object = object(text);
      JsonNode value = object.remove(KEPT);
      if (value != null) {
        kept = value.isNumber() ? value.doubleValue() : Double.NaN;
        text = object.toString();
      }
    }
    if (!(kept > 0 && kept <= 1)) {
      throw UnusableLineException.bad(KEPT + ": expected above 0, at most 1");
    }
    return new LoggedDecision(joined(text), kept);
  }

  private ObjectNode object(String text) throws UnusableLineException {
    try {
      if (mapper.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw UnusableLineException.bad("line: not JSON");
    }
    throw UnusableLineException.bad("line: expected a JSON object");
  }

  private JoinedDecision joined(String text) throws UnusableLineException {
    JoinedDecision.Builder joined = JoinedDecision.newBuilder();
    try {
      JsonFormat.parser().merge(text, joined);
      return joined.getFeatures().isEmpty()
          ? joined.build()
          : joined.setDecision(PackedFeatures.decision(joined.build())).clearFeatures().build();
    } catch (InvalidProtocolBufferException e) {
      // Says the same of all that is no JSON, and more shortly.
      object(text);
      throw UnusableLineException.bad(
          "line: " + FOUND.matcher(String.valueOf(e.getMessage())).replaceFirst(""));
    } catch (IllegalArgumentException e) {
      throw UnusableLineException.bad("features: not readable");
    }
  }
}
