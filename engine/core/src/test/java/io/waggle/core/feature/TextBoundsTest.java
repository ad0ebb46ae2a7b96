package io.waggle.core.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import io.waggle.v1.TextList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No text is longer than its bound, whatever its characters and numbers. */
class TextBoundsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void noTextIsLongerThanItsBound(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      List<Namespace> context = namespaces(random);
      List<Namespace> session = namespaces(random);
      List<Action> actions =
          some(random, 5)
              .mapToObj(
                  i ->
                      Action.newBuilder()
                          .setId(text(random) + i)
                          .addAllNamespaces(namespaces(random))
                          .build())
              .toList();
      List<Slot> slots =
          some(random, actions.size())
              .mapToObj(
                  i ->
                      Slot.newBuilder()
                          .setId(text(random) + i)
                          .addAllFeatures(namespaces(random))
                          .build())
              .toList();

      assertThat(TextBounds.atMost(context, session, actions, List.of()))
          .isGreaterThanOrEqualTo(
              ExampleText.of(context, session, actions).labelled(0, -1e-38, 1e-9).length());
      assertThat(TextBounds.atMost(context, session, actions, slots))
          .isGreaterThanOrEqualTo(
              SlotsText.of(context, session, actions, slots)
                  .toLearn(
                      IntStream.range(0, slots.size()).toArray(),
                      slots.stream().mapToDouble(slot -> -1e-38).toArray(),
                      slots.stream().mapToDouble(slot -> 1e-9).toArray())
                  .length());
    }
  }

  private static IntStream some(Random random, int most) {
    return IntStream.range(0, 1 + random.nextInt(most));
  }

  private static List<Namespace> namespaces(Random random) {
    return Stream.generate(
            () ->
                Namespace.newBuilder()
                    .setName("n" + random.nextInt(10))
                    .addAllFeatures(Stream.generate(() -> feature(random)).limit(3).toList())
                    .build())
        .limit(random.nextInt(3))
        .toList();
  }

  private static Feature feature(Random random) {
    FeatureValue.Builder value = FeatureValue.newBuilder();
    switch (random.nextInt(3)) {
      case 0 ->
          value.setNumber(
              (random.nextDouble() - 0.5) * StrictMath.pow(10, random.nextInt(45) - 39));
      case 1 -> value.setText(text(random));
      default ->
          value.setTexts(TextList.newBuilder().addValues(text(random)).addValues(text(random)));
    }
    return Feature.newBuilder().setName("f" + text(random)).setValue(value).build();
  }

  /** Plain letters, the learner's own signs, two, three and four bytes of UTF-8. */
  private static String text(Random random) {
    String[] signs = {"a", "Z", "9", " ", "|", ":", "%", "=", "\n", "é", "漢", "🐝"};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(signs[random.nextInt(signs.length)]);
    }
    return text.toString();
  }
}
