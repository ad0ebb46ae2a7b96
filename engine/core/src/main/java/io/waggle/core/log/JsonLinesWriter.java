package io.waggle.core.log;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.waggle.core.feature.PackedFeatures;
import io.waggle.v1.JoinedDecision;
import java.io.IOException;
import java.nio.file.Path;

/** Writes what {@link JsonLinesLog} reads: the same decision, to the last bit. */
public final class JsonLinesWriter {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private JsonLinesWriter() {}

  /**
   * Creates or replaces a file, packed where its name ends with {@code .gz}.
   *
   * @throws IOException when it cannot be written
   */
  public static DecisionLogWriter create(Path file) throws IOException {
    return LineWriter.create(file, JsonLinesWriter::line);
  }

  static String line(LoggedDecision decision) throws InvalidProtocolBufferException {
    JoinedDecision joined = decision.joined();
    if (!joined.getFeatures().isEmpty()) {
      joined =
          joined.toBuilder().setDecision(PackedFeatures.decision(joined)).clearFeatures().build();
    }
    String line = PRINTER.print(joined);
    // A joined decision is never empty: it has a decision.
    return decision.keptProbability() == 1
        ? line
        : line.substring(0, line.length() - 1)
            + ",\""
            + JsonLinesLog.KEPT
            + "\":"
            + decision.keptProbability()
            + "}";
  }
}
