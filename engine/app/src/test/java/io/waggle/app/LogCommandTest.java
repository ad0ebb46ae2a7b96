package io.waggle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {
  private static final String LINE =
      """
      {"_label_cost":-1.0,"_label_probability":0.75,"_label_Action":2,"_labelIndex":1,\
      "_original_label_cost":-1.0,"o":[{"v":1.0,"EventId":"e1","ActionTaken":false}],\
      "Timestamp":"2021-04-26T17:23:28Z","Version":"1","EventId":"e1","a":[2,1],\
      "c":{"user":{"country":"CH"},"_multi":[{"_tag":"tea","action":{"id":"tea"}},\
      {"_tag":"coffee","action":{"id":"coffee"}}]},"p":[0.75,0.25],"pdrop":0.5,\
      "VWState":{"m":"learner@7"}}""";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aLogGoesToJsonLinesAndBackUnchanged() throws IOException {
    Path log = Files.write(folder.resolve("log.dsjson"), List.of(LINE));

    assertThat(convert("log.dsjson", "log.jsonl.gz", "--surface", "drinks")).isZero();
    assertThat(convert("log.jsonl.gz", "back.dsjson")).isZero();

    assertThat(folder.resolve("back.dsjson")).hasSameTextualContentAs(log);
    assertThat(out.toString()).contains("1 records: 1 decisions, 0 passed over, 0 bad");
  }

  @Test
  void parquetHoldsTheSame() throws IOException {
    Files.write(folder.resolve("log.dsjson"), List.of(LINE));

    assertThat(convert("log.dsjson", "log.jsonl")).isZero();
    assertThat(convert("log.jsonl", "log.parquet")).isZero();
    assertThat(convert("log.parquet", "back.jsonl")).isZero();

    assertThat(folder.resolve("back.jsonl")).hasSameTextualContentAs(folder.resolve("log.jsonl"));
  }

  @Test
  void badLinesAreCountedAndShown() throws IOException {
    Files.write(
        folder.resolve("log.json"),
        List.of(LINE, "nonsense", "[checkpoint]", LINE.replace("0.75,0.25", "0.25,0.75")));

    assertThat(convert("log.json", "log.jsonl", "--from", "dsjson")).isZero();

    assertThat(out.toString())
        .contains("4 records: 1 decisions, 1 passed over, 2 bad")
        .contains("passed over: 1  checkpoint")
        .contains("bad: 1  _label_probability: expected the first of p")
        .contains("bad: 1  line: does not begin with {");
    assertThat(folder.resolve("log.jsonl")).content().hasLineCount(1);
  }

  @Test
  void anOpenBanditLogIsRead() throws IOException {
    Path campaign = Files.createDirectories(folder.resolve("random/men"));
    Files.writeString(campaign.resolve("item_context.csv"), "item_id\n0\n1\n");
    Files.writeString(
        campaign.resolve("men.csv"),
        """
        timestamp,item_id,position,click,propensity_score
        2019-11-24 00:03:13+00:00,1,2,1,0.5
        2019-11-24 00:03:14+00:00,7,2,1,0.5
        """);

    assertThat(convert("random/men", "men.jsonl", "--from", "open-bandit")).isZero();
    assertThat(convert("random", "same.jsonl", "--from", "open-bandit")).isZero();

    assertThat(out.toString())
        .contains("2 records: 1 decisions, 0 passed over, 1 bad")
        .contains("item_id: not in the item file");
    assertThat(folder.resolve("same.jsonl")).hasSameTextualContentAs(folder.resolve("men.jsonl"));
  }

  @Test
  void whatCannotBeConvertedIsSaid() throws IOException {
    Files.write(folder.resolve("log.dsjson"), List.of(LINE));

    assertThat(convert("log.dsjson", "log.csv")).isEqualTo(1);
    assertThat(convert("log.dsjson", "other", "--to", "open-bandit")).isEqualTo(1);
    assertThat(convert("none.dsjson", "log.jsonl")).isEqualTo(1);
    assertThat(convert("log.dsjson", "log.dsjson")).isEqualTo(1);

    assertThat(err.toString())
        .contains(
            "log.csv: format not known by its name (expected: name one of dsjson, jsonl, parquet)")
        .contains("format: open-bandit (expected: one of dsjson, jsonl, parquet)")
        .contains("none.dsjson: no such file")
        .contains("is the log to read");
    assertThat(folder.resolve("log.dsjson")).hasContent(LINE);
  }

  private int convert(String in, String out, String... options) {
    String[] arguments = new String[options.length + 4];
    arguments[0] = "log";
    arguments[1] = "convert";
    arguments[2] = folder.resolve(in).toString();
    arguments[3] = folder.resolve(out).toString();
    System.arraycopy(options, 0, arguments, 4, options.length);
    return Waggle.commandLine()
        .setOut(new PrintWriter(this.out))
        .setErr(new PrintWriter(this.err))
        .execute(arguments);
  }
}
