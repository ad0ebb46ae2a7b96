package io.waggle.core.log;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.rule.Violation;
import io.waggle.v1.Interaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A log of interactions: each line is an {@link Interaction} in protobuf's JSON, as the API takes
 * them; plain or {@code .gz}. One line at a time: memory does not grow with the file. One thread.
 */
public final class InteractionLog implements AutoCloseable {
  /** What differs from one broken message to the next: the value that was found. */
  private static final Pattern FOUND = Pattern.compile("[:\"'].*", Pattern.DOTALL);

  private static final Pattern OF_THIS_MESSAGE = Pattern.compile("\\[\\d+]|, not [^,]*$");

  private final LogLines lines;
  private final MessageRules rules = new MessageRules();
  private final LogTally tally = new LogTally();

  private InteractionLog(LogLines lines) {
    this.lines = lines;
  }

  /**
   * Opens a file.
   *
   * @throws IOException when it cannot be read
   */
  public static InteractionLog open(Path file) throws IOException {
    return new InteractionLog(LogLines.open(file));
  }

  /**
   * The next interaction; null at the end. What cannot be used is counted.
   *
   * @throws IOException when the file cannot be read on
   */
  public @Nullable Interaction next() throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      if (lines.wasTooLong()) {
        tally.bad("line: longer than " + (LogLines.LINE_BYTES_MAX >> 20) + " MiB");
        continue;
      }
      String text = new String(line, StandardCharsets.UTF_8);
      if (!text.isBlank()) {
        Interaction interaction = read(text);
        if (interaction != null) {
          return interaction;
        }
      }
    }
    return null;
  }

  private @Nullable Interaction read(String line) {
    Interaction.Builder interaction = Interaction.newBuilder();
    try {
      JsonFormat.parser().merge(line, interaction);
    } catch (InvalidProtocolBufferException e) {
      tally.bad("line: " + FOUND.matcher(String.valueOf(e.getMessage())).replaceFirst(""));
      return null;
    }
    List<Violation> violations = rules.check(interaction.build());
    if (!violations.isEmpty()) {
      tally.bad(OF_THIS_MESSAGE.matcher(violations.get(0).toString()).replaceAll(""));
      return null;
    }
    if (interaction.getEventTimeMillis() == 0) {
      tally.bad("event_time_millis: expected in a log");
      return null;
    }
    tally.decision();
    return interaction.build();
  }

  /** Share of the file that has been read, in [0, 1]. */
  public double progress() {
    return lines.progress();
  }

  /** Lines that are not empty: those handed out and the bad ones. */
  public long records() {
    return tally.counts().records();
  }

  /** Lines that cannot be used, by the rule they break; at most {@link LogCounts#REASONS}. */
  public Map<String, Long> bad() {
    return tally.counts().bad();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
