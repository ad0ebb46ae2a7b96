package io.waggle.core.feature;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.plain;
import static io.waggle.core.feature.Examples.text;
import static io.waggle.core.feature.Examples.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.Namespace;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleTest {
  @Test
  void sharedFeaturesStandOnOneLineAndEachActionOnItsOwn() {
    Example example =
        new Example(
            List.of(namespace("context", text("device", "ios"), number("hour", 13))),
            List.of(namespace("session", number("length", 2.5))),
            List.of(
                action("a1", namespace("item", texts("topic", "sport", "news"))),
                action("a2", namespace("item", number("age", -3)))));

    assertThat(example.text())
        .isEqualTo(
            """
            shared |context device=ios hour:13 |session length:0x1.4p1
            |action id=a1 |item topic=sport topic=news
            |action id=a2 |item age:-3
            """);
  }

  @Test
  void theLabelGoesInFrontOfTheChosenActionOnly() {
    Example example = plain("a", "b", "c");

    assertThat(example.labelledText(1, -1, 0.5))
        .isEqualTo("|action id=a\n0:-1:0x1.0p-1 |action id=b\n|action id=c\n");
    assertThat(example.labelledText(0, 0, 1)).startsWith("0:0:1 |action id=a\n|action id=b\n");
    assertThat(example.labelledText(2, 0.25, 1)).endsWith("\n0:0x1.0p-2:1 |action id=c\n");
    assertThat(example.text()).doesNotContain("0:");
  }

  @Test
  void aLabelOnNoActionIsAMistakeOfTheCaller() {
    assertThatThrownBy(() -> plain("a").labelledText(1, 0, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void withoutASharedFeatureThereIsNoSharedLine() {
    Example example =
        new Example(
            List.of(namespace("context"), namespace("other", texts("none"))),
            List.of(namespace("session")),
            List.of(action("a", namespace("empty"))));

    assertThat(example.text()).isEqualTo("|action id=a\n");
  }

  @Test
  void whatWouldBeSyntaxIsWrittenAsData() {
    Example example =
        new Example(
            List.of(namespace("context", text("a=b|c", "d=e f:g\t%"))),
            List.of(),
            List.of(action("a|b:c d\n|e")));

    assertThat(example.text())
        .isEqualTo(
            """
            shared |context a%3Db%7Cc=d=e%20f%3Ag%09%25
            |action id=a%7Cb%3Ac%20d%0A%7Ce
            """);
  }

  @Test
  void foreignCharactersAreWrittenAsTheirUtf8Bytes() {
    assertThat(plain("é日\uD83D\uDC1D").text())
        .isEqualTo("|action id=%C3%A9%E6%97%A5%F0%9F%90%9D\n");
    assertThat(plain("\u0000\u007f").text()).isEqualTo("|action id=%00%7F\n");
  }

  @Test
  void differentFeaturesNeverHaveTheSameText() {
    List<Feature> features =
        List.of(
            text("a", "b=c"),
            text("a=b", "c"),
            text("a%3Db", "c"),
            text("a", ""),
            text("a=", ""),
            number("a", 1),
            number("a=", 1),
            text("a:1", ""),
            text("a", ":1"),
            text("a", "%3A1"));

    assertThat(features.stream().map(ExampleTest::textOf)).doesNotHaveDuplicates();
  }

  private static String textOf(Feature feature) {
    return new Example(List.of(namespace("c", feature)), List.of(), List.of(action("a"))).text();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverTheTextsTheLinesAreTheActions(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      Example example = Examples.random(random);
      int actions = example.actions().size();
      int chosen = random.nextInt(actions);

      List<String> lines = example.text().lines().toList();
      assertThat(lines.stream().filter(line -> line.startsWith("|action id=")).count())
          .isEqualTo(actions);
      assertThat(lines.size() - actions).isBetween(0, 1);
      assertThat(example.text()).matches("[\\n -~]*").endsWith("\n");
      String labelled = example.labelledText(chosen, -1, 0.5);
      assertThat(labelled.replaceFirst("(?m)^0:-1:0x1\\.0p-1 ", "")).isEqualTo(example.text());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void differentIdsNeverHaveTheSameText(long seed) {
    Random random = new Random(seed);
    Set<String> ids = new HashSet<>();
    Set<String> encoded = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      for (Action action : Examples.random(random).actions()) {
        ids.add(action.getId());
        encoded.add(plain(action.getId()).text());
      }
    }

    assertThat(encoded).hasSameSizeAs(ids);
  }

  @Test
  void aDecisionsFeaturesAreTakenAsLogged() {
    Decision decision =
        Decision.newBuilder()
            .addContext(namespace("context", number("x", 1)))
            .addSession(namespace("session", number("y", 2)))
            .addActions(action("a"))
            .build();

    assertThat(Example.of(decision).text())
        .isEqualTo("shared |context x:1 |session y:2\n|action id=a\n");
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1_000_001,
        -1e7,
        1e300
      })
  void aNumberThatWouldRuinAModelIsNamed(double value) {
    Example example =
        new Example(
            List.of(),
            List.of(),
            List.of(action("a"), action("b", namespace("i", number("x", 1), number("y", value)))));

    assertThat(example.problem())
        .startsWith("actions[1].namespaces[0].features[1].value.number: " + value);
  }

  @Test
  void aNumberThatIsNotFiniteIsNeverEncoded() {
    Example example =
        new Example(List.of(namespace("c", number("x", Double.NaN))), List.of(), List.of());

    assertThatIllegalArgumentException().isThrownBy(example::text).withMessageContaining("NaN");
  }

  @ParameterizedTest
  @CsvSource({"'', x", "日, x", "1a, x", "a b, x", "a|b, x", "a:2, x", "ab, ''"})
  void aNameThatIsNoNameIsNamed(String namespace, String feature) {
    Example example =
        new Example(
            List.of(), List.of(namespace(namespace, number(feature, 1))), List.of(action("a")));

    assertThat(example.problem()).startsWith("session[0]").contains(".name (expected:");
  }

  @Test
  void aFeatureWithoutAValueIsNamed() {
    Namespace empty = namespace("c", Feature.newBuilder().setName("x").build());

    assertThat(new Example(List.of(empty), List.of(), List.of(action("a"))).problem())
        .startsWith("context[0].features[0].value (expected:");
  }

  @Test
  void noActionsAndTooManyActionsAreNamed() {
    assertThat(plain().problem()).startsWith("actions: 0 (expected:");
    assertThat(plain(ids(1_000)).problem()).isNull();
    assertThat(plain(ids(1_001)).problem()).startsWith("actions: 1001 (expected:");
  }

  @Test
  void aTextBeyondTheBoundIsNamed() {
    String longText = "日".repeat(300);
    Action big =
        action(
            "a",
            namespace(
                "n",
                texts(
                    "t", IntStream.range(0, 250).mapToObj(i -> longText).toArray(String[]::new))));
    List<Action> actions = IntStream.range(0, 20).mapToObj(i -> big).toList();

    assertThat(new Example(List.of(), List.of(), actions).problem())
        .startsWith("text: ")
        .contains("expected: at most 8388608");
  }

  private static String[] ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "a" + i).toArray(String[]::new);
  }
}
