package io.waggle.app.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.Interaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OttoHistoriesTest {
  @TempDir private Path folder;

  @Test
  void eventsOfAllUsersComeByTimeAndThoseOfOneTimeAsInTheFile() throws IOException {
    OttoHistories histories =
        read(
            """
            {"session":7,"events":[{"aid":1,"ts":20,"type":"clicks"},{"aid":2,"ts":20,"type":"carts"}]}

            {"session":8,"events":[{"aid":3,"ts":10,"type":"orders"}]}
            """);

    assertThat(histories.bad()).isEmpty();
    assertThat(histories.interactions())
        .extracting(each -> each.getUserId() + " " + each.getType() + " " + each.getItemId())
        .containsExactly("8 orders 3", "7 clicks 1", "7 carts 2");
    assertThat(histories.interactions())
        .allSatisfy(each -> assertThat(each.getSurface()).isEqualTo("shop"));
  }

  @Test
  void historyInSeveralLinesIsOneWithoutRepeats() throws IOException {
    OttoHistories histories =
        read(
            """
            {"session":7,"events":[{"aid":1,"ts":10,"type":"clicks"}]}
            {"session":7,"events":[{"aid":1,"ts":20,"type":"clicks"}]}
            """);

    assertThat(histories.interactions())
        .extracting(Interaction::getInteractionId)
        .doesNotHaveDuplicates();
  }

  @Test
  void linesAndEventsThatCannotBeUsedAreCountedByTheirRule() throws IOException {
    OttoHistories histories =
        read(
            """
            {"session":7,"events":[{"aid":1,"ts":10,"type":"clicks"},{"aid":"x","ts":10,"type":"clicks"},{"aid":1}]}
            {"session":7
            [1, 2]
            {"session":"seven","events":[]}
            """);

    assertThat(histories.interactions()).hasSize(1);
    assertThat(histories.bad())
        .isEqualTo(
            Map.of(
                "event: incomplete (expected: aid, ts above 0 and type)", 2L,
                "line: not JSON (expected: a history)", 1L,
                "line: no history (expected: session and events)", 2L));
  }

  @Test
  void whatCannotBeReplayedIsRefusedByFileAndRule() throws IOException {
    Path missing = folder.resolve("missing.jsonl");
    assertThatThrownBy(() -> OttoHistories.read(missing, "shop"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(missing + ": not readable (expected: JSON lines)");
    Path packed = folder.resolve("packed.jsonl.gz");
    Files.write(packed, new byte[] {31, (byte) 139, 8, 0});
    assertThatThrownBy(() -> OttoHistories.read(packed, "shop"))
        .hasMessage(packed + ": not UTF-8 (expected: JSON lines, unpacked)");
    Path csv = Files.writeString(folder.resolve("log.csv"), "a,b\n1,2\n", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> OttoHistories.read(csv, "shop"))
        .hasMessage(
            csv
                + ": no event that can be used (expected: some);"
                + " found: 2 x line: not JSON (expected: a history)");
  }

  private OttoHistories read(String lines) throws IOException {
    return OttoHistories.read(Files.writeString(folder.resolve("log.jsonl"), lines), "shop");
  }
}
