package io.waggle.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Interaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines that are interactions are read, all others are counted by what is wrong with them. */
class InteractionLogTest {
  private static final String GOOD =
      "{\"surface\":\"shop\",\"userId\":\"u\",\"type\":\"view\",\"eventTimeMillis\":\"1700000000000\"}";

  @TempDir private Path folder;

  @Test
  void goodLinesAreReadAndBadOnesCounted() throws IOException {
    Path log =
        Files.writeString(
            folder.resolve("log.jsonl"),
            String.join(
                "\n",
                GOOD,
                "",
                "no JSON",
                GOOD.replace("\"u\"", "\"\""),
                GOOD.replace("\"userId\"", "\"user\""),
                GOOD.replace("1700000000000", "0"),
                GOOD));

    List<Interaction> read = new ArrayList<>();
    try (InteractionLog interactions = InteractionLog.open(log)) {
      for (Interaction one = interactions.next(); one != null; one = interactions.next()) {
        read.add(one);
      }

      assertThat(read).extracting(Interaction::getUserId).containsExactly("u", "u");
      assertThat(interactions.bad())
          .hasSize(4)
          .containsEntry("event_time_millis: expected in a log", 1L)
          .allSatisfy((rule, count) -> assertThat(count).isEqualTo(1));
      assertThat(interactions.bad().keySet()).anyMatch(rule -> rule.startsWith("user_id"));
      assertThat(interactions.records()).isEqualTo(6);
      assertThat(interactions.progress()).isEqualTo(1);
    }
  }
}
