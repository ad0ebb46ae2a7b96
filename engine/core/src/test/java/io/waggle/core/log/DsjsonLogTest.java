package io.waggle.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.SlotDecision;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DsjsonLogTest {
  private static final String GOOD =
      """
      {"_label_cost":-0.5,"_label_probability":0.8,"_label_Action":2,"_labelIndex":1,\
      "o":[{"v":0.5,"EventId":"e1"}],"Timestamp":"2021-04-26T17:23:28.1726275Z","Version":"1",\
      "EventId":"e1","a":[2,1],"c":{"FromUrl":[{"weather":"sunny","age":3}],"_multi":[\
      {"_tag":"Mocha","i":{"constant":1,"id":"Mocha"},"j":[{"roast":"light"}]},\
      {"_tag":"Latte","i":{"constant":1,"id":"Latte"},"j":[{"roast":"dark"}]}]},\
      "p":[0.8,0.2],"VWState":{"m":"model-7"}}""";

  private static final String SLOTS =
      """
      {"Timestamp":"2021-04-26T17:23:28","EventId":"s1","c":{"_multi":[{"_tag":"a"},{"_tag":"b"},\
      {"_tag":"c"}],"_slots":[{"_id":"top","sj":[{"size":"L"}]},{"_id":"side","_inc":[0,1]}]},\
      "_outcomes":[{"_label_cost":-1.0,"_id":"top","_a":[2,0,1],"_p":[0.5,0.25,0.25],\
      "_o":[{"v":1.0,"EventId":"s1","Index":"top"}],"_original_label_cost":-1.0},\
      {"_label_cost":0.0,"_id":"side","_a":[1,0],"_p":[0.6,0.4],"_o":[],"_original_label_cost":0.0}],\
      "VWState":{"m":"N/A"}}""";

  @TempDir private Path folder;

  private record Read(List<LoggedDecision> decisions, LogCounts counts) {
    JoinedDecision only() {
      assertThat(counts.bad()).isEmpty();
      assertThat(decisions).hasSize(1);
      return decisions.get(0).joined();
    }
  }

  private Read read(String... lines) throws IOException {
    return read(Files.write(folder.resolve("log.dsjson"), List.of(lines)));
  }

  private static Read read(Path file) throws IOException {
    List<LoggedDecision> decisions = new ArrayList<>();
    try (DecisionLog log = DsjsonLog.open(file, "shop")) {
      for (LoggedDecision one = log.next(); one != null; one = log.next()) {
        decisions.add(one);
      }
      assertThat(log.progress()).isEqualTo(1);
      return new Read(decisions, log.counts());
    }
  }

  @Test
  void aLineIsADecisionWithItsReward() throws IOException {
    JoinedDecision joined = read(GOOD).only();

    Decision decision = joined.getDecision();
    assertThat(decision.getDecisionId()).isEqualTo("e1");
    assertThat(decision.getSurface()).isEqualTo("shop");
    assertThat(decision.getEventTimeMillis())
        .isEqualTo(Instant.parse("2021-04-26T17:23:28.172Z").toEpochMilli());
    assertThat(decision.getActionsList())
        .extracting(Action::getId)
        .containsExactly("Mocha", "Latte");
    assertThat(decision.getOrderList()).containsExactly(1, 0);
    assertThat(decision.getProbabilitiesList()).containsExactly(0.2, 0.8);
    assertThat(decision.getPropensity()).isEqualTo(0.8);
    assertThat(decision.getPolicy()).isEqualTo("model-7");
    assertThat(joined.getReward()).isEqualTo(0.5);
    assertThat(joined.getRewardCount()).isEqualTo(1);
  }

  @Test
  void namesAndValuesStayApart() throws IOException {
    Decision decision = read(GOOD).only().getDecision();

    Namespace context = decision.getContext(0);
    assertThat(context.getName()).isEqualTo("FromUrl");
    assertThat(context.getFeatures(0).getName()).isEqualTo("weather");
    assertThat(context.getFeatures(0).getValue().getText()).isEqualTo("sunny");
    assertThat(context.getFeatures(1).getValue().getNumber()).isEqualTo(3);
    assertThat(decision.getActions(0).getNamespacesList())
        .extracting(Namespace::getName)
        .containsExactly("i", "j");
  }

  @Test
  void membersMapToNamespacesAsInVowpalWabbit() throws IOException {
    String line =
        GOOD.replace(
            "\"FromUrl\":[{\"weather\":\"sunny\",\"age\":3}]",
            """
            "top":"x","yes":true,"no":false,"none":null,"zero":0,"_hidden":{"a":[1]},\
            "_text":"two words","list":[1.5,0,2],"user-info":{"k":"a","k":"b"},"é":{"k":1}""");

    List<Namespace> context = read(line).only().getDecision().getContextList();

    assertThat(context)
        .extracting(Namespace::getName)
        .containsExactly("z", "list", "user_2Dinfo", "Z_C3_A9");
    assertThat(names(context.get(0))).containsExactly("top", "yes", "two", "words");
    assertThat(names(context.get(1))).containsExactly("0", "2");
    assertThat(names(context.get(2))).containsExactly("k", "k");
  }

  private static List<String> names(Namespace namespace) {
    return namespace.getFeaturesList().stream().map(Feature::getName).toList();
  }

  @Test
  void severalSlotsHaveTheirOwnChoicesAndRewards() throws IOException {
    JoinedDecision joined = read(SLOTS).only();

    Decision decision = joined.getDecision();
    assertThat(decision.getOrderList()).containsExactly(2, 1);
    assertThat(decision.getPropensity()).isEqualTo(0.5);
    SlotDecision side = decision.getSlots(1);
    assertThat(side.getSlot().getId()).isEqualTo("side");
    assertThat(side.getAction()).isEqualTo(1);
    assertThat(side.getProbabilitiesList()).containsExactly(0.4, 0.6, 0.0);
    assertThat(joined.getSlotRewards(0).getReward()).isEqualTo(1);
    assertThat(joined.getSlotRewards(1).getRewardCount()).isZero();
    assertThat(joined.getReward()).isEqualTo(0.5);
  }

  @Test
  void droppedEventsAreCorrectedOnce() throws IOException {
    Read read = read(GOOD.replace("\"VWState\"", "\"pdrop\":0.75,\"VWState\""));

    assertThat(read.decisions().get(0).keptProbability()).isCloseTo(0.25, within(1e-12));
    assertThat(read.only().getReward()).isEqualTo(0.5);
  }

  @Test
  void deferredDecisionsCountOnceActivated() throws IOException {
    String deferred = GOOD.replace("\"Version\"", "\"DeferredAction\":true,\"Version\"");
    String activated =
        deferred.replace("\"o\":[", "\"o\":[{\"EventId\":\"e1\",\"DeferredAction\":false},");
    String skipped = GOOD.replace("\"Version\"", "\"_skipLearn\":true,\"Version\"");

    Read read = read(deferred, activated, skipped);

    assertThat(read.counts().passedOver()).isEqualTo(Map.of("not activated", 2L));
    assertThat(read.only().getDecision().getDeferred()).isTrue();
    assertThat(read.only().getRewardCount()).isEqualTo(1);
  }

  @Test
  void whatIsNoDecisionIsPassedOverByName() throws IOException {
    Read read =
        read(
            "[checkpoint]",
            "{\"RewardValue\":1,\"EventId\":\"e1\",\"EnqueuedTimeUtc\":\"2021-04-26T17:23:28Z\"}",
            "{\"ActionTaken\":true,\"EventId\":\"e1\"}",
            GOOD.replace("\"_label_cost\":-0.5,\"_label_probability\":0.8,", ""),
            GOOD.replace("\"_label_cost\"", "\"_label_ca\":{\"action\":1},\"_label_cost\""),
            GOOD.replace("{\"_tag\":\"Mocha\"", "{\"_slot_id\":0,\"_tag\":\"Mocha\""),
            GOOD.replace("\"v\":0.5", "\"v\":{\"click\":1}"),
            "",
            "  ");

    assertThat(read.decisions()).isEmpty();
    assertThat(read.counts().bad()).isEmpty();
    assertThat(read.counts().records()).isEqualTo(7);
    assertThat(read.counts().passedOver())
        .containsOnlyKeys(
            "checkpoint",
            "reward without its decision",
            "activation without its decision",
            "no label",
            "continuous actions",
            "slates",
            "interaction-grounded learning");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "\"a\":[2,1]~\"a\":[1,2]~_labelIndex: expected the first of a",
        "\"_label_Action\":2~\"_label_Action\":1~_label_Action: expected the first of a",
        "\"a\":[2,1]~\"a\":[3,1]~a: expected actions of c._multi",
        "\"a\":[2,1]~\"a\":[2,2]~order: distinct",
        "\"a\":[2,1]~\"a\":[]~a: expected the actions, the chosen one first",
        "\"a\":[2,1]~\"a\":[\"2\"]~a: expected whole numbers",
        "\"p\":[0.8,0.2]~\"p\":[0.5,0.5]~_label_probability: expected the first of p",
        "\"p\":[0.8,0.2]~\"p\":[0.8]~p: expected one for each of its actions",
        "\"p\":[0.8,0.2]~\"p\":[0.8,0.9]~p: expected a sum of 1",
        "\"p\":[0.8,0.2]~\"p\":[0.8,\"NaN\"]~p: expected a finite number",
        "\"_label_cost\":-0.5~\"_label_cost\":\"NaN\"~_label_cost: expected a finite number",
        "\"_label_cost\":-0.5~\"_label_cost\":-2e6~reward: expected a finite number",
        "\"VWState\"~\"pdrop\":1,\"VWState\"~pdrop: expected at least 0, below 1",
        "2021-04-26T~yesterday~Timestamp: expected a time",
        "\"age\":3~\"age\":3e9~context.features.value.number",
        "\"age\":3~\"age\":[\"x\"]~c: a list holds more than numbers or objects",
        "\"age\":3~\"age\":[[1]]~c: a list holds more than numbers or objects",
        "\"age\":3~\"_multi\":[]~c._multi: expected in c itself only",
        "\"VWState\":{\"m\":\"model-7\"}}~\"VWState\":{~line: not JSON",
        "\"c\":{~\"d\":{~c: expected the features",
        "{\"_label_cost\"~x{\"_label_cost\"~line: does not begin with {",
      })
  void badLinesAreCountedByTheRuleTheyBreak(String good, String broken, String rule)
      throws IOException {
    assertThat(GOOD).contains(good);

    Read read = read(GOOD, GOOD.replace(good, broken), GOOD);

    assertThat(read.decisions()).hasSize(2);
    assertThat(read.counts().bad()).hasSize(1);
    assertThat(read.counts().bad().keySet().iterator().next()).startsWith(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "\"_id\":\"top\",\"_a\"~\"_id\":\"other\",\"_a\"~_outcomes._id: expected that of its slot",
        "\"_a\":[1,0]~\"_a\":[2,0]~_outcomes._a: expected one of the slot's _inc first",
        "\"_p\":[0.6,0.4]~\"_p\":[]~_outcomes._p: expected one for each",
        "\"_slots\":[~\"_slots\":[{},~_outcomes: expected one for each of c._slots",
        "\"_outcomes\":[~\"_label_cost\":1,\"_other\":[],\"_outcomes\":[~slates",
      })
  void badSlotsToo(String good, String broken, String rule) throws IOException {
    assertThat(SLOTS).contains(good);

    Read read = read(SLOTS.replace(good, broken));

    List<String> reasons = new ArrayList<>(read.counts().bad().keySet());
    reasons.addAll(read.counts().passedOver().keySet());
    assertThat(reasons).hasSize(1);
    assertThat(reasons.get(0)).startsWith(rule);
  }

  @Test
  void indicesFromZeroAndActionsWithoutNamesAreRead() throws IOException {
    JoinedDecision joined =
        read("""
                {"_label_cost":-1.0,"_label_probability":0.5,"_label_Action":1,"_labelIndex":0,\
                "event_id":"12","a":[0,1],"c":{"_multi":[{},{}]},"p":[0.5,0.5]}""")
            .only();

    assertThat(joined.getDecision().getDecisionId()).isEqualTo("12");
    assertThat(joined.getDecision().getOrderList()).containsExactly(0, 1);
    assertThat(joined.getDecision().getActionsList())
        .extracting(Action::getId)
        .containsExactly("1", "2");
  }

  @Test
  void aListOfTheChosenActionAloneLeavesTheOthersUnknown() throws IOException {
    Decision decision =
        read(GOOD.replace("\"a\":[2,1]", "\"a\":[2]").replace("\"p\":[0.8,0.2]", "\"p\":[0.8]"))
            .only()
            .getDecision();

    assertThat(decision.getProbabilitiesList()).isEmpty();
    assertThat(decision.getPropensity()).isEqualTo(0.8);
  }

  @Test
  void aLineThatIsTooLongIsCountedAndTheNextIsRead() throws IOException {
    Path file = folder.resolve("long.dsjson.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write('{');
      byte[] block = new byte[1 << 20];
      for (int i = 0; i <= LogLines.LINE_BYTES_MAX >> 20; i++) {
        out.write(block);
      }
      out.write(("\n" + GOOD).getBytes(StandardCharsets.UTF_8));
    }

    Read read = read(file);

    assertThat(read.decisions()).hasSize(1);
    assertThat(read.counts().bad()).containsOnlyKeys("line: longer than 16 MiB");
  }
}
